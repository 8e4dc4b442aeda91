-- A control is judged on its feeds: a period for which one has not arrived, be it without a row,
-- is not tested.
with periods as (
    select * from {{ ref("int_sox_periods") }}
),

controls as (
    select * from {{ ref("sox_controls") }}
),

sources as (
    select * from {{ ref("sox_control_sources") }}
),

deliveries as (
    select *
    from {{ ref("stg_landing__deliveries") }}
    where delivery_status = 'loaded'
),

arrivals as (
    select distinct
        feed,
        delivery_business_date
    from deliveries
),

first_arrivals as (
    select
        feed,
        min(delivery_business_date) as first_arrived_on
    from arrivals
    group by feed
),

-- A quarter needs the statements of each of its months.
statement_dates as (
    select
        periods.period_id,
        periods.frequency,
        months.as_of_date as due_on
    from periods
    inner join periods as months
        on
            periods.quarter_id = months.quarter_id
            and months.frequency = 'monthly'
            and (periods.frequency = 'quarterly' or periods.period_id = months.period_id)
),

wanted as (
    select
        sources.control_id,
        statement_dates.period_id,
        sources.feed,
        sources.arrives,
        statement_dates.due_on
    from controls
    inner join statement_dates on controls.frequency = statement_dates.frequency
    inner join sources on controls.control_id = sources.control_id
),

final as (
    select
        wanted.control_id,
        wanted.period_id,
        wanted.feed,
        min(wanted.due_on) as first_missing_on
    from wanted
    left join first_arrivals on wanted.feed = first_arrivals.feed
    left join arrivals
        on wanted.feed = arrivals.feed and wanted.due_on = arrivals.delivery_business_date
    where
        first_arrivals.feed is null
        or first_arrivals.first_arrived_on > wanted.due_on
        or (wanted.arrives = 'each_period' and arrivals.feed is null)
    group by wanted.control_id, wanted.period_id, wanted.feed
)

select * from final
