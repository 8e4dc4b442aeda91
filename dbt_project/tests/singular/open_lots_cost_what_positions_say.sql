with last_dates as (
    select max(business_date) as business_date
    from {{ ref("fct_positions_daily") }}
),

costs as (
    select
        positions.portfolio_id,
        positions.instrument_id,
        positions.cost_usd,
        positions.cost_local
    from {{ ref("fct_positions_daily") }} as positions
    inner join last_dates on positions.business_date = last_dates.business_date
    where positions.instrument_type <> 'cash'
    union all
    select
        lots.portfolio_id,
        lots.instrument_id,
        -lots.open_cost_usd as cost_usd,
        -lots.open_cost_local as cost_local
    from {{ ref("int_fifo_lots") }} as lots
    inner join last_dates on lots.opened_on <= last_dates.business_date
    where not lots.is_closed
)

select
    portfolio_id,
    instrument_id,
    sum(cost_usd) as cost_usd_difference,
    sum(cost_local) as cost_local_difference
from costs
group by portfolio_id, instrument_id
having sum(cost_usd) <> 0 or sum(cost_local) <> 0
