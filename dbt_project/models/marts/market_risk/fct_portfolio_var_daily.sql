{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with estimates as (
    select *
    from {{ ref("int_var_estimates") }}
    where {{ in_window("business_date") }}
),

scenario_pnl as (
    select *
    from {{ ref("int_var_scenario_pnl") }}
    where {{ in_window("business_date") }}
),

sensitivities as (
    select *
    from {{ ref("int_portfolio_sensitivities") }}
    where
        {{ in_window("business_date") }}
        and (delta_usd <> 0 or gamma_usd <> 0)
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

factor_windows as (
    select * from {{ ref("int_scenario_windows") }}
),

window_bounds as (
    select
        business_date,
        min(scenario_date) as window_start,
        max(scenario_date) as window_end
    from scenario_pnl
    group by business_date
),

scope_factors as (
    select distinct
        sensitivities.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        sensitivities.risk_factor_id
    from sensitivities
    inner join scope_portfolios on sensitivities.portfolio_id = scope_portfolios.portfolio_id
),

data_quality as (
    select
        scope_factors.business_date,
        scope_factors.scope_type,
        scope_factors.scope_id,
        sum(factor_windows.stale_moves) / cast(sum(factor_windows.moves) as double)
            as stale_share,
        sum(factor_windows.proxied_moves) / cast(sum(factor_windows.moves) as double)
            as proxied_share
    from scope_factors
    inner join factor_windows
        on
            scope_factors.business_date = factor_windows.business_date
            and scope_factors.risk_factor_id = factor_windows.risk_factor_id
    group by
        scope_factors.business_date,
        scope_factors.scope_type,
        scope_factors.scope_id
),

-- Where the rule reads VaR from between two scenarios, the one with the greater weight is named.
estimates_ranked as (
    select
        *,
        row_number() over (
            partition by business_date, scope_type, scope_id, confidence_level, quantile_rule
            order by scenario_weight desc, scenario_number asc
        ) as weight_rank
    from estimates
),

final as (
    select
        estimates_ranked.business_date,
        estimates_ranked.scope_type,
        estimates_ranked.scope_id,
        'historical_delta_gamma' as method,
        estimates_ranked.confidence_level,
        1 as horizon_days,
        estimates_ranked.quantile_rule,
        estimates_ranked.scenarios,
        {{ money("estimates_ranked.var_usd") }} as var_usd,
        {{ money("estimates_ranked.es_usd") }} as es_usd,
        estimates_ranked.scenario_date,
        window_bounds.window_start,
        window_bounds.window_end,
        data_quality.stale_share,
        data_quality.proxied_share
    from estimates_ranked
    inner join window_bounds on estimates_ranked.business_date = window_bounds.business_date
    left join data_quality
        on
            estimates_ranked.business_date = data_quality.business_date
            and estimates_ranked.scope_type = data_quality.scope_type
            and estimates_ranked.scope_id = data_quality.scope_id
    where estimates_ranked.weight_rank = 1
)

select * from final
