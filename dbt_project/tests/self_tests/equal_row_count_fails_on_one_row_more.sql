with rows_expected (trade) as (
    values
    (1),
    (2)
),

rows_inside (trade) as (
    values
    (3),
    (4)
),

rows_outside (trade) as (
    values
    (3),
    (4),
    (5)
),

failures_inside as (
    {{ test_equal_row_count("rows_inside", "rows_expected") }}
),

failures_outside as (
    {{ test_equal_row_count("rows_outside", "rows_expected") }}
)

{{ self_test_verdict(failures_outside=1) }}
