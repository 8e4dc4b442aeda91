with results as (
    select * from {{ ref("fct_stress_results_daily") }}
),

full_revaluation_dates as (
    select * from {{ ref("int_full_revaluation_dates") }}
),

scenarios as (
    select * from {{ ref("stress_scenarios") }}
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

portfolio_totals as (
    select
        business_date,
        scenario_id,
        portfolio_id,
        sum(base_value_usd) as base_value_usd,
        sum(pnl_usd) as pnl_usd,
        count(*) as positions,
        count(case when pnl_usd is null then 1 end) as missing_positions,
        count(case when is_proxied then 1 end) as proxied_positions
    from results
    group by business_date, scenario_id, portfolio_id
),

-- A scope without positions loses nothing; one with a position that could not be valued has no
-- figure.
scope_totals as (
    select
        full_revaluation_dates.business_date,
        scenarios.scenario_id,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        sum(coalesce(portfolio_totals.base_value_usd, 0)) as base_value_usd,
        sum(coalesce(portfolio_totals.pnl_usd, 0)) as pnl_usd,
        sum(coalesce(portfolio_totals.positions, 0)) as positions,
        sum(coalesce(portfolio_totals.missing_positions, 0)) as missing_positions,
        sum(coalesce(portfolio_totals.proxied_positions, 0)) as proxied_positions
    from full_revaluation_dates
    inner join scenarios
        on
            full_revaluation_dates.business_date >= scenarios.valid_from
            and full_revaluation_dates.business_date < scenarios.valid_to
    cross join scope_portfolios
    left join portfolio_totals
        on
            full_revaluation_dates.business_date = portfolio_totals.business_date
            and scenarios.scenario_id = portfolio_totals.scenario_id
            and scope_portfolios.portfolio_id = portfolio_totals.portfolio_id
    group by
        full_revaluation_dates.business_date,
        scenarios.scenario_id,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id
),

final as (
    select
        business_date,
        scenario_id,
        scope_type,
        scope_id,
        case when missing_positions = 0 then {{ money("base_value_usd") }} end as base_value_usd,
        case when missing_positions = 0 then {{ money("pnl_usd") }} end as pnl_usd,
        cast(positions as int) as positions,
        cast(missing_positions as int) as missing_positions,
        cast(proxied_positions as int) as proxied_positions
    from scope_totals
)

select * from final
