with formulas as (
    select * from {{ ref("basel_template_formulas") }}
),

template_columns as (
    select * from {{ ref("basel_template_columns") }}
),

cells as (
    select * from {{ ref("fct_basel_cells") }}
),

-- The amounts of a column of an earlier quarter are those printed in the same column.
parts as (
    select
        amounts.reporting_date,
        formulas.template_id,
        formulas.row_number,
        template_columns.column_id,
        sum(case when formulas.part = 'numerator' then amounts.amount end) as numerator,
        sum(case when formulas.part = 'denominator' then amounts.amount end) as denominator,
        max(case when amounts.amount is null then 1 else 0 end) as amounts_missing
    from formulas
    inner join template_columns
        on
            formulas.template_id = template_columns.template_id
            and formulas.column_id = template_columns.of_column_id
    inner join template_columns as columns_of_amounts
        on
            formulas.template_id = columns_of_amounts.template_id
            and formulas.of_column_id = columns_of_amounts.of_column_id
            and template_columns.quarters_back = columns_of_amounts.quarters_back
    inner join cells as amounts
        on
            formulas.template_id = amounts.template_id
            and formulas.of_row_number = amounts.row_number
            and columns_of_amounts.column_id = amounts.column_id
    where formulas.kind = 'ratio'
    group by
        amounts.reporting_date,
        formulas.template_id,
        formulas.row_number,
        template_columns.column_id
)

select
    cells.template_id,
    cells.reporting_date,
    cells.row_number,
    cells.column_id,
    cells.amount as ratio,
    parts.numerator,
    parts.denominator
from cells
inner join parts
    on
        cells.template_id = parts.template_id
        and cells.reporting_date = parts.reporting_date
        and cells.row_number = parts.row_number
        and cells.column_id = parts.column_id
where
    (cells.amount is null) <> (parts.amounts_missing = 1 or parts.denominator = 0)
    or abs(
        cells.amount
        - 100 * cast(parts.numerator as double) / cast(nullif(parts.denominator, 0) as double)
    ) > 0.000001
