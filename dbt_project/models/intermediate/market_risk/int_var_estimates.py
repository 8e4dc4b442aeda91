"""One row per business date, scope, horizon, confidence, quantile rule and tail scenario: historical VaR and ES."""

from python_models.market_risk.estimates import var_estimates_frame
from python_models.market_risk.scopes import book_series


def model(dbt, session):
    """Hand the window's P&L vectors to the estimator."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    dates = dbt.ref("int_business_dates").filter(f"is_book_date and {in_window}").df()
    series = book_series(
        dbt.ref("int_portfolio_sensitivities").filter(in_window).df(),
        dbt.ref("int_risk_class_sensitivities").filter(in_window).df(),
        dbt.ref("int_risk_factor_returns").filter("factor_return is not null").df(),
        dbt.ref("stg_reference__portfolios").df(),
        dates["business_date"],
        window=500,
        horizons=(1, 10),
    )
    estimates = var_estimates_frame(series, levels=(0.95, 0.975, 0.99), rules=("order_statistic", "linear"))
    return session.from_df(estimates).project(
        """
        cast(business_date as date) as business_date,
        cast(scope_type as varchar) as scope_type,
        cast(scope_id as varchar) as scope_id,
        cast(horizon_days as integer) as horizon_days,
        cast(confidence_level as double) as confidence_level,
        cast(quantile_rule as varchar) as quantile_rule,
        cast(scenario_number as integer) as scenario_number,
        cast(scenario_date as date) as scenario_date,
        cast(scenario_weight as double) as scenario_weight,
        cast(var_usd as double) as var_usd,
        cast(es_usd as double) as es_usd,
        cast(scenarios as integer) as scenarios,
        cast(window_start as date) as window_start,
        cast(window_end as date) as window_end
        """
    )
