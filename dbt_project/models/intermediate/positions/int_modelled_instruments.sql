-- Instruments without a market price that have been traded, with the terms the pricing functions
-- read.
with instruments as (
    select *
    from {{ ref("int_instruments") }}
    where
        instrument_type in (
            'government_bond', 'equity_option', 'fx_forward', 'interest_rate_swap'
        )
),

trades as (
    select *
    from {{ ref("int_trades_latest") }}
    where not is_cancelled
),

first_trades as (
    select
        instrument_id,
        min(business_date) as first_trade_date
    from trades
    group by instrument_id
),

final as (
    select
        instruments.instrument_id,
        instruments.instrument_type,
        instruments.currency,
        instruments.base_currency,
        instruments.contract_multiplier,
        -- A swap's periods hang on its own start; the others are priced from their first trade on.
        case
            when instruments.instrument_type = 'interest_rate_swap' then instruments.start_date
            else first_trades.first_trade_date
        end as start_date,
        instruments.maturity_date,
        coalesce(instruments.coupon_rate_pct, instruments.fixed_rate_pct) as coupon_rate_pct,
        instruments.coupons_per_year,
        coalesce(instruments.strike_price, instruments.forward_rate) as strike_price,
        instruments.option_type,
        instruments.underlying_instrument_id
    from instruments
    inner join first_trades on instruments.instrument_id = first_trades.instrument_id
)

select * from final
