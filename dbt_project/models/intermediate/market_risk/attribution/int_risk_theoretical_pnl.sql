{{ config(materialized="view") }}

-- The VaR model's own P&L: yesterday's sensitivities under today's factor moves.
with business_dates as (
    select *
    from {{ ref("int_business_dates") }}
    where is_book_date
),

sensitivities as (
    select * from {{ ref("int_portfolio_sensitivities") }}
),

factor_returns as (
    select * from {{ ref("int_risk_factor_returns") }}
),

moved as (
    select
        business_dates.business_date,
        sensitivities.portfolio_id,
        sensitivities.risk_factor_id,
        sensitivities.delta_usd,
        sensitivities.gamma_usd,
        factor_returns.factor_return,
        sensitivities.delta_usd <> 0 or sensitivities.gamma_usd <> 0 as is_sensitive
    from business_dates
    inner join sensitivities
        on business_dates.previous_business_date = sensitivities.business_date
    left join factor_returns
        on
            business_dates.business_date = factor_returns.business_date
            and sensitivities.risk_factor_id = factor_returns.risk_factor_id
),

final as (
    select
        business_date,
        portfolio_id,
        risk_factor_id,
        delta_usd,
        gamma_usd,
        factor_return,
        case
            when delta_usd = 0 then {{ money("0") }}
            else {{ money("cast(delta_usd as double) * factor_return") }}
        end as delta_pnl_usd,
        case
            when gamma_usd = 0 then {{ money("0") }}
            else {{ money(
                "0.5 * cast(gamma_usd as double) * factor_return * factor_return"
            ) }}
        end as gamma_pnl_usd,
        is_sensitive and factor_return is null as is_move_missing
    from moved
)

select * from final
