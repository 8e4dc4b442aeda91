with source as (
    select * from {{ source("landing", "quarantine") }}
),

renamed as (
    select
        feed,
        delivery_id,
        file_name,
        business_date as delivery_business_date,
        line as delivery_line,
        field as failed_field,
        rule as failed_rule,
        reason as failure_reason,
        control_amount,
        row_masked
    from source
)

select * from renamed
