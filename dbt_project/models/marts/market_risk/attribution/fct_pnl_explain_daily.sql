{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with pnl as (
    select
        business_date,
        scope_id as portfolio_id,
        total_pnl_usd,
        new_trade_pnl_usd
    from {{ ref("fct_pnl_summary_daily") }}
    where scope_type = 'portfolio' and {{ in_window("business_date") }}
),

factor_pnl as (
    select *
    from {{ ref("int_risk_theoretical_pnl") }}
    where {{ in_window("business_date") }}
),

components as (
    select
        business_date,
        portfolio_id,
        'delta' as component_type,
        risk_factor_id,
        delta_pnl_usd as pnl_usd
    from factor_pnl
    where delta_usd <> 0
    union all
    select
        business_date,
        portfolio_id,
        'gamma' as component_type,
        risk_factor_id,
        gamma_pnl_usd as pnl_usd
    from factor_pnl
    where gamma_usd <> 0
    union all
    select
        business_date,
        portfolio_id,
        'new_trades' as component_type,
        cast(null as string) as risk_factor_id,
        new_trade_pnl_usd as pnl_usd
    from pnl
),

component_totals as (
    select
        business_date,
        portfolio_id,
        sum(pnl_usd) as explained_pnl_usd
    from components
    group by business_date, portfolio_id
),

all_components as (
    select * from components
    union all
    select
        pnl.business_date,
        pnl.portfolio_id,
        'unexplained' as component_type,
        cast(null as string) as risk_factor_id,
        pnl.total_pnl_usd - component_totals.explained_pnl_usd as pnl_usd
    from pnl
    inner join component_totals
        on
            pnl.business_date = component_totals.business_date
            and pnl.portfolio_id = component_totals.portfolio_id
),

final as (
    select
        business_date,
        portfolio_id,
        component_type,
        risk_factor_id,
        {{ money("pnl_usd") }} as pnl_usd,
        pnl_usd is null as is_pnl_missing
    from all_components
)

select * from final
