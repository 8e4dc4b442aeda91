{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where {{ in_window("business_date") }}
),

sensitivities as (
    select *
    from {{ ref("int_instrument_sensitivities") }}
    where {{ in_window("business_date") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

portfolios as (
    select * from {{ ref("stg_reference__portfolios") }}
),

from_instruments as (
    select
        positions.business_date,
        positions.portfolio_id,
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
        'FX:' || currency as risk_factor_id,
        market_value_usd as delta_usd,
        {{ money("0") }} as gamma_usd
    from positions
    where currency <> 'USD'
),

-- A portfolio without risk has a VaR of zero, not a missing one: it gets a row of zeros.
without_risk as (
    select
        business_dates.business_date,
        portfolios.portfolio_id,
        'IR:USD:1 Mo' as risk_factor_id,
        {{ money("0") }} as delta_usd,
        {{ money("0") }} as gamma_usd
    from business_dates
    cross join portfolios
),

all_sensitivities as (
    select * from from_instruments
    union all
    select * from from_translation
    union all
    select * from without_risk
),

final as (
    select
        business_date,
        portfolio_id,
        risk_factor_id,
        {{ money("sum(delta_usd)") }} as delta_usd,
        {{ money("sum(gamma_usd)") }} as gamma_usd
    from all_sensitivities
    group by business_date, portfolio_id, risk_factor_id
)

select * from final
