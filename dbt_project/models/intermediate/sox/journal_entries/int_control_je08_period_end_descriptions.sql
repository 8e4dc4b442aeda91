with journals as (
    select * from {{ ref("int_gl_journals") }}
    where source = 'manual'
),

calendar_months as (
    select
        business_date,
        max(business_date) over (
            partition by year(business_date), month(business_date)
        ) as month_end,
        min(business_date) over (
            partition by year(business_date), month(business_date)
        ) as month_start
    from {{ ref("dim_dates") }}
),

days_around as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-08.days'
),

lengths as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-08.description_length'
),

measured as (
    select
        journals.*,
        days_around.value as days_around,
        lengths.value as shortest_length,
        {{ days_between("journals.posting_date", "calendar_months.month_end") }} as days_before_end,
        {{ days_between("calendar_months.month_start", "journals.posting_date") }} + 1
            as days_after_end
    from journals
    left join calendar_months on journals.posting_date = calendar_months.business_date
    left join days_around
        on
            journals.posting_date >= days_around.valid_from
            and (days_around.valid_to is null or journals.posting_date < days_around.valid_to)
    left join lengths
        on
            journals.posting_date >= lengths.valid_from
            and (lengths.valid_to is null or journals.posting_date < lengths.valid_to)
),

judged as (
    select
        *,
        (days_before_end <= days_around or days_after_end <= days_around)
        and coalesce(description_length, 0) < shortest_length as is_exception
    from measured
),

final as (
    select
        'JE-08' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        is_exception,
        case
            when is_exception and description_length is null
                then 'at the turn of the month and without a description'
            when is_exception
                then
                    'at the turn of the month and described by no more than "'
                    || description || '"'
        end as reason,
        detail
    from judged
)

select * from final
