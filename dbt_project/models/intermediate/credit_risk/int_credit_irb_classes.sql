with exposures as (
    select *
    from {{ ref("int_credit_exposure_classes") }}
    where default_probability is not null or slotting_category is not null
),

weights as (
    select
        reporting_date,
        exposure_id,
        ccf
    from {{ ref("int_credit_exposure_weights") }}
),

mitigation as (
    select * from {{ ref("int_credit_mitigation") }}
),

approaches as (
    select * from {{ ref("credit_risk_approaches") }}
),

rules as (
    select * from {{ ref("int_credit_scalar_rules") }}
),

classed as (
    select
        exposures.*,
        coalesce(exposures.irb_approach, approaches.comparison_approach) as irb_method,
        coalesce(mitigation.collateral_usd, 0) as collateral_usd,
        {{ money(
            "exposures.on_balance_usd"
            ~ " + " ~ money("weights.ccf * cast(exposures.off_balance_usd as double)")
        ) }} as ead_usd,
        case
            when exposures.product_type = 'residential_mortgage' then 'residential_mortgage'
            when
                exposures.obligor_type in ('sovereign', 'central_bank', 'public_sector')
                then 'sovereign'
            when exposures.obligor_type in ('bank', 'broker', 'multilateral_bank') then 'bank'
            when
                exposures.exposure_class in ('retail', 'retail_transactor')
                or exposures.obligor_type = 'individual'
                then case
                    when exposures.is_revolving then 'revolving_retail' else 'other_retail'
                end
            else 'corporate'
        end as asset_class,
        case
            when exposures.purpose = 'high_volatility_real_estate' then 'high_volatility'
            else 'general'
        end as slotting_table,
        case
            when exposures.is_defaulted then 'default' else exposures.slotting_category
        end as slotting_grade,
        case
            when
                exposures.remaining_maturity_years < rules.slotting_short_maturity_years
                then 'short'
            else 'long'
        end as slotting_term,
        rules.confidence_level,
        rules.rwa_multiplier,
        rules.scaling_factor,
        rules.financial_multiplier,
        rules.sme_reduction,
        rules.sme_min_turnover_eur,
        rules.sme_correlation_max_turnover_eur,
        rules.slope_intercept,
        rules.slope_log,
        rules.reference_maturity_years,
        rules.min_maturity_years,
        rules.max_maturity_years,
        rules.mortgage_weight_floor
    from exposures
    inner join weights
        on
            exposures.reporting_date = weights.reporting_date
            and exposures.exposure_id = weights.exposure_id
    left join mitigation
        on
            exposures.reporting_date = mitigation.reporting_date
            and exposures.exposure_id = mitigation.exposure_id
    left join approaches on exposures.exposure_class = approaches.exposure_class
    left join rules on exposures.reporting_date = rules.reporting_date
),

final as (
    select
        *,
        case
            when asset_class in ('residential_mortgage', 'revolving_retail', 'other_retail')
                then asset_class
            else 'corporate'
        end as correlation_class,
        case
            when asset_class = 'revolving_retail' and is_transactor then 'transactor_retail'
            else asset_class
        end as pd_floor_class,
        case
            when
                is_subordinated
                and asset_class not in ('residential_mortgage', 'revolving_retail', 'other_retail')
                then 'subordinated'
            else asset_class
        end as lgd_class
    from classed
)

select * from final
