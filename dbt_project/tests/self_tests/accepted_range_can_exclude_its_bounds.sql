with rows_inside (fx_rate) as (
    values
    (0.000001)
),

rows_outside (fx_rate) as (
    values
    (0)
),

failures_inside as (
    {{ test_accepted_range("rows_inside", "fx_rate", min_value=0, inclusive=false) }}
),

failures_outside as (
    {{ test_accepted_range("rows_outside", "fx_rate", min_value=0, inclusive=false) }}
)

{{ self_test_verdict(failures_outside=1) }}
