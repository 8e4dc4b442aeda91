select
    business_date,
    scope_type,
    scope_id,
    quantile_rule,
    max(case when confidence_level = 0.95 then var_usd end) as var_95_1d_usd,
    max(case when confidence_level = 0.99 then var_usd end) as var_99_1d_usd
from {{ ref("fct_portfolio_var_daily") }}
where {{ in_window("business_date") }}
group by business_date, scope_type, scope_id, quantile_rule
having not coalesce(
    max(case when confidence_level = 0.99 then var_usd end)
    >= max(case when confidence_level = 0.95 then var_usd end),
    false
)
