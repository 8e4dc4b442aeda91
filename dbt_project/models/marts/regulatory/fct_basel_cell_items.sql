with template_rows as (
    select * from {{ ref("basel_template_rows") }}
),

template_columns as (
    select * from {{ ref("basel_template_columns") }}
),

formulas as (
    select * from {{ ref("basel_template_formulas") }}
),

comparisons as (
    select * from {{ ref("int_template_comparisons") }}
),

observations as (
    select * from {{ ref("int_template_dates") }}
),

sums as (
    select * from {{ ref("int_template_sums") }}
),

items as (
    select * from {{ ref("int_template_items") }}
),

-- A cell draws on its own predicates, or on those of the cells in its formula.
parts as (
    select distinct
        template_id,
        row_number,
        column_id,
        'value' as part,
        row_number as of_row_number,
        column_id as of_column_id
    from sums

    union all

    select
        template_id,
        row_number,
        column_id,
        part,
        of_row_number,
        of_column_id
    from formulas
    where part <> 'parameter'
),

printed as (
    select
        comparisons.reporting_date,
        comparisons.compared_date,
        parts.template_id,
        parts.row_number,
        template_columns.column_id,
        parts.part,
        parts.of_row_number,
        parts.of_column_id
    from parts
    inner join template_columns
        on
            parts.template_id = template_columns.template_id
            and parts.column_id = template_columns.of_column_id
    inner join comparisons on template_columns.quarters_back = comparisons.quarters_back
    where comparisons.compared_date is not null
),

final as (
    select
        printed.template_id,
        printed.reporting_date,
        printed.row_number,
        printed.column_id,
        printed.part,
        items.reporting_date as as_of_date,
        items.measure,
        items.item,
        items.sign,
        sums.data_points,
        items.amount,
        items.contribution_count
    from printed
    inner join template_rows
        on
            printed.template_id = template_rows.template_id
            and printed.of_row_number = template_rows.row_number
    inner join observations
        on
            printed.compared_date = observations.reporting_date
            and template_rows.observation = observations.observation
    inner join items
        on
            observations.as_of_date = items.reporting_date
            and printed.template_id = items.template_id
            and printed.of_row_number = items.row_number
            and printed.of_column_id = items.column_id
    inner join sums
        on
            printed.compared_date = sums.reporting_date
            and printed.template_id = sums.template_id
            and printed.of_row_number = sums.row_number
            and printed.of_column_id = sums.column_id
)

select * from final
