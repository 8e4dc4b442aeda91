with merchants as (
    select * from {{ ref("stg_banking__merchants") }}
),

final as (
    select
        merchant_id,
        merchant_name,
        merchant_category_code,
        country
    from merchants
)

select * from final
