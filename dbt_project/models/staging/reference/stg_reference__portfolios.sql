with source as (
    {{ latest_rows(source("reference", "portfolios"), ["portfolio_id"]) }}
),

renamed as (
    select
        portfolio_id,
        portfolio_name,
        desk_id,
        desk_name,
        opened_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
