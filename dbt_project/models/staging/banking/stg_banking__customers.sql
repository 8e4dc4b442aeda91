with source as (
    {{ latest_rows(source("banking", "customers"), ["customer_id"]) }}
),

renamed as (
    select
        customer_id,
        customer_type,
        full_name_token,
        full_name_masked,
        ssn_token,
        ssn_masked,
        birth_date_token,
        birth_date_masked,
        email_token,
        email_masked,
        phone_token,
        phone_masked,
        address_token,
        address_masked,
        country,
        segment,
        onboarded_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
