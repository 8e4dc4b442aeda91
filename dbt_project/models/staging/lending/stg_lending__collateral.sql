with source as (
    {{ latest_rows(source("lending", "collateral"), ["as_of_date", "collateral_id"]) }}
),

renamed as (
    select
        as_of_date,
        collateral_id,
        facility_id,
        collateral_type,
        issuer_rating,
        currency,
        market_value,
        maturity_date,
        revaluation_days,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
