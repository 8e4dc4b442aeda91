{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with position_intervals as (
    select * from {{ ref("int_position_intervals") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

prices as (
    select *
    from {{ ref("fct_prices_daily") }}
    where {{ in_window("business_date") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

portfolios as (
    select * from {{ ref("stg_reference__portfolios") }}
),

held as (
    select
        business_dates.business_date,
        position_intervals.portfolio_id,
        position_intervals.instrument_id,
        position_intervals.quantity,
        position_intervals.cost_usd,
        position_intervals.cost_local
    from position_intervals
    inner join business_dates
        on
            position_intervals.valid_from <= business_dates.business_date
            and position_intervals.valid_to > business_dates.business_date
),

valued as (
    select
        held.business_date,
        held.portfolio_id,
        held.instrument_id,
        portfolios.desk_id,
        instruments.instrument_type,
        instruments.currency,
        instruments.contract_multiplier,
        held.quantity,
        prices.price_local,
        fx_rates.fx_rate_usd,
        {{ money(
            "cast(held.quantity as double) * prices.price_local * instruments.contract_multiplier"
        ) }} as market_value_local,
        {{ money(
            "cast(held.quantity as double) * prices.price_local * instruments.contract_multiplier"
            ~ " * fx_rates.fx_rate_usd"
        ) }} as market_value_usd,
        held.cost_usd,
        held.cost_local,
        prices.is_price_stale,
        prices.is_price_proxied,
        fx_rates.is_fx_rate_stale
    from held
    inner join instruments on held.instrument_id = instruments.instrument_id
    inner join portfolios on held.portfolio_id = portfolios.portfolio_id
    left join prices
        on
            held.business_date = prices.business_date
            and held.instrument_id = prices.instrument_id
    left join fx_rates
        on
            held.business_date = fx_rates.business_date
            and instruments.currency = fx_rates.currency
),

final as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        desk_id,
        instrument_type,
        currency,
        quantity,
        price_local,
        fx_rate_usd,
        market_value_local,
        market_value_usd,
        cost_local,
        cost_usd,
        {{ money("market_value_local - cost_local") }} as unrealised_pnl_local,
        {{ money("market_value_usd - cost_usd") }} as unrealised_pnl_usd,
        is_price_stale,
        is_price_proxied,
        is_fx_rate_stale
    from valued
)

select * from final
