-- Model prices are kept to eight decimals: what a rounded price leaves on the whole position is
-- allowed for, besides a cent.
select
    results.business_date,
    results.scenario_id,
    results.portfolio_id,
    results.instrument_id,
    results.base_value_usd,
    positions.market_value_usd
from {{ ref("fct_stress_results_daily") }} as results
inner join {{ ref("fct_positions_daily") }} as positions
    on
        results.business_date = positions.business_date
        and results.portfolio_id = positions.portfolio_id
        and results.instrument_id = positions.instrument_id
inner join {{ ref("dim_instruments") }} as instruments
    on results.instrument_id = instruments.instrument_id
where
    (results.base_value_usd is null and positions.market_value_usd is not null)
    or abs(cast(results.base_value_usd - positions.market_value_usd as double))
    > 0.01 + abs(cast(positions.quantity as double)) * instruments.contract_multiplier * 5e-9
