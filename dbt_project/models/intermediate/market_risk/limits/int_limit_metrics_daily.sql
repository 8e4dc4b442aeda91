{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

-- Everything that a limit can be set on, one number each. Uses of a limit are positive: a loss is
-- positive and a gain uses nothing; where long and short cancel, the size of what is left counts.
with pnl as (
    select * from {{ ref("fct_pnl_summary_daily") }}
),

portfolio_var as (
    select *
    from {{ ref("fct_portfolio_var_daily") }}
    where
        scope_type in ('firm', 'desk', 'portfolio')
        and is_headline
        and {{ in_window("business_date") }}
),

positions as (
    select *
    from {{ ref("fct_positions_daily") }}
    where instrument_type <> 'cash' and {{ in_window("business_date") }}
),

exposures as (
    select *
    from {{ ref("fct_exposures_daily") }}
    where {{ in_window("business_date") }}
),

concentration as (
    select *
    from {{ ref("fct_concentration_daily") }}
    where {{ in_window("business_date") }}
),

sensitivities as (
    select *
    from {{ ref("int_portfolio_sensitivities") }}
    where {{ in_window("business_date") }}
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
),

traders as (
    select * from {{ ref("stg_reference__traders") }}
),

trades as (
    select *
    from {{ ref("fct_trades") }}
    where not is_cancelled and {{ in_window("business_date") }}
),

pnl_of_month as (
    select
        business_date,
        scope_type,
        scope_id,
        total_pnl_usd,
        sum(total_pnl_usd) over (
            partition by scope_type, scope_id, year(business_date), month(business_date)
            order by business_date
            rows between unbounded preceding and current row
        ) as month_to_date_pnl_usd
    from pnl
),

scope_dates as (
    select
        business_date,
        scope_type,
        scope_id
    from pnl
    where {{ in_window("business_date") }}
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

scope_factors as (
    select
        sensitivities.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        sensitivities.risk_factor_id,
        sum(sensitivities.delta_usd) as delta_usd
    from sensitivities
    inner join scope_portfolios on sensitivities.portfolio_id = scope_portfolios.portfolio_id
    group by
        sensitivities.business_date,
        scope_portfolios.scope_type,
        scope_portfolios.scope_id,
        sensitivities.risk_factor_id
),

-- A basis point is 0.0001 of a rate, a volatility point 0.01.
scope_sensitivities as (
    select
        business_date,
        scope_type,
        scope_id,
        abs(sum(case when risk_factor_id like 'IR:%' then delta_usd else 0 end))
            as rate_delta_usd,
        abs(sum(case when risk_factor_id like 'EQ:%' then delta_usd else 0 end))
            as equity_delta_usd,
        abs(sum(case when risk_factor_id like 'VOL:%' then delta_usd else 0 end))
            as volatility_delta_usd
    from scope_factors
    group by business_date, scope_type, scope_id
),

trader_notionals as (
    select
        business_date,
        trader_id,
        case when count(*) = count(notional_usd) then sum(notional_usd) end as notional_usd
    from trades
    group by business_date, trader_id
),

firm_dates as (
    select business_date
    from scope_dates
    where scope_type = 'firm'
),

trader_days as (
    select
        firm_dates.business_date,
        traders.trader_id,
        case
            when trader_notionals.trader_id is null then {{ money("0") }}
            else trader_notionals.notional_usd
        end as notional_usd
    from firm_dates
    inner join traders on firm_dates.business_date >= traders.mandate_from
    left join trader_notionals
        on
            firm_dates.business_date = trader_notionals.business_date
            and traders.trader_id = trader_notionals.trader_id
),

without_keys as (
    select
        business_date,
        'var_99_1d_usd' as metric,
        scope_type,
        scope_id,
        cast(var_usd as double) as metric_value
    from portfolio_var
    where confidence_level = 0.99
    union all
    select
        business_date,
        'es_97_5_1d_usd' as metric,
        scope_type,
        scope_id,
        cast(es_usd as double) as metric_value
    from portfolio_var
    where confidence_level = 0.975
    union all
    select
        business_date,
        'loss_1d_usd' as metric,
        scope_type,
        scope_id,
        cast(case when total_pnl_usd > 0 then 0 else -total_pnl_usd end as double)
            as metric_value
    from pnl_of_month
    where {{ in_window("business_date") }}
    union all
    select
        business_date,
        'loss_month_to_date_usd' as metric,
        scope_type,
        scope_id,
        cast(case when month_to_date_pnl_usd > 0 then 0 else -month_to_date_pnl_usd end as double)
            as metric_value
    from pnl_of_month
    where {{ in_window("business_date") }}
    union all
    select
        business_date,
        'gross_market_value_usd' as metric,
        scope_type,
        scope_id,
        case when is_missing = 0 then cast(gross_market_value_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        'net_market_value_usd' as metric,
        scope_type,
        scope_id,
        case when is_missing = 0 then cast(net_market_value_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        'gross_exposure_usd' as metric,
        scope_type,
        scope_id,
        case when is_missing = 0 then cast(gross_exposure_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        'net_exposure_usd' as metric,
        scope_type,
        scope_id,
        case when is_missing = 0 then cast(net_exposure_usd as double) end as metric_value
    from scope_values
    union all
    select
        business_date,
        'dv01_usd' as metric,
        scope_type,
        scope_id,
        round(cast(rate_delta_usd as double) * 0.0001, 6) as metric_value
    from scope_sensitivities
    union all
    select
        business_date,
        'equity_delta_usd' as metric,
        scope_type,
        scope_id,
        cast(equity_delta_usd as double) as metric_value
    from scope_sensitivities
    union all
    select
        business_date,
        'vega_usd' as metric,
        scope_type,
        scope_id,
        round(cast(volatility_delta_usd as double) * 0.01, 6) as metric_value
    from scope_sensitivities
    union all
    select
        business_date,
        'traded_notional_usd' as metric,
        'trader' as scope_type,
        trader_id as scope_id,
        cast(notional_usd as double) as metric_value
    from trader_days
),

with_keys as (
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
        'key_rate_dv01_usd' as metric,
        scope_type,
        scope_id,
        'key_rate' as exposure_type,
        risk_factor_id as exposure_key,
        round(abs(cast(delta_usd as double)) * 0.0001, 6) as metric_value
    from scope_factors
    where risk_factor_id like 'IR:%'
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
),

final as (
    select
        business_date,
        metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        metric_value
    from without_keys
    union all
    select * from with_keys
)

select * from final
