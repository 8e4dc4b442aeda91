with source as (
    {{ latest_rows(source("banking", "card_transactions"), ["card_transaction_id"]) }}
),

renamed as (
    select
        card_transaction_id,
        transacted_at,
        card_number_token,
        card_number_masked,
        account_number_token,
        account_number_masked,
        merchant_id,
        amount,
        currency,
        entry_mode,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
