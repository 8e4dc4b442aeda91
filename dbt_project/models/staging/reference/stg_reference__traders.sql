with source as (
    {{ latest_rows(source("reference", "traders"), ["trader_id"]) }}
),

renamed as (
    select
        trader_id,
        trader_name_token,
        trader_name_masked,
        portfolio_id,
        mandate_from,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
