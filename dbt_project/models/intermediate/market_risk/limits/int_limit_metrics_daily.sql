{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

-- Everything that a limit can be set on, one number each. Uses of a limit are positive: a loss is
-- positive and a gain uses nothing.
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

exposure_metrics as (
    select *
    from {{ ref("int_limit_exposure_metrics") }}
    where {{ in_window("business_date") }}
),

sensitivity_metrics as (
    select *
    from {{ ref("int_limit_sensitivity_metrics") }}
    where {{ in_window("business_date") }}
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
    from pnl
    where scope_type = 'firm' and {{ in_window("business_date") }}
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
        'traded_notional_usd' as metric,
        'trader' as scope_type,
        trader_id as scope_id,
        cast(notional_usd as double) as metric_value
    from trader_days
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
    select * from exposure_metrics
    union all
    select * from sensitivity_metrics
)

select * from final
