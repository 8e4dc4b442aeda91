-- Guards an assumption of int_position_exposures: every residual maturity falls into one bucket.
with buckets as (
    select
        tenor_bucket,
        min_days,
        lag(max_days) over (order by bucket_order) as previous_max_days
    from {{ ref("tenor_buckets") }}
)

select *
from buckets
where min_days <> previous_max_days
