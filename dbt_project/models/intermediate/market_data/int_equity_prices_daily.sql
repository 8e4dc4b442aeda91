-- Closing prices, the last one carried forward over business days on which none came.
with equity_prices as (
    select * from {{ ref("stg_market_data__equity_prices") }}
),

business_dates as (
    select * from {{ ref("int_business_dates") }}
),

source_dates as (
    {{ latest_source_dates("equity_prices", "business_dates", ["ticker"], "price_date") }}
),

final as (
    select
        source_dates.business_date,
        source_dates.ticker,
        'EQ:' || source_dates.ticker as instrument_id,
        cast(equity_prices.close_price as double) as close_price,
        equity_prices.currency,
        source_dates.source_date,
        {{ days_between("source_dates.source_date", "source_dates.business_date") }} as days_stale,
        source_dates.source_date < source_dates.business_date as is_price_stale
    from source_dates
    inner join equity_prices
        on
            source_dates.ticker = equity_prices.ticker
            and source_dates.source_date = equity_prices.price_date
)

select * from final
