"""The window of a build follows the deliveries and what became of the builds before it."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from orchestration.errors import NothingToRun
from orchestration.lib import build_log

LAST = date(2022, 12, 28)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("attach ':memory:' as warehouse")
        opened.execute("create schema warehouse.raw")
        opened.execute(
            "create table warehouse.raw.deliveries (load_sequence bigint, business_date date, status varchar, "
            "rows_loaded bigint, min_event_date date)"
        )
        for feed, key in build_log.DIMENSION_FEEDS.items():
            opened.execute(f"create table warehouse.raw.{feed} ({key} varchar, _load_sequence bigint)")
        opened.execute("create table warehouse.raw.trades (trade_id varchar, trade_date date, _load_sequence bigint)")
        build_log.create_tables(opened)
        yield opened


def deliver(connection, sequence: int, day: date, first_event: date | None = None, status: str = "loaded") -> None:
    connection.execute(
        "insert into warehouse.raw.deliveries values (?, ?, ?, 1, ?)", [sequence, day, status, first_event or day]
    )


def build(connection, outcome: str) -> build_log.BuildPlan:
    plan = build_log.plan_build(connection)
    build_log.finish_build(connection, build_log.start_build(connection, plan), outcome)
    return plan


def test_nothing_delivered_is_said(connection) -> None:
    deliver(connection, 1, LAST, status="refused")
    with pytest.raises(NothingToRun, match="No delivery has been loaded yet"):
        build_log.plan_build(connection)


def test_a_date_no_delivery_reaches_is_refused(connection) -> None:
    deliver(connection, 1, LAST)
    with pytest.raises(NothingToRun, match="No delivery reaches 2022-12-29"):
        build_log.plan_build(connection, date(2022, 12, 29))


def test_first_build_covers_everything(connection) -> None:
    deliver(connection, 1, LAST)
    plan = build_log.plan_build(connection)
    assert plan.window_start is None
    assert plan.dbt_arguments == ({}, ["--full-refresh"])


def test_a_first_build_to_an_earlier_date_ends_there(connection) -> None:
    deliver(connection, 1, LAST)
    plan = build_log.plan_build(connection, date(2022, 12, 27))
    assert plan.dbt_arguments == ({"end_date": "2022-12-28"}, ["--full-refresh"])


def test_after_a_published_build_nothing_is_left_to_do(connection) -> None:
    deliver(connection, 1, LAST)
    build(connection, "published")
    assert build_log.plan_build(connection).is_current


def test_a_new_day_builds_that_day_only(connection) -> None:
    deliver(connection, 1, date(2022, 12, 27))
    build(connection, "published")
    deliver(connection, 2, LAST)
    plan = build_log.plan_build(connection)
    assert not plan.is_current
    assert plan.dbt_arguments == ({"start_date": "2022-12-28", "end_date": "2022-12-29"}, [])


def test_a_late_row_widens_the_window_to_its_own_date(connection) -> None:
    deliver(connection, 1, date(2022, 12, 27))
    build(connection, "published")
    deliver(connection, 2, LAST, first_event=date(2022, 12, 5))
    assert build_log.plan_build(connection).window_start == date(2022, 12, 5)


def test_an_amendment_that_moves_a_trade_rebuilds_the_date_it_had(connection) -> None:
    connection.execute("insert into warehouse.raw.trades values ('T1', '2022-12-02', 1), ('T2', '2022-11-01', 1)")
    deliver(connection, 1, date(2022, 12, 27))
    build(connection, "published")
    connection.execute("insert into warehouse.raw.trades values ('T1', '2022-12-28', 2)")
    deliver(connection, 2, LAST)
    assert build_log.plan_build(connection).window_start == date(2022, 12, 2)


@pytest.mark.parametrize("outcome", ["withheld", "failed", "building"])
def test_a_build_that_was_not_published_is_covered_again(connection, outcome: str) -> None:
    deliver(connection, 1, date(2022, 12, 21))
    build(connection, "published")
    deliver(connection, 2, date(2022, 12, 22))
    build(connection, outcome)
    deliver(connection, 3, date(2022, 12, 23))
    plan = build_log.plan_build(connection)
    assert (plan.window_start, plan.business_date) == (date(2022, 12, 22), date(2022, 12, 23))


def test_changed_models_rebuild_everything(connection, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(connection, 1, LAST)
    build(connection, "published")
    monkeypatch.setattr(build_log, "project_checksum", lambda: "other code")
    assert build_log.plan_build(connection).window_start is None


def test_going_back_to_the_old_code_rebuilds_until_it_is_published_again(connection, monkeypatch) -> None:
    deliver(connection, 1, LAST)
    build(connection, "published")
    with monkeypatch.context() as other:
        other.setattr(build_log, "project_checksum", lambda: "other code")
        build(connection, "withheld")
    assert build(connection, "building").window_start is None
    assert build(connection, "published").window_start is None
    assert build_log.plan_build(connection).is_current


def test_a_build_is_judged_once(connection) -> None:
    with pytest.raises(NothingToRun, match="no new build"):
        build_log.last_build(connection)
    deliver(connection, 1, LAST)
    number = build_log.start_build(connection, build_log.plan_build(connection))
    assert build_log.last_build(connection) == (number, LAST)
    build_log.finish_build(connection, number, "withheld")
    with pytest.raises(NothingToRun, match="no new build"):
        build_log.last_build(connection)


def test_corrected_reference_data_restates_history(connection) -> None:
    connection.execute("insert into warehouse.raw.instruments values ('EQ:ONE', 1)")
    deliver(connection, 1, date(2022, 12, 27))
    build(connection, "published")
    connection.execute("insert into warehouse.raw.instruments values ('EQ:TWO', 2)")
    deliver(connection, 2, LAST)
    assert build_log.plan_build(connection).window_start == LAST
    connection.execute("insert into warehouse.raw.instruments values ('EQ:ONE', 2)")
    assert build_log.plan_build(connection).window_start == date.min


def test_asking_for_an_earlier_date_never_forgets_a_later_one(connection) -> None:
    deliver(connection, 1, LAST)
    build(connection, "published")
    deliver(connection, 2, LAST, first_event=date(2022, 12, 5))
    assert build_log.plan_build(connection, date(2022, 12, 6)).business_date == LAST
