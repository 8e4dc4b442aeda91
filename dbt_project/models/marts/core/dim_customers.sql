with customers as (
    select * from {{ ref("stg_banking__customers") }}
),

final as (
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
        onboarded_on
    from customers
)

select * from final
