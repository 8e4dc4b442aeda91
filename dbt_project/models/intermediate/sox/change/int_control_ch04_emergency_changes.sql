with changes as (
    select * from {{ ref("int_sox_deployed_changes") }}
    where has_known_ticket and is_first_deployment and change_type = 'emergency'
),

known as (
    select max(known_until) as known_until
    from {{ ref("int_sox_periods") }}
),

measured as (
    select
        changes.*,
        parameters.value as days_allowed,
        {{ days_between(
            "changes.deployed_on",
            "coalesce(cast(changes.approved_at as date), known.known_until)"
        ) }} as days_passed
    from changes
    cross join known
    {{ sox_parameter("CH-04.days", "changes.deployed_on") }}
),

judged as (
    select
        *,
        case
            when days_passed > days_allowed then true
            when approved_at is not null then false
        end as is_exception
    from measured
),

final as (
    select
        {{ sox_control_item(
            control_id="CH-04",
            item_id="ticket_id",
            item_date="deployed_on",
            person="coalesce(approved_by, deployed_by)",
            is_exception="is_exception",
            reason="case when approved_at is null then 'still not approved ' else 'approved ' end"
            ~ " || cast(days_passed as string) || ' days after the deployment, '"
            ~ " || cast(cast(days_allowed as int) as string) || ' are allowed'",
            detail="system || ', deployed at ' || cast(deployed_at as string) || ' by ' || deployed_by",
        ) }}
    from judged
)

select * from final
