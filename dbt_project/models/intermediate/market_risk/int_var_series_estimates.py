"""One row per business date, scope, method, confidence and horizon: weighted, filtered and parametric VaR and ES."""

from python_models.market_risk.scopes import book_series
from python_models.market_risk.series_estimates import series_estimates_frame


def model(dbt, session):
    """Hand P&L vectors from the month's start on to the estimator."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    in_months = f"business_date >= date_trunc('month', date '{start}') and business_date < date '{end}'"
    book_dates = dbt.ref("int_business_dates").filter(f"is_book_date and {in_months}").df()
    dates = dbt.ref("int_business_dates").filter(f"is_book_date and {in_window}").df()
    series = book_series(
        dbt.ref("int_portfolio_sensitivities").filter(in_months).df(),
        dbt.ref("int_risk_class_sensitivities").filter(in_months).df(),
        dbt.ref("int_risk_factor_returns").filter("factor_return is not null").df(),
        dbt.ref("stg_reference__portfolios").df(),
        book_dates["business_date"],
        window=500,
        horizons=(1, 10),
    )
    estimates = series_estimates_frame(series, dates["business_date"], levels=(0.95, 0.975, 0.99))
    return session.from_df(estimates).project(
        """
        cast(business_date as date) as business_date,
        cast(scope_type as varchar) as scope_type,
        cast(scope_id as varchar) as scope_id,
        cast(method as varchar) as method,
        cast(confidence_level as double) as confidence_level,
        cast(horizon_days as integer) as horizon_days,
        cast(quantile_rule as varchar) as quantile_rule,
        cast(scenarios as integer) as scenarios,
        cast(var_usd as double) as var_usd,
        cast(es_usd as double) as es_usd,
        cast(scenario_date as date) as scenario_date,
        cast(window_start as date) as window_start,
        cast(window_end as date) as window_end,
        cast(note as varchar) as note
        """
    )
