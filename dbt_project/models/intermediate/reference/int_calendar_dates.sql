with holidays as (
    select * from {{ ref("market_holidays") }}
),

calendar_dates as (
    {{ date_series("cast('2015-01-01' as date)", "cast('2032-12-31' as date)", "calendar_date") }}
),

dates_flagged as (
    select
        calendar_dates.calendar_date,
        holidays.holiday_name,
        holidays.holiday_date is null
        and {{ iso_weekday("calendar_dates.calendar_date") }} <= 5 as is_business_day
    from calendar_dates
    left join holidays on calendar_dates.calendar_date = holidays.holiday_date
),

business_dates_marked as (
    select
        *,
        case when is_business_day then calendar_date end as own_business_date
    from dates_flagged
),

final as (
    select
        calendar_date,
        is_business_day,
        holiday_name,
        max(own_business_date) over (
            order by calendar_date
            rows between unbounded preceding and 1 preceding
        ) as previous_business_date,
        min(own_business_date) over (
            order by calendar_date
            rows between 1 following and unbounded following
        ) as next_business_date,
        min(own_business_date) over (
            order by calendar_date
            rows between current row and unbounded following
        ) as settlement_date,
        max(own_business_date) over (
            order by calendar_date
            rows between unbounded preceding and current row
        ) as fixing_date
    from business_dates_marked
)

select * from final
