"""Limit alerts are raised once each with all they must say, and open breaches are shown as the build has them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
from rich.console import Console

from governance.settings import settings
from orchestration.lib import alerts, display, limits

DAY = date(2022, 12, 28)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute(
        """
        attach ':memory:' as warehouse;
        create schema warehouse.marts;
        create table warehouse.marts.fct_limit_alerts (
            business_date date, alert_type varchar, limit_id varchar, limit_type varchar, scope_id varchar,
            exposure_key varchar, current_value double, limit_value double, utilisation_pct double, severity varchar,
            message varchar
        );
        insert into warehouse.marts.fct_limit_alerts values
            ('2022-12-28', 'limit_warning', 'B', 'currency_position', 'FIRM', 'EUR', 190, 200, 95, 'medium', 'Near.'),
            ('2022-12-28', 'limit_breach', 'A', 'var', 'FIRM', null, 17325000, 16500000, 105, 'high', 'Over.'),
            ('2022-12-28', 'limit_missing', 'C', 'var', 'FX', null, null, 130000, null, 'medium', 'No value.'),
            ('2022-12-28', 'limit_breach', 'D', 'var', 'FX', null, 110, 120, 91.666, 'info', 'Waived.'),
            ('2022-12-27', 'limit_breach', 'A', 'var', 'FIRM', null, 17, 16, 106.25, 'high', 'Yesterday.');
        """
    )
    yield connection
    connection.close()


def test_a_dates_alerts_are_raised_breaches_first(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert limits.alert_on_limits(warehouse, DAY) == 4

    raised = alerts.read_alerts()
    assert [(row["alert_type"], row["severity"]) for row in raised] == [
        ("limit_breach", "high"),
        ("limit_warning", "medium"),
        ("limit_missing", "medium"),
        ("limit_breach", "info"),
    ]
    assert [row["subject"] for row in raised] == [
        "Limit exceeded: A of FIRM, 105.0 % used",
        "Limit nearly reached: B of FIRM EUR, 95.0 % used",
        "Limit not checked: C of FX, no value",
        "Limit exceeded: D of FX, 91.7 % used",
    ]
    assert {row["business_date"] for row in raised} == {"2022-12-28"}


def test_an_alert_says_type_limit_type_values_and_severity(warehouse: duckdb.DuckDBPyConnection) -> None:
    limits.alert_on_limits(warehouse, DAY)

    messages = [row["message"] for row in alerts.read_alerts()]
    assert messages[0] == (
        "Over. Type limit_breach, limit type var, current value 17,325,000.0000, limit value 16,500,000.0000, "
        "severity high."
    )
    assert "current value missing, limit value 130,000.0000" in messages[2]


def test_the_same_build_again_tells_nobody_twice(warehouse: duckdb.DuckDBPyConnection) -> None:
    limits.alert_on_limits(warehouse, DAY)

    assert limits.alert_on_limits(warehouse, DAY) == 0
    assert len(alerts.read_alerts()) == 4


def test_another_value_of_the_same_limit_is_another_alert(warehouse: duckdb.DuckDBPyConnection) -> None:
    limits.alert_on_limits(warehouse, DAY)
    warehouse.execute("update warehouse.marts.fct_limit_alerts set current_value = 18000000 where limit_id = 'A'")

    assert limits.alert_on_limits(warehouse, DAY) == 1


class _Build:
    """Answers as the read gate does."""

    def __init__(self, *tables: str) -> None:
        self.manifest = SimpleNamespace(tables=dict.fromkeys(tables))

    def query(self, sql: str) -> pd.DataFrame:
        assert "where is_open" in sql
        return pd.DataFrame(
            {
                "limit_id": ["A", "B"],
                "scope_id": ["FIRM", "FIRM"],
                "exposure_key": [None, "EUR"],
                "since": ["2022-12-12", "2022-12-20"],
                "days_in_breach": [12, 0],
                "peak_utilisation_pct": [101.83249, 150.0],
                "escalate_to": ["risk committee of the board", None],
                "waived_until": [None, "2023-01-31"],
            }
        )


def test_open_breaches_are_read_from_the_build() -> None:
    assert limits.open_breaches(_Build("fct_limit_breaches")) == [
        limits.OpenBreach("A", "FIRM", "2022-12-12", 12, "101.8 %", "risk committee of the board", ""),
        limits.OpenBreach("B", "FIRM EUR", "2022-12-20", 0, "150.0 %", "", "2023-01-31"),
    ]


def test_a_build_without_limits_has_no_answer_rather_than_none() -> None:
    assert limits.open_breaches(_Build("fct_pnl_daily")) is None


def test_the_table_shows_every_breach() -> None:
    console = Console(width=160, record=True)
    console.print(display.open_breaches_table(limits.open_breaches(_Build("fct_limit_breaches"))))

    text = console.export_text()
    assert all(word in text for word in ("FIRM EUR", "2022-12-12", "101.8 %", "risk committee", "2023-01-31"))
