with backups as (
    select * from {{ ref("stg_operations__backups") }}
),

systems as (
    select * from {{ ref("sox_systems") }}
),

periods as (
    select
        min(starts_on) as first_date,
        max(known_until) as last_date
    from {{ ref("int_sox_periods") }}
),

business_dates as (
    select calendar_dates.calendar_date as business_date
    from {{ ref("int_calendar_dates") }} as calendar_dates
    inner join periods
        on
            calendar_dates.calendar_date >= periods.first_date
            and calendar_dates.calendar_date <= periods.last_date
    where calendar_dates.is_business_day
),

taken as (
    select
        system,
        cast(taken_at as date) as taken_on,
        count(case when status = 'succeeded' then 1 end) as succeeded,
        count(*) as attempts
    from backups
    group by system, cast(taken_at as date)
),

expected as (
    select
        systems.system,
        business_dates.business_date
    from systems
    inner join business_dates
        on
            systems.valid_from <= business_dates.business_date
            and business_dates.business_date
            < coalesce(systems.valid_to, cast('9999-01-01' as date))
),

judged as (
    select
        expected.system,
        expected.business_date,
        coalesce(taken.attempts, 0) as attempts,
        coalesce(taken.succeeded, 0) as succeeded
    from expected
    left join taken
        on expected.system = taken.system and expected.business_date = taken.taken_on
),

final as (
    select
        {{ sox_control_item(
            control_id="OP-02",
            item_id="system || '|' || cast(business_date as string)",
            item_date="business_date",
            is_exception="succeeded = 0",
            reason="case when attempts = 0 then 'no back-up was taken'"
            ~ " else 'all ' || cast(attempts as string) || ' back-ups of the day failed' end",
            detail="cast(attempts as string) || ' taken, ' || cast(succeeded as string)"
            ~ " || ' succeeded'",
        ) }}
    from judged
)

select * from final
