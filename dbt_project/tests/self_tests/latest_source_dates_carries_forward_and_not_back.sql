with quotes as (
    select 'A' as ticker, cast('2020-01-03' as date) as quote_date
    union all
    select 'A' as ticker, cast('2020-01-05' as date) as quote_date
),

days as (
    select cast('2020-01-02' as date) as business_date
    union all
    select cast('2020-01-03' as date) as business_date
    union all
    select cast('2020-01-04' as date) as business_date
    union all
    select cast('2020-01-06' as date) as business_date
),

carried as (
    {{ latest_source_dates("quotes", "days", ["ticker"], "quote_date") }}
),

expected as (
    select 'A' as ticker, cast('2020-01-03' as date) as business_date, cast('2020-01-03' as date) as source_date
    union all
    select 'A' as ticker, cast('2020-01-04' as date) as business_date, cast('2020-01-03' as date) as source_date
    union all
    select 'A' as ticker, cast('2020-01-06' as date) as business_date, cast('2020-01-05' as date) as source_date
)

(
    select ticker, business_date, source_date from carried
    except
    select ticker, business_date, source_date from expected
)
union all
(
    select ticker, business_date, source_date from expected
    except
    select ticker, business_date, source_date from carried
)
