{% macro ratio_of(amount, base) -%}
    round(cast({{ amount }} as double) / nullif(cast({{ base }} as double), 0), 12)
{%- endmacro %}
