{{ config(materialized="view") }}

with positions as (
    select * from {{ ref("fct_positions_daily") }}
),

sensitivities as (
    select * from {{ ref("int_instrument_sensitivities") }}
),

from_instruments as (
    select
        positions.business_date,
        positions.portfolio_id,
        positions.instrument_id,
        sensitivities.risk_factor_id,
        {{ money(
            "cast(positions.quantity as double) * sensitivities.delta_local"
            ~ " * positions.fx_rate_usd"
        ) }} as delta_usd,
        {{ money(
            "cast(positions.quantity as double) * sensitivities.gamma_local"
            ~ " * positions.fx_rate_usd"
        ) }} as gamma_usd
    from positions
    inner join sensitivities
        on
            positions.business_date = sensitivities.business_date
            and positions.instrument_id = sensitivities.instrument_id
),

-- Whatever is held in another currency moves with that currency, besides what moves its own price.
from_translation as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        'FX:' || currency as risk_factor_id,
        market_value_usd as delta_usd,
        {{ money("0") }} as gamma_usd
    from positions
    where currency <> 'USD'
),

all_sensitivities as (
    select * from from_instruments
    union all
    select * from from_translation
),

final as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        risk_factor_id,
        {{ money("sum(delta_usd)") }} as delta_usd,
        {{ money("sum(gamma_usd)") }} as gamma_usd
    from all_sensitivities
    group by business_date, portfolio_id, instrument_id, risk_factor_id
)

select * from final
