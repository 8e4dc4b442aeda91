with accounts as (
    select * from {{ ref("int_sox_latest_accounts") }}
),

staff as (
    select * from {{ ref("stg_identity__staff") }}
),

known as (
    select max(known_until) as known_until
    from {{ ref("int_sox_periods") }}
),

measured as (
    select
        accounts.user_id,
        accounts.employee_id,
        accounts.disabled_on,
        staff.left_on,
        parameters.value as days_allowed,
        {{ days_between("staff.left_on", "coalesce(accounts.disabled_on, known.known_until)") }}
            as days_passed
    from accounts
    inner join staff on accounts.employee_id = staff.employee_id
    cross join known
    {{ sox_parameter("AC-01.days", "staff.left_on") }}
),

judged as (
    select
        *,
        case
            when days_passed > days_allowed then true
            when disabled_on is not null then false
        end as is_exception
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-01",
            item_id="user_id",
            item_date="left_on",
            person="user_id",
            is_exception="is_exception",
            reason="case when disabled_on is null then 'still not disabled ' else 'disabled ' end"
            ~ " || cast(days_passed as string) || ' days after the last day, '"
            ~ " || cast(cast(days_allowed as int) as string) || ' are allowed'",
            detail="'employee ' || employee_id || ' left on ' || cast(left_on as string)",
        ) }}
    from judged
)

select * from final
