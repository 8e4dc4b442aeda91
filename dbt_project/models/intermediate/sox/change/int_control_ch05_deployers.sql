with changes as (
    select * from {{ ref("int_sox_deployed_changes") }}
    where has_known_ticket
),

final as (
    select
        {{ sox_control_item(
            control_id="CH-05",
            item_id="deployment_id",
            item_date="deployed_on",
            person="deployed_by",
            is_exception="deployed_by = developer_id",
            reason="deployed_by || ' developed and deployed it'",
            detail="system || ', ticket ' || ticket_id || ', deployed at ' || cast(deployed_at as string)",
        ) }}
    from changes
)

select * from final
