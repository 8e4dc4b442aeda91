-- Everything the risk-weight function needs of an exposure, so that it is arithmetic alone.
with ruled as (
    select * from {{ ref("int_credit_irb_classes") }}
),

parameters as (
    select
        reporting_date,
        rule_id,
        value
    from {{ ref("int_basel_parameters") }}
    where rule_group like 'CRE31%' or rule_group like 'CRE32%' or rule_group like 'CRE33%'
),

joined as (
    select
        ruled.*,
        ruled.slotting_category is not null
        and coalesce(ruled.irb_approach, 'slotting') = 'slotting' as is_slotted,
        pd_floors.value as pd_floor,
        pd_floors.rule_id as pd_rule_id,
        supervisory.value as supervisory_lgd,
        lgd_floors.value as lgd_floor,
        case
            when ruled.irb_method = 'foundation' then supervisory.rule_id else lgd_floors.rule_id
        end
            as lgd_rule_id,
        low.value as correlation_low,
        high.value as correlation_high,
        decay.value as correlation_decay,
        high.rule_id as correlation_rule_id,
        slotting.value as slotting_weight,
        slotting_losses.value as slotting_loss_rate,
        slotting.rule_id as slotting_rule_id
    from ruled
    left join parameters as pd_floors
        on
            ruled.reporting_date = pd_floors.reporting_date
            and 'CRE32.pd_floor.' || ruled.pd_floor_class = pd_floors.rule_id
    left join parameters as supervisory
        on
            ruled.reporting_date = supervisory.reporting_date
            and 'CRE32.supervisory_lgd.' || ruled.lgd_class = supervisory.rule_id
    left join parameters as lgd_floors
        on
            ruled.reporting_date = lgd_floors.reporting_date
            and 'CRE32.lgd_floor.' || ruled.lgd_class = lgd_floors.rule_id
    left join parameters as low
        on
            ruled.reporting_date = low.reporting_date
            and 'CRE31.correlation.' || ruled.correlation_class || '.low' = low.rule_id
    left join parameters as high
        on
            ruled.reporting_date = high.reporting_date
            and 'CRE31.correlation.' || ruled.correlation_class || '.high' = high.rule_id
    left join parameters as decay
        on
            ruled.reporting_date = decay.reporting_date
            and 'CRE31.correlation.' || ruled.correlation_class || '.decay' = decay.rule_id
    left join parameters as slotting
        on
            ruled.reporting_date = slotting.reporting_date
            and 'CRE33.slotting.' || ruled.slotting_table || '.' || ruled.slotting_grade || '.'
            || ruled.slotting_term = slotting.rule_id
    left join parameters as slotting_losses
        on
            ruled.reporting_date = slotting_losses.reporting_date
            and 'CRE33.slotting_loss.' || ruled.slotting_table || '.' || ruled.slotting_grade || '.'
            || ruled.slotting_term = slotting_losses.rule_id
),

final as (
    select
        reporting_date,
        exposure_id,
        exposure_class,
        asset_class,
        case
            when is_slotted then 'slotting'
            when asset_class in ('residential_mortgage', 'revolving_retail', 'other_retail')
                then 'advanced'
            else irb_method
        end as irb_method,
        is_defaulted,
        ead_usd,
        provisions_usd,
        case
            when is_defaulted then 1
            else greatest(default_probability, pd_floor)
        end as default_probability,
        case
            when
                irb_method = 'foundation'
                and asset_class not in ('residential_mortgage', 'revolving_retail', 'other_retail')
                then coalesce(
                    secured_loss_given_default,
                    supervisory_lgd * case
                        when ead_usd > 0
                            then
                                1
                                - least(cast(collateral_usd as double) / cast(ead_usd as double), 1)
                        else 1
                    end
                )
            else greatest(loss_given_default, lgd_floor)
        end as loss_given_default,
        case
            when
                asset_class in ('residential_mortgage', 'revolving_retail', 'other_retail')
                then null
            else least(
                greatest(
                    coalesce(remaining_maturity_years, reference_maturity_years),
                    min_maturity_years
                ),
                max_maturity_years
            )
        end as maturity_years,
        correlation_low,
        correlation_high,
        correlation_decay,
        case when asset_class = 'corporate' and is_sme then annual_turnover_eur end
            as sme_turnover_eur,
        sme_min_turnover_eur,
        sme_correlation_max_turnover_eur as sme_max_turnover_eur,
        sme_reduction,
        case
            when has_financial_multiplier then financial_multiplier else 1
        end as correlation_multiplier,
        confidence_level,
        slope_intercept,
        slope_log,
        reference_maturity_years,
        rwa_multiplier,
        scaling_factor,
        case
            when asset_class = 'residential_mortgage' and not is_defaulted
                then mortgage_weight_floor
            else 0
        end as weight_floor,
        slotting_weight,
        slotting_loss_rate,
        case
            when is_slotted then slotting_rule_id
            else concat_ws('; ', correlation_rule_id, lgd_rule_id, pd_rule_id)
        end as rule_ids
    from joined
)

select * from final
