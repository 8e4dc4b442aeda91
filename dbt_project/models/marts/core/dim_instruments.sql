with instruments as (
    select * from {{ ref("int_instruments") }}
),

final as (
    select
        instrument_id,
        instrument_type,
        instrument_name,
        isin,
        ticker,
        issuer_lei,
        currency,
        base_currency,
        contract_multiplier,
        start_date,
        maturity_date,
        settlement_date,
        coupon_rate_pct,
        coupons_per_year,
        underlying_instrument_id,
        option_type,
        strike_price,
        forward_rate,
        fixed_rate_pct,
        is_over_the_counter
    from instruments
)

select * from final
