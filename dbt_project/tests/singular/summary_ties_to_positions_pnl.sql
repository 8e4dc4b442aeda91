with positions as (
    select
        business_date,
        portfolio_id,
        sum(closing_value_usd) as market_value_usd,
        sum(realised_pnl_usd) as realised_pnl_usd,
        sum(unrealised_pnl_usd) as unrealised_pnl_usd,
        sum(income_usd) as income_usd,
        sum(total_pnl_usd) as total_pnl_usd,
        sum(hypothetical_pnl_usd) as hypothetical_pnl_usd,
        sum(new_trade_pnl_usd) as new_trade_pnl_usd
    from {{ ref("fct_pnl_daily") }}
    where {{ in_window("business_date") }}
    group by business_date, portfolio_id
)

select
    positions.business_date,
    positions.portfolio_id,
    positions.market_value_usd - totals.market_value_usd as market_value_usd_difference,
    positions.total_pnl_usd - totals.total_pnl_usd as total_pnl_usd_difference
from positions
left join {{ ref("fct_pnl_summary_daily") }} as totals
    on
        positions.business_date = totals.business_date
        and positions.portfolio_id = totals.scope_id
        and totals.scope_type = 'portfolio'
where
    not coalesce(
        positions.market_value_usd = totals.market_value_usd
        and positions.realised_pnl_usd = totals.realised_pnl_usd
        and positions.unrealised_pnl_usd = totals.unrealised_pnl_usd
        and positions.income_usd = totals.income_usd
        and positions.total_pnl_usd = totals.total_pnl_usd
        and positions.hypothetical_pnl_usd = totals.hypothetical_pnl_usd
        and positions.new_trade_pnl_usd = totals.new_trade_pnl_usd,
        false
    )
