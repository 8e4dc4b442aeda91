with reported as (
    select
        business_date,
        'var_99_1d_usd' as metric,
        scope_type,
        scope_id,
        cast(var_usd as double) as reported_value
    from {{ ref("fct_portfolio_var_daily") }}
    where
        confidence_level = 0.99 and is_headline
    union all
    select
        business_date,
        'loss_1d_usd' as metric,
        scope_type,
        scope_id,
        cast(-total_pnl_usd as double) as reported_value
    from {{ ref("fct_pnl_summary_daily") }}
    where total_pnl_usd < 0
    union all
    select
        business_date,
        'traded_notional_usd' as metric,
        'trader' as scope_type,
        trader_id as scope_id,
        cast(sum(notional_usd) as double) as reported_value
    from {{ ref("fct_trades") }}
    where not is_cancelled
    group by business_date, trader_id
)

select
    checks.business_date,
    checks.limit_id,
    checks.scope_id,
    checks.current_value,
    reported.reported_value
from {{ ref("fct_limit_checks_daily") }} as checks
left join reported
    on
        checks.business_date = reported.business_date
        and checks.metric = reported.metric
        and checks.scope_type = reported.scope_type
        and checks.scope_id = reported.scope_id
where
    checks.metric in ('var_99_1d_usd', 'loss_1d_usd', 'traded_notional_usd')
    and abs(coalesce(checks.current_value, 0) - coalesce(reported.reported_value, 0)) > 0.01
