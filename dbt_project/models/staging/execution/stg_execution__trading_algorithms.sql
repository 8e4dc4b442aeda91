with source as (
    {{
        latest_rows(
            source("execution", "trading_algorithms"),
            ["algorithm_id", "_business_date"]
        )
    }}
),

renamed as (
    select
        algorithm_id,
        algorithm_name,
        purpose,
        is_high_frequency,
        valid_from,
        valid_to,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
