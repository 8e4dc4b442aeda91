with accounts as (
    select * from {{ ref("stg_identity__user_accounts") }}
),

final as (
    select
        as_of_date,
        user_id,
        employee_id,
        account_type,
        owner_id,
        is_privileged,
        created_on,
        last_login_on
    from accounts
    where created_on <= as_of_date and (disabled_on is null or disabled_on > as_of_date)
)

select * from final
