with quarantine as (
    select * from {{ ref("stg_landing__quarantine") }}
),

clearances as (
    select * from {{ ref("sox_quarantine_clearances") }}
),

known as (
    select max(known_until) as known_until
    from {{ ref("int_sox_periods") }}
),

cleared as (
    select
        quarantine.feed,
        quarantine.delivery_id,
        quarantine.delivery_line,
        quarantine.delivery_business_date,
        quarantine.file_name,
        quarantine.failed_field,
        quarantine.failed_rule,
        min(clearances.cleared_on) as cleared_on,
        min(clearances.cleared_by) as cleared_by
    from quarantine
    left join clearances
        on
            quarantine.feed = clearances.feed
            and quarantine.delivery_business_date >= clearances.delivered_from
            and quarantine.delivery_business_date <= clearances.delivered_to
    group by
        quarantine.feed,
        quarantine.delivery_id,
        quarantine.delivery_line,
        quarantine.delivery_business_date,
        quarantine.file_name,
        quarantine.failed_field,
        quarantine.failed_rule
),

measured as (
    select
        cleared.*,
        parameters.value as days_allowed,
        {{ days_between(
            "cleared.delivery_business_date", "coalesce(cleared.cleared_on, known.known_until)"
        ) }} as days_passed
    from cleared
    cross join known
    {{ sox_parameter("PL-03.days", "cleared.delivery_business_date") }}
),

judged as (
    select
        *,
        case
            when days_passed > days_allowed then true
            when cleared_on is not null then false
        end as is_exception
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="PL-03",
            item_id="delivery_id || '|' || cast(delivery_line as string)",
            item_date="delivery_business_date",
            person="cleared_by",
            is_exception="is_exception",
            reason="case when cleared_on is null then 'still not cleared ' else 'cleared ' end"
            ~ " || cast(days_passed as string) || ' days after it was delivered, '"
            ~ " || cast(cast(days_allowed as int) as string) || ' are allowed'",
            detail="feed || ', ' || file_name || ': ' || failed_rule"
            ~ " || coalesce(' of ' || failed_field, '')",
        ) }}
    from judged
)

select * from final
