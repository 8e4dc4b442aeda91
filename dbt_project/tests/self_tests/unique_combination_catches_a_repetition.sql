with rows_inside (portfolio, instrument) as (
    values
    (1, 'a'),
    (1, 'b'),
    (2, 'a')
),

rows_outside (portfolio, instrument) as (
    values
    (1, 'a'),
    (1, 'b'),
    (2, 'a'),
    (2, 'a'),
    (3, null)
),

failures_inside as (
    {{ test_unique_combination("rows_inside", ["portfolio", "instrument"]) }}
),

failures_outside as (
    {{ test_unique_combination("rows_outside", ["portfolio", "instrument"]) }}
)

{{ self_test_verdict(failures_outside=2) }}
