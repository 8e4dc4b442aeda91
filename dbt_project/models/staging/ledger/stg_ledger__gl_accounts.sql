with source as (
    {{ latest_rows(source("ledger", "gl_accounts"), ["account_code"]) }}
),

renamed as (
    select
        account_code,
        account_name,
        account_class,
        statement_account,
        is_intercompany,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
