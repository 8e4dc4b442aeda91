with portfolios as (
    select * from {{ ref("dim_portfolios") }}
),

scopes_above as (
    select
        'portfolio' as scope_type,
        portfolio_id as scope_id,
        'desk' as scope_type_above,
        desk_id as scope_id_above
    from portfolios
    union all
    select distinct
        'desk' as scope_type,
        desk_id as scope_id,
        'firm' as scope_type_above,
        'FIRM' as scope_id_above
    from portfolios
)

select
    limits.limit_id,
    limits.limit_value,
    limits_above.limit_id as limit_id_above,
    limits_above.limit_value as limit_value_above
from {{ ref("limits") }} as limits
inner join scopes_above
    on
        limits.scope_type = scopes_above.scope_type
        and limits.scope_id = scopes_above.scope_id
inner join {{ ref("limits") }} as limits_above
    on
        limits.metric = limits_above.metric
        and scopes_above.scope_type_above = limits_above.scope_type
        and scopes_above.scope_id_above = limits_above.scope_id
where
    limits.unit = 'USD'
    and coalesce(limits.exposure_type, '') = coalesce(limits_above.exposure_type, '')
    and coalesce(limits.exposure_key, '') = coalesce(limits_above.exposure_key, '')
    and limits.valid_from < limits_above.valid_to
    and limits_above.valid_from < limits.valid_to
    and limits.limit_value > limits_above.limit_value
