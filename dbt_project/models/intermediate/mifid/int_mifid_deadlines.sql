with trade_dates as (
    select distinct trade_date from {{ ref("int_mifid_eligibility") }}
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

holidays as (
    select * from {{ ref("target_holidays") }}
),

working_dates_marked as (
    select
        calendar_dates.calendar_date,
        case
            when
                holidays.holiday_date is null
                and {{ iso_weekday("calendar_dates.calendar_date") }} <= 5
                then calendar_dates.calendar_date
        end as working_date
    from calendar_dates
    left join holidays on calendar_dates.calendar_date = holidays.holiday_date
),

next_working_dates as (
    select
        calendar_date,
        min(working_date) over (
            order by calendar_date
            rows between 1 following and unbounded following
        ) as next_working_date
    from working_dates_marked
),

final as (
    select
        trade_dates.trade_date,
        next_working_dates.next_working_date as deadline_date
    from trade_dates
    left join next_working_dates on trade_dates.trade_date = next_working_dates.calendar_date
)

select * from final
