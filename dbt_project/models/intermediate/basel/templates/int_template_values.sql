with basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

cells as (
    select * from {{ ref("basel_template_cells") }}
),

contributions as (
    select * from {{ ref("fct_basel_contributions") }}
),

items as (
    select * from {{ ref("int_template_items") }}
),

measures as (
    select distinct
        reporting_date,
        measure
    from contributions
),

-- One row per predicate of a cell and date, with what fell into it.
predicates as (
    select
        basel_dates.reporting_date,
        cells.template_id,
        cells.row_number,
        cells.column_id,
        cells.measure,
        cells.item,
        cells.is_required,
        max(measures.measure) as known_measure,
        coalesce(sum(items.contribution_count), 0) as contribution_count,
        coalesce(sum(items.amounts_missing), 0) as amounts_missing,
        coalesce(sum(items.amount), 0) as amount
    from basel_dates
    cross join cells
    left join measures
        on
            basel_dates.reporting_date = measures.reporting_date
            and cells.measure = measures.measure
    left join items
        on
            basel_dates.reporting_date = items.reporting_date
            and cells.template_id = items.template_id
            and cells.row_number = items.row_number
            and cells.column_id = items.column_id
            and cells.measure = items.measure
            and cells.item = items.wanted_item
    group by
        basel_dates.reporting_date,
        cells.template_id,
        cells.row_number,
        cells.column_id,
        cells.measure,
        cells.item,
        cells.is_required
),

checked as (
    select
        *,
        case
            when known_measure is null
                then concat('There is no contribution to ', measure, ' on this date.')
            when is_required and contribution_count = 0
                then concat('There is no contribution to ', measure, ', ', item, ', on this date.')
            when amounts_missing > 0
                then concat('Some contributions to ', measure, ', ', item, ', have no amount.')
        end as reason
    from predicates
),

final as (
    select
        reporting_date,
        template_id,
        row_number,
        column_id,
        case when min(reason) is null then {{ money("sum(amount)") }} end as amount,
        cast(sum(contribution_count) as bigint) as contribution_count,
        min(reason) as missing_reason
    from checked
    group by reporting_date, template_id, row_number, column_id
)

select * from final
