with rows_expected as (
    select 'FX' as desk, 100.00 as pnl
    union all
    select 'RATES' as desk, 50.00 as pnl
),

rows_inside as (
    select 'FX' as desk, 60.01 as pnl
    union all
    select 'FX' as desk, 40.00 as pnl
    union all
    select 'RATES' as desk, 50.00 as pnl
),

rows_outside as (
    select 'FX' as desk, 100.02 as pnl
    union all
    select 'EQUITIES' as desk, 0.02 as pnl
),

failures_inside as (
    {{ test_sums_tie("rows_inside", ["pnl"], "rows_expected", ["desk"], tolerance=0.01) }}
),

failures_outside as (
    {{ test_sums_tie("rows_outside", ["pnl"], "rows_expected", ["desk"], tolerance=0.01) }}
)

{{ self_test_verdict(failures_outside=3) }}
