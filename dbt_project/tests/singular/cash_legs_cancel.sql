select
    business_date,
    portfolio_id,
    currency,
    sum(consideration_usd + income_usd) as usd_difference,
    sum(consideration_local + income_local) as local_difference
from {{ ref("int_movements") }}
group by business_date, portfolio_id, currency
having
    sum(consideration_usd + income_usd) <> 0
    or sum(consideration_local + income_local) <> 0
