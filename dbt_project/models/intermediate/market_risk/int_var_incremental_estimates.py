"""One row per business date, scope, confidence and member: VaR of the member alone, and what it adds to the scope's."""

from python_models.market_risk.estimates import incremental_var_frame
from python_models.market_risk.scenarios import scenario_pnl
from python_models.market_risk.scopes import scope_series


def model(dbt, session):
    """Hand the window's one-day P&L vectors to the estimator."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    portfolios = dbt.ref("stg_reference__portfolios").df()
    sensitivities = dbt.ref("int_portfolio_sensitivities").filter(in_window).df()
    dates = dbt.ref("int_business_dates").filter(f"is_book_date and {in_window}").df()
    returns = dbt.ref("int_risk_factor_returns").filter("factor_return is not null").df()
    series = scope_series(scenario_pnl(sensitivities, returns, dates["business_date"], window=500), portfolios)
    estimates = incremental_var_frame(series, portfolios, levels=(0.95, 0.975, 0.99), rule="order_statistic")
    return session.from_df(estimates).project(
        """
        cast(business_date as date) as business_date,
        cast(scope_type as varchar) as scope_type,
        cast(scope_id as varchar) as scope_id,
        cast(confidence_level as double) as confidence_level,
        cast(quantile_rule as varchar) as quantile_rule,
        cast(member_type as varchar) as member_type,
        cast(member_id as varchar) as member_id,
        cast(standalone_var_usd as double) as standalone_var_usd,
        cast(incremental_var_usd as double) as incremental_var_usd
        """
    )
