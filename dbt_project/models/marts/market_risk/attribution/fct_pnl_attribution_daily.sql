{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with pnl as (
    select *
    from {{ ref("fct_pnl_summary_daily") }}
    where {{ in_window("business_date") }}
),

factor_pnl as (
    select *
    from {{ ref("int_risk_theoretical_pnl") }}
    where {{ in_window("business_date") }}
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

portfolio_theoretical as (
    select
        business_date,
        portfolio_id,
        sum(delta_pnl_usd + gamma_pnl_usd) as risk_theoretical_pnl_usd,
        max(case when is_move_missing then 1 else 0 end) as is_missing
    from factor_pnl
    group by business_date, portfolio_id
),

-- A portfolio without sensitivities on the business date before, or with a factor that has no move,
-- leaves every scope it counts in without a figure.
scope_theoretical as (
    select
        pnl.business_date,
        pnl.scope_type,
        pnl.scope_id,
        sum(portfolio_theoretical.risk_theoretical_pnl_usd) as risk_theoretical_pnl_usd,
        max(coalesce(portfolio_theoretical.is_missing, 1)) = 1 as is_risk_theoretical_missing
    from pnl
    inner join scope_portfolios
        on
            pnl.scope_type = scope_portfolios.scope_type
            and pnl.scope_id = scope_portfolios.scope_id
    left join portfolio_theoretical
        on
            pnl.business_date = portfolio_theoretical.business_date
            and scope_portfolios.portfolio_id = portfolio_theoretical.portfolio_id
    group by pnl.business_date, pnl.scope_type, pnl.scope_id
),

attributed as (
    select
        pnl.business_date,
        pnl.scope_type,
        pnl.scope_id,
        pnl.total_pnl_usd as actual_pnl_usd,
        pnl.hypothetical_pnl_usd,
        case
            when not scope_theoretical.is_risk_theoretical_missing
                then scope_theoretical.risk_theoretical_pnl_usd
        end as risk_theoretical_pnl_usd,
        scope_theoretical.is_risk_theoretical_missing
    from pnl
    inner join scope_theoretical
        on
            pnl.business_date = scope_theoretical.business_date
            and pnl.scope_type = scope_theoretical.scope_type
            and pnl.scope_id = scope_theoretical.scope_id
),

final as (
    select
        business_date,
        scope_type,
        scope_id,
        actual_pnl_usd,
        hypothetical_pnl_usd,
        {{ money("risk_theoretical_pnl_usd") }} as risk_theoretical_pnl_usd,
        {{ money("hypothetical_pnl_usd - risk_theoretical_pnl_usd") }} as unexplained_pnl_usd,
        is_risk_theoretical_missing
    from attributed
)

select * from final
