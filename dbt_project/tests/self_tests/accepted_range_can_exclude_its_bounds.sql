with rows_inside as (
    select 0.000001 as fx_rate
),

rows_outside as (
    select 0 as fx_rate
),

failures_inside as (
    {{ test_accepted_range("rows_inside", "fx_rate", min_value=0, inclusive=false) }}
),

failures_outside as (
    {{ test_accepted_range("rows_outside", "fx_rate", min_value=0, inclusive=false) }}
)

{{ self_test_verdict(failures_outside=1) }}
