with rows_inside (amount) as (
    values
    (0.01),
    (10000000.00),
    (null)
),

rows_outside (amount) as (
    values
    (0.009),
    (10000000.01)
),

failures_inside as (
    {{ test_accepted_range("rows_inside", "amount", min_value=0.01, max_value=10000000) }}
),

failures_outside as (
    {{ test_accepted_range("rows_outside", "amount", min_value=0.01, max_value=10000000) }}
)

{{ self_test_verdict(failures_outside=2) }}
