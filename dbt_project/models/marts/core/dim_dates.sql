with calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

final as (
    select
        calendar_date as business_date,
        is_business_day,
        previous_business_date,
        next_business_date,
        is_business_day
        and month(next_business_date) <> month(calendar_date) as is_month_end,
        holiday_name
    from calendar_dates
)

select * from final
