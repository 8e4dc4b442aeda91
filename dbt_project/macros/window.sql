{% macro window_start() -%}
    cast('{{ var("start_date") }}' as date)
{%- endmacro %}

{% macro window_end() -%}
    cast('{{ var("end_date") }}' as date)
{%- endmacro %}

{% macro in_window(column) -%}
    {{ column }} >= {{ window_start() }} and {{ column }} < {{ window_end() }}
{%- endmacro %}

{% macro get_incremental_window_sql(arg_dict) -%}
    {%- set columns = arg_dict["dest_columns"] | map(attribute="quoted") | join(", ") -%}

    delete from {{ arg_dict["target_relation"] }}
    where {{ in_window("business_date") }};

    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }}
{%- endmacro %}
