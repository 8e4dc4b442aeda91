with source as (
    {{ latest_rows(source("market_data", "treasury_par_yields"), ["curve_date", "tenor"]) }}
),

renamed as (
    select
        curve_date,
        tenor,
        par_yield_pct,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
