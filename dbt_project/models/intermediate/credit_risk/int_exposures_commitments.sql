with facilities as (
    select * from {{ ref("int_credit_facilities") }}
),

final as (
    select
        reporting_date,
        facility_id,
        product_type,
        undrawn_usd,
        case
            when product_type = 'trade_letter_of_credit' then 'short_term_trade'
            when product_type = 'performance_guarantee' then 'transaction_contingent'
            when product_type = 'financial_guarantee' then 'credit_substitute'
            when product_type = 'note_issuance_facility' then 'note_issuance_facility'
            when is_unconditionally_cancellable then 'unconditionally_cancellable'
            else 'other_commitment'
        end as commitment_kind
    from facilities
    where undrawn_usd > 0
)

select * from final
