{{ config(materialized="view") }}

-- Sizes of what is held that limits are set on: in all, by issuer and by currency, and how much of
-- it is in one place.
with pnl as (
    select * from {{ ref("fct_pnl_summary_daily") }}
),

positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where instrument_type <> 'cash'
),

exposures as (
    select * from {{ ref("fct_exposures_daily") }}
),

concentration as (
    select * from {{ ref("fct_concentration_daily") }}
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

scope_dates as (
    select
        business_date,
        scope_type,
        scope_id
    from pnl
),

-- One position without a value leaves the portfolio without one.
portfolio_values as (
    select
        business_date,
        portfolio_id,
        case when count(*) = count(market_value_usd) then sum(abs(market_value_usd)) end
            as gross_usd,
        case when count(*) = count(market_value_usd) then sum(market_value_usd) end as net_usd,
        case when count(*) > count(market_value_usd) then 1 else 0 end as is_missing
    from positions
    group by business_date, portfolio_id
),

portfolio_exposures as (
    select
        business_date,
        portfolio_id,
        sum(gross_usd) as gross_usd,
        sum(net_usd) as net_usd
    from exposures
    where exposure_type = 'asset_class' and exposure_key <> 'cash'
    group by business_date, portfolio_id
),

-- Who holds nothing has a value of zero; every scope has a row on every business date.
scope_values as (
    select
        scope_dates.business_date,
        scope_dates.scope_type,
        scope_dates.scope_id,
        max(coalesce(portfolio_values.is_missing, 0)) as is_missing,
        sum(coalesce(portfolio_values.gross_usd, 0)) as gross_market_value_usd,
        abs(sum(coalesce(portfolio_values.net_usd, 0))) as net_market_value_usd,
        sum(coalesce(portfolio_exposures.gross_usd, 0)) as gross_exposure_usd,
        abs(sum(coalesce(portfolio_exposures.net_usd, 0))) as net_exposure_usd
    from scope_dates
    inner join scope_portfolios
        on
            scope_dates.scope_type = scope_portfolios.scope_type
            and scope_dates.scope_id = scope_portfolios.scope_id
    left join portfolio_values
        on
            scope_dates.business_date = portfolio_values.business_date
            and scope_portfolios.portfolio_id = portfolio_values.portfolio_id
    left join portfolio_exposures
        on
            scope_dates.business_date = portfolio_exposures.business_date
            and scope_portfolios.portfolio_id = portfolio_exposures.portfolio_id
    group by scope_dates.business_date, scope_dates.scope_type, scope_dates.scope_id
),

scope_keys as (
    select
        exposures.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        exposures.exposure_type,
        exposures.exposure_key,
        abs(sum(exposures.net_usd)) as net_usd
    from exposures
    inner join scope_portfolios on exposures.portfolio_id = scope_portfolios.portfolio_id
    where
        exposures.exposure_type = 'issuer'
        or (exposures.exposure_type = 'currency' and exposures.exposure_key <> 'USD')
    group by
        exposures.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        exposures.exposure_type,
        exposures.exposure_key
),

final as (
    select
        business_date,
        'gross_market_value_usd' as metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        case when is_missing = 0 then cast(gross_market_value_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        'net_market_value_usd' as metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        case when is_missing = 0 then cast(net_market_value_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        'gross_exposure_usd' as metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        case when is_missing = 0 then cast(gross_exposure_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        'net_exposure_usd' as metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        case when is_missing = 0 then cast(net_exposure_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        case exposure_type
            when 'issuer' then 'issuer_exposure_usd'
            else 'currency_position_usd'
        end as metric,
        scope_type,
        scope_id,
        exposure_type,
        exposure_key,
        cast(net_usd as double) as metric_value
    from scope_keys
    union all
    select
        business_date,
        'concentration_hhi' as metric,
        scope_type,
        scope_id,
        exposure_type,
        cast(null as string) as exposure_key,
        hhi as metric_value
    from concentration
)

select * from final
