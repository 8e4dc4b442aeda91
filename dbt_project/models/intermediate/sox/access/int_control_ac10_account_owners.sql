with active_accounts as (
    select * from {{ ref("int_sox_active_accounts") }}
),

staff as (
    select * from {{ ref("stg_identity__staff") }}
),

answered_for as (
    select
        *,
        case account_type when 'service' then owner_id else employee_id end as answers_id
    from active_accounts
),

-- A leaver's account has the days of AC-01 before it stands here too.
measured as (
    select
        answered_for.user_id,
        answered_for.as_of_date,
        answered_for.account_type,
        answered_for.answers_id,
        staff.employee_id,
        staff.joined_on,
        staff.left_on,
        parameters.value as days_allowed,
        {{ days_between("staff.left_on", "answered_for.as_of_date") }} as days_gone
    from answered_for
    left join staff on answered_for.answers_id = staff.employee_id
    {{ sox_parameter("AC-01.days", "answered_for.as_of_date") }}
),

judged as (
    select
        *,
        case
            when answers_id is null then 'belongs to nobody'
            when employee_id is null then answers_id || ' is no employee'
            when joined_on > as_of_date
                then answers_id || ' joins on ' || cast(joined_on as string)
            when days_gone > days_allowed
                then
                    answers_id || ' left on ' || cast(left_on as string) || ', '
                    || cast(days_gone as string) || ' days before'
        end as breach
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-10",
            item_id="user_id || '|' || cast(as_of_date as string)",
            item_date="as_of_date",
            person="user_id",
            is_exception="breach is not null",
            reason="breach",
            detail="account_type || ' account of ' || coalesce(answers_id, 'nobody')",
        ) }}
    from judged
)

select * from final
