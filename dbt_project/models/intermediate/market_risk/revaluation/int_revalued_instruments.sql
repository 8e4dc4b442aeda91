{{ config(materialized="view") }}

-- Terms of everything a position can be in: what the pricing functions model, and shares, currency
-- pairs and cash, which are linear in their risk factors.
with modelled_instruments as (
    select * from {{ ref("int_modelled_instruments") }}
),

linear_instruments as (
    select *
    from {{ ref("int_instruments") }}
    where instrument_type in ('equity', 'currency_pair', 'cash')
),

final as (
    select
        instrument_id,
        instrument_type,
        currency,
        base_currency,
        contract_multiplier,
        start_date,
        maturity_date,
        coupon_rate_pct,
        coupons_per_year,
        strike_price,
        option_type,
        underlying_instrument_id
    from modelled_instruments
    union all
    select
        instrument_id,
        instrument_type,
        currency,
        base_currency,
        contract_multiplier,
        start_date,
        maturity_date,
        coupon_rate_pct,
        coupons_per_year,
        strike_price,
        option_type,
        underlying_instrument_id
    from linear_instruments
)

select * from final
