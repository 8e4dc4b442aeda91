{% macro date_series(first_date, last_date, column) -%}
    {{ return(adapter.dispatch("date_series", "tieout")(first_date, last_date, column)) }}
{%- endmacro %}

{% macro default__date_series(first_date, last_date, column) -%}
    select
        cast(
            unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day)) as date
        ) as {{ column }}
{%- endmacro %}

{% macro spark__date_series(first_date, last_date, column) -%}
    select explode(sequence({{ first_date }}, {{ last_date }}, interval 1 day)) as {{ column }}
{%- endmacro %}

{% macro number_series(first_number, last_number, column) -%}
    {{ return(adapter.dispatch("number_series", "tieout")(first_number, last_number, column)) }}
{%- endmacro %}

{% macro default__number_series(first_number, last_number, column) -%}
    select
        cast(unnest(generate_series({{ first_number }}, {{ last_number }})) as int) as {{ column }}
{%- endmacro %}

{% macro spark__number_series(first_number, last_number, column) -%}
    select explode(sequence({{ first_number }}, {{ last_number }})) as {{ column }}
{%- endmacro %}
