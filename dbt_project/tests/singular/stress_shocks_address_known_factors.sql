-- A shock of a factor that does not exist would change nothing and nobody would notice.
with shocks as (
    select *
    from {{ ref("stress_shocks") }}
    where risk_factor_id is not null
),

risk_factors as (
    select distinct
        factor_type,
        risk_factor_id
    from {{ ref("int_stress_factor_shocks") }}
),

factor_types as (
    select distinct factor_type from risk_factors
)

select
    shocks.scenario_id,
    shocks.factor_type,
    shocks.risk_factor_id
from shocks
inner join factor_types on shocks.factor_type = factor_types.factor_type
left join risk_factors
    on
        shocks.factor_type = risk_factors.factor_type
        and shocks.risk_factor_id = risk_factors.risk_factor_id
where risk_factors.risk_factor_id is null
