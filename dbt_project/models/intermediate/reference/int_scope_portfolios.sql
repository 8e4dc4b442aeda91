with portfolios as (
    select * from {{ ref("stg_reference__portfolios") }}
),

final as (
    select
        'portfolio' as scope_type,
        portfolio_id as scope_id,
        portfolio_id
    from portfolios
    union all
    select
        'desk' as scope_type,
        desk_id as scope_id,
        portfolio_id
    from portfolios
    union all
    select
        'firm' as scope_type,
        'FIRM' as scope_id,
        portfolio_id
    from portfolios
)

select * from final
