with quotes (ticker, quote_date) as (
    values
    ('A', cast('2020-01-03' as date)),
    ('A', cast('2020-01-05' as date))
),

days (business_date) as (
    values
    (cast('2020-01-02' as date)),
    (cast('2020-01-03' as date)),
    (cast('2020-01-04' as date)),
    (cast('2020-01-06' as date))
),

expected (business_date, source_date) as (
    values
    (cast('2020-01-03' as date), cast('2020-01-03' as date)),
    (cast('2020-01-04' as date), cast('2020-01-03' as date)),
    (cast('2020-01-06' as date), cast('2020-01-05' as date))
),

carried as (
    {{ latest_source_dates("quotes", "days", ["ticker"], "quote_date") }}
)

select
    carried.business_date,
    carried.source_date as found,
    expected.source_date as expected
from carried
full outer join expected on carried.business_date = expected.business_date
where not coalesce(carried.source_date = expected.source_date, false)
