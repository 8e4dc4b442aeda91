with trades as (
    select * from {{ ref("fct_trades") }}
),

instruments as (
    select * from {{ ref("dim_instruments") }}
),

final as (
    select
        trades.trade_id,
        trades.trade_date,
        trades.portfolio_id,
        trades.trader_id,
        trades.instrument_id,
        instruments.maturity_date,
        trades.side,
        trades.quantity,
        trades.delivery_id,
        trades.delivery_line
    from trades
    inner join instruments on trades.instrument_id = instruments.instrument_id
    where not trades.is_cancelled and trades.business_date > instruments.settlement_date
)

select * from final
