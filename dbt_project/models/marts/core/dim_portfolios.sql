with portfolios as (
    select * from {{ ref("stg_reference__portfolios") }}
),

final as (
    select
        portfolio_id,
        portfolio_name,
        desk_id,
        desk_name,
        opened_on
    from portfolios
)

select * from final
