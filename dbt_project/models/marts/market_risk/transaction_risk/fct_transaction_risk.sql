{{ config(
    materialized="incremental",
    incremental_strategy="window",
    on_schema_change="fail",
) }}

with trades as (
    select *
    from {{ ref("fct_trades") }}
    where not is_cancelled and {{ in_window("business_date") }}
),

trade_sensitivities as (
    select *
    from {{ ref("int_trade_sensitivities") }}
    where {{ in_window("business_date") }}
),

covariances as (
    select *
    from {{ ref("int_risk_factor_covariances") }}
    where {{ in_window("business_date") }}
),

instruments as (
    select * from {{ ref("int_instruments") }}
),

prices as (
    select *
    from {{ ref("fct_prices_daily") }}
    where {{ in_window("business_date") }}
),

fx_rates as (
    select * from {{ ref("int_fx_rates_daily") }}
),

business_dates as (
    select * from {{ ref("int_business_dates") }}
),

portfolio_var as (
    select *
    from {{ ref("fct_portfolio_var_daily") }}
    where
        scope_type = 'portfolio' and confidence_level = 0.99 and is_headline
),

counterparty_versions as (
    select * from {{ ref("int_counterparty_versions") }}
),

default_probabilities as (
    select * from {{ ref("default_probabilities") }}
),

loss_given_default as (
    select * from {{ ref("loss_given_default") }}
),

add_ons as (
    select * from {{ ref("exposure_add_ons") }}
),

loss_rates as (
    select * from {{ ref("operational_loss_rates") }}
),

-- Each pair of different factors counts twice in the variance of their sum.
pair_variances as (
    select
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
    group by trade_id
),

-- What it would cost at the close to replace the trade, and the amount that its add-on is taken of.
exposed as (
    select
        trades.*,
        business_dates.previous_business_date,
        case
            when trades.product_type in ('fx_spot', 'equity', 'government_bond') then 0
            else {{ days_between("trades.business_date", "instruments.maturity_date") }}
        end as days_to_settlement,
        {{ money(
            "cast(case trades.side when 'buy' then trades.quantity else -trades.quantity end as double)"
            ~ " * (prices.price_local - case when trades.is_over_the_counter then 0"
            ~ " else cast(trades.price as double) end)"
            ~ " * instruments.contract_multiplier * fx_rates.fx_rate_usd"
        ) }} as replacement_value_usd,
        case
            when trades.product_type = 'equity_option'
                then {{ money(
                    "cast(trades.quantity as double) * instruments.contract_multiplier"
                    ~ " * instruments.strike_price * fx_rates.fx_rate_usd"
                ) }}
            else trades.notional_usd
        end as add_on_basis_usd
    from trades
    inner join instruments on trades.instrument_id = instruments.instrument_id
    inner join business_dates on trades.business_date = business_dates.business_date
    left join prices
        on
            trades.business_date = prices.business_date
            and trades.instrument_id = prices.instrument_id
    left join fx_rates
        on
            trades.business_date = fx_rates.business_date
            and instruments.currency = fx_rates.currency
),

-- One-year probabilities follow from three-year default rates.
parameterised as (
    select
        exposed.*,
        counterparty_versions.counterparty_lei is not null as is_counterparty_known,
        counterparty_versions.is_rating_defaulted,
        greatest(
            1 - power(1 - default_probabilities.three_year_default_rate, cast(1 as double) / 3),
            default_probabilities.pd_floor
        ) as default_probability,
        loss_given_default.loss_given_default,
        add_ons.add_on_pct,
        loss_rates.loss_rate_bps
    from exposed
    left join counterparty_versions
        on
            exposed.counterparty_lei = counterparty_versions.counterparty_lei
            and exposed.business_date >= counterparty_versions.valid_from
            and exposed.business_date < counterparty_versions.valid_to
    left join default_probabilities
        on
            counterparty_versions.rating = default_probabilities.rating
            and exposed.business_date >= default_probabilities.valid_from
            and exposed.business_date < default_probabilities.valid_to
    left join loss_given_default
        on
            counterparty_versions.counterparty_type = loss_given_default.counterparty_type
            and exposed.business_date >= loss_given_default.valid_from
            and exposed.business_date < loss_given_default.valid_to
    left join add_ons
        on
            exposed.product_type = add_ons.product_type
            and exposed.days_to_settlement >= add_ons.min_days
            and exposed.days_to_settlement <= add_ons.max_days
            and exposed.business_date >= add_ons.valid_from
            and exposed.business_date < add_ons.valid_to
    left join loss_rates
        on
            exposed.product_type = loss_rates.product_type
            and loss_rates.source_system = 'front_office'
            and exposed.business_date >= loss_rates.valid_from
            and exposed.business_date < loss_rates.valid_to
),

measured as (
    select
        parameterised.*,
        {{ money(
            normal_quantile("0.99")
            ~ " * sqrt(trade_variances.uncorrelated_variance_usd)"
        ) }} as market_risk_usd,
        {{ money(
            normal_quantile("0.99")
            ~ " * sqrt(case when trade_variances.variance_usd < 0 then 0"
            ~ " else trade_variances.variance_usd end)"
        ) }} as var_usd,
        case
            when parameterised.replacement_value_usd < 0 then {{ money("0") }}
            else parameterised.replacement_value_usd
        end + {{ money(
            "cast(parameterised.add_on_basis_usd as double) * parameterised.add_on_pct / 100"
        ) }} as exposure_at_default_usd,
        {{ money(
            "cast(parameterised.notional_usd as double) * parameterised.loss_rate_bps / 10000"
        ) }} as operational_risk_usd,
        portfolio_var.var_usd as portfolio_risk_usd,
        trade_variances.trade_id is not null as is_sensitive
    from parameterised
    left join trade_variances on parameterised.trade_id = trade_variances.trade_id
    left join portfolio_var
        on
            parameterised.previous_business_date = portfolio_var.business_date
            and parameterised.portfolio_id = portfolio_var.scope_id
),

with_credit_risk as (
    select
        *,
        {{ money(
            "cast(exposure_at_default_usd as double) * default_probability * loss_given_default"
        ) }} as credit_risk_usd
    from measured
),

final as (
    select
        trade_id,
        business_date,
        desk_id,
        portfolio_id,
        trader_id,
        instrument_id,
        product_type,
        counterparty_lei,
        notional_usd,
        market_risk_usd,
        exposure_at_default_usd,
        default_probability,
        loss_given_default,
        credit_risk_usd,
        operational_risk_usd,
        market_risk_usd + credit_risk_usd + operational_risk_usd as total_risk_usd,
        portfolio_risk_usd,
        var_usd,
        coalesce(is_rating_defaulted, false) as is_pd_defaulted,
        market_risk_usd is null as is_market_risk_missing,
        credit_risk_usd is null as is_credit_risk_missing,
        nullif(
            trim(
                case
                    when market_risk_usd is not null then ''
                    when is_sensitive then 'A risk factor has fewer than 250 moves. '
                    else 'The instrument has no sensitivity on the trade date. '
                end
                || case
                    when credit_risk_usd is not null then ''
                    when not is_counterparty_known then 'The counterparty is unknown. '
                    when exposure_at_default_usd is null then 'The exposure is unknown. '
                    else 'A rating or type of counterparty has no parameter. '
                end
                || case
                    when operational_risk_usd is null then 'The product has no loss rate. '
                    else ''
                end
                || case
                    when portfolio_risk_usd is null
                        then 'The portfolio has no VaR on the business date before. '
                    else ''
                end
            ),
            ''
        ) as note
    from with_credit_risk
)

select * from final
