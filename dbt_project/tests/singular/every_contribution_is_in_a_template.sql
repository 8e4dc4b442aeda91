with contributions as (
    select * from {{ ref("fct_basel_contributions") }}
),

cells as (
    select * from {{ ref("basel_template_cells") }}
),

items as (
    select * from {{ ref("int_template_items") }}
),

-- Unweighted amounts are printed for some lines only; the templates leave the others blank.
printed_measures as (
    select distinct measure
    from cells
    where measure not like '%unweighted'
)

select
    contributions.measure,
    contributions.item,
    min(contributions.reporting_date) as first_reporting_date,
    count(*) as contribution_count,
    sum(contributions.amount) as amount
from contributions
inner join printed_measures on contributions.measure = printed_measures.measure
left join items
    on
        contributions.reporting_date = items.reporting_date
        and contributions.measure = items.measure
        and contributions.item = items.item
where items.item is null
group by contributions.measure, contributions.item
