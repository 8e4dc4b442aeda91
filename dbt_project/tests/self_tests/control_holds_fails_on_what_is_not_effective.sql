with rows_inside (control_id, ends_on, is_closed, conclusion) as (
    values
    ('AC-01', 1, true, 'ineffective'),
    ('AC-01', 2, true, 'effective'),
    ('AC-01', 3, false, 'ineffective'),
    ('AC-02', 2, true, 'ineffective')
),

rows_outside (control_id, ends_on, is_closed, conclusion) as (
    values
    ('AC-01', 1, true, 'effective'),
    ('AC-01', 2, true, 'ineffective'),
    ('AC-01', 2, true, 'not_tested'),
    ('AC-01', 3, false, 'effective')
),

failures_inside as (
    {{ test_control_holds("rows_inside", "AC-01", "rows_inside") }}
),

failures_outside as (
    {{ test_control_holds("rows_outside", "AC-01", "rows_outside") }}
)

{{ self_test_verdict(failures_outside=2) }}
