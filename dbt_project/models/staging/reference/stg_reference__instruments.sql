with source as (
    {{ latest_rows(source("reference", "instruments"), ["instrument_id", "_business_date"]) }}
),

renamed as (
    select
        instrument_id,
        instrument_type,
        instrument_name,
        isin,
        ticker,
        issuer_lei,
        currency,
        contract_multiplier,
        issue_date,
        maturity_date,
        coupon_rate_pct,
        coupons_per_year,
        underlying_instrument_id,
        option_type,
        strike_price,
        base_currency,
        _delivery_id as delivery_id,
        _line as delivery_line,
        _business_date as delivery_business_date
    from source
)

select * from renamed
