with source as (
    {{ latest_rows(source("banking", "accounts"), ["account_id"]) }}
),

renamed as (
    select
        account_id,
        customer_id,
        account_number_token,
        account_number_masked,
        account_type,
        currency,
        opened_on,
        account_status,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
