-- Month ends of the book, and every date from the one on which it is revalued daily: what is too
-- heavy for the whole history is calculated on these. Later deliveries never change a date's place.
with business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

flagged as (
    select
        business_dates.business_date,
        month(business_dates.business_date) <> month(calendar_dates.next_business_date)
            as is_month_end,
        business_dates.business_date >= cast('{{ var("full_revaluation_daily_from") }}' as date)
            as is_daily
    from business_dates
    inner join calendar_dates on business_dates.business_date = calendar_dates.calendar_date
),

final as (
    select
        business_date,
        is_month_end,
        is_daily
    from flagged
    where is_month_end or is_daily
)

select * from final
