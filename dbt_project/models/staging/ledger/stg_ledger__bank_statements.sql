with source as (
    {{
        latest_rows(
            source("ledger", "bank_statements"), ["as_of_date", "account_code", "bank_account"]
        )
    }}
),

renamed as (
    select
        as_of_date,
        account_code,
        bank_account,
        statement_balance,
        outstanding_items,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
