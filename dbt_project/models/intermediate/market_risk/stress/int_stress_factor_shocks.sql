with scenarios as (
    select * from {{ ref("stress_scenarios") }}
),

shocks as (
    select * from {{ ref("stress_shocks") }}
),

levels as (
    select * from {{ ref("int_risk_factor_levels") }}
),

risk_factors as (
    select distinct
        risk_factor_id,
        factor_type
    from levels
),

hypothetical as (
    select
        scenarios.scenario_id,
        risk_factors.risk_factor_id,
        risk_factors.factor_type,
        cast(null as double) as start_level,
        cast(null as double) as end_level,
        coalesce(own_shocks.shock, type_shocks.shock, 0) as shock,
        false as is_proxied
    from scenarios
    cross join risk_factors
    left join shocks as own_shocks
        on
            scenarios.scenario_id = own_shocks.scenario_id
            and risk_factors.factor_type = own_shocks.factor_type
            and risk_factors.risk_factor_id = own_shocks.risk_factor_id
    left join shocks as type_shocks
        on
            scenarios.scenario_id = type_shocks.scenario_id
            and risk_factors.factor_type = type_shocks.factor_type
            and type_shocks.risk_factor_id is null
    where scenarios.scenario_type = 'hypothetical'
),

observed as (
    select
        scenarios.scenario_id,
        risk_factors.risk_factor_id,
        risk_factors.factor_type,
        start_levels.level as start_level,
        end_levels.level as end_level,
        case
            when risk_factors.factor_type in ('equity', 'fx')
                then end_levels.level / start_levels.level - 1
            else end_levels.level - start_levels.level
        end as shock,
        coalesce(start_levels.is_proxied, false) or coalesce(end_levels.is_proxied, false)
            as is_level_proxied
    from scenarios
    cross join risk_factors
    left join levels as start_levels
        on
            scenarios.window_start = start_levels.business_date
            and risk_factors.risk_factor_id = start_levels.risk_factor_id
    left join levels as end_levels
        on
            scenarios.window_end = end_levels.business_date
            and risk_factors.risk_factor_id = end_levels.risk_factor_id
    where scenarios.scenario_type = 'historical'
),

-- A factor without a level at either end of the window moves as the others of its type did on
-- average.
type_averages as (
    select
        scenario_id,
        factor_type,
        avg(shock) as average_shock
    from observed
    group by scenario_id, factor_type
),

historical as (
    select
        observed.scenario_id,
        observed.risk_factor_id,
        observed.factor_type,
        observed.start_level,
        observed.end_level,
        coalesce(observed.shock, type_averages.average_shock) as shock,
        observed.is_level_proxied
        or (observed.shock is null and type_averages.average_shock is not null) as is_proxied
    from observed
    inner join type_averages
        on
            observed.scenario_id = type_averages.scenario_id
            and observed.factor_type = type_averages.factor_type
),

all_shocks as (
    select * from hypothetical
    union all
    select * from historical
),

final as (
    select
        scenario_id,
        risk_factor_id,
        factor_type,
        start_level,
        end_level,
        round(shock, 12) as shock,
        is_proxied
    from all_shocks
)

select * from final
