with rows_inside as (
    select 3 as total, 1 as part, 2 as other_part
),

rows_outside as (
    select 4 as total, 1 as part, 2 as other_part
    union all
    select 3 as total, 1 as part, null as other_part
),

failures_inside as (
    {{ test_expression_holds("rows_inside", "total = part + other_part") }}
),

failures_outside as (
    {{ test_expression_holds("rows_outside", "total = part + other_part") }}
)

{{ self_test_verdict(failures_outside=2) }}
