{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with pnl as (
    select * from {{ ref("fct_pnl_daily") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

scopes as (
    select * from {{ ref("int_scope_portfolios") }}
),

portfolio_totals as (
    select
        business_date,
        portfolio_id,
        sum(closing_value_usd) as market_value_usd,
        sum(realised_pnl_usd) as realised_pnl_usd,
        sum(unrealised_pnl_usd) as unrealised_pnl_usd,
        sum(income_usd) as income_usd,
        sum(total_pnl_usd) as total_pnl_usd,
        sum(hypothetical_pnl_usd) as hypothetical_pnl_usd,
        sum(new_trade_pnl_usd) as new_trade_pnl_usd
    from pnl
    group by business_date, portfolio_id
),

-- A scope has a row on every business date of the book, quiet days included.
scope_totals as (
    select
        business_dates.business_date,
        scopes.scope_type,
        scopes.scope_id,
        sum(coalesce(portfolio_totals.market_value_usd, 0)) as market_value_usd,
        sum(coalesce(portfolio_totals.realised_pnl_usd, 0)) as realised_pnl_usd,
        sum(coalesce(portfolio_totals.unrealised_pnl_usd, 0)) as unrealised_pnl_usd,
        sum(coalesce(portfolio_totals.income_usd, 0)) as income_usd,
        sum(coalesce(portfolio_totals.total_pnl_usd, 0)) as total_pnl_usd,
        sum(coalesce(portfolio_totals.hypothetical_pnl_usd, 0)) as hypothetical_pnl_usd,
        sum(coalesce(portfolio_totals.new_trade_pnl_usd, 0)) as new_trade_pnl_usd
    from business_dates
    cross join scopes
    left join portfolio_totals
        on
            business_dates.business_date = portfolio_totals.business_date
            and scopes.portfolio_id = portfolio_totals.portfolio_id
    group by business_dates.business_date, scopes.scope_type, scopes.scope_id
),

cumulated as (
    select
        *,
        sum(total_pnl_usd) over (
            partition by scope_type, scope_id
            order by business_date
            rows between unbounded preceding and current row
        ) as cumulative_pnl_usd
    from scope_totals
),

final as (
    select
        business_date,
        scope_type,
        scope_id,
        {{ money("market_value_usd") }} as market_value_usd,
        {{ money("realised_pnl_usd") }} as realised_pnl_usd,
        {{ money("unrealised_pnl_usd") }} as unrealised_pnl_usd,
        {{ money("income_usd") }} as income_usd,
        {{ money("total_pnl_usd") }} as total_pnl_usd,
        {{ money("hypothetical_pnl_usd") }} as hypothetical_pnl_usd,
        {{ money("new_trade_pnl_usd") }} as new_trade_pnl_usd,
        {{ money("cumulative_pnl_usd") }} as cumulative_pnl_usd
    from cumulated
    where {{ in_window("business_date") }}
)

select * from final
