with cards as (
    select * from {{ ref("stg_banking__cards") }}
),

final as (
    select
        card_id,
        account_id,
        card_number_token,
        card_number_masked,
        card_type,
        issued_on,
        expires_on
    from cards
)

select * from final
