{{ config(materialized="view") }}

-- Yesterday's position, today's position and what happened between, side by side.
with positions as (
    select * from {{ ref("fct_positions_daily") }}
),

changes as (
    select * from {{ ref("int_position_changes") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

opening as (
    select
        business_dates.business_date,
        positions.portfolio_id,
        positions.instrument_id,
        positions.quantity as opening_quantity,
        positions.market_value_usd as opening_value_usd,
        positions.market_value_local as opening_value_local,
        positions.unrealised_pnl_usd as opening_unrealised_usd,
        positions.unrealised_pnl_local as opening_unrealised_local
    from business_dates
    inner join positions on business_dates.previous_business_date = positions.business_date
),

opening_closing_and_changes as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        opening_quantity,
        opening_value_usd,
        opening_value_local,
        {{ money("0") }} as closing_value_usd,
        {{ money("0") }} as closing_value_local,
        -opening_unrealised_usd as unrealised_pnl_usd,
        -opening_unrealised_local as unrealised_pnl_local,
        {{ money("0") }} as consideration_usd,
        {{ money("0") }} as consideration_local,
        {{ money("0") }} as income_usd,
        {{ money("0") }} as income_local,
        {{ money("0") }} as realised_pnl_usd,
        {{ money("0") }} as realised_pnl_local
    from opening
    union all
    select
        business_date,
        portfolio_id,
        instrument_id,
        {{ money("0") }} as opening_quantity,
        {{ money("0") }} as opening_value_usd,
        {{ money("0") }} as opening_value_local,
        market_value_usd as closing_value_usd,
        market_value_local as closing_value_local,
        unrealised_pnl_usd,
        unrealised_pnl_local,
        {{ money("0") }} as consideration_usd,
        {{ money("0") }} as consideration_local,
        {{ money("0") }} as income_usd,
        {{ money("0") }} as income_local,
        {{ money("0") }} as realised_pnl_usd,
        {{ money("0") }} as realised_pnl_local
    from positions
    union all
    select
        business_date,
        portfolio_id,
        instrument_id,
        {{ money("0") }} as opening_quantity,
        {{ money("0") }} as opening_value_usd,
        {{ money("0") }} as opening_value_local,
        {{ money("0") }} as closing_value_usd,
        {{ money("0") }} as closing_value_local,
        {{ money("0") }} as unrealised_pnl_usd,
        {{ money("0") }} as unrealised_pnl_local,
        consideration_usd,
        consideration_local,
        income_usd,
        income_local,
        realised_pnl_usd,
        realised_pnl_local
    from changes
),

final as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        sum(opening_quantity) as opening_quantity,
        sum(opening_value_usd) as opening_value_usd,
        sum(opening_value_local) as opening_value_local,
        sum(closing_value_usd) as closing_value_usd,
        sum(closing_value_local) as closing_value_local,
        sum(unrealised_pnl_usd) as unrealised_pnl_usd,
        sum(unrealised_pnl_local) as unrealised_pnl_local,
        sum(consideration_usd) as consideration_usd,
        sum(consideration_local) as consideration_local,
        sum(income_usd) as income_usd,
        sum(income_local) as income_local,
        sum(realised_pnl_usd) as realised_pnl_usd,
        sum(realised_pnl_local) as realised_pnl_local
    from opening_closing_and_changes
    group by business_date, portfolio_id, instrument_id
)

select * from final
