with rows_inside (portfolio) as (
    values
    (1)
),

rows_outside as (
    select *
    from rows_inside
    where false
),

failures_inside as (
    {{ test_not_empty("rows_inside") }}
    union all
    {{ test_not_empty("rows_outside", when_filled="rows_outside") }}
),

failures_outside as (
    {{ test_not_empty("rows_outside") }}
    union all
    {{ test_not_empty("rows_outside", when_filled="rows_inside") }}
)

{{ self_test_verdict(failures_outside=2) }}
