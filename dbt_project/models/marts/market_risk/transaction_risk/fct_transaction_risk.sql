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

market_risks as (
    select *
    from {{ ref("int_trade_market_risk") }}
    where {{ in_window("business_date") }}
),

credit_exposures as (
    select *
    from {{ ref("int_trade_credit_exposures") }}
    where {{ in_window("business_date") }}
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

loss_rates as (
    select * from {{ ref("operational_loss_rates") }}
),

measured as (
    select
        trades.*,
        market_risks.market_risk_usd,
        market_risks.var_usd,
        market_risks.trade_id is not null as is_sensitive,
        credit_exposures.is_counterparty_known,
        credit_exposures.is_rating_defaulted,
        credit_exposures.exposure_at_default_usd,
        credit_exposures.default_probability,
        credit_exposures.loss_given_default,
        {{ money(
            "cast(credit_exposures.exposure_at_default_usd as double)"
            ~ " * credit_exposures.default_probability * credit_exposures.loss_given_default"
        ) }} as credit_risk_usd,
        {{ money("cast(trades.notional_usd as double) * loss_rates.loss_rate_bps / 10000") }}
            as operational_risk_usd,
        portfolio_var.var_usd as portfolio_risk_usd
    from trades
    inner join business_dates on trades.business_date = business_dates.business_date
    inner join credit_exposures
        on
            trades.trade_id = credit_exposures.trade_id
            and trades.business_date = credit_exposures.business_date
    left join market_risks
        on
            trades.trade_id = market_risks.trade_id
            and trades.business_date = market_risks.business_date
    left join portfolio_var
        on
            business_dates.previous_business_date = portfolio_var.business_date
            and trades.portfolio_id = portfolio_var.scope_id
    left join loss_rates
        on
            trades.product_type = loss_rates.product_type
            and loss_rates.source_system = 'front_office'
            and trades.business_date >= loss_rates.valid_from
            and trades.business_date < loss_rates.valid_to
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
        is_rating_defaulted as is_pd_defaulted,
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
    from measured
)

select * from final
