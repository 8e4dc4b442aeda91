with active_accounts as (
    select * from {{ ref("int_sox_active_accounts") }}
),

grants as (
    select * from {{ ref("stg_identity__access_grants") }}
),

role_permissions as (
    select * from {{ ref("int_sox_role_permissions") }}
),

duty_permissions as (
    select * from {{ ref("sox_duty_permissions") }}
),

role_duties as (
    select distinct
        role_permissions.role_id,
        duty_permissions.duty
    from role_permissions
    inner join duty_permissions
        on role_permissions.permission_id = duty_permissions.permission_id
),

final as (
    select
        active_accounts.as_of_date,
        active_accounts.user_id,
        role_duties.duty,
        min(grants.role_id) as role_id,
        min(grants.grant_id) as grant_id
    from active_accounts
    inner join grants
        on
            active_accounts.user_id = grants.user_id
            and active_accounts.as_of_date >= grants.granted_on
    inner join role_duties on grants.role_id = role_duties.role_id
    where grants.revoked_on is null or grants.revoked_on > active_accounts.as_of_date
    group by active_accounts.as_of_date, active_accounts.user_id, role_duties.duty
)

select * from final
