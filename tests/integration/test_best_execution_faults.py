"""What is planted against best execution, clocks and position limits is found, and nothing else is."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.integration.bank import Bank

CLOCK_RULES = ("R28-1", "R28-2")
TIME_BEFORE_ITS_DATE = "R28-4"


@pytest.fixture(scope="module")
def warehouse(built_bank: Bank) -> duckdb.DuckDBPyConnection:
    return built_bank.warehouse()


def planted(bank: Bank, *rules: str) -> list[str]:
    """Executions in which one of the rules is broken, from the answers."""
    return [fault["execution_id"] for fault in bank.answers()["faults"] if fault.get("rule") in rules]


def test_a_position_above_its_limit_is_a_breach_on_its_dates_and_no_other_is(
    built_bank: Bank, warehouse: duckdb.DuckDBPyConnection
) -> None:
    expected = {
        (fault["contract_code"], date.fromisoformat(day))
        for fault in built_bank.answers()["faults"]
        if fault["kind"] == "commodity position above its limit"
        for day in fault["dates"]
    }
    found = warehouse.execute(
        "select contract_code, business_date from warehouse.marts.fct_commodity_position_limits where status = 'breach'"
    ).fetchall()

    assert expected
    assert sorted(found) == sorted(expected)


def test_clocks_are_in_breach_where_a_time_is_wrong_and_nowhere_else(
    built_bank: Bank, warehouse: duckdb.DuckDBPyConnection
) -> None:
    wrong = planted(built_bank, *CLOCK_RULES, TIME_BEFORE_ITS_DATE)
    expected = warehouse.execute(
        """
        select distinct trade_date, activity from warehouse.staging.stg_execution__executions
        where execution_id in (select unnest(?)) order by all
        """,
        [wrong],
    ).fetchall()
    found = warehouse.execute(
        """
        select trade_date, activity from warehouse.marts.fct_mifid_clock_checks
        where status = 'breach' order by all
        """
    ).fetchall()
    counted = warehouse.execute(
        """
        select sum(executions_unreadable), sum(executions_too_coarse), sum(executions_beyond_divergence)
        from warehouse.marts.fct_mifid_clock_checks
        """
    ).fetchone()

    assert len(wrong) > 3
    assert found == expected
    assert counted == tuple(len(planted(built_bank, rule)) for rule in (*CLOCK_RULES, TIME_BEFORE_ITS_DATE))


def test_a_fill_without_price_or_quantity_has_no_figure_and_says_so(
    built_bank: Bank, warehouse: duckdb.DuckDBPyConnection
) -> None:
    expected = planted(built_bank, "R30-1", "R33-1")
    without = warehouse.execute(
        "select execution_id from warehouse.intermediate.int_best_execution_fills where quote_gap = 'no_price'"
    ).fetchall()

    assert len(expected) > 3
    assert sorted(execution_id for (execution_id,) in without) == sorted(expected)


def test_any_grouping_of_the_sums_is_the_figure_of_its_fills(warehouse: duckdb.DuckDBPyConnection) -> None:
    by_category = """
        select client_category, round(sum(effective_spread_usd) / sum(mid_value_usd) * 10000, 6),
            round(sum(slippage_usd) / sum(arrival_value_usd) * 10000, 6)
        from {table} group by client_category having sum(mid_value_usd) > 0 order by all
    """
    of_cells = warehouse.execute(by_category.format(table="warehouse.marts.fct_best_execution")).fetchall()
    of_orders = warehouse.execute(by_category.format(table="warehouse.marts.fct_order_execution_quality")).fetchall()
    of_fills = warehouse.execute(by_category.format(table="warehouse.intermediate.int_best_execution_fills")).fetchall()

    assert {"retail", "professional", "own_account"} <= {row[0] for row in of_cells}
    assert of_cells == of_orders == of_fills
