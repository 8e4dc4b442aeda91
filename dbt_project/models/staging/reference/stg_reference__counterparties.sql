with source as (
    {{ latest_rows(source("reference", "counterparties"), ["counterparty_lei", "_business_date"]) }}
),

renamed as (
    select
        counterparty_lei,
        counterparty_name,
        counterparty_type,
        sector,
        country,
        rating,
        rating_agency,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
