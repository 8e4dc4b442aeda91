"""One row per business date, portfolio and scenario: P&L under the last 500 one-day factor moves."""

from python_models.market_risk.scenarios import scenario_pnl, scenario_pnl_frame


def model(dbt, session):
    """Hand the window's sensitivities and the whole factor history to the scenario function."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="window",
        on_schema_change="fail",
    )
    start, end = dbt.config.meta_get("start_date"), dbt.config.meta_get("end_date")
    in_window = f"business_date >= date '{start}' and business_date < date '{end}'"
    sensitivities = dbt.ref("int_portfolio_sensitivities").filter(in_window).df()
    dates = dbt.ref("int_business_dates").filter(f"is_book_date and {in_window}").df()
    returns = dbt.ref("int_risk_factor_returns").filter("factor_return is not null").df()
    scenarios = scenario_pnl_frame(scenario_pnl(sensitivities, returns, dates["business_date"], window=500))
    return session.from_df(scenarios).project(
        """
        cast(business_date as date) as business_date,
        cast(portfolio_id as varchar) as portfolio_id,
        cast(scenario_number as integer) as scenario_number,
        cast(scenario_date as date) as scenario_date,
        cast(pnl_usd as double) as pnl_usd
        """
    )
