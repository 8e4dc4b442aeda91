with positions as (
    select
        business_date,
        scenario_id,
        portfolio_id,
        sum(pnl_usd) as pnl_usd,
        count(*) as positions,
        count(case when pnl_usd is null then 1 end) as missing_positions
    from {{ ref("fct_stress_results_daily") }}
    group by business_date, scenario_id, portfolio_id
),

summary as (
    select *
    from {{ ref("fct_stress_summary_daily") }}
    where scope_type = 'portfolio'
)

select
    positions.business_date,
    positions.scenario_id,
    positions.portfolio_id,
    positions.pnl_usd as positions_pnl_usd,
    summary.pnl_usd
from positions
left join summary
    on
        positions.business_date = summary.business_date
        and positions.scenario_id = summary.scenario_id
        and positions.portfolio_id = summary.scope_id
where
    not coalesce(
        positions.positions = summary.positions
        and positions.missing_positions = summary.missing_positions,
        false
    )
    or (
        positions.missing_positions = 0
        and not coalesce(positions.pnl_usd = summary.pnl_usd, false)
    )
    or (positions.missing_positions > 0 and summary.pnl_usd is not null)
