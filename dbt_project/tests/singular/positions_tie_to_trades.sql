-- The last position in every instrument that has not settled is the sum of its trades, and of what
-- forwards have delivered.
with last_dates as (
    select max(business_date) as business_date
    from {{ ref("fct_positions_daily") }}
),

positions as (
    select
        positions.portfolio_id,
        positions.instrument_id,
        -positions.quantity as quantity
    from {{ ref("fct_positions_daily") }} as positions
    inner join last_dates on positions.business_date = last_dates.business_date
    where positions.instrument_type <> 'cash'
),

instruments as (
    select * from {{ ref("dim_instruments") }}
),

trades as (
    select *
    from {{ ref("fct_trades") }}
    where not is_cancelled
),

still_open as (
    select
        trades.portfolio_id,
        trades.instrument_id,
        case when trades.side = 'buy' then trades.quantity else -trades.quantity end as quantity
    from trades
    inner join instruments on trades.instrument_id = instruments.instrument_id
    inner join last_dates on trades.business_date <= last_dates.business_date
    where
        instruments.settlement_date is null
        or instruments.settlement_date > last_dates.business_date
),

delivered as (
    select
        trades.portfolio_id,
        instruments.underlying_instrument_id as instrument_id,
        case when trades.side = 'buy' then trades.quantity else -trades.quantity end as quantity
    from trades
    inner join instruments on trades.instrument_id = instruments.instrument_id
    inner join last_dates on instruments.settlement_date <= last_dates.business_date
    where instruments.instrument_type = 'fx_forward'
),

parts as (
    select * from positions
    union all
    select * from still_open
    union all
    select * from delivered
)

select
    portfolio_id,
    instrument_id,
    sum(quantity) as quantity_unexplained
from parts
group by portfolio_id, instrument_id
having sum(quantity) <> 0
