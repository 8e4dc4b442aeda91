-- Pairs of factors that one trade depends on: how their last 250 moves vary together. A factor with
-- itself gives its variance.
with trade_sensitivities as (
    select * from {{ ref("int_trade_sensitivities") }}
),

factor_returns as (
    select *
    from {{ ref("int_risk_factor_returns") }}
    where factor_return is not null
),

pairs as (
    select distinct
        first_factors.risk_factor_id,
        second_factors.risk_factor_id as other_risk_factor_id
    from trade_sensitivities as first_factors
    inner join trade_sensitivities as second_factors
        on first_factors.trade_id = second_factors.trade_id
    where first_factors.risk_factor_id <= second_factors.risk_factor_id
),

paired_moves as (
    select
        first_returns.business_date,
        pairs.risk_factor_id,
        pairs.other_risk_factor_id,
        first_returns.factor_return,
        second_returns.factor_return as other_factor_return
    from pairs
    inner join factor_returns as first_returns
        on pairs.risk_factor_id = first_returns.risk_factor_id
    inner join factor_returns as second_returns
        on
            pairs.other_risk_factor_id = second_returns.risk_factor_id
            and first_returns.business_date = second_returns.business_date
),

measured as (
    select
        business_date,
        risk_factor_id,
        other_risk_factor_id,
        count(*) over moves_window as moves,
        covar_samp(factor_return, other_factor_return) over moves_window as covariance
    from paired_moves
    window moves_window as (
        partition by risk_factor_id, other_risk_factor_id
        order by business_date
        rows between 249 preceding and current row
    )
),

final as (
    select
        business_date,
        risk_factor_id,
        other_risk_factor_id,
        round(covariance, 18) as covariance
    from measured
    where moves = 250
)

select * from final
