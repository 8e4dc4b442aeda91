-- Historical expected shortfall over one set of scenarios is sub-additive; VaR is not.
with shortfalls as (
    select *
    from {{ ref("fct_portfolio_var_daily") }}
    where
        {{ in_window("business_date") }}
        and method in ('historical_delta_gamma', 'stressed')
        and es_usd is not null
)

select
    firm.business_date,
    firm.method,
    firm.confidence_level,
    firm.horizon_days,
    firm.quantile_rule,
    parts.scope_type,
    firm.es_usd,
    sum(parts.es_usd) as sum_of_parts_usd
from shortfalls as firm
inner join shortfalls as parts
    on
        firm.business_date = parts.business_date
        and firm.method = parts.method
        and firm.confidence_level = parts.confidence_level
        and firm.horizon_days = parts.horizon_days
        and firm.quantile_rule = parts.quantile_rule
where firm.scope_type = 'firm' and parts.scope_type in ('desk', 'portfolio')
group by
    firm.business_date,
    firm.method,
    firm.confidence_level,
    firm.horizon_days,
    firm.quantile_rule,
    parts.scope_type,
    firm.es_usd
having firm.es_usd > sum(parts.es_usd) + 0.01
