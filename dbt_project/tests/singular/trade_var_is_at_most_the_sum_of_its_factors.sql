-- Correlations can at most make every factor lose at once; with a single factor there is nothing to
-- correlate. A cent, and a part in a million, for rounding.
with factor_losses as (
    select
        trade_sensitivities.trade_id,
        count(*) as factors,
        sum(
            abs(cast(trade_sensitivities.delta_usd as double)) * sqrt(covariances.covariance)
        ) * {{ normal_quantile("0.99") }} as summed_losses_usd
    from {{ ref("int_trade_sensitivities") }} as trade_sensitivities
    inner join {{ ref("int_risk_factor_covariances") }} as covariances
        on
            trade_sensitivities.business_date = covariances.business_date
            and trade_sensitivities.risk_factor_id = covariances.risk_factor_id
            and trade_sensitivities.risk_factor_id = covariances.other_risk_factor_id
    where {{ in_window("trade_sensitivities.business_date") }}
    group by trade_sensitivities.trade_id
)

select
    transaction_risk.trade_id,
    factor_losses.factors,
    transaction_risk.market_risk_usd,
    transaction_risk.var_usd,
    factor_losses.summed_losses_usd
from {{ ref("fct_transaction_risk") }} as transaction_risk
left join factor_losses on transaction_risk.trade_id = factor_losses.trade_id
where
    not transaction_risk.is_market_risk_missing
    and {{ in_window("transaction_risk.business_date") }}
    and not coalesce(
        cast(transaction_risk.var_usd as double)
        <= factor_losses.summed_losses_usd * 1.000001 + 0.01
        and (
            factor_losses.factors > 1
            or abs(transaction_risk.var_usd - transaction_risk.market_risk_usd) <= 0.01
        ),
        false
    )
