with journals as (
    select * from {{ ref("int_gl_journals") }}
    where source = 'manual'
),

dates as (
    select * from {{ ref("dim_dates") }}
),

first_hours as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-06.first_hour'
),

last_hours as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-06.last_hour'
),

judged as (
    select
        journals.*,
        dates.is_business_day,
        dates.holiday_name,
        hour(journals.entered_at_local) < first_hours.value
        or hour(journals.entered_at_local) >= last_hours.value as is_out_of_hours
    from journals
    left join dates on cast(journals.entered_at_local as date) = dates.business_date
    left join first_hours
        on
            journals.posting_date >= first_hours.valid_from
            and (first_hours.valid_to is null or journals.posting_date < first_hours.valid_to)
    left join last_hours
        on
            journals.posting_date >= last_hours.valid_from
            and (last_hours.valid_to is null or journals.posting_date < last_hours.valid_to)
),

final as (
    select
        'JE-06' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        not is_business_day or is_out_of_hours as is_exception,
        case
            when holiday_name is not null
                then 'entered on a holiday: ' || holiday_name
            when not is_business_day
                then 'entered on a weekend: ' || cast(entered_at_local as string) || ' in London'
            when is_out_of_hours
                then 'entered out of hours: ' || cast(entered_at_local as string) || ' in London'
        end as reason,
        detail
    from judged
)

select * from final
