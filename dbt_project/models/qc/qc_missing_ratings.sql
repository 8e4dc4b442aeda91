with counterparties as (
    select *
    from {{ ref("dim_counterparties") }}
    where is_rating_defaulted
),

trades as (
    select * from {{ ref("fct_trades") }}
),

exposures as (
    select *
    from {{ ref("fct_exposures_daily") }}
    where exposure_type = 'issuer'
),

last_dates as (
    select max(business_date) as business_date from exposures
),

traded as (
    select
        counterparty_lei,
        count(*) as trades,
        max(trade_date) as last_trade_date
    from trades
    where not is_cancelled
    group by counterparty_lei
),

held as (
    select
        exposures.exposure_key as counterparty_lei,
        {{ money("sum(exposures.gross_usd)") }} as gross_exposure_usd
    from exposures
    inner join last_dates on exposures.business_date = last_dates.business_date
    group by exposures.exposure_key
),

final as (
    select
        counterparties.counterparty_lei,
        counterparties.counterparty_name,
        counterparties.counterparty_type,
        counterparties.country,
        coalesce(traded.trades, 0) as trades,
        traded.last_trade_date,
        held.gross_exposure_usd
    from counterparties
    left join traded on counterparties.counterparty_lei = traded.counterparty_lei
    left join held on counterparties.counterparty_lei = held.counterparty_lei
)

select * from final
