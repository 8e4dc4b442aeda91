{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with pnl as (
    select *
    from {{ ref("fct_pnl_summary_daily") }}
    where {{ in_window("business_date") }}
),

portfolio_var as (
    select *
    from {{ ref("fct_portfolio_var_daily") }}
    where is_headline
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

first_var_dates as (
    select
        confidence_level,
        quantile_rule,
        min(business_date) as first_var_date
    from portfolio_var
    group by confidence_level, quantile_rule
),

-- From the day after the first VaR on, every date is compared; one without a VaR counts as an
-- exception (MAR32.5).
compared as (
    select
        pnl.business_date,
        pnl.scope_type,
        pnl.scope_id,
        first_var_dates.confidence_level,
        first_var_dates.quantile_rule,
        business_dates.previous_business_date as var_date,
        portfolio_var.var_usd,
        pnl.total_pnl_usd as actual_pnl_usd,
        pnl.hypothetical_pnl_usd
    from pnl
    inner join business_dates on pnl.business_date = business_dates.business_date
    inner join first_var_dates
        on business_dates.previous_business_date >= first_var_dates.first_var_date
    left join portfolio_var
        on
            business_dates.previous_business_date = portfolio_var.business_date
            and pnl.scope_type = portfolio_var.scope_type
            and pnl.scope_id = portfolio_var.scope_id
            and first_var_dates.confidence_level = portfolio_var.confidence_level
            and first_var_dates.quantile_rule = portfolio_var.quantile_rule
),

final as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        quantile_rule,
        var_date,
        var_usd,
        actual_pnl_usd,
        hypothetical_pnl_usd,
        coalesce(-actual_pnl_usd > var_usd, true) as is_actual_exception,
        coalesce(-hypothetical_pnl_usd > var_usd, true) as is_hypothetical_exception,
        var_usd is null as is_var_missing
    from compared
)

select * from final
