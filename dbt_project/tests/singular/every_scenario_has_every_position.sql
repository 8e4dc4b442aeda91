with positions as (
    select * from {{ ref("int_full_revaluation_positions") }}
),

scenarios as (
    select * from {{ ref("stress_scenarios") }}
),

results as (
    select * from {{ ref("fct_stress_results_daily") }}
)

select
    positions.business_date,
    scenarios.scenario_id,
    positions.portfolio_id,
    positions.instrument_id
from positions
inner join scenarios
    on
        positions.business_date >= scenarios.valid_from
        and positions.business_date < scenarios.valid_to
left join results
    on
        positions.business_date = results.business_date
        and scenarios.scenario_id = results.scenario_id
        and positions.portfolio_id = results.portfolio_id
        and positions.instrument_id = results.instrument_id
where results.business_date is null
