{# An amount of money, exact to six decimals. Apply it to every row before any sum: decimal sums do not depend on the
   order of the rows, sums of doubles do. #}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(38, 6))
{%- endmacro %}
