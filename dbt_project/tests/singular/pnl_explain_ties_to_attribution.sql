with factor_parts as (
    select
        business_date,
        portfolio_id,
        sum(pnl_usd) as factor_pnl_usd
    from {{ ref("fct_pnl_explain_daily") }}
    where component_type in ('delta', 'gamma') and {{ in_window("business_date") }}
    group by business_date, portfolio_id
)

select
    attribution.business_date,
    attribution.scope_id as portfolio_id,
    attribution.risk_theoretical_pnl_usd,
    factor_parts.factor_pnl_usd
from {{ ref("fct_pnl_attribution_daily") }} as attribution
left join factor_parts
    on
        attribution.business_date = factor_parts.business_date
        and attribution.scope_id = factor_parts.portfolio_id
where
    attribution.scope_type = 'portfolio'
    and not attribution.is_risk_theoretical_missing
    and {{ in_window("attribution.business_date") }}
    and attribution.risk_theoretical_pnl_usd <> coalesce(factor_parts.factor_pnl_usd, 0)
