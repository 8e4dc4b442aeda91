with permission_use as (
    select * from {{ ref("stg_identity__permission_use") }}
),

duty_permissions as (
    select * from {{ ref("sox_duty_permissions") }}
),

conflicts as (
    select * from {{ ref("sox_duty_conflicts") }}
),

uses as (
    select
        permission_use.user_id,
        permission_use.object_id,
        permission_use.amount_usd,
        cast(permission_use.used_at as date) as used_on,
        conflicts.conflict_id,
        conflicts.risk,
        duty_permissions.duty = conflicts.duty_a as is_first_duty
    from permission_use
    inner join duty_permissions
        on permission_use.permission_id = duty_permissions.permission_id
    inner join conflicts
        on duty_permissions.duty = conflicts.duty_a or duty_permissions.duty = conflicts.duty_b
),

-- The conflict is used on the day on which the second of the two duties is first used.
used as (
    select
        user_id,
        object_id,
        conflict_id,
        max(risk) as risk,
        max(abs(amount_usd)) as amount_usd,
        min(case when is_first_duty then used_on end) as first_duty_used_on,
        min(case when not is_first_duty then used_on end) as second_duty_used_on
    from uses
    group by user_id, object_id, conflict_id
),

judged as (
    select
        *,
        first_duty_used_on is not null and second_duty_used_on is not null as is_exception,
        greatest(
            coalesce(first_duty_used_on, second_duty_used_on),
            coalesce(second_duty_used_on, first_duty_used_on)
        ) as item_date
    from used
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-08",
            item_id="user_id || '|' || conflict_id || '|' || object_id",
            item_date="item_date",
            person="user_id",
            amount_usd="amount_usd",
            is_exception="is_exception",
            reason="'used both duties on ' || object_id || ', on '"
            ~ " || cast(first_duty_used_on as string) || ' and '"
            ~ " || cast(second_duty_used_on as string) || ': ' || risk",
            detail="'object ' || object_id",
        ) }}
    from judged
)

select * from final
