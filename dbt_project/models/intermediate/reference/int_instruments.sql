with deliveries_ranked as (
    select
        *,
        row_number() over (
            partition by instrument_id
            order by delivery_business_date desc
        ) as recency
    from {{ ref("stg_reference__instruments") }}
),

listed_instruments as (
    select * from deliveries_ranked
    where recency = 1
),

contracts as (
    select * from {{ ref("int_otc_contracts") }}
),

trades as (
    select * from {{ ref("int_trades_latest") }}
),

fx_rates as (
    select * from {{ ref("stg_market_data__fx_rates") }}
),

calendar_dates as (
    select * from {{ ref("int_calendar_dates") }}
),

listed as (
    select
        instrument_id,
        instrument_type,
        instrument_name,
        isin,
        ticker,
        issuer_lei,
        currency,
        base_currency,
        cast(contract_multiplier as double) as contract_multiplier,
        issue_date as start_date,
        maturity_date,
        cast(coupon_rate_pct as double) as coupon_rate_pct,
        coupons_per_year,
        underlying_instrument_id,
        option_type,
        cast(strike_price as double) as strike_price,
        cast(null as double) as fixed_rate_pct,
        cast(null as double) as forward_rate,
        false as is_over_the_counter
    from listed_instruments
),

over_the_counter as (
    select
        instrument_id,
        instrument_type,
        case instrument_type
            when 'fx_forward'
                then 'Forward ' || base_currency || currency || ' ' || cast(maturity_date as string)
            else
                'Swap ' || currency || ' '
                || cast(cast(fixed_rate_pct as decimal(9, 4)) as string) || ' % '
                || cast(maturity_date as string)
        end as instrument_name,
        cast(null as string) as isin,
        cast(null as string) as ticker,
        cast(null as string) as issuer_lei,
        currency,
        base_currency,
        cast(1 as double) as contract_multiplier,
        start_date,
        maturity_date,
        cast(null as double) as coupon_rate_pct,
        cast(null as int) as coupons_per_year,
        case
            when instrument_type = 'fx_forward' then 'FX:' || base_currency || currency
        end as underlying_instrument_id,
        cast(null as string) as option_type,
        cast(null as double) as strike_price,
        cast(fixed_rate_pct as double) as fixed_rate_pct,
        cast(forward_rate as double) as forward_rate,
        true as is_over_the_counter
    from contracts
),

-- A forward delivers its pair, which reference data need not list.
delivered_pairs as (
    select distinct
        underlying_instrument_id as instrument_id,
        base_currency,
        currency
    from over_the_counter
    where
        instrument_type = 'fx_forward'
        and underlying_instrument_id not in (select listed.instrument_id from listed)
),

currencies as (
    select currency from fx_rates
    union distinct
    select currency from trades
    union distinct
    select 'EUR' as currency
    union distinct
    select 'USD' as currency
),

bare_instruments as (
    select
        instrument_id,
        'currency_pair' as instrument_type,
        base_currency || '/' || currency as instrument_name,
        currency,
        base_currency
    from delivered_pairs
    union all
    select
        'CASH:' || currency as instrument_id,
        'cash' as instrument_type,
        'Cash ' || currency as instrument_name,
        currency,
        cast(null as string) as base_currency
    from currencies
),

all_instruments as (
    select * from listed
    union all
    select * from over_the_counter
    union all
    select
        instrument_id,
        instrument_type,
        instrument_name,
        cast(null as string) as isin,
        cast(null as string) as ticker,
        cast(null as string) as issuer_lei,
        currency,
        base_currency,
        cast(1 as double) as contract_multiplier,
        cast(null as date) as start_date,
        cast(null as date) as maturity_date,
        cast(null as double) as coupon_rate_pct,
        cast(null as int) as coupons_per_year,
        cast(null as string) as underlying_instrument_id,
        cast(null as string) as option_type,
        cast(null as double) as strike_price,
        cast(null as double) as fixed_rate_pct,
        cast(null as double) as forward_rate,
        false as is_over_the_counter
    from bare_instruments
),

final as (
    select
        all_instruments.*,
        calendar_dates.settlement_date
    from all_instruments
    left join calendar_dates on all_instruments.maturity_date = calendar_dates.calendar_date
)

select * from final
