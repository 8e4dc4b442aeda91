with breaks as (
    select * from {{ ref("int_reconciliation_breaks") }}
),

days_allowed as (
    select * from {{ ref("sox_parameters") }}
    where parameter = 'RC-05.days'
),

judged as (
    select
        breaks.*,
        days_allowed.value as days_allowed,
        {{ days_between("breaks.broken_since", "breaks.reporting_date") }} as days_open,
        case
            when days_allowed.value is not null
                then
                    coalesce(
                        {{ days_between("breaks.broken_since", "breaks.reporting_date") }}
                        > days_allowed.value,
                        false
                    )
        end as is_exception
    from breaks
    left join days_allowed
        on
            breaks.reporting_date >= days_allowed.valid_from
            and (days_allowed.valid_to is null or breaks.reporting_date < days_allowed.valid_to)
),

final as (
    select
        'RC-05' as control_id,
        account_code || '|' || cast(reporting_date as string) as item_id,
        reporting_date as item_date,
        cast(null as string) as person,
        {{ money("abs(difference_usd)") }} as amount_usd,
        is_exception,
        case
            when is_exception
                then
                    'broken since ' || cast(broken_since as string) || ', '
                    || cast(days_open as string) || ' days; '
                    || cast(cast(days_allowed as int) as string) || ' are allowed'
        end as reason,
        account_name || ', ' || reconciliation_status as detail
    from judged
)

select * from final
