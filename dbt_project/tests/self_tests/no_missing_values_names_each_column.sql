with rows_inside (amount, currency) as (
    values
    (0, 'USD'),
    (1, 'EUR')
),

rows_outside (amount, currency) as (
    values
    (cast(null as int), 'USD'),
    (1, null),
    (2, null)
),

failures_inside as (
    {{ test_no_missing_values("rows_inside", ["amount", "currency"]) }}
),

failures_outside as (
    {{ test_no_missing_values("rows_outside", ["amount", "currency"]) }}
)

{{ self_test_verdict(failures_outside=2) }}
