{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with trade_sensitivities as (
    select *
    from {{ ref("int_trade_sensitivities") }}
    where {{ in_window("business_date") }}
),

covariances as (
    select *
    from {{ ref("int_risk_factor_covariances") }}
    where {{ in_window("business_date") }}
),

-- Each pair of different factors counts twice in the variance of their sum.
pair_variances as (
    select
        first_deltas.business_date,
        first_deltas.trade_id,
        first_deltas.risk_factor_id = second_deltas.risk_factor_id as is_own_variance,
        case when first_deltas.risk_factor_id = second_deltas.risk_factor_id then 1 else 2 end
        * cast(first_deltas.delta_usd as double) * cast(second_deltas.delta_usd as double)
        * covariances.covariance as variance_usd
    from trade_sensitivities as first_deltas
    inner join trade_sensitivities as second_deltas
        on
            first_deltas.trade_id = second_deltas.trade_id
            and first_deltas.business_date = second_deltas.business_date
    left join covariances
        on
            first_deltas.business_date = covariances.business_date
            and first_deltas.risk_factor_id = covariances.risk_factor_id
            and second_deltas.risk_factor_id = covariances.other_risk_factor_id
    where first_deltas.risk_factor_id <= second_deltas.risk_factor_id
),

-- Sums of money do not depend on the order of the rows, sums of doubles do. One factor without a
-- volatility leaves the trade without a figure.
trade_variances as (
    select
        business_date,
        trade_id,
        case
            when count(*) = count(variance_usd)
                then cast(sum({{ money("variance_usd") }}) as double)
        end as variance_usd,
        case
            when count(*) = count(variance_usd)
                then cast(
                    sum(case when is_own_variance then {{ money("variance_usd") }} else 0 end)
                    as double
                )
        end as uncorrelated_variance_usd
    from pair_variances
    group by business_date, trade_id
),

final as (
    select
        business_date,
        trade_id,
        {{ money(normal_quantile("0.99") ~ " * sqrt(uncorrelated_variance_usd)") }}
            as market_risk_usd,
        {{ money(
            normal_quantile("0.99")
            ~ " * sqrt(case when variance_usd < 0 then 0 else variance_usd end)"
        ) }} as var_usd
    from trade_variances
)

select * from final
