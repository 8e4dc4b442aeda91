"""What `tieout status` and the closing table say of transaction reporting."""

from __future__ import annotations

from types import SimpleNamespace

import duckdb
import pandas as pd

from orchestration.lib import display

COLUMNS = [
    "trade_date",
    "reportable",
    "reported",
    "held",
    "rejected",
    "pending_at_authority",
    "overdue",
    "reported_late",
]


def build(*rows: tuple[object, ...]) -> SimpleNamespace:
    """Answer as the read gate does: newest trade date first."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return SimpleNamespace(query=lambda _sql: frame)


def test_the_latest_trade_date_is_named_and_late_ones_count_over_all_dates() -> None:
    lines = display.transaction_reports(
        build(
            (pd.Timestamp("2022-12-28"), 1_200, 1_180, 17, 1, 2, 0, 0),
            (pd.Timestamp("2022-12-27"), 1_100, 1_096, 3, 1, 0, 4, 6),
            (pd.Timestamp("2022-12-23"), 1_000, 999, 1, 0, 0, 1, 2),
        )
    )
    assert lines == [
        ("Transactions reported, 2022-12-28", "1,180 of 1,200 reportable"),
        ("  not reported", "17 held, 1 rejected, 2 pending"),
        ("Transaction reports late, all dates", "5 still open, 8 sent late"),
    ]


def test_a_build_without_executions_says_missing_and_not_nothing_to_report() -> None:
    assert display.transaction_reports(build()) == [
        ("Transactions reported", "missing: no execution has been delivered")
    ]


def test_a_date_without_a_reportable_execution_is_there_and_one_without_any_execution_is_not() -> None:
    connection = duckdb.connect()
    connection.execute(
        """
        create table fct_mifid_tie_out as
        select *, 0 as rejected, 0 as pending_at_authority
        from (values (date '2022-12-29', 0, 0, 0), (date '2022-12-28', 2, 0, 0), (date '2022-12-27', 3, 1, 1)) as dates
            (trade_date, executions, reported, held);
        create table fct_mifid_reporting_deadlines as
        select date '2022-12-27' as trade_date, 3 as reportable, 1 as overdue, 1 as reported_late
        """
    )
    reader = SimpleNamespace(query=lambda sql: connection.execute(sql).df())
    assert display.transaction_reports(reader) == [
        ("Transactions reported, 2022-12-28", "0 of 0 reportable"),
        ("  not reported", "0 held, 0 rejected, 0 pending"),
        ("Transaction reports late, all dates", "1 still open, 1 sent late"),
    ]
    connection.execute("delete from fct_mifid_reporting_deadlines")
    assert display.transaction_reports(reader)[-1][1] == "0 still open, 0 sent late"
