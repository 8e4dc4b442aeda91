with checks as (
    select *
    from {{ ref("fct_limit_checks_daily") }}
    where status = 'missing'
),

limits as (
    select * from {{ ref("limits") }}
),

final as (
    select
        checks.business_date,
        checks.limit_id,
        checks.scope_type,
        checks.scope_id,
        checks.exposure_key,
        checks.metric,
        checks.limit_value,
        limits.owner,
        checks.note
    from checks
    inner join limits
        on
            checks.limit_id = limits.limit_id
            and checks.business_date >= limits.valid_from
            and checks.business_date < limits.valid_to
)

select * from final
