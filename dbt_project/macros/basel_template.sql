{% macro basel_template(template_id) -%}
with cells as (
    select * from {{ ref("fct_basel_cells") }}
),

final as (
    select
        reporting_date,
        row_number,
        column_id,
        row_order,
        label,
        column_order,
        column_label,
        as_of_date,
        amount,
        unit,
        data_points,
        contribution_count,
        is_applicable,
        is_missing,
        note
    from cells
    where template_id = '{{ template_id }}'
)

select * from final
{%- endmacro %}
