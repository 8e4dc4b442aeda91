with rows_expected as (
    select 1 as trade
    union all
    select 2 as trade
),

rows_inside as (
    select 3 as trade
    union all
    select 4 as trade
),

rows_outside as (
    select * from rows_inside
    union all
    select 5 as trade
),

failures_inside as (
    {{ test_equal_row_count("rows_inside", "rows_expected") }}
),

failures_outside as (
    {{ test_equal_row_count("rows_outside", "rows_expected") }}
)

{{ self_test_verdict(failures_outside=1) }}
