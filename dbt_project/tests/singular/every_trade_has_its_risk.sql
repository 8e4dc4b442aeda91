select
    trades.trade_id,
    trades.trader_id,
    trades.trade_date,
    trades.business_date
from {{ ref("fct_trades") }} as trades
inner join {{ ref("int_business_dates") }} as business_dates
    on trades.business_date = business_dates.business_date
left join {{ ref("fct_transaction_risk") }} as transaction_risk
    on trades.trade_id = transaction_risk.trade_id
where
    not trades.is_cancelled
    and {{ in_window("trades.business_date") }}
    and transaction_risk.trade_id is null
