with active_accounts as (
    select * from {{ ref("int_sox_active_accounts") }}
    where account_type = 'person'
),

measured as (
    select
        active_accounts.user_id,
        active_accounts.as_of_date,
        active_accounts.employee_id,
        active_accounts.last_login_on,
        active_accounts.created_on,
        parameters.value as days_allowed,
        {{ days_between(
            "coalesce(active_accounts.last_login_on, active_accounts.created_on)",
            "active_accounts.as_of_date"
        ) }} as days_idle
    from active_accounts
    {{ sox_parameter("AC-09.days", "active_accounts.as_of_date") }}
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-09",
            item_id="user_id || '|' || cast(as_of_date as string)",
            item_date="as_of_date",
            person="user_id",
            is_exception="days_idle > days_allowed",
            reason="'no login for ' || cast(days_idle as string) || ' days, '"
            ~ " || cast(cast(days_allowed as int) as string) || ' are allowed'",
            detail="'last login on ' || coalesce(cast(last_login_on as string), 'no day')"
            ~ " || ', created on ' || cast(created_on as string)",
        ) }}
    from measured
)

select * from final
