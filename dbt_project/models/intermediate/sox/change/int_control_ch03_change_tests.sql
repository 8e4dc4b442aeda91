with changes as (
    select * from {{ ref("int_sox_deployed_changes") }}
    where has_known_ticket
),

judged as (
    select
        *,
        case
            when tested_by is null or tested_at is null then 'was not tested'
            when test_evidence is null then 'the test left no evidence'
            when tested_by = developer_id then 'was tested by ' || tested_by || ', who developed it'
            when tested_at > deployed_at
                then
                    'was tested at ' || cast(tested_at as string)
                    || ', after the deployment'
        end as breach
    from changes
),

final as (
    select
        {{ sox_control_item(
            control_id="CH-03",
            item_id="deployment_id",
            item_date="deployed_on",
            person="tested_by",
            is_exception="breach is not null",
            reason="breach",
            detail="system || ', ticket ' || ticket_id || ', deployed at '"
            ~ " || cast(deployed_at as string) || ', evidence ' || coalesce(test_evidence, 'none')",
        ) }}
    from judged
)

select * from final
