with scopes as (
    select distinct
        scope_type,
        scope_id
    from {{ ref("int_scope_portfolios") }}
),

business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date and {{ in_window("business_date") }}
),

short_of_history as (
    select *
    from {{ ref("qc_dates_without_var") }}
    where moves_of_shortest_factor < 500
),

portfolio_var as (
    select distinct
        business_date,
        scope_type,
        scope_id
    from {{ ref("fct_portfolio_var_daily") }}
    where is_headline
)

select
    business_dates.business_date,
    scopes.scope_type,
    scopes.scope_id
from business_dates
cross join scopes
left join portfolio_var
    on
        business_dates.business_date = portfolio_var.business_date
        and scopes.scope_type = portfolio_var.scope_type
        and scopes.scope_id = portfolio_var.scope_id
left join short_of_history on business_dates.business_date = short_of_history.business_date
where portfolio_var.business_date is null and short_of_history.business_date is null
