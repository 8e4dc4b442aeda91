{% macro bps_of(amount, base) -%}
    round(cast({{ amount }} as double) * 10000 / nullif(cast({{ base }} as double), 0), 6)
{%- endmacro %}
