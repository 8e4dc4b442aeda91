with payments as (
    select * from {{ ref("stg_banking__payments") }}
),

accounts as (
    select * from {{ ref("stg_banking__accounts") }}
),

final as (
    select
        payments.payment_id,
        payments.booked_at,
        cast(payments.booked_at as date) as booked_on,
        accounts.account_id,
        accounts.customer_id,
        payments.account_number_token,
        payments.account_number_masked,
        payments.beneficiary_account_number_token,
        payments.beneficiary_account_number_masked,
        payments.beneficiary_name_token,
        payments.beneficiary_name_masked,
        payments.amount,
        payments.currency,
        payments.payment_type,
        payments.channel,
        payments.delivery_id,
        payments.delivery_line
    from payments
    left join accounts on payments.account_number_token = accounts.account_number_token
)

select * from final
