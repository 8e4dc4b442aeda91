{% macro running_total(expression) -%}
    sum({{ expression }}) over (
            partition by portfolio_id, instrument_id
            order by business_date
            rows between unbounded preceding and current row
        )
{%- endmacro %}
