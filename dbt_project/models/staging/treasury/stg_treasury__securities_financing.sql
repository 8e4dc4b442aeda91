with source as (
    {{ latest_rows(source("treasury", "securities_financing"), ["as_of_date", "transaction_id"]) }}
),

renamed as (
    select
        as_of_date,
        transaction_id,
        counterparty_lei,
        direction,
        currency,
        cash_amount,
        security_type,
        security_rating,
        security_value,
        security_maturity_date,
        start_date,
        maturity_date,
        netting_set_id,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
