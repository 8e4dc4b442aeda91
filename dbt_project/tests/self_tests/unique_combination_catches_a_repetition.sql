with rows_inside as (
    select 1 as portfolio, 'a' as instrument
    union all
    select 1 as portfolio, 'b' as instrument
    union all
    select 2 as portfolio, 'a' as instrument
),

rows_outside as (
    select * from rows_inside
    union all
    select 2 as portfolio, 'a' as instrument
    union all
    select 3 as portfolio, null as instrument
),

failures_inside as (
    {{ test_unique_combination("rows_inside", ["portfolio", "instrument"]) }}
),

failures_outside as (
    {{ test_unique_combination("rows_outside", ["portfolio", "instrument"]) }}
)

{{ self_test_verdict(failures_outside=2) }}
