with contributions as (
    select * from {{ ref("fct_basel_contributions") }}
),

cells as (
    select * from {{ ref("basel_template_cells") }}
),

items as (
    select
        reporting_date,
        measure,
        item,
        sum(amount) as amount,
        count(*) as contribution_count,
        count(*) - count(amount) as amounts_missing
    from contributions
    group by reporting_date, measure, item
),

final as (
    select
        items.reporting_date,
        cells.template_id,
        cells.row_number,
        cells.column_id,
        cells.item as wanted_item,
        items.measure,
        items.item,
        cells.sign,
        case when cells.sign < 0 then -items.amount else items.amount end as amount,
        items.contribution_count,
        items.amounts_missing
    from items
    inner join cells
        on
            items.measure = cells.measure
            and (
                items.item = cells.item
                or (
                    cells.item like '%*'
                    and substring(items.item, 1, length(cells.item) - 1)
                    = substring(cells.item, 1, length(cells.item) - 1)
                )
            )
)

select * from final
