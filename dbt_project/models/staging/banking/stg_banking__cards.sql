with source as (
    {{ latest_rows(source("banking", "cards"), ["card_id"]) }}
),

renamed as (
    select
        card_id,
        account_id,
        card_number_token,
        card_number_masked,
        card_type,
        issued_on,
        expires_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
