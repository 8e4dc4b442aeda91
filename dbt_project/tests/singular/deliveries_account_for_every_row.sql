select
    feed,
    file_name,
    delivery_id,
    delivery_business_date,
    delivery_status,
    rows_read,
    rows_unaccounted,
    sum_unaccounted
from {{ ref("fct_delivery_reconciliation") }}
where
    delivery_status <> 'refused'
    and (
        not coalesce(rows_unaccounted = 0, false)
        or sum_unaccounted <> 0
    )
