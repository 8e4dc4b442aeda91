-- Implied volatilities, the last one carried forward over business days on which none came.
with implied_volatilities as (
    select * from {{ ref("stg_market_data__implied_volatilities") }}
),

business_dates as (
    select * from {{ ref("int_business_dates") }}
),

source_dates as (
    {{ latest_source_dates(
        "implied_volatilities", "business_dates", ["ticker", "tenor_days"], "quote_date"
    ) }}
),

final as (
    select
        source_dates.business_date,
        source_dates.ticker,
        source_dates.tenor_days,
        cast(implied_volatilities.implied_volatility as double) as implied_volatility,
        source_dates.source_date,
        source_dates.source_date < source_dates.business_date as is_volatility_stale
    from source_dates
    inner join implied_volatilities
        on
            source_dates.ticker = implied_volatilities.ticker
            and source_dates.tenor_days = implied_volatilities.tenor_days
            and source_dates.source_date = implied_volatilities.quote_date
)

select * from final
