with positions as (
    select
        reporting_date,
        currency,
        sum(case when side = 'asset' then amount_usd else 0 end) as inflow_usd,
        sum(case when side = 'liability' then amount_usd else 0 end) as outflow_usd
    from {{ ref("int_liquidity_positions") }}
    group by reporting_date, currency
),

ladder as (
    select
        reporting_date,
        currency,
        sum(inflow_usd) as inflow_usd,
        sum(outflow_usd) as outflow_usd
    from {{ ref("fct_maturity_ladder") }}
    group by reporting_date, currency
)

select
    positions.reporting_date,
    positions.currency,
    positions.inflow_usd - coalesce(ladder.inflow_usd, 0) as inflow_difference_usd,
    positions.outflow_usd - coalesce(ladder.outflow_usd, 0) as outflow_difference_usd
from positions
left join ladder
    on
        positions.reporting_date = ladder.reporting_date
        and positions.currency = ladder.currency
where
    positions.inflow_usd <> coalesce(ladder.inflow_usd, 0)
    or positions.outflow_usd <> coalesce(ladder.outflow_usd, 0)
