with source as (
    {{ latest_rows(source("lending", "guarantees"), ["as_of_date", "guarantee_id"]) }}
),

renamed as (
    select
        as_of_date,
        guarantee_id,
        facility_id,
        guarantor_id,
        currency,
        guaranteed_amount,
        maturity_date,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
