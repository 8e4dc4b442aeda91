{{ config(materialized="view") }}

with positions as (
    select * from {{ ref("fct_positions_daily") }}
),

full_revaluation_dates as (
    select * from {{ ref("int_full_revaluation_dates") }}
),

final as (
    select
        positions.business_date,
        positions.portfolio_id,
        positions.instrument_id,
        positions.desk_id,
        positions.quantity,
        positions.market_value_usd
    from positions
    inner join full_revaluation_dates
        on positions.business_date = full_revaluation_dates.business_date
)

select * from final
