with calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

deliveries as (
    select * from {{ ref("stg_landing__deliveries") }}
),

trades as (
    select * from {{ ref("stg_trading__trades") }}
),

equity_prices as (
    select * from {{ ref("stg_market_data__equity_prices") }}
),

fx_rates as (
    select * from {{ ref("stg_market_data__fx_rates") }}
),

first_dates as (
    select min(trade_date) as first_date from trades
    union all
    select min(price_date) as first_date from equity_prices
    union all
    select min(rate_date) as first_date from fx_rates
),

bounds as (
    select
        (select min(first_date) from first_dates) as first_date,
        (select min(trade_date) from trades) as first_trade_date,
        (
            select max(delivery_business_date)
            from deliveries
            where
                delivery_status = 'loaded'
                and feed in ('trades', 'equity_prices', 'fx_rates', 'treasury_par_yields')
        ) as last_delivered_date
),

final as (
    select
        calendar_dates.calendar_date as business_date,
        calendar_dates.previous_business_date,
        calendar_dates.calendar_date >= bounds.first_trade_date as is_book_date
    from calendar_dates
    cross join bounds
    where
        calendar_dates.is_business_day
        and calendar_dates.calendar_date >= bounds.first_date
        and calendar_dates.calendar_date <= bounds.last_delivered_date
)

select * from final
