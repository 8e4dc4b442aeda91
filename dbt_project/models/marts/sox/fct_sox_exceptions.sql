with items as (
    select * from {{ ref("int_control_items") }}
    where is_exception
),

results as (
    select * from {{ ref("fct_sox_control_results") }}
),

final as (
    select
        items.control_id,
        items.period_id,
        items.item_id,
        items.item_date,
        results.control_name,
        results.process,
        results.rule_kind,
        results.owner,
        items.person,
        items.amount_usd,
        items.reason,
        items.detail,
        results.conclusion
    from items
    inner join results
        on items.control_id = results.control_id and items.period_id = results.period_id
)

select * from final
