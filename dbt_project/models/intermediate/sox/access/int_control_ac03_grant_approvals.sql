with grants as (
    select * from {{ ref("stg_identity__access_grants") }}
),

judged as (
    select
        *,
        case
            when approved_by is null or approved_on is null then 'nobody approved it'
            when approved_by = user_id then 'approved by ' || approved_by || ', whose access it is'
            when approved_by = requested_by
                then 'approved by ' || approved_by || ', who asked for it'
            when approved_by = granted_by then 'approved by ' || approved_by || ', who made it'
            when approved_on > granted_on
                then
                    'approved on ' || cast(approved_on as string) || ', '
                    || cast({{ days_between("granted_on", "approved_on") }} as string)
                    || ' days after it was made'
        end as breach
    from grants
),

final as (
    select
        {{ sox_control_item(
            control_id="AC-03",
            item_id="grant_id",
            item_date="granted_on",
            person="granted_by",
            is_exception="breach is not null",
            reason="breach",
            detail="role_id || ' for ' || user_id || ', asked for by '"
            ~ " || coalesce(requested_by, 'nobody') || ', made by ' || coalesce(granted_by, 'nobody')",
        ) }}
    from judged
)

select * from final
