{# Date arithmetic that databases spell differently. The default is what DuckDB and Spark share. #}

{% macro days_between(start_date, end_date) -%}
    {{ return(adapter.dispatch("days_between", "tieout")(start_date, end_date)) }}
{%- endmacro %}

{% macro default__days_between(start_date, end_date) -%}
    date_diff('day', {{ start_date }}, {{ end_date }})
{%- endmacro %}

{% macro spark__days_between(start_date, end_date) -%}
    datediff({{ end_date }}, {{ start_date }})
{%- endmacro %}

{# A month-end is clamped: 31 August less six months is 28 or 29 February. #}
{% macro add_months(date, months) -%}
    {{ return(adapter.dispatch("add_months", "tieout")(date, months)) }}
{%- endmacro %}

{% macro default__add_months(date, months) -%}
    cast({{ date }} + ({{ months }}) * interval '1' month as date)
{%- endmacro %}

{% macro spark__add_months(date, months) -%}
    add_months({{ date }}, {{ months }})
{%- endmacro %}

{# Monday is 1, Sunday is 7. #}
{% macro iso_weekday(date) -%}
    {{ return(adapter.dispatch("iso_weekday", "tieout")(date)) }}
{%- endmacro %}

{% macro default__iso_weekday(date) -%}
    isodow({{ date }})
{%- endmacro %}

{% macro spark__iso_weekday(date) -%}
    weekday({{ date }}) + 1
{%- endmacro %}
