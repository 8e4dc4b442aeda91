with equity_prices as (
    select * from {{ ref("int_equity_prices_daily") }}
),

fx_rates as (
    select *
    from {{ ref("int_fx_rates_daily") }}
    where currency <> 'USD'
),

zero_curves as (
    select * from {{ ref("int_zero_curves") }}
),

par_yields as (
    select * from {{ ref("int_par_yields_daily") }}
),

implied_volatilities as (
    select * from {{ ref("int_implied_volatilities_daily") }}
),

curve_sources as (
    select
        business_date,
        max(source_date) as source_date
    from par_yields
    group by business_date
),

volatilities_ranked as (
    select
        *,
        row_number() over (
            partition by business_date, ticker
            order by abs(tenor_days - 91), tenor_days
        ) as distance_rank
    from implied_volatilities
),

final as (
    select
        business_date,
        instrument_id as risk_factor_id,
        'equity' as factor_type,
        close_price as level,
        source_date,
        is_price_stale as is_stale,
        false as is_proxied
    from equity_prices
    union all
    select
        business_date,
        'FX:' || currency as risk_factor_id,
        'fx' as factor_type,
        fx_rate_usd as level,
        source_date,
        is_fx_rate_stale as is_stale,
        false as is_proxied
    from fx_rates
    union all
    select
        zero_curves.business_date,
        zero_curves.risk_factor_id,
        'interest_rate' as factor_type,
        zero_curves.zero_rate as level,
        curve_sources.source_date,
        curve_sources.source_date < zero_curves.business_date as is_stale,
        zero_curves.is_proxied
    from zero_curves
    inner join curve_sources on zero_curves.business_date = curve_sources.business_date
    union all
    select
        business_date,
        'VOL:' || ticker as risk_factor_id,
        'volatility' as factor_type,
        implied_volatility as level,
        source_date,
        is_volatility_stale as is_stale,
        tenor_days <> 91 as is_proxied
    from volatilities_ranked
    where distance_rank = 1
)

select * from final
