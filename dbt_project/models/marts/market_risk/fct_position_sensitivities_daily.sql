{{ config(materialized="view") }}

with sensitivities as (
    select * from {{ ref("int_position_sensitivities") }}
),

factor_types as (
    select distinct
        risk_factor_id,
        factor_type
    from {{ ref("int_risk_factor_levels") }}
),

-- The moves a desk quotes its sensitivities for.
with_moves as (
    select
        sensitivities.*,
        factor_types.factor_type,
        case factor_types.factor_type
            when 'interest_rate' then 0.0001
            else 0.01
        end as quoted_move
    from sensitivities
    inner join factor_types on sensitivities.risk_factor_id = factor_types.risk_factor_id
),

final as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        risk_factor_id,
        factor_type,
        delta_usd,
        gamma_usd,
        cast(quoted_move as double) as quoted_move,
        {{ money("cast(delta_usd as double) * quoted_move") }} as quoted_sensitivity_usd
    from with_moves
)

select * from final
