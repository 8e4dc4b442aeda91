with source as (
    {{ latest_rows(source("banking", "payments"), ["payment_id"]) }}
),

renamed as (
    select
        payment_id,
        booked_at,
        account_number_token,
        account_number_masked,
        beneficiary_account_number_token,
        beneficiary_account_number_masked,
        beneficiary_name_token,
        beneficiary_name_masked,
        amount,
        currency,
        payment_type,
        channel,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
