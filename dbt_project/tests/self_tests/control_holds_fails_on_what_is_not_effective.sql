with rows_inside (control_id, is_latest_closed, conclusion) as (
    values
    ('AC-01', true, 'effective'),
    ('AC-01', false, 'ineffective'),
    ('AC-02', true, 'ineffective')
),

rows_outside (control_id, is_latest_closed, conclusion) as (
    values
    ('AC-01', true, 'ineffective'),
    ('AC-01', true, 'not_tested')
),

failures_inside as (
    {{ test_control_holds("rows_inside", "AC-01", "rows_inside") }}
),

failures_outside as (
    {{ test_control_holds("rows_outside", "AC-01", "rows_outside") }}
)

{{ self_test_verdict(failures_outside=2) }}
