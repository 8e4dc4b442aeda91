with rows_inside as (
    select 1 as portfolio
),

rows_outside as (
    select 1 as portfolio
    where false
),

failures_inside as (
    {{ test_not_empty("rows_inside") }}
),

failures_outside as (
    {{ test_not_empty("rows_outside") }}
)

{{ self_test_verdict(failures_outside=1) }}
