with grants as (
    select * from {{ ref("stg_identity__access_grants") }}
),

accounts as (
    select * from {{ ref("int_sox_latest_accounts") }}
),

staff as (
    select * from {{ ref("stg_identity__staff") }}
),

known as (
    select max(known_until) as known_until
    from {{ ref("int_sox_periods") }}
),

-- Only the last move between departments is known.
measured as (
    select
        grants.grant_id,
        grants.user_id,
        grants.role_id,
        grants.department as old_department,
        grants.revoked_on,
        staff.department,
        staff.moved_on,
        parameters.value as days_allowed,
        {{ days_between("staff.moved_on", "coalesce(grants.revoked_on, known.known_until)") }}
            as days_passed
    from grants
    inner join accounts on grants.user_id = accounts.user_id
    inner join staff on accounts.employee_id = staff.employee_id
    cross join known
    {{ sox_parameter("AC-02.days", "staff.moved_on") }}
    where
        grants.granted_on < staff.moved_on
        and grants.department <> staff.department
        and (grants.revoked_on is null or grants.revoked_on >= staff.moved_on)
),

judged as (
    select
        *,
        case
            when days_passed > days_allowed then true
            when revoked_on is not null then false
        end as is_exception
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-02",
            item_id="grant_id",
            item_date="moved_on",
            person="user_id",
            is_exception="is_exception",
            reason="case when revoked_on is null then 'still not revoked ' else 'revoked ' end"
            ~ " || cast(days_passed as string) || ' days after the move, '"
            ~ " || cast(cast(days_allowed as int) as string) || ' are allowed'",
            detail="role_id || ' of ' || old_department || '; moved to ' || department"
            ~ " || ' on ' || cast(moved_on as string)",
        ) }}
    from judged
)

select * from final
