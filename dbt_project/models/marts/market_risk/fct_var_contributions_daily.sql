{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

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

sensitivities as (
    select *
    from {{ ref("int_portfolio_sensitivities") }}
    where
        {{ in_window("business_date") }}
        and (delta_usd <> 0 or gamma_usd <> 0)
),

factor_returns as (
    select * from {{ ref("int_risk_factor_returns") }}
),

-- A tail scenario is shared by many scopes: its P&L by portfolio and factor is worked out once.
tail_scenarios as (
    select distinct
        business_date,
        scenario_date
    from estimates
),

tail_pnl as (
    select
        sensitivities.business_date,
        tail_scenarios.scenario_date,
        sensitivities.portfolio_id,
        sensitivities.risk_factor_id,
        cast(sensitivities.delta_usd as double) * factor_returns.factor_return
        + 0.5 * cast(sensitivities.gamma_usd as double)
        * factor_returns.factor_return * factor_returns.factor_return as pnl_usd,
        factor_returns.is_stale,
        factor_returns.is_proxied
    from tail_scenarios
    inner join sensitivities on tail_scenarios.business_date = sensitivities.business_date
    inner join factor_returns
        on
            tail_scenarios.scenario_date = factor_returns.business_date
            and sensitivities.risk_factor_id = factor_returns.risk_factor_id
),

weighted as (
    select
        estimates.business_date,
        estimates.scope_type,
        estimates.scope_id,
        estimates.confidence_level,
        estimates.quantile_rule,
        tail_pnl.portfolio_id,
        tail_pnl.risk_factor_id,
        {{ money("-estimates.scenario_weight * tail_pnl.pnl_usd") }} as contribution_usd,
        tail_pnl.is_stale,
        tail_pnl.is_proxied
    from estimates
    inner join scope_portfolios
        on
            estimates.scope_type = scope_portfolios.scope_type
            and estimates.scope_id = scope_portfolios.scope_id
    inner join tail_pnl
        on
            estimates.business_date = tail_pnl.business_date
            and estimates.scenario_date = tail_pnl.scenario_date
            and scope_portfolios.portfolio_id = tail_pnl.portfolio_id
),

final as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        quantile_rule,
        portfolio_id,
        risk_factor_id,
        {{ money("sum(contribution_usd)") }} as contribution_usd,
        max(case when is_stale then 1 else 0 end) = 1 as is_stale,
        max(case when is_proxied then 1 else 0 end) = 1 as is_proxied
    from weighted
    group by
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        quantile_rule,
        portfolio_id,
        risk_factor_id
)

select * from final
