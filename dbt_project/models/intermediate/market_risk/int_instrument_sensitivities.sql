{{ config(materialized="view") }}

with valuations as (
    select *
    from {{ ref("int_instrument_valuations") }}
    where risk_factor_id is not null
),

prices as (
    select * from {{ ref("fct_prices_daily") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

modelled as (
    select
        business_date,
        instrument_id,
        risk_factor_id,
        delta_local,
        gamma_local
    from valuations
),

-- Shares and currency pairs move one for one with their factor; a pair loses what its quote
-- currency gains.
linear_factors as (
    select
        instrument_id,
        instrument_id as risk_factor_id,
        contract_multiplier as weight
    from instruments
    where instrument_type = 'equity'
    union all
    select
        instrument_id,
        'FX:' || base_currency as risk_factor_id,
        contract_multiplier as weight
    from instruments
    where instrument_type = 'currency_pair' and base_currency <> 'USD'
    union all
    select
        instrument_id,
        'FX:' || currency as risk_factor_id,
        -contract_multiplier as weight
    from instruments
    where instrument_type = 'currency_pair' and currency <> 'USD'
),

linear as (
    select
        prices.business_date,
        prices.instrument_id,
        linear_factors.risk_factor_id,
        prices.price_local * linear_factors.weight as delta_local,
        cast(0 as double) as gamma_local
    from prices
    inner join linear_factors on prices.instrument_id = linear_factors.instrument_id
),

final as (
    select * from modelled
    union all
    select * from linear
)

select * from final
