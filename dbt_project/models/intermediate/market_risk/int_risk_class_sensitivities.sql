{{ config(materialized="view") }}

with sensitivities as (
    select * from {{ ref("int_portfolio_sensitivities") }}
),

risk_factors as (
    select distinct
        risk_factor_id,
        factor_type
    from {{ ref("int_risk_factor_levels") }}
),

final as (
    select
        sensitivities.business_date,
        risk_factors.factor_type as risk_class,
        sensitivities.risk_factor_id,
        {{ money("sum(sensitivities.delta_usd)") }} as delta_usd,
        {{ money("sum(sensitivities.gamma_usd)") }} as gamma_usd
    from sensitivities
    inner join risk_factors on sensitivities.risk_factor_id = risk_factors.risk_factor_id
    group by
        sensitivities.business_date,
        risk_factors.factor_type,
        sensitivities.risk_factor_id
)

select * from final
