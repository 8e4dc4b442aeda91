{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with positions as (
    select * from {{ ref("fct_positions_daily") }}
),

changes as (
    select *
    from {{ ref("int_position_changes") }}
    where {{ in_window("business_date") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

prices as (
    select *
    from {{ ref("fct_prices_daily") }}
    where {{ in_window("business_date") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

portfolios as (
    select * from {{ ref("stg_reference__portfolios") }}
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
    where {{ in_window("business_date") }}
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

one_row_per_position as (
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
),

explained as (
    select
        one_row_per_position.*,
        portfolios.desk_id,
        instruments.instrument_type,
        instruments.currency,
        one_row_per_position.consideration_usd + one_row_per_position.income_usd
            as net_cash_flow_usd,
        one_row_per_position.consideration_local + one_row_per_position.income_local
            as net_cash_flow_local,
        case
            when one_row_per_position.opening_quantity = 0 then {{ money("0") }}
            else {{ money(
                "cast(one_row_per_position.opening_quantity as double) * prices.price_local"
                ~ " * instruments.contract_multiplier * fx_rates.fx_rate_usd"
            ) }}
        end as opening_quantity_revalued_usd
    from one_row_per_position
    inner join instruments on one_row_per_position.instrument_id = instruments.instrument_id
    inner join portfolios on one_row_per_position.portfolio_id = portfolios.portfolio_id
    left join prices
        on
            one_row_per_position.business_date = prices.business_date
            and one_row_per_position.instrument_id = prices.instrument_id
    left join fx_rates
        on
            one_row_per_position.business_date = fx_rates.business_date
            and instruments.currency = fx_rates.currency
),

totalled as (
    select
        *,
        closing_value_usd - opening_value_usd + net_cash_flow_usd as total_pnl_usd,
        closing_value_local - opening_value_local + net_cash_flow_local as total_pnl_local,
        opening_quantity_revalued_usd - opening_value_usd + income_usd as hypothetical_pnl_usd
    from explained
),

final as (
    select
        business_date,
        portfolio_id,
        instrument_id,
        desk_id,
        instrument_type,
        currency,
        {{ money("opening_value_usd") }} as opening_value_usd,
        {{ money("closing_value_usd") }} as closing_value_usd,
        {{ money("net_cash_flow_usd") }} as net_cash_flow_usd,
        {{ money("income_usd") }} as income_usd,
        {{ money("realised_pnl_usd") }} as realised_pnl_usd,
        {{ money("unrealised_pnl_usd") }} as unrealised_pnl_usd,
        {{ money("total_pnl_usd") }} as total_pnl_usd,
        {{ money("hypothetical_pnl_usd") }} as hypothetical_pnl_usd,
        {{ money("total_pnl_usd - hypothetical_pnl_usd") }} as new_trade_pnl_usd,
        {{ money("opening_value_local") }} as opening_value_local,
        {{ money("closing_value_local") }} as closing_value_local,
        {{ money("net_cash_flow_local") }} as net_cash_flow_local,
        {{ money("income_local") }} as income_local,
        {{ money("realised_pnl_local") }} as realised_pnl_local,
        {{ money("unrealised_pnl_local") }} as unrealised_pnl_local,
        {{ money("total_pnl_local") }} as total_pnl_local
    from totalled
)

select * from final
