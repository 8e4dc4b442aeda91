"""The app's SQL runs on the columns the marts' contracts promise to the analyst, without building anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from streamlit_app.repositories import (
    backtesting,
    best_execution,
    capital,
    credit_risk,
    deliveries,
    exposures,
    large_exposures,
    limits,
    liquidity,
    market_risk,
    pnl_explain,
    position_limits,
    positions,
    regulatory,
    risk_data,
    sensitivities,
    sox_controls,
    stress,
    transaction_reporting,
    transaction_risk,
)

MODELS = Path(__file__).parents[3] / "dbt_project" / "models"
DAY = date(2022, 12, 28)


class ContractReader:
    """Stands for a reader of an analyst's file in which every table is there and empty."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.tables = set()
        for path in sorted(MODELS.rglob("_*.yml")):
            for model in yaml.safe_load(path.read_text()).get("models", []):
                if "analyst" in model.get("config", {}).get("meta", {}).get("publish", []):
                    columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
                    self.connection.execute(f"create table {model['name']} ({columns})")
                    self.tables.add(model["name"])

    def query(self, sql: str, params: dict[str, object] | None = None) -> pd.DataFrame:
        return self.connection.execute(sql, params).df()


@pytest.fixture(scope="module")
def reader() -> ContractReader:
    return ContractReader()


