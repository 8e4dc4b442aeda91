with source as (
    {{ latest_rows(source("treasury", "securities"), ["as_of_date", "security_id"]) }}
),

renamed as (
    select
        as_of_date,
        security_id,
        issuer_id,
        security_type,
        security_name,
        currency,
        nominal_amount,
        carrying_amount,
        fair_value,
        maturity_date,
        issue_rating,
        accounting_class,
        is_operationally_eligible,
        encumbered_until,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
