with changes as (
    select * from {{ ref("int_sox_deployed_changes") }}
),

-- An emergency is approved afterwards: CH-04.
judged as (
    select
        *,
        case
            when ticket_id is null then 'has no ticket'
            when not has_known_ticket then 'ticket ' || ticket_id || ' is not known'
            when ticket_status = 'rejected' then 'ticket ' || ticket_id || ' was rejected'
            when change_type = 'emergency' then null
            when approved_by is null or approved_at is null
                then 'ticket ' || ticket_id || ' was not approved'
            when approved_at > deployed_at
                then
                    'ticket ' || ticket_id || ' was approved at '
                    || cast(approved_at as string) || ', after the deployment'
        end as breach
    from changes
),

final as (
    select
        {{ sox_control_item(
            control_id="CH-01",
            item_id="deployment_id",
            item_date="deployed_on",
            person="deployed_by",
            is_exception="breach is not null",
            reason="breach",
            detail="system || ', deployed at ' || cast(deployed_at as string) || ', '"
            ~ " || coalesce(change_type || ' change ' || ticket_id, 'no ticket')",
        ) }}
    from judged
)

select * from final
