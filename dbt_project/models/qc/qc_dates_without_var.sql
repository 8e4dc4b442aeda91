with business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

portfolio_var as (
    select distinct business_date
    from {{ ref("fct_portfolio_var_daily") }}
    where is_headline
),

sensitivities as (
    select distinct
        business_date,
        risk_factor_id
    from {{ ref("int_portfolio_sensitivities") }}
    where delta_usd <> 0 or gamma_usd <> 0
),

scenario_windows as (
    select * from {{ ref("int_scenario_windows") }}
),

final as (
    select
        business_dates.business_date,
        count(sensitivities.risk_factor_id) as risk_factors,
        min(coalesce(scenario_windows.moves, 0)) as moves_of_shortest_factor
    from business_dates
    left join portfolio_var on business_dates.business_date = portfolio_var.business_date
    left join sensitivities on business_dates.business_date = sensitivities.business_date
    left join scenario_windows
        on
            sensitivities.business_date = scenario_windows.business_date
            and sensitivities.risk_factor_id = scenario_windows.risk_factor_id
    where portfolio_var.business_date is null
    group by business_dates.business_date
)

select * from final
