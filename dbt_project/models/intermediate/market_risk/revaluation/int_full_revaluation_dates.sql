-- Month ends of the book and its last business dates: what is too heavy for every date is
-- calculated on these.
with business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

ranked as (
    select
        business_dates.business_date,
        month(business_dates.business_date) <> month(calendar_dates.next_business_date)
            as is_month_end,
        row_number() over (order by business_dates.business_date desc) as recency
    from business_dates
    inner join calendar_dates on business_dates.business_date = calendar_dates.calendar_date
),

final as (
    select
        business_date,
        is_month_end,
        recency <= {{ var("full_revaluation_recent_dates") }} as is_recent
    from ranked
    where is_month_end or recency <= {{ var("full_revaluation_recent_dates") }}
)

select * from final
