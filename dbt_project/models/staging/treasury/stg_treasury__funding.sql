with source as (
    {{ latest_rows(source("treasury", "funding"), ["as_of_date", "funding_id"]) }}
),

renamed as (
    select
        as_of_date,
        funding_id,
        provider_id,
        product_type,
        currency,
        balance_amount,
        insured_amount,
        maturity_date,
        is_transactional,
        has_established_relationship,
        has_early_withdrawal,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
