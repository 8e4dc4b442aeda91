-- Open ends of bands are closed beyond every measure, so that a band is a plain comparison: an
-- alternative in the join's condition would compare every exposure with every rule.
with exposures as (
    select
        *,
        coalesce(original_maturity_years, 99) as commitment_years
    from {{ ref("int_credit_exposure_classes") }}
),

weight_rules as (
    select
        *,
        coalesce(above, -1) as band_above,
        coalesce(up_to, 1e9) as band_up_to
    from {{ ref("int_credit_weight_rules") }}
),

conversion_rules as (
    select
        reporting_date,
        rule_id,
        parameter_key,
        coalesce(above, -1) as band_above,
        coalesce(up_to, 1e9) as band_up_to,
        value as conversion_factor
    from {{ ref("int_basel_parameters") }}
    where rule_group = 'CRE20.ccf'
),

rules as (
    select * from {{ ref("int_credit_scalar_rules") }}
),

-- Provisions are taken off what is drawn first, and what is left of them off the undrawn amount.
converted as (
    select
        exposures.*,
        conversion_rules.conversion_factor as ccf,
        conversion_rules.rule_id as ccf_rule_id,
        own_rules.rule_id as weight_rule_id,
        own_rules.share_rule_id,
        obligor_rules.rule_id as obligor_weight_rule_id,
        obligor_rules.weight as obligor_weight,
        case
            when own_rules.is_capped_by_obligor then least(own_rules.weight, obligor_rules.weight)
            else own_rules.weight
        end as secured_weight,
        case
            when own_rules.secured_share_of_value is null then 1
            else least(
                1,
                own_rules.secured_share_of_value / coalesce(nullif(exposures.loan_to_value, 0), 1)
            )
        end as secured_share,
        own_rules.max_weight,
        own_rules.min_weight,
        {{ money("greatest(exposures.on_balance_usd - exposures.provisions_usd, 0)") }}
            as net_on_balance_usd,
        {{ money(
            "greatest(exposures.off_balance_usd"
            ~ " - greatest(exposures.provisions_usd - exposures.on_balance_usd, 0), 0)"
        ) }} as net_off_balance_usd
    from exposures
    left join weight_rules as own_rules
        on
            exposures.reporting_date = own_rules.reporting_date
            and exposures.weight_rule = own_rules.lookup_key
            and exposures.weight_measure > own_rules.band_above
            and exposures.weight_measure <= own_rules.band_up_to
    left join weight_rules as obligor_rules
        on
            exposures.reporting_date = obligor_rules.reporting_date
            and exposures.obligor_rule = obligor_rules.lookup_key
    left join conversion_rules
        on
            exposures.reporting_date = conversion_rules.reporting_date
            and exposures.commitment_kind = conversion_rules.parameter_key
            and exposures.commitment_years > conversion_rules.band_above
            and exposures.commitment_years <= conversion_rules.band_up_to
),

weighted as (
    select
        *,
        case
            when secured_share >= 1 then secured_weight
            else secured_share * secured_weight + (1 - secured_share) * obligor_weight
        end as blended_weight
    from converted
),

bounded as (
    select
        weighted.*,
        case
            when weighted.blended_weight is not null
                then greatest(
                    least(
                        weighted.blended_weight,
                        coalesce(weighted.max_weight, weighted.blended_weight)
                    ),
                    coalesce(weighted.min_weight, 0)
                )
        end as bounded_weight,
        weighted.has_currency_mismatch
        and weighted.obligor_type = 'individual'
        and weighted.exposure_class in ('retail', 'retail_transactor', 'residential_mortgage')
            as is_currency_mismatched,
        rules.mismatch_multiplier,
        rules.mismatch_max_weight
    from weighted
    left join rules on weighted.reporting_date = rules.reporting_date
),

final as (
    select
        reporting_date,
        exposure_id,
        exposure_type,
        source_model,
        source_row_id,
        obligor_id,
        connected_group_id,
        country,
        is_private_sector,
        purpose,
        exposure_class,
        currency,
        usd_per_eur,
        on_balance_usd,
        provisions_usd,
        off_balance_usd,
        coalesce(ccf, 0) as ccf,
        ccf_rule_id,
        {{ money(
            "cast(net_on_balance_usd as double) + case when off_balance_usd > 0"
            ~ " then ccf * cast(net_off_balance_usd as double) else 0 end"
        ) }} as ead_before_mitigation_usd,
        case
            when bounded_weight is null then null
            when is_currency_mismatched
                then greatest(
                    bounded_weight,
                    least(bounded_weight * mismatch_multiplier, mismatch_max_weight)
                )
            else bounded_weight
        end as risk_weight,
        weight_rule_id,
        case
            when secured_share < 1 and obligor_weight_rule_id <> weight_rule_id
                then obligor_weight_rule_id
        end as obligor_weight_rule_id,
        share_rule_id,
        is_currency_mismatched,
        is_rating_missing,
        is_class_defaulted,
        is_ltv_missing,
        is_defaulted,
        annual_turnover_eur,
        group_exposure_usd,
        remaining_maturity_years,
        note
    from bounded
)

select * from final
