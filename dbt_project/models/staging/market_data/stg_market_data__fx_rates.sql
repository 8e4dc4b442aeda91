with source as (
    {{ latest_rows(source("market_data", "fx_rates"), ["rate_date", "currency"]) }}
),

renamed as (
    select
        rate_date,
        currency,
        units_per_eur,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
