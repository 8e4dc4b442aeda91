with rows_expected (desk, market_value) as (
    values
    ('FX', 100)
),

rows_inside (desk, kind, net) as (
    values
    ('FX', 'currency', 100),
    ('FX', 'issuer', 55)
),

rows_outside (desk, kind, net) as (
    values
    ('FX', 'currency', 100),
    ('FX', 'currency', 1)
),

failures_inside as (
    {{ test_sums_tie(
        "rows_inside", ["net"], "rows_expected", ["desk"], compare_columns=["market_value"],
        condition="kind = 'currency'"
    ) }}
),

failures_outside as (
    {{ test_sums_tie(
        "rows_outside", ["net"], "rows_expected", ["desk"], compare_columns=["market_value"],
        condition="kind = 'currency'"
    ) }}
)

{{ self_test_verdict(failures_outside=1) }}
