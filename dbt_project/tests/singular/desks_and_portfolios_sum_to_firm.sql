{% set measures = [
    "market_value_usd", "realised_pnl_usd", "unrealised_pnl_usd", "income_usd", "total_pnl_usd",
    "hypothetical_pnl_usd", "new_trade_pnl_usd", "cumulative_pnl_usd",
] %}

with totals as (
    select
        business_date,
        scope_type,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref("fct_pnl_summary_daily") }}
    where {{ in_window("business_date") }}
    group by business_date, scope_type
)

select
    business_date,
    count(distinct scope_type) as scope_types,
    {%- for measure in measures %}
    max({{ measure }}) - min({{ measure }}) as {{ measure }}_difference{{ "," if not loop.last }}
    {%- endfor %}
from totals
group by business_date
having
    count(distinct scope_type) <> 3
    {%- for measure in measures %}
    or max({{ measure }}) <> min({{ measure }})
    {%- endfor %}
