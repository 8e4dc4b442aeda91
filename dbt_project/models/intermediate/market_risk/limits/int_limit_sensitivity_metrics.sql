{{ config(materialized="view") }}

-- Sensitivities that limits are set on, by size: what is long and what is short cancel first.
with sensitivities as (
    select * from {{ ref("int_portfolio_sensitivities") }}
),

scope_portfolios as (
    select * from {{ ref("int_scope_portfolios") }}
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

final as (
    select
        business_date,
        'dv01_usd' as metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        round(cast(rate_delta_usd as double) * 0.0001, 6) as metric_value
    from scope_sensitivities
    union all
    select
        business_date,
        'equity_delta_usd' as metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        cast(equity_delta_usd as double) as metric_value
    from scope_sensitivities
    union all
    select
        business_date,
        'vega_usd' as metric,
        scope_type,
        scope_id,
        cast(null as string) as exposure_type,
        cast(null as string) as exposure_key,
        round(cast(volatility_delta_usd as double) * 0.01, 6) as metric_value
    from scope_sensitivities
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
)

select * from final
