with cell_items as (
    select * from {{ ref("fct_basel_cell_items") }}
),

contributions as (
    select * from {{ ref("fct_basel_contributions") }}
),

cells as (
    select * from {{ ref("fct_basel_cells") }}
),

opened as (
    select
        cell_items.template_id,
        cell_items.reporting_date,
        cell_items.row_number,
        cell_items.column_id,
        sum(
            case when cell_items.sign < 0 then -contributions.amount else contributions.amount end
        ) as amount,
        count(*) as contribution_count
    from cell_items
    inner join contributions
        on
            cell_items.as_of_date = contributions.reporting_date
            and cell_items.measure = contributions.measure
            and cell_items.item = contributions.item
    where cell_items.part = 'value'
    group by
        cell_items.template_id,
        cell_items.reporting_date,
        cell_items.row_number,
        cell_items.column_id
)

select
    cells.template_id,
    cells.reporting_date,
    cells.row_number,
    cells.column_id,
    cells.amount,
    cells.data_points,
    opened.amount as amount_of_contributions,
    cells.contribution_count,
    opened.contribution_count as contributions_found
from cells
inner join opened
    on
        cells.template_id = opened.template_id
        and cells.reporting_date = opened.reporting_date
        and cells.row_number = opened.row_number
        and cells.column_id = opened.column_id
where
    not cells.is_missing
    and (
        cells.contribution_count <> opened.contribution_count
        or abs(
            cells.amount * cells.data_points
            - case when cells.unit = 'percent' then 100 else 1 end * opened.amount
        ) > case when cells.data_points = 1 then 0 else 0.000001 * cells.data_points end
    )
