"""Controls on the small bank: each finds what was planted for it, and an exact one finds nothing else."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import duckdb
import pytest

from tests.integration.bank import Bank

#: Controls for which nothing is planted: the books balance, and landing and its own tests watch over the pipeline.
WITHOUT_PLANTED = {"PL-01", "PL-02", "PL-03", "PL-04", "RC-04"}
#: What still fails when the history ends; everything else has been put right.
STILL_FAILING_FROM = "2022-11"
STILL_FAILING_AT_MOST = 8


class Item(NamedTuple):
    """An exception, in the period in which the control must find it."""

    control_id: str
    period_id: str
    item_id: str


@pytest.fixture(scope="module")
def warehouse(built_bank: Bank) -> duckdb.DuckDBPyConnection:
    connection = built_bank.warehouse()
    connection.execute("use warehouse")
    return connection


@pytest.fixture(scope="module")
def controls(warehouse: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    """Frequency and kind of rule of every control of the catalogue."""
    rows = warehouse.execute("select control_id, frequency, rule_kind from seeds.sox_controls order by control_id")
    return {control: (frequency, kind) for control, frequency, kind in rows.fetchall()}


@pytest.fixture(scope="module")
def planted(built_bank: Bank, controls: dict[str, tuple[str, str]]) -> set[Item]:
    return {
        Item(fault["control_id"], period(fault["month"], controls[fault["control_id"]][0]), fault["item_id"])
        for fault in built_bank.answers()["faults"]
        if "control_id" in fault
    }


@pytest.fixture(scope="module")
def found(warehouse: duckdb.DuckDBPyConnection) -> set[Item]:
    rows = warehouse.execute("select control_id, period_id, item_id from marts.fct_sox_exceptions")
    return {Item(*row) for row in rows.fetchall()}


def period(month: str, frequency: str) -> str:
    """The period of a control in which a month lies."""
    year, number = month.split("-")
    return month if frequency == "monthly" else f"{year}-Q{(int(number) + 2) // 3}"


def of_control(items: set[Item], control: str) -> set[Item]:
    return {item for item in items if item.control_id == control}


def test_every_planted_fault_is_found_and_an_exact_control_finds_nothing_else(
    controls: dict[str, tuple[str, str]],
    planted: set[Item],
    found: set[Item],
    warehouse: duckdb.DuckDBPyConnection,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tested = dict(
        warehouse.execute(
            "select control_id, sum(tested)::bigint from marts.fct_sox_control_results group by control_id"
        ).fetchall()
    )
    missed: dict[str, set[Item]] = {}
    false: dict[str, set[Item]] = {}
    lines = [f"{'control':9}{'rule':10}{'tested':>9}{'planted':>9}{'found':>7}{'missed':>8}{'false':>7}"]
    for control, (_, kind) in controls.items():
        expected, actual = of_control(planted, control), of_control(found, control)
        missed[control], false[control] = expected - actual, actual - expected
        counts = f"{len(expected):>9}{len(expected & actual):>7}{len(missed[control]):>8}{len(false[control]):>7}"
        lines.append(f"{control:9}{kind:10}{tested[control]:>9,}{counts}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))  # noqa: T201 - how well the controls do is what this test is for
    exact = {control for control, (_, kind) in controls.items() if kind == "exact"}
    assert len(exact) >= 30
    assert {control: sorted(items) for control, items in missed.items() if items} == {}
    assert {control: sorted(items) for control, items in false.items() if items and control in exact} == {}


def test_every_control_has_something_to_find_and_was_tested(
    controls: dict[str, tuple[str, str]], planted: set[Item], warehouse: duckdb.DuckDBPyConnection
) -> None:
    tried = {item.control_id for item in planted}
    never_tested = warehouse.execute(
        "select control_id from marts.fct_sox_control_results group by control_id having sum(tested) = 0"
    ).fetchall()
    assert controls.keys() - tried == WITHOUT_PLANTED
    assert never_tested == []


def test_a_control_fails_where_more_is_planted_than_it_tolerates_and_not_without_exceptions(
    planted: set[Item], warehouse: duckdb.DuckDBPyConnection
) -> None:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for item in planted:
        counts[item.control_id, item.period_id] += 1
    rows = warehouse.execute(
        "select control_id, period_id, exceptions, tolerance_allowed, conclusion from marts.fct_sox_control_results"
    ).fetchall()
    conclusions = {(control, period_id): conclusion for control, period_id, *_, conclusion in rows}
    tolerated = {(control, period_id): allowed for control, period_id, _, allowed, _ in rows}
    failing = {key for key, count in counts.items() if count > tolerated[key]}
    assert len(failing) > 40
    assert {key: conclusions[key] for key in failing if conclusions[key] != "ineffective"} == {}
    assert [row for row in rows if row[-1] == "ineffective" and row[2] <= row[3]] == []


def test_what_could_not_be_tested_is_never_effective(warehouse: duckdb.DuckDBPyConnection) -> None:
    untested = warehouse.execute(
        """
        select results.control_id, results.period_id, results.conclusion
        from marts.fct_sox_control_results as results
        left join intermediate.int_sox_missing_sources as missing using (control_id, period_id)
        where missing.feed is not null or results.population = 0
        """
    ).fetchall()
    assert {conclusion for *_, conclusion in untested} <= {"not_tested"}


def test_results_exceptions_and_items_count_the_same(warehouse: duckdb.DuckDBPyConnection) -> None:
    different = warehouse.execute(
        """
        with items as (
            select control_id, period_id, count(*) as population, count(*) filter (is_exception) as exceptions
            from intermediate.int_control_items group by all
        ),
        listed as (select control_id, period_id, count(*) as exceptions from marts.fct_sox_exceptions group by all)
        select control_id, period_id
        from marts.fct_sox_control_results as results
        left join items using (control_id, period_id)
        left join listed using (control_id, period_id)
        where results.population <> coalesce(items.population, 0)
            or results.exceptions <> coalesce(items.exceptions, 0)
            or results.exceptions <> coalesce(listed.exceptions, 0)
        """
    ).fetchall()
    assert different == []


def test_an_exception_says_why_and_an_item_without_one_does_not(warehouse: duckdb.DuckDBPyConnection) -> None:
    wrong = warehouse.execute(
        """
        select control_id, item_id from intermediate.int_control_items
        where coalesce(is_exception, false) <> (reason is not null)
        """
    ).fetchall()
    assert wrong == []


def test_few_controls_still_fail_at_the_end(warehouse: duckdb.DuckDBPyConnection) -> None:
    failing = warehouse.execute(
        """
        select distinct control_id from marts.fct_sox_control_results
        where conclusion = 'ineffective' and rule_kind = 'exact' and frequency = 'monthly' and period_id >= ?
        """,
        [STILL_FAILING_FROM],
    ).fetchall()
    assert 0 < len(failing) <= STILL_FAILING_AT_MOST
