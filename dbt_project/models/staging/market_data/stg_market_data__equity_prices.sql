with source as (
    {{ latest_rows(source("market_data", "equity_prices"), ["price_date", "ticker"]) }}
),

renamed as (
    select
        price_date,
        ticker,
        close_price,
        currency,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
