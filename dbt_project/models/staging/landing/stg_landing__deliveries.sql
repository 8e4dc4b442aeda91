with source as (
    select * from {{ source("landing", "deliveries") }}
),

renamed as (
    select
        delivery_id,
        load_sequence,
        feed,
        system as source_system,
        business_date as delivery_business_date,
        file_name,
        file_sha256,
        file_bytes,
        status as delivery_status,
        refusal_rule,
        refusal_reason,
        rows_read,
        rows_loaded,
        rows_quarantined,
        rows_duplicate,
        sum_read,
        sum_loaded,
        sum_quarantined,
        sum_duplicate,
        trailer_rows,
        trailer_sum,
        min_event_date,
        max_event_date,
        is_late,
        arrived_at
    from source
)

select * from renamed
