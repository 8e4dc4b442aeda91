{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with pnl as (
    select
        business_date,
        scope_id as portfolio_id,
        total_pnl_usd,
        new_trade_pnl_usd
    from {{ ref("fct_pnl_summary_daily") }}
    where scope_type = 'portfolio' and {{ in_window("business_date") }}
),

factor_pnl as (
    select *
    from {{ ref("int_risk_theoretical_pnl") }}
    where {{ in_window("business_date") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where quantity <> 0
),

modelled_instruments as (
    select * from {{ ref("int_modelled_instruments") }}
),

time_decays as (
    select *
    from {{ ref("int_instrument_time_decay") }}
    where {{ in_window("business_date") }}
),

-- What ages is what was held at the close before, at that close's rate; one instrument without a
-- figure leaves the portfolio without one.
time_decay as (
    select
        business_dates.business_date,
        positions.portfolio_id,
        case
            when count(*) = count(time_decays.time_decay_local)
                then sum({{ money(
                    "cast(positions.quantity as double) * time_decays.time_decay_local"
                    ~ " * positions.fx_rate_usd"
                ) }})
        end as pnl_usd
    from business_dates
    inner join positions on business_dates.previous_business_date = positions.business_date
    inner join modelled_instruments
        on positions.instrument_id = modelled_instruments.instrument_id
    left join time_decays
        on
            business_dates.business_date = time_decays.business_date
            and positions.instrument_id = time_decays.instrument_id
    group by business_dates.business_date, positions.portfolio_id
),

components as (
    select
        business_date,
        portfolio_id,
        'delta' as component_type,
        risk_factor_id,
        delta_pnl_usd as pnl_usd
    from factor_pnl
    where delta_usd <> 0
    union all
    select
        business_date,
        portfolio_id,
        'gamma' as component_type,
        risk_factor_id,
        gamma_pnl_usd as pnl_usd
    from factor_pnl
    where gamma_usd <> 0
    union all
    select
        business_date,
        portfolio_id,
        'time_decay' as component_type,
        cast(null as string) as risk_factor_id,
        pnl_usd
    from time_decay
    union all
    select
        business_date,
        portfolio_id,
        'new_trades' as component_type,
        cast(null as string) as risk_factor_id,
        new_trade_pnl_usd as pnl_usd
    from pnl
),

component_totals as (
    select
        business_date,
        portfolio_id,
        sum(pnl_usd) as explained_pnl_usd
    from components
    group by business_date, portfolio_id
),

all_components as (
    select * from components
    union all
    select
        pnl.business_date,
        pnl.portfolio_id,
        'unexplained' as component_type,
        cast(null as string) as risk_factor_id,
        pnl.total_pnl_usd - component_totals.explained_pnl_usd as pnl_usd
    from pnl
    inner join component_totals
        on
            pnl.business_date = component_totals.business_date
            and pnl.portfolio_id = component_totals.portfolio_id
),

final as (
    select
        business_date,
        portfolio_id,
        component_type,
        risk_factor_id,
        {{ money("pnl_usd") }} as pnl_usd,
        pnl_usd is null as is_pnl_missing
    from all_components
)

select * from final
