{% macro matches_pattern(expression, pattern) -%}
    {{ return(adapter.dispatch("matches_pattern", "tieout")(expression, pattern)) }}
{%- endmacro %}

{% macro default__matches_pattern(expression, pattern) -%}
    regexp_full_match({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches_pattern(expression, pattern) -%}
    {{ expression }} rlike '^(?:{{ pattern }})$'
{%- endmacro %}