READS: list[Callable[..., pd.DataFrame]] = [
    positions.business_dates,
    positions.portfolios,
    lambda reader: positions.pnl_by_scope(reader, DAY),
    lambda reader: positions.value_by_scope(reader, DAY),
    lambda reader: positions.pnl_history(reader, "firm", "FIRM"),
    lambda reader: positions.positions(reader, DAY, "FX", None),
    lambda reader: positions.instrument_history(reader, "AAPL", DAY, None, None),
    lambda reader: positions.trades(reader, "AAPL", DAY, None, "FX-G10"),
    lambda reader: positions.tie_differences(reader, DAY, "firm", "FIRM", None, None),
    market_risk.business_dates,
    market_risk.methods,
    lambda reader: market_risk.var_by_scope(reader, DAY, "normal", 10, "closed_form"),
    lambda reader: market_risk.var_by_method(reader, DAY, "desk", "FX"),
    lambda reader: market_risk.decomposition(reader, DAY, "firm", "FIRM", 0.99, "order_statistic"),
    lambda reader: market_risk.exceptions(reader, DAY, "firm", "FIRM"),
    lambda reader: market_risk.contributions(reader, DAY, "firm", "FIRM", 0.99, "linear", "portfolio"),
    lambda reader: market_risk.contributions_less_var(reader, DAY, "firm", "FIRM", 0.99, "linear"),
    lambda reader: market_risk.scenario_pnl(reader, DAY, "FX", None),
    lambda reader: market_risk.exception_window(reader, DAY),
    lambda reader: sensitivities.by_factor(reader, DAY, "FX", None),
    lambda reader: sensitivities.positions(reader, DAY, "IR:USD:10 Yr", None, "FX-G10"),
    backtesting.business_dates,
    lambda reader: backtesting.zones(reader, DAY),
    lambda reader: backtesting.rules_of_tests(reader, DAY),
    lambda reader: backtesting.backtests(reader, DAY),
    lambda reader: backtesting.count_history(reader, DAY, "firm", "FIRM", 0.99),
    lambda reader: backtesting.compared_days(reader, DAY, 0.99, "FX", None),
    lambda reader: backtesting.attribution_tests(reader, DAY),
    stress.business_dates,
    lambda reader: stress.ladder(reader, DAY, "firm", "FIRM"),
    lambda reader: stress.positions(reader, DAY, "covid_2020", None, "FX-G10"),
    lambda reader: stress.positions_less_total(reader, DAY, "covid_2020", "desk", "FX", "FX", None),
    lambda reader: stress.reverse_stress(reader, DAY, "firm", "FIRM"),
    lambda reader: stress.history(reader, "covid_2020", "firm", "FIRM"),
    exposures.business_dates,
    lambda reader: exposures.concentrations(reader, DAY, "firm", "FIRM"),
    lambda reader: exposures.by_key(reader, DAY, "issuer", "FX", None),
    lambda reader: exposures.concentration_history(reader, DAY, "issuer", "firm", "FIRM"),
    limits.business_dates,
    lambda reader: limits.checks(reader, DAY),
    lambda reader: limits.breaches(reader, DAY),
    lambda reader: limits.status_history(reader, DAY),
    lambda reader: limits.limit_history(reader, DAY, "FIRM-VAR-99", "FIRM"),
    lambda reader: limits.alerts(reader, DAY),
    pnl_explain.business_dates,
    lambda reader: pnl_explain.components(reader, DAY, DAY, "FX", None),
    lambda reader: pnl_explain.components_less_pnl(reader, DAY, DAY, "firm", "FIRM", None, None),
    lambda reader: pnl_explain.attribution_history(reader, DAY, "firm", "FIRM"),
    transaction_risk.business_dates,
    lambda reader: transaction_risk.largest(reader, DAY, "FX", None),
    lambda reader: transaction_risk.totals(reader, DAY, None, None),
    lambda reader: transaction_risk.trade(reader, "T00000"),
    deliveries.deliveries,
    deliveries.quarantined,
    lambda reader: deliveries.stale_prices(reader, DAY),
    capital.reporting_dates,
    lambda reader: capital.ratios(reader, DAY),
    lambda reader: capital.ratio_history(reader, DAY),
    lambda reader: capital.own_funds(reader, DAY),
    lambda reader: capital.buffers(reader, DAY),
    lambda reader: capital.distributions(reader, DAY),
    lambda reader: capital.operational_risk(reader, DAY),
    lambda reader: capital.market_risk(reader, DAY),
    lambda reader: capital.output_floor(reader, DAY),
    credit_risk.reporting_dates,
    lambda reader: credit_risk.by_class(reader, DAY),
    lambda reader: credit_risk.exposures(reader, DAY, "retail", is_fallback_only=True, rows=10),
    lambda reader: credit_risk.netting_sets(reader, DAY),
    liquidity.reporting_dates,
    lambda reader: liquidity.coverage(reader, DAY),
    lambda reader: liquidity.stable_funding(reader, DAY),
    lambda reader: liquidity.ratio_history(reader, DAY),
    lambda reader: liquidity.by_currency(reader, DAY),
    lambda reader: liquidity.liquid_assets(reader, DAY),
    lambda reader: liquidity.flows(reader, DAY),
    lambda reader: liquidity.stable_funding_items(reader, DAY),
    lambda reader: liquidity.ladder(reader, DAY, "USD"),
    lambda reader: liquidity.ladder_currencies(reader, DAY),
    large_exposures.reporting_dates,
    lambda reader: large_exposures.groups(reader, DAY),
    lambda reader: large_exposures.members(reader, DAY, "GROUP-1"),
    lambda reader: large_exposures.history(reader, DAY, "GROUP-1"),
    regulatory.reporting_dates,
    regulatory.templates,
    lambda reader: regulatory.cells(reader, "KM1", DAY),
    lambda reader: regulatory.cell_items(reader, "KM1", DAY, "1", "T"),
    lambda reader: regulatory.contributions(reader, "KM1", DAY, "1", "T", 10),
    lambda reader: regulatory.parameters(reader, DAY),
    risk_data.reporting_dates,
    lambda reader: risk_data.accounts(reader, DAY),
    lambda reader: risk_data.evidence(reader, DAY),
    lambda reader: risk_data.evidence_history(reader, DAY),
    transaction_reporting.trade_dates,
    transaction_reporting.tie_out,
    lambda reader: transaction_reporting.exempt_reasons(reader, DAY),
    lambda reader: transaction_reporting.open_reports(reader, None, rows=10, reporting="Reporting", instruments="Data"),
    lambda reader: transaction_reporting.open_reports_by_team(reader, DAY, reporting="Reporting", instruments="Data"),
    lambda reader: transaction_reporting.findings_by_rule(reader, DAY),
    lambda reader: transaction_reporting.files(reader, rows=10),
    transaction_reporting.files_counted,
    lambda reader: transaction_reporting.rejected_cancellations(reader, rows=10),
    lambda reader: transaction_reporting.over_reported(reader, rows=10),
    lambda reader: transaction_reporting.late_reports(reader, rows=10),
    lambda reader: transaction_reporting.trades_without_executions(reader, rows=10),
    lambda reader: transaction_reporting.reports_of(reader, "TRX1"),
    lambda reader: transaction_reporting.unreportable_of(reader, "TRX1"),
    lambda reader: transaction_reporting.findings_of(reader, "TRX1"),
    lambda reader: transaction_reporting.answers_of(reader, "TRX1"),
    transaction_reporting.fields,
    best_execution.order_dates,
    best_execution.groups,
    lambda reader: best_execution.totals(reader, DAY, DAY, None, "retail"),
    lambda reader: best_execution.by_venue(reader, DAY, DAY, "equity", None),
    lambda reader: best_execution.by_date(reader, DAY, DAY, None, None),
    lambda reader: best_execution.costliest_orders(reader, DAY, DAY, None, None, rows=10),
    best_execution.top_venues,
    lambda reader: best_execution.clock_checks(reader, DAY, DAY),
    position_limits.business_dates,
    lambda reader: position_limits.limits(reader, DAY),
    lambda reader: position_limits.breaches(reader, DAY),
    lambda reader: position_limits.maturities(reader, DAY, "EBM", "spot_month"),
    lambda reader: position_limits.history(reader, DAY, "EBM", "spot_month"),
    sox_controls.quarters,
    sox_controls.results,
    lambda reader: sox_controls.catalogue_entry(reader, "JE-02", "2022-11"),
    lambda reader: sox_controls.exceptions(reader, "JE-02", "2022-11", rows=10),
    sox_controls.deficiencies,
    lambda reader: sox_controls.processes(reader, "2022-Q4"),
    sox_controls.benford,
    lambda reader: sox_controls.benford_digits(reader, "manual", "2022-Q4", "first_two"),
]


@pytest.mark.parametrize("read", READS)
def test_a_read_of_the_app_fits_the_contracts(reader: ContractReader, read: Callable[..., pd.DataFrame]) -> None:
    amounts = read(reader).filter(regex="_usd$|_less_")
    # A total of no rows is a row of its own; its amounts must be null, which a page calls missing, and not 0.
    assert amounts.isna().all(axis=None)


def test_every_read_of_the_repositories_is_tried() -> None:
    modules = (
        positions,
        market_risk,
        sensitivities,
        backtesting,
        stress,
        exposures,
        limits,
        pnl_explain,
        transaction_risk,
        deliveries,
        capital,
        credit_risk,
        liquidity,
        large_exposures,
        regulatory,
        risk_data,
        transaction_reporting,
        best_execution,
        position_limits,
        sox_controls,
    )
    functions = {
        function
        for module in modules
        for name, function in vars(module).items()
        if callable(function) and getattr(function, "__module__", None) == module.__name__
    }
    assert len(functions) == len(READS)
