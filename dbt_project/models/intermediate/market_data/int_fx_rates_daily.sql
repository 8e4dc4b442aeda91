-- Euro reference rates as USD per unit of currency, the last one carried forward over days without
-- a fixing.
with fx_rates as (
    select * from {{ ref("stg_market_data__fx_rates") }}
),

business_dates as (
    select * from {{ ref("int_business_dates") }}
),

usd_rates as (
    select
        rate_date,
        cast(units_per_eur as double) as usd_per_eur
    from fx_rates
    where currency = 'USD'
),

published_rates as (
    select
        fx_rates.rate_date,
        fx_rates.currency,
        usd_rates.usd_per_eur / cast(fx_rates.units_per_eur as double) as fx_rate_usd
    from fx_rates
    inner join usd_rates on fx_rates.rate_date = usd_rates.rate_date
    where fx_rates.currency <> 'USD'
    union all
    select
        rate_date,
        'EUR' as currency,
        usd_per_eur as fx_rate_usd
    from usd_rates
),

source_dates as (
    {{ latest_source_dates("published_rates", "business_dates", ["currency"], "rate_date") }}
),

rates_daily as (
    select
        source_dates.business_date,
        source_dates.currency,
        published_rates.fx_rate_usd,
        source_dates.source_date
    from source_dates
    inner join published_rates
        on
            source_dates.currency = published_rates.currency
            and source_dates.source_date = published_rates.rate_date
    union all
    select
        business_date,
        'USD' as currency,
        cast(1 as double) as fx_rate_usd,
        business_date as source_date
    from business_dates
),

final as (
    select
        business_date,
        currency,
        fx_rate_usd,
        source_date,
        {{ days_between("source_date", "business_date") }} as days_stale,
        source_date < business_date as is_fx_rate_stale
    from rates_daily
)

select * from final
