{% set measures = [
    "realised_pnl_usd", "unrealised_pnl_usd", "income_usd", "total_pnl_usd",
    "hypothetical_pnl_usd", "new_trade_pnl_usd",
] %}

with parts as (
    select
        business_date,
        scope_id as portfolio_id,
        market_value_usd,
        {{ measures | join(",\n        ") }}
    from {{ ref("fct_pnl_summary_daily") }}
    where scope_type = 'portfolio' and {{ in_window("business_date") }}
    union all
    select
        business_date,
        portfolio_id,
        -closing_value_usd as market_value_usd,
        {%- for measure in measures %}
        -{{ measure }} as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref("fct_pnl_daily") }}
    where {{ in_window("business_date") }}
)

select
    business_date,
    portfolio_id,
    sum(market_value_usd) as market_value_usd_difference,
    {%- for measure in measures %}
    sum({{ measure }}) as {{ measure }}_difference{{ "," if not loop.last }}
    {%- endfor %}
from parts
group by business_date, portfolio_id
having
    sum(market_value_usd) <> 0
    {%- for measure in measures %}
    or sum({{ measure }}) <> 0
    {%- endfor %}
