with source as (
    {{
        latest_rows(
            source("reference", "instrument_admissions"),
            ["isin", "mic", "_business_date"]
        )
    }}
),

renamed as (
    select
        isin,
        mic,
        admitted_from,
        terminated_on,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
