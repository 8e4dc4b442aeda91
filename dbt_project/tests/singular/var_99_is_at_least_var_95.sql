select
    business_date,
    scope_type,
    scope_id,
    method,
    horizon_days,
    quantile_rule,
    count(*) as levels,
    max(case when confidence_level = 0.95 then var_usd end) as var_95_usd,
    max(case when confidence_level = 0.975 then var_usd end) as var_975_usd,
    max(case when confidence_level = 0.99 then var_usd end) as var_99_usd
from {{ ref("fct_portfolio_var_daily") }}
where {{ in_window("business_date") }}
group by business_date, scope_type, scope_id, method, horizon_days, quantile_rule
having
    count(*) <> 3
    or max(case when confidence_level = 0.99 then var_usd end)
    < max(case when confidence_level = 0.975 then var_usd end)
    or max(case when confidence_level = 0.975 then var_usd end)
    < max(case when confidence_level = 0.95 then var_usd end)
