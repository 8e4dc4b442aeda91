-- Guards an assumption of int_movements and fct_pnl_daily: local amounts of a position are in one
-- currency.
select
    trades.trade_id,
    trades.trader_id,
    trades.trade_date,
    trades.instrument_id,
    trades.currency as trade_currency,
    instruments.currency as instrument_currency
from {{ ref("fct_trades") }} as trades
inner join {{ ref("dim_instruments") }} as instruments
    on trades.instrument_id = instruments.instrument_id
where trades.currency <> instruments.currency
