with rows_inside as (
    select {{ window_end() }} as business_date
),

rows_outside as (
    select {{ window_start() }} as business_date
),

failures_inside as (
    {{ test_is_empty("rows_inside", window_column="business_date") }}
),

failures_outside as (
    {{ test_is_empty("rows_outside", window_column="business_date") }}
)

{{ self_test_verdict(failures_outside=1) }}
