-- Collateral first, then guarantees from the lightest guarantor on, each over what is still open.
with mitigants as (
    select * from {{ ref("int_credit_mitigant_values") }}
),

exposures as (
    select
        reporting_date,
        exposure_id,
        ead_before_mitigation_usd,
        risk_weight
    from {{ ref("int_credit_exposure_weights") }}
),

mitigated as (
    select distinct
        reporting_date,
        exposure_id
    from mitigants
),

collateral as (
    select
        reporting_date,
        exposure_id,
        {{ money("sum(adjusted_usd)") }} as collateral_usd,
        max(rule_ids) as rule_ids
    from mitigants
    where mitigant_kind = 'collateral'
    group by reporting_date, exposure_id
),

secured as (
    select
        exposures.*,
        {{ money(
            "least(coalesce(collateral.collateral_usd, 0), exposures.ead_before_mitigation_usd)"
        ) }} as collateral_usd,
        case when collateral.collateral_usd > 0 then collateral.rule_ids end
            as collateral_rule_ids
    from exposures
    inner join mitigated
        on
            exposures.reporting_date = mitigated.reporting_date
            and exposures.exposure_id = mitigated.exposure_id
    left join collateral
        on
            exposures.reporting_date = collateral.reporting_date
            and exposures.exposure_id = collateral.exposure_id
),

helpful as (
    select
        mitigants.reporting_date,
        mitigants.exposure_id,
        mitigants.guarantor_weight,
        mitigants.adjusted_usd,
        mitigants.rule_ids,
        secured.ead_before_mitigation_usd - secured.collateral_usd as open_usd,
        coalesce(
            sum(mitigants.adjusted_usd) over (
                partition by mitigants.reporting_date, mitigants.exposure_id
                order by mitigants.guarantor_weight, mitigants.mitigant_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as used_before_usd
    from mitigants
    inner join secured
        on
            mitigants.reporting_date = secured.reporting_date
            and mitigants.exposure_id = secured.exposure_id
    where
        mitigants.mitigant_kind = 'guarantee'
        and mitigants.guarantor_weight < secured.risk_weight
),

covered as (
    select
        reporting_date,
        exposure_id,
        guarantor_weight,
        rule_ids,
        {{ money("least(adjusted_usd, greatest(open_usd - used_before_usd, 0))") }} as covered_usd
    from helpful
),

guarantees as (
    select
        reporting_date,
        exposure_id,
        {{ money("sum(covered_usd)") }} as guaranteed_usd,
        {{ money("sum(" ~ money("cast(covered_usd as double) * guarantor_weight") ~ ")") }}
            as guarantor_rwa_usd,
        max(rule_ids) as rule_ids
    from covered
    where covered_usd > 0
    group by reporting_date, exposure_id
),

final as (
    select
        secured.reporting_date,
        secured.exposure_id,
        secured.collateral_usd,
        {{ money("coalesce(guarantees.guaranteed_usd, 0)") }} as guaranteed_usd,
        {{ money("coalesce(guarantees.guarantor_rwa_usd, 0)") }} as guarantor_rwa_usd,
        concat_ws('; ', secured.collateral_rule_ids, guarantees.rule_ids) as rule_ids
    from secured
    left join guarantees
        on
            secured.reporting_date = guarantees.reporting_date
            and secured.exposure_id = guarantees.exposure_id
)

select * from final
