-- Each of some hundred contributions is rounded to a millionth of a dollar.
with parts as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        quantile_rule,
        var_usd as amount_usd
    from {{ ref("fct_portfolio_var_daily") }}
    where {{ in_window("business_date") }}
    union all
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        quantile_rule,
        -contribution_usd as amount_usd
    from {{ ref("fct_var_contributions_daily") }}
    where {{ in_window("business_date") }}
)

select
    business_date,
    scope_type,
    scope_id,
    confidence_level,
    quantile_rule,
    sum(amount_usd) as var_usd_unexplained
from parts
group by business_date, scope_type, scope_id, confidence_level, quantile_rule
having abs(sum(amount_usd)) > 0.01
