with traders as (
    select * from {{ ref("stg_reference__traders") }}
),

final as (
    select
        trader_id,
        trader_name_token,
        trader_name_masked,
        portfolio_id,
        mandate_from
    from traders
)

select * from final
