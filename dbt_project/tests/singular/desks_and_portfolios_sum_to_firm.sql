with totals as (
    select
        business_date,
        scope_type,
        sum(market_value_usd) as market_value_usd,
        sum(realised_pnl_usd) as realised_pnl_usd,
        sum(unrealised_pnl_usd) as unrealised_pnl_usd,
        sum(income_usd) as income_usd,
        sum(total_pnl_usd) as total_pnl_usd,
        sum(hypothetical_pnl_usd) as hypothetical_pnl_usd,
        sum(new_trade_pnl_usd) as new_trade_pnl_usd,
        sum(cumulative_pnl_usd) as cumulative_pnl_usd
    from {{ ref("fct_pnl_summary_daily") }}
    where {{ in_window("business_date") }}
    group by business_date, scope_type
)

select
    parts.business_date,
    parts.scope_type,
    parts.market_value_usd - firm.market_value_usd as market_value_usd_difference,
    parts.total_pnl_usd - firm.total_pnl_usd as total_pnl_usd_difference,
    parts.cumulative_pnl_usd - firm.cumulative_pnl_usd as cumulative_pnl_usd_difference
from totals as parts
left join totals as firm
    on
        parts.business_date = firm.business_date
        and firm.scope_type = 'firm'
where
    not coalesce(
        parts.market_value_usd = firm.market_value_usd
        and parts.realised_pnl_usd = firm.realised_pnl_usd
        and parts.unrealised_pnl_usd = firm.unrealised_pnl_usd
        and parts.income_usd = firm.income_usd
        and parts.total_pnl_usd = firm.total_pnl_usd
        and parts.hypothetical_pnl_usd = firm.hypothetical_pnl_usd
        and parts.new_trade_pnl_usd = firm.new_trade_pnl_usd
        and parts.cumulative_pnl_usd = firm.cumulative_pnl_usd,
        false
    )
