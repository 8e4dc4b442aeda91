with totals as (
    select
        business_date,
        scope_type,
        sum(risk_theoretical_pnl_usd) as risk_theoretical_pnl_usd,
        sum(unexplained_pnl_usd) as unexplained_pnl_usd
    from {{ ref("fct_pnl_attribution_daily") }}
    where {{ in_window("business_date") }}
    group by business_date, scope_type
    having max(case when is_risk_theoretical_missing then 1 else 0 end) = 0
)

select
    firm.business_date,
    parts.scope_type,
    parts.risk_theoretical_pnl_usd - firm.risk_theoretical_pnl_usd as risk_theoretical_difference,
    parts.unexplained_pnl_usd - firm.unexplained_pnl_usd as unexplained_difference
from totals as firm
left join totals as parts on firm.business_date = parts.business_date
where
    firm.scope_type = 'firm'
    and not coalesce(
        parts.risk_theoretical_pnl_usd = firm.risk_theoretical_pnl_usd
        and parts.unexplained_pnl_usd = firm.unexplained_pnl_usd,
        false
    )
