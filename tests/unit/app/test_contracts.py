"""The app's SQL runs on the columns the marts' contracts promise to the analyst, without building anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from streamlit_app.repositories import deliveries, market_risk, positions

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
    market_risk.quantile_rules,
    lambda reader: market_risk.var_by_scope(reader, DAY, "linear"),
    lambda reader: market_risk.exceptions(reader, DAY, "firm", "FIRM"),
    lambda reader: market_risk.contributions(reader, DAY, "firm", "FIRM", 0.99, "linear", "portfolio"),
    lambda reader: market_risk.contributions_less_var(reader, DAY, "firm", "FIRM", 0.99, "linear"),
    lambda reader: market_risk.scenario_pnl(reader, DAY, "FX", None),
    deliveries.deliveries,
    deliveries.quarantined,
    lambda reader: deliveries.stale_prices(reader, DAY),
]


@pytest.mark.parametrize("read", READS)
def test_a_read_of_the_app_fits_the_contracts(reader: ContractReader, read: Callable[..., pd.DataFrame]) -> None:
    amounts = read(reader).filter(regex="_usd$|_less_")
    # A total of no rows is a row of its own; its amounts must be null, which a page calls missing, and not 0.
    assert amounts.isna().all(axis=None)


def test_every_read_of_the_repositories_is_tried() -> None:
    functions = {
        function
        for module in (positions, market_risk, deliveries)
        for name, function in vars(module).items()
        if callable(function) and getattr(function, "__module__", None) == module.__name__
    }
    assert len(functions) == len(READS)
