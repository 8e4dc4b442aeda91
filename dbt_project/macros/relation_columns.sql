{#- The names of a relation's columns as rows, so that a test can hold a list to them. -#}
{% macro relation_columns(relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if execute else [] -%}
    {%- for column in columns %}
    select '{{ column.name }}' as column_name
    {{ "union all" if not loop.last }}
    {%- else %}
    select cast(null as string) as column_name
    {%- endfor %}
{%- endmacro %}
