with scenarios as (
    select * from {{ ref("stress_scenarios") }}
),

shocks as (
    select * from {{ ref("int_stress_factor_shocks") }}
),

counted as (
    select
        scenario_id,
        count(*) as risk_factors,
        count(case when shock <> 0 then 1 end) as moving_factors,
        count(case when is_proxied then 1 end) as proxied_factors,
        count(case when shock is null then 1 end) as missing_factors
    from shocks
    group by scenario_id
),

final as (
    select
        scenarios.scenario_id,
        scenarios.scenario_name,
        scenarios.scenario_type,
        scenarios.description,
        scenarios.window_start,
        scenarios.window_end,
        scenarios.source,
        scenarios.valid_from,
        scenarios.valid_to,
        cast(coalesce(counted.risk_factors, 0) as int) as risk_factors,
        cast(coalesce(counted.moving_factors, 0) as int) as moving_factors,
        cast(coalesce(counted.proxied_factors, 0) as int) as proxied_factors,
        cast(coalesce(counted.missing_factors, 0) as int) as missing_factors
    from scenarios
    left join counted on scenarios.scenario_id = counted.scenario_id
)

select * from final
