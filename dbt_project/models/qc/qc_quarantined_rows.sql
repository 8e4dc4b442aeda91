with quarantine as (
    select * from {{ ref("stg_landing__quarantine") }}
),

final as (
    select
        feed,
        delivery_id,
        delivery_line,
        delivery_business_date,
        file_name,
        failed_field,
        failed_rule,
        failure_reason,
        control_amount,
        row_masked
    from quarantine
)

select * from final
