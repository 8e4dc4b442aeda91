with accounts as (
    select * from {{ ref("stg_banking__accounts") }}
),

final as (
    select
        account_id,
        customer_id,
        account_number_token,
        account_number_masked,
        account_type,
        currency,
        opened_on,
        account_status
    from accounts
)

select * from final
