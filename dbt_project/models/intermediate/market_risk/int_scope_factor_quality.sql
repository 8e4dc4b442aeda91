{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with sensitivities as (
    select *
    from {{ ref("int_portfolio_sensitivities") }}
    where
        {{ in_window("business_date") }}
        and (delta_usd <> 0 or gamma_usd <> 0)
),

risk_class_sensitivities as (
    select *
    from {{ ref("int_risk_class_sensitivities") }}
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

scope_factors as (
    select distinct
        sensitivities.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        sensitivities.risk_factor_id
    from sensitivities
    inner join scope_portfolios on sensitivities.portfolio_id = scope_portfolios.portfolio_id
    union all
    select
        business_date,
        'risk_class' as scope_type,
        risk_class as scope_id,
        risk_factor_id
    from risk_class_sensitivities
),

final as (
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
)

select * from final
