{#- Letters as the numbers 10 to 35 that check digits count them as; zeros in front up to the width. -#}
{% macro letters_as_numbers(expression, width) -%}
    {%- set text = namespace(sql=expression) -%}
    {%- for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" -%}
        {%- set text.sql = "replace(" ~ text.sql ~ ", '" ~ letter ~ "', '" ~ (loop.index + 9) ~ "')" -%}
    {%- endfor -%}
    lpad({{ text.sql }}, {{ width }}, '0')
{%- endmacro %}

{#- No integer has 40 digits, so the number is divided eight digits at a time. -#}
{% macro remainder_by_97(digits) -%}
    {%- set remainder = namespace(sql="cast(substr(" ~ digits ~ ", 1, 8) as bigint) % 97") -%}
    {%- for start in range(9, 41, 8) -%}
        {%- set remainder.sql = "(" ~ remainder.sql ~ " * 100000000 + cast(substr("
            ~ digits ~ ", " ~ start ~ ", 8) as bigint)) % 97" -%}
    {%- endfor -%}
    {{ remainder.sql }}
{%- endmacro %}

{#- The second, fourth ... digit from the right counts twice, and its two digits are added. -#}
{% macro luhn_sum(digits) -%}
    {%- set terms = [] -%}
    {%- for place in range(1, 25) -%}
        {%- set digit = "cast(substr(" ~ digits ~ ", " ~ place ~ ", 1) as int)" -%}
        {%- do terms.append(
            "cast(substr('0246813579', " ~ digit ~ " + 1, 1) as int)" if place is odd else digit
        ) -%}
    {%- endfor -%}
    {{ terms | join("\n        + ") }}
{%- endmacro %}
