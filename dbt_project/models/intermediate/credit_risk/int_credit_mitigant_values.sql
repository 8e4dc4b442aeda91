with mitigants as (
    select * from {{ ref("int_credit_mitigants") }}
),

exposures as (
    select
        reporting_date,
        exposure_id,
        currency,
        remaining_maturity_years,
        transaction_kind
    from {{ ref("int_credit_exposures") }}
),

rules as (
    select * from {{ ref("int_credit_scalar_rules") }}
),

parameters as (
    select
        reporting_date,
        rule_id,
        rule_group || '.' || parameter_key as lookup_key,
        above,
        up_to,
        value
    from {{ ref("int_basel_parameters") }}
    where rule_group in ('CRE22.haircut', 'CRE22.holding_days')
),

weight_rules as (
    select * from {{ ref("int_credit_weight_rules") }}
),

keyed as (
    select
        mitigants.*,
        exposures.currency as exposure_currency,
        exposures.remaining_maturity_years as exposure_maturity_years,
        exposures.transaction_kind,
        case
            when mitigants.mitigant_kind = 'guarantee' then null
            when mitigants.collateral_type in ('sovereign', 'corporate', 'securitisation')
                then
                    'CRE22.haircut.' || mitigants.collateral_type || '.'
                    || coalesce('cqs' || cast(mitigants.issue_quality_step as string), 'unrated')
            else 'CRE22.haircut.' || mitigants.collateral_type
        end as haircut_rule,
        case
            when mitigants.mitigant_kind = 'guarantee'
                then {{ credit_weight_rule("mitigants.", "mitigants.is_sme", "false") }}
        end as guarantor_rule
    from mitigants
    inner join exposures
        on
            mitigants.reporting_date = exposures.reporting_date
            and mitigants.exposure_id = exposures.exposure_id
),

-- Haircuts are of ten business days with daily revaluation: a longer holding period and rarer
-- revaluation scale them up.
scaled as (
    select
        keyed.*,
        haircuts.rule_id as haircut_rule_id,
        guarantors.rule_id as guarantor_rule_id,
        guarantors.weight as guarantor_weight,
        haircuts.rule_id is not null or keyed.mitigant_kind = 'guarantee' as is_eligible,
        case
            when keyed.mitigant_kind = 'guarantee' then 0
            else
                haircuts.value * sqrt(holding.value / rules.haircut_base_days)
                * sqrt((keyed.revaluation_days + holding.value - 1) / holding.value)
        end as haircut,
        case
            when keyed.currency = keyed.exposure_currency then 0
            when keyed.mitigant_kind = 'guarantee' then rules.guarantee_currency_haircut
            else
                rules.currency_haircut * sqrt(holding.value / rules.haircut_base_days)
                * sqrt((keyed.revaluation_days + holding.value - 1) / holding.value)
        end as currency_haircut,
        case
            when
                keyed.remaining_maturity_years is null
                or keyed.remaining_maturity_years
                >= coalesce(keyed.exposure_maturity_years, rules.mismatch_max_years)
                or keyed.remaining_maturity_years >= rules.mismatch_max_years
                then 1
            when keyed.remaining_maturity_years < rules.mismatch_min_years then 0
            else
                (keyed.remaining_maturity_years - rules.mismatch_min_years)
                / (
                    least(
                        coalesce(keyed.exposure_maturity_years, rules.mismatch_max_years),
                        rules.mismatch_max_years
                    ) - rules.mismatch_min_years
                )
        end as maturity_factor
    from keyed
    left join rules on keyed.reporting_date = rules.reporting_date
    left join parameters as holding
        on
            keyed.reporting_date = holding.reporting_date
            and 'CRE22.holding_days.' || keyed.transaction_kind = holding.lookup_key
    left join parameters as haircuts
        on
            keyed.reporting_date = haircuts.reporting_date
            and keyed.haircut_rule = haircuts.lookup_key
            and (
                haircuts.above is null
                or keyed.remaining_maturity_years > haircuts.above
            )
            and (
                haircuts.up_to is null
                or keyed.remaining_maturity_years <= haircuts.up_to
            )
    left join weight_rules as guarantors
        on
            keyed.reporting_date = guarantors.reporting_date
            and keyed.guarantor_rule = guarantors.lookup_key
),

final as (
    select
        reporting_date,
        mitigant_id,
        exposure_id,
        mitigant_kind,
        collateral_type,
        currency,
        amount_usd,
        is_eligible,
        haircut,
        currency_haircut,
        maturity_factor,
        guarantor_id,
        guarantor_weight,
        guarantor_rule_id,
        case
            when is_eligible
                then {{ money(
                    "cast(amount_usd as double) * greatest(1 - haircut - currency_haircut, 0)"
                    ~ " * maturity_factor"
                ) }}
            else {{ money("0") }}
        end as adjusted_usd,
        concat_ws(
            '; ',
            haircut_rule_id,
            case
                when currency_haircut > 0 and mitigant_kind = 'guarantee'
                    then 'CRE22.guarantee.currency'
                when currency_haircut > 0 then 'CRE22.haircut.currency'
            end,
            case when maturity_factor < 1 then 'CRE22.maturity_mismatch.min_years' end,
            guarantor_rule_id
        ) as rule_ids
    from scaled
)

select * from final
