-- Net positions by issuer, long and short apart, added up by the market of their currency. Options
-- are left out: the simplified approach charges them by methods of their own.
with positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where instrument_type = 'equity'
),

basel_dates as (
    select * from {{ ref("int_basel_dates") }}
),

issuers as (
    select
        basel_dates.reporting_date,
        positions.currency as market,
        positions.instrument_id,
        {{ money("sum(positions.market_value_usd)") }} as net_usd
    from basel_dates
    inner join positions on basel_dates.reporting_date = positions.business_date
    group by basel_dates.reporting_date, positions.currency, positions.instrument_id
),

final as (
    select
        reporting_date,
        market,
        {{ money("sum(case when net_usd > 0 then net_usd else 0 end)") }} as long_usd,
        {{ money("sum(case when net_usd < 0 then -net_usd else 0 end)") }} as short_usd
    from issuers
    group by reporting_date, market
)

select * from final
