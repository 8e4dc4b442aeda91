with landed (trade, _load_sequence, _line, content) as (
    values
    ('T1', 1, 9, 'first'),
    ('T1', 2, 4, 'corrected'),
    ('T1', 2, 5, 'corrected in the same file'),
    ('T2', 1, 1, 'only')
),

expected (trade, content) as (
    values
    ('T1', 'corrected in the same file'),
    ('T2', 'only')
),

latest as (
    {{ latest_rows("landed", ["trade"]) }}
)

select
    latest.content as found,
    expected.content as expected
from expected
full outer join latest on expected.trade = latest.trade
where not coalesce(latest.content = expected.content, false)
