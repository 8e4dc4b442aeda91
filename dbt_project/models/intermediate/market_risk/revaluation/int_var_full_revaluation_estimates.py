"""One row per full-revaluation date, scope, method, confidence, horizon and quantile rule: VaR and ES."""

import pandas as pd

from python_models.market_risk.full_revaluation import (
    RevaluationInputs,
    historical_full_revaluation_frame,
    monte_carlo_frame,
)


def model(dbt, session):
    """Hand terms, market data, positions and factor moves of the full-revaluation dates to the estimators."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    dates = dbt.ref("int_full_revaluation_dates").filter(in_window).df()
    inputs = RevaluationInputs(
        instruments=dbt.ref("int_revalued_instruments").df(),
        curves=dbt.ref("int_zero_curves").df(),
        spots=dbt.ref("int_risk_factor_levels").filter("factor_type in ('equity', 'fx')").df(),
        volatilities=dbt.ref("int_implied_volatilities_daily").df(),
        positions=dbt.ref("int_full_revaluation_positions").filter(in_window).df(),
        portfolios=dbt.ref("stg_reference__portfolios").df(),
        factor_returns=dbt.ref("int_risk_factor_returns").filter("factor_return is not null").df(),
    )
    wanted = dates["business_date"]
    settings = {
        "levels": (0.95, 0.975, 0.99),
        "rules": ("order_statistic", "linear"),
        "horizons": (1, 10),
        "window": 500,
    }
    estimates = pd.concat(
        [
            historical_full_revaluation_frame(inputs, wanted, **settings),
            monte_carlo_frame(inputs, wanted, seed=20190703, n=5000, degrees_of_freedom=(None, 5.0), **settings),
        ],
        ignore_index=True,
    )
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
