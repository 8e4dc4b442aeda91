with deliveries as (
    select * from {{ ref("stg_landing__deliveries") }}
),

final as (
    select
        delivery_id,
        load_sequence,
        feed,
        source_system,
        delivery_business_date,
        file_name,
        file_sha256,
        delivery_status,
        refusal_rule,
        refusal_reason,
        is_late,
        rows_read,
        rows_loaded,
        rows_quarantined,
        rows_duplicate,
        rows_read - rows_loaded - rows_quarantined - rows_duplicate as rows_unaccounted,
        sum_read,
        sum_loaded,
        sum_quarantined,
        sum_duplicate,
        sum_read
        - coalesce(sum_loaded, 0)
        - coalesce(sum_quarantined, 0)
        - coalesce(sum_duplicate, 0) as sum_unaccounted
    from deliveries
)

select * from final
