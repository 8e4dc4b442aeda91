with estimates as (
    select *
    from {{ ref("int_var_estimates") }}
    where
        {{ in_window("business_date") }}
        and horizon_days = 1
        and scope_type <> 'risk_class'
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

scenario_pnl as (
    select *
    from {{ ref("fct_var_scenario_pnl_daily") }}
    where {{ in_window("business_date") }}
),

recomputed as (
    select
        estimates.business_date,
        estimates.scope_type,
        estimates.scope_id,
        estimates.confidence_level,
        estimates.quantile_rule,
        -sum(estimates.scenario_weight * scenario_pnl.pnl_usd) as recomputed_var_usd
    from estimates
    inner join scope_portfolios
        on
            estimates.scope_type = scope_portfolios.scope_type
            and estimates.scope_id = scope_portfolios.scope_id
    inner join scenario_pnl
        on
            estimates.business_date = scenario_pnl.business_date
            and estimates.scenario_number = scenario_pnl.scenario_number
            and scope_portfolios.portfolio_id = scenario_pnl.portfolio_id
    group by
        estimates.business_date,
        estimates.scope_type,
        estimates.scope_id,
        estimates.confidence_level,
        estimates.quantile_rule
)

select
    portfolio_var.business_date,
    portfolio_var.scope_type,
    portfolio_var.scope_id,
    portfolio_var.confidence_level,
    portfolio_var.quantile_rule,
    portfolio_var.var_usd,
    recomputed.recomputed_var_usd
from {{ ref("fct_portfolio_var_daily") }} as portfolio_var
left join recomputed
    on
        portfolio_var.business_date = recomputed.business_date
        and portfolio_var.scope_type = recomputed.scope_type
        and portfolio_var.scope_id = recomputed.scope_id
        and portfolio_var.confidence_level = recomputed.confidence_level
        and portfolio_var.quantile_rule = recomputed.quantile_rule
where
    {{ in_window("portfolio_var.business_date") }}
    and portfolio_var.method = 'historical_delta_gamma'
    and portfolio_var.horizon_days = 1
    and portfolio_var.scope_type <> 'risk_class'
    and not coalesce(abs(portfolio_var.var_usd - recomputed.recomputed_var_usd) <= 0.01, false)
