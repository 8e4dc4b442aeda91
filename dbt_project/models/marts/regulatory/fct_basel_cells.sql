with templates as (
    select * from {{ ref("basel_templates") }}
),

template_rows as (
    select * from {{ ref("basel_template_rows") }}
),

template_columns as (
    select * from {{ ref("basel_template_columns") }}
),

comparisons as (
    select * from {{ ref("int_template_comparisons") }}
),

figures as (
    select * from {{ ref("int_template_figures") }}
),

-- What a template prints: cells with a definition, and every cell of a row that does not apply.
defined as (
    select distinct
        template_id,
        row_number,
        column_id,
        unit
    from figures
),

printed as (
    select
        template_rows.template_id,
        template_rows.row_number,
        template_rows.row_order,
        template_rows.label,
        template_rows.is_total,
        template_rows.not_applicable_reason,
        template_columns.column_id,
        template_columns.column_order,
        template_columns.column_label,
        template_columns.of_column_id,
        template_columns.quarters_back,
        coalesce(defined.unit, template_rows.unit) as unit
    from template_rows
    inner join template_columns on template_rows.template_id = template_columns.template_id
    left join defined
        on
            template_rows.template_id = defined.template_id
            and template_rows.row_number = defined.row_number
            and template_columns.of_column_id = defined.column_id
    where defined.column_id is not null or template_rows.not_applicable_reason is not null
),

final as (
    select
        printed.template_id,
        comparisons.reporting_date,
        printed.row_number,
        printed.column_id,
        templates.template_name,
        printed.row_order,
        printed.label,
        printed.column_order,
        printed.column_label,
        printed.unit,
        printed.is_total,
        comparisons.compared_date as as_of_date,
        figures.amount,
        coalesce(figures.data_points, 0) as data_points,
        coalesce(figures.contribution_count, 0) as contribution_count,
        printed.not_applicable_reason is null as is_applicable,
        printed.not_applicable_reason is null and figures.amount is null as is_missing,
        case
            when printed.not_applicable_reason is not null then printed.not_applicable_reason
            when comparisons.compared_date is null
                then 'There is no reporting date in that quarter.'
            else figures.missing_reason
        end as note
    from printed
    inner join templates on printed.template_id = templates.template_id
    inner join comparisons on printed.quarters_back = comparisons.quarters_back
    left join figures
        on
            comparisons.compared_date = figures.reporting_date
            and printed.template_id = figures.template_id
            and printed.row_number = figures.row_number
            and printed.of_column_id = figures.column_id
            and printed.not_applicable_reason is null
)

select * from final
