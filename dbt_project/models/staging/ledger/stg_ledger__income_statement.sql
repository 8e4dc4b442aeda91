with source as (
    {{ latest_rows(source("ledger", "income_statement"), ["fiscal_year", "item_code"]) }}
),

renamed as (
    select
        fiscal_year,
        item_code,
        amount,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
