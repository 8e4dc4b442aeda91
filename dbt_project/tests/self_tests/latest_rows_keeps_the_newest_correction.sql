with landed as (
    select 'T1' as trade, 1 as _load_sequence, 9 as _line, 'first' as content
    union all
    select 'T1' as trade, 2 as _load_sequence, 4 as _line, 'corrected' as content
    union all
    select 'T1' as trade, 2 as _load_sequence, 5 as _line, 'corrected in the same file' as content
    union all
    select 'T2' as trade, 1 as _load_sequence, 1 as _line, 'only' as content
),

latest as (
    {{ latest_rows("landed", ["trade"]) }}
),

expected as (
    select 'T1' as trade, 'corrected in the same file' as content
    union all
    select 'T2' as trade, 'only' as content
)

(
    select trade, content from latest
    except
    select trade, content from expected
)
union all
(
    select trade, content from expected
    except
    select trade, content from latest
)
