with template_rows as (
    select * from {{ ref("basel_template_rows") }}
),

template_columns as (
    select * from {{ ref("basel_template_columns") }}
),

cells as (
    select * from {{ ref("basel_template_cells") }}
),

formulas as (
    select * from {{ ref("basel_template_formulas") }}
),

identities as (
    select * from {{ ref("basel_template_identities") }}
),

named as (
    select
        'predicate' as definition,
        template_id,
        row_number,
        column_id
    from cells

    union all

    select
        'formula' as definition,
        template_id,
        row_number,
        column_id
    from formulas

    union all

    select
        'identity' as definition,
        template_id,
        row_number,
        column_id
    from identities
),

unknown as (
    select
        named.definition,
        named.template_id,
        named.row_number,
        named.column_id
    from named
    left join template_rows
        on
            named.template_id = template_rows.template_id
            and named.row_number = template_rows.row_number
    left join template_columns
        on
            named.template_id = template_columns.template_id
            and named.column_id = template_columns.column_id
    where
        template_rows.row_number is null
        or template_columns.column_id is null
        or (named.definition <> 'identity' and template_rows.not_applicable_reason is not null)
),

without_sum as (
    select
        'cell of a formula' as definition,
        formulas.template_id,
        formulas.of_row_number as row_number,
        formulas.of_column_id as column_id
    from formulas
    left join cells
        on
            formulas.template_id = cells.template_id
            and formulas.of_row_number = cells.row_number
            and formulas.of_column_id = cells.column_id
    where formulas.part <> 'parameter' and cells.template_id is null
)

select * from unknown
union all
select * from without_sum
