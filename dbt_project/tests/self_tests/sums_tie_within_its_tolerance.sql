with rows_expected (desk, pnl) as (
    values
    ('FX', 100.00),
    ('RATES', 50.00)
),

rows_inside (desk, pnl) as (
    values
    ('FX', 60.01),
    ('FX', 40.00),
    ('RATES', 50.00)
),

rows_outside (desk, pnl) as (
    values
    ('FX', 100.02),
    ('EQUITIES', 0.02)
),

failures_inside as (
    {{ test_sums_tie("rows_inside", ["pnl"], "rows_expected", ["desk"], tolerance=0.01) }}
),

failures_outside as (
    {{ test_sums_tie("rows_outside", ["pnl"], "rows_expected", ["desk"], tolerance=0.01) }}
)

{{ self_test_verdict(failures_outside=3) }}
