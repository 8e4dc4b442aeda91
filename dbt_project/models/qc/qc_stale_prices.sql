with positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where quantity <> 0
),

prices as (
    select *
    from {{ ref("fct_prices_daily") }}
    where is_price_stale
),

final as (
    select
        prices.business_date,
        prices.instrument_id,
        positions.instrument_type,
        prices.price_source,
        prices.price_local,
        prices.currency,
        prices.source_date,
        prices.days_stale,
        count(*) as portfolios_affected,
        {{ money("sum(abs(positions.market_value_usd))") }} as gross_market_value_usd
    from prices
    inner join positions
        on
            prices.business_date = positions.business_date
            and prices.instrument_id = positions.instrument_id
    group by
        prices.business_date,
        prices.instrument_id,
        positions.instrument_type,
        prices.price_source,
        prices.price_local,
        prices.currency,
        prices.source_date,
        prices.days_stale
)

select * from final
