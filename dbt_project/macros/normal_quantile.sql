{% macro normal_quantile(level) -%}
    {%- set quantiles = {"0.99": "2.3263478740408408"} -%}
    {%- if level not in quantiles -%}
        {{ exceptions.raise_compiler_error(
            "The quantile of the normal distribution at " ~ level ~ " is not known to normal_quantile: add it."
        ) }}
    {%- endif -%}
    cast({{ quantiles[level] }} as double)
{%- endmacro %}
