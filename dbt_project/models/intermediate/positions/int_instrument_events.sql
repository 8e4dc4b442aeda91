-- What the terms of a contract pay or close, per unit of quantity, on the business day on or after
-- the contractual date.
with instruments as (
    select * from {{ ref("int_instruments") }}
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

equity_prices as (
    select * from {{ ref("int_equity_prices_daily") }}
),

swap_periods as (
    select * from {{ ref("int_swap_periods") }}
),

period_numbers as (
    {{ number_series(0, 399, "period_number") }}
),

coupon_dates_rolled_back as (
    select
        instruments.instrument_id,
        instruments.contract_multiplier,
        instruments.coupon_rate_pct,
        instruments.coupons_per_year,
        instruments.start_date,
        instruments.maturity_date,
        {{ add_months(
            "instruments.maturity_date",
            "-cast(12 / instruments.coupons_per_year as int) * period_numbers.period_number"
        ) }} as coupon_date
    from instruments
    cross join period_numbers
    where instruments.instrument_type = 'government_bond'
),

-- A bond that matures on the last day of a month pays on last days (31 CFR 356).
coupons as (
    select
        coupon_dates_rolled_back.instrument_id,
        'coupon' as event_type,
        calendar_dates.settlement_date as business_date,
        coupon_dates_rolled_back.contract_multiplier
        * coupon_dates_rolled_back.coupon_rate_pct
        / coupon_dates_rolled_back.coupons_per_year as cash_per_unit,
        true as is_income,
        false as is_closing
    from coupon_dates_rolled_back
    inner join calendar_dates
        on
            calendar_dates.calendar_date = case
                when
                    coupon_dates_rolled_back.maturity_date
                    = last_day(coupon_dates_rolled_back.maturity_date)
                    then last_day(coupon_dates_rolled_back.coupon_date)
                else coupon_dates_rolled_back.coupon_date
            end
    where
        coupon_dates_rolled_back.start_date is null
        or calendar_dates.calendar_date > coupon_dates_rolled_back.start_date
),

redemptions as (
    select
        instrument_id,
        'redemption' as event_type,
        settlement_date as business_date,
        contract_multiplier * 100 as cash_per_unit,
        false as is_income,
        true as is_closing
    from instruments
    where instrument_type = 'government_bond'
),

option_expiries as (
    select
        instruments.instrument_id,
        'option_expiry' as event_type,
        instruments.settlement_date as business_date,
        instruments.contract_multiplier * case instruments.option_type
            when 'call' then greatest(equity_prices.close_price - instruments.strike_price, 0)
            else greatest(instruments.strike_price - equity_prices.close_price, 0)
        end as cash_per_unit,
        false as is_income,
        true as is_closing
    from instruments
    left join equity_prices
        on
            instruments.underlying_instrument_id = equity_prices.instrument_id
            and instruments.settlement_date = equity_prices.business_date
    where instruments.instrument_type = 'equity_option'
),

forward_deliveries as (
    select
        instrument_id,
        'forward_delivery' as event_type,
        settlement_date as business_date,
        cast(0 as double) as cash_per_unit,
        false as is_income,
        true as is_closing
    from instruments
    where instrument_type = 'fx_forward'
),

swap_settlements as (
    select
        instrument_id,
        'swap_settlement' as event_type,
        settlement_date as business_date,
        settlement_per_unit as cash_per_unit,
        true as is_income,
        false as is_closing
    from swap_periods
),

swap_maturities as (
    select
        instrument_id,
        'swap_maturity' as event_type,
        settlement_date as business_date,
        cast(0 as double) as cash_per_unit,
        false as is_income,
        true as is_closing
    from instruments
    where instrument_type = 'interest_rate_swap'
),

events as (
    select * from coupons
    union all
    select * from redemptions
    union all
    select * from option_expiries
    union all
    select * from forward_deliveries
    union all
    select * from swap_settlements
    union all
    select * from swap_maturities
),

final as (
    select events.*
    from events
    inner join business_dates on events.business_date = business_dates.business_date
)

select * from final
