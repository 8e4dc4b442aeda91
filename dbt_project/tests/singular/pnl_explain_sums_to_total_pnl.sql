with parts as (
    select
        business_date,
        portfolio_id,
        sum(pnl_usd) as explained_pnl_usd
    from {{ ref("fct_pnl_explain_daily") }}
    where {{ in_window("business_date") }}
    group by business_date, portfolio_id
)

select
    totals.business_date,
    totals.scope_id as portfolio_id,
    totals.total_pnl_usd,
    parts.explained_pnl_usd
from {{ ref("fct_pnl_summary_daily") }} as totals
left join parts
    on
        totals.business_date = parts.business_date
        and totals.scope_id = parts.portfolio_id
where
    totals.scope_type = 'portfolio'
    and {{ in_window("totals.business_date") }}
    and not coalesce(totals.total_pnl_usd = parts.explained_pnl_usd, false)
