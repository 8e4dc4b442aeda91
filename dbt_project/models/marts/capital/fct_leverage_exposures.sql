with items as (
    select * from {{ ref("int_leverage_items") }}
),

final as (
    select
        reporting_date,
        item,
        exposure_group,
        source_model,
        count(*) as source_rows,
        {{ money("sum(amount_usd)") }} as amount_usd
    from items
    group by reporting_date, item, exposure_group, source_model
)

select * from final
