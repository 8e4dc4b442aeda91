{#- Why a fill cannot be measured against a quote, null when it can. The fill's price, quantity, basis and rate of
exchange are columns of the relation that asks. -#}
{% macro quote_gap(bid, ask) -%}
    case
        when is_quoted_as_rate then 'quoted_as_rate'
        when {{ bid }} is null or {{ ask }} is null then 'no_quote'
        when {{ bid }} <= 0 or {{ ask }} < {{ bid }} then 'unusable_quote'
        when price is null or quantity is null then 'no_price'
        when fx_rate_usd is null then 'no_fx_rate'
    end
{%- endmacro %}
