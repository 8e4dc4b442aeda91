with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

-- Listed options are left out: they are bought and sold on an exchange, net across the names they
-- were dealt with, and no counterparty owes them.
positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where instrument_type in ('fx_forward', 'interest_rate_swap')
),

contracts as (
    select * from {{ ref("int_otc_contracts") }}
),

netting_sets as (
    select * from {{ ref("int_netting_sets") }}
    where is_used
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

day_counts as (
    select
        reporting_date,
        value as days_per_year
    from {{ ref("int_basel_parameters") }}
    where rule_id = 'CRE52.maturity_factor.calendar_year'
),

held as (
    select
        basel_dates.reporting_date,
        positions.instrument_id,
        sum(positions.quantity) as quantity,
        sum(positions.market_value_usd) as market_value_usd,
        max(case when positions.market_value_usd is null then 1 else 0 end) = 1
            as is_market_value_defaulted
    from positions
    inner join basel_dates on positions.business_date = basel_dates.reporting_date
    group by basel_dates.reporting_date, positions.instrument_id
),

described as (
    select
        held.reporting_date,
        contracts.trade_id,
        held.instrument_id,
        contracts.counterparty_lei,
        netting_sets.netting_set_id as margin_agreement_id,
        netting_sets.netting_set_id is null as is_netting_set_missing,
        coalesce(netting_sets.has_netting_opinion, false) as is_netting_recognised,
        case contracts.instrument_type
            when 'fx_forward' then 'foreign_exchange'
            when 'interest_rate_swap' then 'interest_rate'
        end as underlying_class,
        case
            when contracts.instrument_type = 'interest_rate_swap' then contracts.currency
            when contracts.base_currency < contracts.currency
                then contracts.base_currency || contracts.currency
            else contracts.currency || contracts.base_currency
        end as hedging_set,
        coalesce(contracts.base_currency, contracts.currency) as first_currency,
        case when contracts.instrument_type = 'fx_forward' then contracts.currency end
            as second_currency,
        case
            when contracts.base_currency is null then cast(1 as double)
            else cast(contracts.forward_rate as double)
        end as second_per_first,
        contracts.maturity_date,
        case
            when contracts.instrument_type = 'interest_rate_swap'
                then greatest(
                    {{ days_between("held.reporting_date", "contracts.start_date") }}, 0
                ) / day_counts.days_per_year
        end as start_years,
        greatest({{ days_between("held.reporting_date", "contracts.maturity_date") }}, 0)
        / day_counts.days_per_year as maturity_years,
        held.quantity,
        -- A pair is held long in the currency that comes first in its hedging set's name.
        case when held.quantity >= 0 then 1 else -1 end
        * case
            when
                contracts.instrument_type = 'fx_forward'
                and contracts.base_currency > contracts.currency
                then -1
            else 1
        end as delta,
        held.market_value_usd,
        held.is_market_value_defaulted
    from held
    inner join contracts on held.instrument_id = contracts.instrument_id
    left join netting_sets
        on
            held.reporting_date = netting_sets.reporting_date
            and contracts.counterparty_lei = netting_sets.counterparty_lei
    left join day_counts on held.reporting_date = day_counts.reporting_date
),

final as (
    select
        described.reporting_date,
        described.trade_id,
        described.instrument_id,
        described.counterparty_lei,
        case
            when described.is_netting_recognised then described.margin_agreement_id
            else 'TRADE:' || described.trade_id
        end as exposure_set_id,
        described.margin_agreement_id,
        described.is_netting_set_missing,
        described.is_netting_recognised,
        described.underlying_class,
        cast(null as string) as underlying_grade,
        described.hedging_set,
        'all' as entity,
        'outright' as transaction_kind,
        described.first_currency,
        {{ money(
            "cast(abs(described.quantity) as double) * first_rates.fx_rate_usd"
        ) }} as first_leg_usd,
        described.second_currency,
        {{ money(
            "cast(abs(described.quantity) as double) * described.second_per_first"
            ~ " * second_rates.fx_rate_usd"
        ) }} as second_leg_usd,
        described.maturity_date,
        described.start_years,
        case when described.underlying_class = 'interest_rate' then described.maturity_years end
            as end_years,
        described.maturity_years,
        cast(described.delta as double) as delta,
        coalesce(described.market_value_usd, {{ money("0") }}) as market_value_usd,
        described.is_market_value_defaulted
    from described
    left join fx_rates as first_rates
        on
            described.reporting_date = first_rates.business_date
            and described.first_currency = first_rates.currency
    left join fx_rates as second_rates
        on
            described.reporting_date = second_rates.business_date
            and described.second_currency = second_rates.currency
)

select * from final
