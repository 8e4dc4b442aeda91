{% macro days_between(start_date, end_date) -%}
    {{ return(adapter.dispatch("days_between", "tieout")(start_date, end_date)) }}
{%- endmacro %}

{% macro default__days_between(start_date, end_date) -%}
    date_diff('day', {{ start_date }}, {{ end_date }})
{%- endmacro %}

{% macro spark__days_between(start_date, end_date) -%}
    datediff({{ end_date }}, {{ start_date }})
{%- endmacro %}

{% macro add_months(date, months) -%}
    {{ return(adapter.dispatch("add_months", "tieout")(date, months)) }}
{%- endmacro %}

{% macro default__add_months(date, months) -%}
    cast({{ date }} + ({{ months }}) * interval '1' month as date)
{%- endmacro %}

{% macro spark__add_months(date, months) -%}
    add_months({{ date }}, {{ months }})
{%- endmacro %}

{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch("add_days", "tieout")(date, days)) }}
{%- endmacro %}

{% macro default__add_days(date, days) -%}
    cast({{ date }} + ({{ days }}) * interval '1' day as date)
{%- endmacro %}

{% macro spark__add_days(date, days) -%}
    date_add({{ date }}, {{ days }})
{%- endmacro %}

{% macro iso_weekday(date) -%}
    {{ return(adapter.dispatch("iso_weekday", "tieout")(date)) }}
{%- endmacro %}

{% macro default__iso_weekday(date) -%}
    isodow({{ date }})
{%- endmacro %}

{% macro spark__iso_weekday(date) -%}
    weekday({{ date }}) + 1
{%- endmacro %}

{% macro hours_between(start_time, end_time) -%}
    {{ return(adapter.dispatch("hours_between", "tieout")(start_time, end_time)) }}
{%- endmacro %}

{% macro default__hours_between(start_time, end_time) -%}
    date_diff('minute', {{ start_time }}, {{ end_time }}) / 60.0
{%- endmacro %}

{% macro spark__hours_between(start_time, end_time) -%}
    (unix_timestamp({{ end_time }}) - unix_timestamp({{ start_time }})) / 3600.0
{%- endmacro %}

{% macro microseconds_between(start_time, end_time) -%}
    {{ return(adapter.dispatch("microseconds_between", "tieout")(start_time, end_time)) }}
{%- endmacro %}

{% macro default__microseconds_between(start_time, end_time) -%}
    date_diff('microsecond', {{ start_time }}, {{ end_time }})
{%- endmacro %}

{% macro spark__microseconds_between(start_time, end_time) -%}
    (unix_micros({{ end_time }}) - unix_micros({{ start_time }}))
{%- endmacro %}

{% macro local_time(timestamp, zone) -%}
    {{ return(adapter.dispatch("local_time", "tieout")(timestamp, zone)) }}
{%- endmacro %}

{% macro default__local_time(timestamp, zone) -%}
    {{ timestamp }} at time zone 'UTC' at time zone '{{ zone }}'
{%- endmacro %}

{% macro spark__local_time(timestamp, zone) -%}
    from_utc_timestamp({{ timestamp }}, '{{ zone }}')
{%- endmacro %}
