with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

transactions as (
    select * from {{ ref("stg_treasury__securities_financing") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

quality_steps as (
    select * from {{ ref("basel_credit_quality_steps") }}
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
),

scalars as (
    select
        reporting_date,
        max(case when rule_id = 'CRE52.maturity_factor.calendar_year' then value end)
            as days_per_year,
        max(case when rule_id = 'CRE22.holding_days.repo' then value end) as holding_days,
        max(case when rule_id = 'CRE22.haircut.base_days' then value end) as base_days,
        max(case when rule_id = 'CRE22.haircut.listed_equity' then value end)
            as ineligible_haircut
    from parameters
    group by reporting_date
),

classified as (
    select
        transactions.*,
        basel_dates.reporting_date,
        scalars.holding_days,
        scalars.base_days,
        scalars.ineligible_haircut,
        {{ days_between("basel_dates.reporting_date", "transactions.maturity_date") }}
        / scalars.days_per_year as maturity_years,
        {{ days_between("basel_dates.reporting_date", "transactions.security_maturity_date") }}
        / scalars.days_per_year as security_maturity_years,
        case
            when transactions.security_type in ('cash', 'central_bank_reserves') then 'cash'
            when transactions.security_type = 'listed_equity' then 'listed_equity'
            when transactions.security_type in ('unlisted_equity', 'subordinated_bond') then null
            else
                case
                    when
                        transactions.security_type in (
                            'government_bond', 'public_sector_bond', 'multilateral_bond'
                        )
                        then 'sovereign'
                    when transactions.security_type = 'mortgage_backed' then 'securitisation'
                    else 'corporate'
                end
                || '.'
                || coalesce(
                    'cqs' || cast(quality_steps.credit_quality_step as string), 'unrated'
                )
        end as haircut_key,
        fx_rates.fx_rate_usd
    from transactions
    inner join basel_dates on transactions.as_of_date = basel_dates.reporting_date
    left join scalars on basel_dates.reporting_date = scalars.reporting_date
    left join fx_rates
        on
            transactions.as_of_date = fx_rates.business_date
            and transactions.currency = fx_rates.currency
    left join quality_steps
        on
            transactions.security_rating = quality_steps.rating
            and transactions.as_of_date >= quality_steps.valid_from
            and transactions.as_of_date
            < coalesce(quality_steps.valid_to, cast('9999-01-01' as date))
),

-- Haircuts are of ten business days; a repo that is revalued daily is closed out within five.
-- What is lent and could not be taken as collateral is discounted like an equity (CRE22.51).
discounted as (
    select
        classified.*,
        haircuts.rule_id is not null as is_security_eligible,
        case
            when haircuts.rule_id is not null then haircuts.rule_id
            when classified.direction = 'repo' then 'CRE22.haircut.listed_equity'
        end as haircut_rule_id,
        case
            when haircuts.rule_id is not null then haircuts.value
            when classified.direction = 'repo' then classified.ineligible_haircut
        end * sqrt(classified.holding_days / classified.base_days) as haircut,
        {{ money("cast(classified.cash_amount as double) * classified.fx_rate_usd") }} as cash_usd,
        {{ money("cast(classified.security_value as double) * classified.fx_rate_usd") }}
            as security_usd
    from classified
    left join parameters as haircuts
        on
            classified.reporting_date = haircuts.reporting_date
            and 'CRE22.haircut.' || classified.haircut_key = haircuts.lookup_key
            and (
                haircuts.above is null
                or coalesce(classified.security_maturity_years, 99) > haircuts.above
            )
            and (
                haircuts.up_to is null
                or coalesce(classified.security_maturity_years, 99) <= haircuts.up_to
            )
),

given_and_taken as (
    select
        *,
        case direction when 'repo' then security_usd else cash_usd end as given_usd,
        case direction when 'repo' then cash_usd else security_usd end as taken_usd,
        case direction when 'repo' then 1 + haircut else 1 end as given_multiple,
        case
            when direction = 'repo' then 1
            when is_security_eligible then greatest(1 - haircut, 0)
            else 0
        end as taken_multiple
    from discounted
),

final as (
    select
        reporting_date,
        transaction_id,
        netting_set_id,
        counterparty_lei,
        direction,
        security_type,
        is_security_eligible,
        haircut,
        haircut_rule_id,
        greatest(maturity_years, 0) as maturity_years,
        given_usd,
        taken_usd,
        {{ money(
            "greatest(cast(given_usd as double) * given_multiple"
            ~ " - cast(taken_usd as double) * taken_multiple, 0)"
        ) }} as ead_usd,
        case direction when 'reverse_repo' then cash_usd else {{ money("0") }} end
            as gross_leverage_usd,
        greatest(given_usd - taken_usd, {{ money("0") }}) as counterparty_leverage_usd,
        concat_ws(
            '; ', 'CRE22.haircut.base_days', haircut_rule_id, 'CRE22.holding_days.repo'
        ) as rule_ids
    from given_and_taken
)

select * from final
