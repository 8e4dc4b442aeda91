with source as (
    {{ latest_rows(source("ledger", "gl_balances"), ["as_of_date", "account_code"]) }}
),

renamed as (
    select
        as_of_date,
        account_code,
        account_name,
        account_class,
        currency,
        balance_amount,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
