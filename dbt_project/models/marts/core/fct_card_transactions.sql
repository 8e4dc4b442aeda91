with card_transactions as (
    select * from {{ ref("stg_banking__card_transactions") }}
),

accounts as (
    select * from {{ ref("stg_banking__accounts") }}
),

cards as (
    select * from {{ ref("stg_banking__cards") }}
),

final as (
    select
        card_transactions.card_transaction_id,
        card_transactions.transacted_at,
        cast(card_transactions.transacted_at as date) as transacted_on,
        cards.card_id,
        accounts.account_id,
        accounts.customer_id,
        card_transactions.merchant_id,
        card_transactions.card_number_token,
        card_transactions.card_number_masked,
        card_transactions.account_number_token,
        card_transactions.account_number_masked,
        card_transactions.amount,
        card_transactions.currency,
        card_transactions.entry_mode,
        card_transactions.delivery_id,
        card_transactions.delivery_line
    from card_transactions
    left join accounts on card_transactions.account_number_token = accounts.account_number_token
    left join cards on card_transactions.card_number_token = cards.card_number_token
)

select * from final
