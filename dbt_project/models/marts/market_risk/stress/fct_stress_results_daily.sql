with positions as (
    select * from {{ ref("int_full_revaluation_positions") }}
),

valuations as (
    select * from {{ ref("int_stress_valuations") }}
),

valued as (
    select
        positions.business_date,
        valuations.scenario_id,
        positions.portfolio_id,
        positions.instrument_id,
        positions.desk_id,
        {{ money("cast(positions.quantity as double) * valuations.base_value_usd") }}
            as base_value_usd,
        {{ money("cast(positions.quantity as double) * valuations.stressed_value_usd") }}
            as stressed_value_usd,
        valuations.is_proxied,
        valuations.is_volatility_floored,
        valuations.missing_reason
    from positions
    inner join valuations
        on
            positions.business_date = valuations.business_date
            and positions.instrument_id = valuations.instrument_id
),

final as (
    select
        business_date,
        scenario_id,
        portfolio_id,
        instrument_id,
        desk_id,
        base_value_usd,
        stressed_value_usd,
        {{ money("stressed_value_usd - base_value_usd") }} as pnl_usd,
        is_proxied,
        is_volatility_floored,
        missing_reason
    from valued
)

select * from final
