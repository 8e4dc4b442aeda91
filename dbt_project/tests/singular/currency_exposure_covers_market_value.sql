with parts as (
    select
        business_date,
        portfolio_id,
        net_usd as amount_usd
    from {{ ref("fct_exposures_daily") }}
    where exposure_type = 'currency' and {{ in_window("business_date") }}
    union all
    select
        business_date,
        portfolio_id,
        -market_value_usd as amount_usd
    from {{ ref("fct_positions_daily") }}
    where {{ in_window("business_date") }}
)

select
    business_date,
    portfolio_id,
    sum(amount_usd) as usd_unexplained
from parts
group by business_date, portfolio_id
having sum(amount_usd) <> 0
