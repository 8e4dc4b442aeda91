with source as (
    {{
        latest_rows(
            source("execution", "commodity_positions"),
            ["business_date", "contract_code", "maturity_month"]
        )
    }}
),

renamed as (
    select
        business_date,
        contract_code,
        maturity_month,
        is_spot_month,
        long_lots,
        short_lots,
        option_delta_lots,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
