with accounts as (
    select * from {{ ref("stg_identity__user_accounts") }}
),

ranked as (
    select
        *,
        row_number() over (partition by user_id order by as_of_date desc) as recency
    from accounts
),

final as (
    select
        user_id,
        as_of_date,
        employee_id,
        account_type,
        owner_id,
        is_privileged,
        created_on,
        disabled_on
    from ranked
    where recency = 1
)

select * from final
