{% macro money(expression) -%}
    cast({{ expression }} as decimal(38, 6))
{%- endmacro %}
