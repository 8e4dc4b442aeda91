with source as (
    {{ latest_rows(source("banking", "merchants"), ["merchant_id"]) }}
),

renamed as (
    select
        merchant_id,
        merchant_name,
        merchant_category_code,
        country,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
