with changes as (
    select * from {{ ref("int_sox_deployed_changes") }}
    where has_known_ticket and is_first_deployment and approved_by is not null
),

final as (
    select
        {{ sox_control_item(
            control_id="CH-02",
            item_id="ticket_id",
            item_date="deployed_on",
            person="approved_by",
            is_exception="approved_by = developer_id",
            reason="approved_by || ' developed and approved it'",
            detail="system || ', developed by ' || developer_id || ', approved by ' || approved_by",
        ) }}
    from changes
)

select * from final
