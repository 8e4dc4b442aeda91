{{ config(materialized="view") }}

-- Prices out of the models, and the price at which a contract settles on its last day.
with valuations as (
    select *
    from {{ ref("int_instrument_valuations") }}
    where risk_factor_id is null
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

closing_events as (
    select *
    from {{ ref("int_instrument_events") }}
    where is_closing
),

modelled_instruments as (
    select * from {{ ref("int_modelled_instruments") }}
),

risk_factor_levels as (
    select * from {{ ref("int_risk_factor_levels") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

input_sources as (
    select
        business_date,
        risk_factor_id as input_id,
        source_date
    from risk_factor_levels
    where factor_type <> 'interest_rate'
    union all
    select
        business_date,
        'IR:USD' as input_id,
        min(source_date) as source_date
    from risk_factor_levels
    where factor_type = 'interest_rate'
    group by business_date
),

instrument_inputs as (
    select
        instrument_id,
        'IR:USD' as input_id
    from modelled_instruments
    union all
    select
        instrument_id,
        underlying_instrument_id as input_id
    from modelled_instruments
    where instrument_type = 'equity_option'
    union all
    select
        instrument_id,
        'VOL:' || substring(underlying_instrument_id, 4) as input_id
    from modelled_instruments
    where instrument_type = 'equity_option'
    union all
    select
        instrument_id,
        'FX:' || base_currency as input_id
    from modelled_instruments
    where instrument_type = 'fx_forward'
    union all
    select
        instrument_id,
        'FX:' || currency as input_id
    from modelled_instruments
    where instrument_type = 'fx_forward'
),

-- A model price is as old as its oldest input.
modelled as (
    select
        valuations.business_date,
        valuations.instrument_id,
        valuations.price_local,
        valuations.is_price_proxied,
        'model' as price_source,
        min(input_sources.source_date) as source_date
    from valuations
    inner join instrument_inputs on valuations.instrument_id = instrument_inputs.instrument_id
    left join input_sources
        on
            instrument_inputs.input_id = input_sources.input_id
            and valuations.business_date = input_sources.business_date
    group by
        valuations.business_date,
        valuations.instrument_id,
        valuations.price_local,
        valuations.is_price_proxied
),

settled as (
    select
        closing_events.business_date,
        closing_events.instrument_id,
        case
            when closing_events.event_type = 'forward_delivery'
                then base_rates.fx_rate_usd / quote_rates.fx_rate_usd - instruments.forward_rate
            else closing_events.cash_per_unit / instruments.contract_multiplier
        end as price_local,
        false as is_price_proxied,
        'settlement' as price_source,
        closing_events.business_date as source_date
    from closing_events
    inner join instruments on closing_events.instrument_id = instruments.instrument_id
    inner join modelled_instruments
        on closing_events.instrument_id = modelled_instruments.instrument_id
    left join fx_rates as base_rates
        on
            instruments.base_currency = base_rates.currency
            and closing_events.business_date = base_rates.business_date
    left join fx_rates as quote_rates
        on
            instruments.currency = quote_rates.currency
            and closing_events.business_date = quote_rates.business_date
),

final as (
    select * from modelled
    union all
    select * from settled
)

select * from final
