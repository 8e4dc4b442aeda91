{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with components as (
    select *
    from {{ ref("int_pnl_components") }}
    where {{ in_window("business_date") }}
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

explained as (
    select
        components.*,
        portfolios.desk_id,
        instruments.instrument_type,
        instruments.currency,
        components.consideration_usd + components.income_usd as net_cash_flow_usd,
        components.consideration_local + components.income_local as net_cash_flow_local,
        case
            when components.opening_quantity = 0 then {{ money("0") }}
            else {{ money(
                "cast(components.opening_quantity as double) * prices.price_local"
                ~ " * instruments.contract_multiplier * fx_rates.fx_rate_usd"
            ) }}
        end as opening_quantity_revalued_usd
    from components
    inner join instruments on components.instrument_id = instruments.instrument_id
    inner join portfolios on components.portfolio_id = portfolios.portfolio_id
    left join prices
        on
            components.business_date = prices.business_date
            and components.instrument_id = prices.instrument_id
    left join fx_rates
        on
            components.business_date = fx_rates.business_date
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
