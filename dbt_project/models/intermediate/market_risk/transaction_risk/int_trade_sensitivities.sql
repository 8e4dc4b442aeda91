{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

-- What a trade adds to the book's sensitivities at the close of its day. Of a foreign instrument,
-- the translation of what is bought and of the money paid for it cancel, so neither is counted.
with trades as (
    select *
    from {{ ref("fct_trades") }}
    where not is_cancelled and {{ in_window("business_date") }}
),

sensitivities as (
    select *
    from {{ ref("int_instrument_sensitivities") }}
    where {{ in_window("business_date") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

final as (
    select
        trades.business_date,
        trades.trade_id,
        sensitivities.risk_factor_id,
        {{ money(
            "cast(case trades.side when 'buy' then trades.quantity else -trades.quantity end as double)"
            ~ " * sensitivities.delta_local * fx_rates.fx_rate_usd"
        ) }} as delta_usd
    from trades
    inner join sensitivities
        on
            trades.business_date = sensitivities.business_date
            and trades.instrument_id = sensitivities.instrument_id
    inner join instruments on trades.instrument_id = instruments.instrument_id
    left join fx_rates
        on
            trades.business_date = fx_rates.business_date
            and instruments.currency = fx_rates.currency
)

select * from final
