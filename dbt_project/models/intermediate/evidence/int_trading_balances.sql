with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

positions as (
    select * from {{ ref("fct_positions_daily") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

positions_at_dates as (
    select
        positions.business_date as as_of_date,
        positions.portfolio_id,
        positions.instrument_id,
        positions.market_value_usd,
        case
            when positions.instrument_type in ('equity', 'government_bond')
                then positions.instrument_type
            when
                positions.instrument_type in ('equity_option', 'fx_forward', 'interest_rate_swap')
                then 'derivative'
            else 'currency'
        end as category,
        coalesce(instruments.base_currency, positions.currency) as balance_currency
    from positions
    inner join basel_dates on positions.business_date = basel_dates.reporting_date
    inner join instruments on positions.instrument_id = instruments.instrument_id
),

-- A currency pair is a balance in its base currency; dollars stay inside the bank.
final as (
    select
        as_of_date,
        portfolio_id || '|' || instrument_id as source_row_id,
        category,
        market_value_usd
    from positions_at_dates
    where category <> 'currency'
    union all
    select
        as_of_date,
        balance_currency as source_row_id,
        category,
        {{ money("sum(market_value_usd)") }} as market_value_usd
    from positions_at_dates
    where category = 'currency' and balance_currency <> 'USD'
    group by as_of_date, balance_currency, category
)

select * from final
