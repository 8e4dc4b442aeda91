with source as (
    {{ latest_rows(
        source("market_data", "implied_volatilities"), ["quote_date", "ticker", "tenor_days"]
    ) }}
),

renamed as (
    select
        quote_date,
        ticker,
        tenor_days,
        implied_volatility,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
