with user_duties as (
    select * from {{ ref("int_sox_user_duties") }}
),

conflicts as (
    select * from {{ ref("sox_duty_conflicts") }}
),

waivers as (
    select * from {{ ref("sox_duty_waivers") }}
),

-- A user with one duty of a conflict is what is tested for the other.
sides as (
    select
        user_duties.as_of_date,
        user_duties.user_id,
        user_duties.role_id,
        conflicts.conflict_id,
        conflicts.risk,
        user_duties.duty = conflicts.duty_a as is_first_duty
    from user_duties
    inner join conflicts
        on user_duties.duty = conflicts.duty_a or user_duties.duty = conflicts.duty_b
),

held as (
    select
        as_of_date,
        user_id,
        conflict_id,
        max(risk) as risk,
        count(distinct is_first_duty) = 2 as has_both,
        max(case when is_first_duty then role_id end) as first_role_id,
        max(case when not is_first_duty then role_id end) as second_role_id
    from sides
    group by as_of_date, user_id, conflict_id
),

judged as (
    select
        held.as_of_date,
        held.user_id,
        held.conflict_id,
        held.risk,
        held.first_role_id,
        held.second_role_id,
        max(waivers.compensating_control) as compensating_control,
        held.has_both and count(waivers.conflict_id) = 0 as is_exception
    from held
    left join waivers
        on
            held.conflict_id = waivers.conflict_id
            and held.user_id = waivers.user_id
            and held.as_of_date >= waivers.valid_from
            and held.as_of_date < waivers.valid_to
    group by
        held.as_of_date,
        held.user_id,
        held.conflict_id,
        held.risk,
        held.has_both,
        held.first_role_id,
        held.second_role_id
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-07",
            item_id="user_id || '|' || conflict_id",
            item_date="as_of_date",
            person="user_id",
            is_exception="is_exception",
            reason="'has both duties through ' || first_role_id || ' and ' || second_role_id"
            ~ " || ': ' || risk",
            detail="'roles ' || coalesce(first_role_id, 'none') || ' and '"
            ~ " || coalesce(second_role_id, 'none')"
            ~ " || coalesce('; waived: ' || compensating_control, '')",
        ) }}
    from judged
)

select * from final
