with source as (
    {{ latest_rows(source("reference", "lei_register"), ["lei", "_business_date"]) }}
),

renamed as (
    select
        lei,
        legal_name,
        country,
        status,
        next_renewal_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
