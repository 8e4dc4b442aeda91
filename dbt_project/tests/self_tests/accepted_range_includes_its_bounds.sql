with rows_inside as (
    select 0.01 as amount
    union all
    select 10000000.00 as amount
    union all
    select null as amount
),

rows_outside as (
    select 0.009 as amount
    union all
    select 10000000.01 as amount
),

failures_inside as (
    {{ test_accepted_range("rows_inside", "amount", min_value=0.01, max_value=10000000) }}
),

failures_outside as (
    {{ test_accepted_range("rows_outside", "amount", min_value=0.01, max_value=10000000) }}
)

{{ self_test_verdict(failures_outside=2) }}
