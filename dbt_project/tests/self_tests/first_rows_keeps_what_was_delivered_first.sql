with landed (trade, version, _load_sequence, _line, content) as (
    values
    ('T1', 1, 1, 8, 'first'),
    ('T1', 1, 1, 9, 'changed in the same file'),
    ('T1', 1, 2, 4, 'changed later'),
    ('T1', 2, 2, 5, 'a version of its own'),
    ('T2', 1, 1, 1, 'only')
),

expected (trade, version, content) as (
    values
    ('T1', 1, 'first'),
    ('T1', 2, 'a version of its own'),
    ('T2', 1, 'only')
),

found as (
    {{ first_rows("landed", ["trade", "version"]) }}
)

select
    found.content as found,
    expected.content as expected
from expected
full outer join found on expected.trade = found.trade and expected.version = found.version
where not coalesce(found.content = expected.content, false)
