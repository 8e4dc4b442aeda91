with rows_inside (total, part, other_part) as (
    values
    (3, 1, 2)
),

rows_outside (total, part, other_part) as (
    values
    (4, 1, 2),
    (3, 1, null)
),

failures_inside as (
    {{ test_expression_holds("rows_inside", "total = part + other_part") }}
),

failures_outside as (
    {{ test_expression_holds("rows_outside", "total = part + other_part") }}
)

{{ self_test_verdict(failures_outside=2) }}
