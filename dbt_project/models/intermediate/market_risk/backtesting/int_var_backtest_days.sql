{{ config(materialized="view") }}

with exceptions as (
    select * from {{ ref("fct_var_exceptions_daily") }}
),

portfolio_var as (
    select *
    from {{ ref("fct_portfolio_var_daily") }}
    where is_headline
),

compared as (
    select
        exceptions.*,
        portfolio_var.es_usd
    from exceptions
    left join portfolio_var
        on
            exceptions.var_date = portfolio_var.business_date
            and exceptions.scope_type = portfolio_var.scope_type
            and exceptions.scope_id = portfolio_var.scope_id
            and exceptions.confidence_level = portfolio_var.confidence_level
            and exceptions.quantile_rule = portfolio_var.quantile_rule
),

by_pnl_type as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        'actual' as pnl_type,
        actual_pnl_usd as pnl_usd,
        es_usd,
        is_var_missing or actual_pnl_usd is null as is_missing,
        is_actual_exception as is_exception
    from compared
    union all
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        'hypothetical' as pnl_type,
        hypothetical_pnl_usd as pnl_usd,
        es_usd,
        is_var_missing or hypothetical_pnl_usd is null as is_missing,
        is_hypothetical_exception as is_exception
    from compared
),

-- Decimals add up to the same sum in any order, doubles do not.
final as (
    select
        business_date,
        scope_type,
        scope_id,
        confidence_level,
        pnl_type,
        is_missing,
        is_exception,
        row_number() over series as day_number,
        lag(is_exception) over series as was_exception,
        case
            when is_exception and not is_missing and es_usd > 0
                then cast(cast(-pnl_usd as double) / cast(es_usd as double) as decimal(38, 12))
        end as shortfall_ratio
    from by_pnl_type
    window series as (
        partition by scope_type, scope_id, confidence_level, pnl_type
        order by business_date
    )
)

select * from final
