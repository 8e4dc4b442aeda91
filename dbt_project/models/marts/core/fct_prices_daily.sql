{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

equity_prices as (
    select * from {{ ref("int_equity_prices_daily") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

model_prices as (
    select *
    from {{ ref("int_model_prices") }}
    where {{ in_window("business_date") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

closing_prices as (
    select
        equity_prices.business_date,
        equity_prices.instrument_id,
        equity_prices.close_price as price_local,
        'exchange_close' as price_source,
        equity_prices.source_date,
        false as is_price_proxied
    from equity_prices
    inner join instruments on equity_prices.instrument_id = instruments.instrument_id
),

cross_rates as (
    select
        base_rates.business_date,
        instruments.instrument_id,
        base_rates.fx_rate_usd / quote_rates.fx_rate_usd as price_local,
        'ecb_cross' as price_source,
        least(base_rates.source_date, quote_rates.source_date) as source_date,
        false as is_price_proxied
    from instruments
    inner join fx_rates as base_rates on instruments.base_currency = base_rates.currency
    inner join fx_rates as quote_rates
        on
            instruments.currency = quote_rates.currency
            and base_rates.business_date = quote_rates.business_date
    where instruments.instrument_type = 'currency_pair'
),

cash_prices as (
    select
        fx_rates.business_date,
        instruments.instrument_id,
        cast(1 as double) as price_local,
        'par' as price_source,
        fx_rates.business_date as source_date,
        false as is_price_proxied
    from instruments
    inner join fx_rates on instruments.currency = fx_rates.currency
    where instruments.instrument_type = 'cash'
),

all_prices as (
    select * from closing_prices
    union all
    select * from cross_rates
    union all
    select * from cash_prices
    union all
    select
        business_date,
        instrument_id,
        price_local,
        price_source,
        source_date,
        is_price_proxied
    from model_prices
),

final as (
    select
        all_prices.business_date,
        all_prices.instrument_id,
        all_prices.price_local,
        instruments.currency,
        all_prices.price_source,
        all_prices.source_date,
        all_prices.source_date < all_prices.business_date as is_price_stale,
        {{ days_between("all_prices.source_date", "all_prices.business_date") }} as days_stale,
        all_prices.is_price_proxied
    from all_prices
    inner join business_dates on all_prices.business_date = business_dates.business_date
    inner join instruments on all_prices.instrument_id = instruments.instrument_id
)

select * from final
