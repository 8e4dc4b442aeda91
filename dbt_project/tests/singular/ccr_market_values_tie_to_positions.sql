-- Names each contract over the counter whose value here is not that of the positions.
with trades as (
    select
        reporting_date,
        instrument_id,
        sum(market_value_usd) as market_value_usd
    from {{ ref("fct_ccr_trades") }}
    group by reporting_date, instrument_id
),

positions as (
    select
        positions.business_date,
        positions.instrument_id,
        coalesce(sum(positions.market_value_usd), 0) as market_value_usd
    from {{ ref("fct_positions_daily") }} as positions
    inner join {{ ref("int_basel_dates") }} as basel_dates
        on positions.business_date = basel_dates.reporting_date
    where positions.instrument_type in ('fx_forward', 'interest_rate_swap')
    group by positions.business_date, positions.instrument_id
)

select
    coalesce(positions.business_date, trades.reporting_date) as reporting_date,
    coalesce(positions.instrument_id, trades.instrument_id) as instrument_id,
    positions.market_value_usd as positions_market_value_usd,
    trades.market_value_usd as trades_market_value_usd
from positions
full outer join trades
    on
        positions.business_date = trades.reporting_date
        and positions.instrument_id = trades.instrument_id
where not coalesce(positions.market_value_usd = trades.market_value_usd, false)
