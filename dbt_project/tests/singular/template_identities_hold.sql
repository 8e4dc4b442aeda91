with identities as (
    select * from {{ ref("basel_template_identities") }}
),

cells as (
    select * from {{ ref("fct_basel_cells") }}
),

sides as (
    select
        identities.identity,
        cells.reporting_date,
        sum(
            case when identities.sign < 0 then -cells.amount else cells.amount end
        ) as difference,
        count(*) as cell_count,
        sum(
            case when cells.is_missing and not identities.is_whole then 1 else 0 end
        ) as parts_missing,
        sum(case when cells.is_missing and identities.is_whole then 1 else 0 end) as wholes_missing,
        max(case when identities.is_whole then cells.note end) as note
    from identities
    inner join cells
        on
            identities.template_id = cells.template_id
            and identities.row_number = cells.row_number
            and identities.column_id = cells.column_id
    group by identities.identity, cells.reporting_date
)

select
    identity,
    reporting_date,
    difference,
    parts_missing,
    wholes_missing,
    note
from sides
where
    (parts_missing > 0) <> (wholes_missing > 0)
    or (parts_missing = 0 and abs(coalesce(difference, 0)) > 0.000001 * cell_count)
