with journals as (
    select * from {{ ref("int_gl_journals") }}
),

days_allowed as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'JE-05.days'
),

judged as (
    select
        journals.*,
        days_allowed.value as days_allowed,
        {{ days_between("journals.effective_date", "cast(journals.entered_at as date)") }}
            as days_back
    from journals
    left join days_allowed
        on
            journals.posting_date >= days_allowed.valid_from
            and (days_allowed.valid_to is null or journals.posting_date < days_allowed.valid_to)
),

final as (
    select
        'JE-05' as control_id,
        journal_id as item_id,
        posting_date as item_date,
        prepared_by as person,
        amount_usd,
        days_back > days_allowed as is_exception,
        case
            when days_back > days_allowed
                then
                    'entered ' || cast(days_back as string) || ' days after the day it counts on; '
                    || cast(cast(days_allowed as int) as string) || ' are allowed'
        end as reason,
        detail
    from judged
)

select * from final
