with source as (
    {{ latest_rows(source("ledger", "own_funds"), ["as_of_date", "item_code"]) }}
),

renamed as (
    select
        as_of_date,
        item_code,
        tier,
        amount,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
