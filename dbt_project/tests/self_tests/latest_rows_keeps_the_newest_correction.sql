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
    select
        'latest_rows' as macro_name,
        trade,
        content
    from (
        {{ latest_rows("landed", ["trade"]) }}
    ) as latest_rows
    union all
    select
        'latest_rows_where_repeated' as macro_name,
        trade,
        content
    from (
        {{ latest_rows_where_repeated("landed", ["trade"]) }}
    ) as latest_rows_where_repeated
),

macros (macro_name) as (
    values
    ('latest_rows'),
    ('latest_rows_where_repeated')
)

select
    macros.macro_name,
    latest.content as found,
    expected.content as expected
from macros
cross join expected
full outer join latest on macros.macro_name = latest.macro_name and expected.trade = latest.trade
where not coalesce(latest.content = expected.content, false)
