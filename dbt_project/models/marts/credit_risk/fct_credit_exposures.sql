with exposures as (
    select * from {{ ref("int_credit_exposure_weights") }}
),

mitigation as (
    select * from {{ ref("int_credit_mitigation") }}
),

irb as (
    select * from {{ ref("int_credit_irb_results") }}
),

approaches as (
    select * from {{ ref("credit_risk_approaches") }}
),

rules as (
    select * from {{ ref("int_credit_scalar_rules") }}
),

mitigated as (
    select
        exposures.*,
        {{ money(
            "exposures.ead_before_mitigation_usd - coalesce(mitigation.collateral_usd, 0)"
        ) }} as ead_usd,
        mitigation.guaranteed_usd,
        mitigation.guarantor_rwa_usd,
        mitigation.rule_ids as mitigation_rule_ids,
        coalesce(
            exposures.exposure_class in (
                'corporate_sme', 'retail', 'residential_mortgage', 'commercial_mortgage'
            )
            and not exposures.is_defaulted
            and exposures.annual_turnover_eur <= rules.sme_factor_max_turnover_eur,
            false
        ) as is_sme_supported,
        exposures.purpose = 'infrastructure'
        and not exposures.is_defaulted as is_infrastructure_supported,
        greatest(
            coalesce(
                cast(exposures.group_exposure_usd as double),
                cast(exposures.ead_before_mitigation_usd as double)
            ),
            1
        ) / exposures.usd_per_eur as owed_eur,
        rules.sme_factor_threshold_eur,
        rules.sme_factor_first,
        rules.sme_factor_rest,
        rules.infrastructure_factor
    from exposures
    left join mitigation
        on
            exposures.reporting_date = mitigation.reporting_date
            and exposures.exposure_id = mitigation.exposure_id
    left join rules on exposures.reporting_date = rules.reporting_date
),

weighted as (
    select
        *,
        case
            when guaranteed_usd > 0
                then {{ money(
                    "risk_weight * cast(ead_usd - guaranteed_usd as double)"
                    ~ " + cast(guarantor_rwa_usd as double)"
                ) }}
            else {{ money("risk_weight * cast(ead_usd as double)") }}
        end as rwa_before_supporting_factor_usd,
        case
            when is_sme_supported
                then (
                    least(owed_eur, sme_factor_threshold_eur) * sme_factor_first
                    + greatest(owed_eur - sme_factor_threshold_eur, 0) * sme_factor_rest
                ) / owed_eur
            when is_infrastructure_supported then infrastructure_factor
            else 1
        end as supporting_factor
    from mitigated
),

final as (
    select
        weighted.reporting_date,
        weighted.exposure_id,
        weighted.exposure_type,
        weighted.source_model,
        weighted.source_row_id,
        weighted.obligor_id,
        weighted.connected_group_id,
        weighted.country,
        weighted.is_private_sector,
        weighted.exposure_class,
        weighted.currency,
        weighted.on_balance_usd,
        weighted.provisions_usd,
        weighted.off_balance_usd,
        weighted.ccf,
        weighted.ead_before_mitigation_usd,
        weighted.ead_usd,
        case
            when weighted.guaranteed_usd > 0
                then
                    cast(weighted.rwa_before_supporting_factor_usd as double)
                    / cast(weighted.ead_usd as double)
            else weighted.risk_weight
        end as risk_weight,
        weighted.rwa_before_supporting_factor_usd,
        weighted.supporting_factor,
        {{ money(
            "cast(weighted.rwa_before_supporting_factor_usd as double)"
            ~ " * weighted.supporting_factor"
        ) }} as rwa_usd,
        {{ money(
            "cast(irb.rwa_before_supporting_factor_usd as double) * weighted.supporting_factor"
        ) }} as rwa_irb_usd,
        irb.expected_loss_usd,
        coalesce(approaches.approach, 'standardised') as approach,
        weighted.weight_rule_id as risk_weight_rule_id,
        weighted.ccf_rule_id,
        concat_ws(
            '; ',
            weighted.ccf_rule_id,
            case
                when weighted.is_currency_mismatched then 'CRE20.currency_mismatch.multiplier'
            end,
            weighted.obligor_weight_rule_id,
            weighted.share_rule_id,
            weighted.weight_rule_id,
            weighted.mitigation_rule_ids,
            case
                when weighted.supporting_factor < 1 and weighted.is_sme_supported
                    then 'CRE20.supporting.sme_first'
                when weighted.supporting_factor < 1 then 'CRE20.supporting.infrastructure'
            end
        ) as rule_ids,
        weighted.is_rating_missing,
        weighted.is_class_defaulted,
        weighted.is_ltv_missing,
        weighted.is_defaulted,
        weighted.remaining_maturity_years,
        weighted.note
    from weighted
    left join irb
        on
            weighted.reporting_date = irb.reporting_date
            and weighted.exposure_id = irb.exposure_id
    left join approaches on weighted.exposure_class = approaches.exposure_class
)

select * from final
