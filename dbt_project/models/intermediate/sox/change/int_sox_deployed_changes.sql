with deployments as (
    select * from {{ ref("stg_change__deployments") }}
),

tickets as (
    select * from {{ ref("stg_change__change_tickets") }}
),

final as (
    select
        deployments.deployment_id,
        deployments.system,
        deployments.ticket_id,
        deployments.deployed_by,
        deployments.deployed_at,
        cast(deployments.deployed_at as date) as deployed_on,
        tickets.ticket_id is not null as has_known_ticket,
        tickets.change_type,
        tickets.developer_id,
        tickets.approved_by,
        tickets.approved_at,
        tickets.tested_by,
        tickets.tested_at,
        tickets.test_evidence,
        tickets.status as ticket_status,
        row_number() over (
            partition by deployments.ticket_id
            order by deployments.deployed_at, deployments.deployment_id
        ) = 1 as is_first_deployment
    from deployments
    left join tickets on deployments.ticket_id = tickets.ticket_id
)

select * from final
