"""Exact decimals, trailers, and arrival times across weekends and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from orchestration.demo_bank.calendar import arrival_moment, new_york_open
from orchestration.demo_bank.writing import (
    Feed,
    Outbox,
    chosen,
    control_sum,
    csv_line,
    decimals,
    rounded_decimals,
    trailer_line,
)

FEED = Feed("banking", "payments", "csv", "amount", 1, time(3, 40), "Europe/London")


def test_decimals_are_exact_on_both_sides_of_zero() -> None:
    made = decimals(np.array([-1, 0, 1, 999_999_999_999_999_999]), 18, 2).to_pylist()
    assert made == [Decimal("-0.01"), Decimal("0.00"), Decimal("0.01"), Decimal("9999999999999999.99")]


def test_rounded_decimals_make_a_missing_value_null() -> None:
    assert rounded_decimals(np.array([0.125, np.nan, -2.0]), 9, 2).to_pylist() == [
        Decimal("0.12"),
        None,
        Decimal("-2.00"),
    ]


def test_the_control_sum_of_nothing_is_zero_and_without_a_column_none() -> None:
    empty = pa.table({"amount": decimals(np.array([], dtype=np.int64), 18, 2)})
    assert control_sum(empty, "amount") == Decimal("0.00")
    assert control_sum(empty, None) is None


@pytest.mark.parametrize(("amount", "line"), [(Decimal("12.009"), "TRAILER,3,12.009"), (None, "TRAILER,3")])
def test_trailers(amount: Decimal | None, line: str) -> None:
    assert trailer_line(3, amount) == line


def test_a_csv_line_quotes_only_what_needs_it() -> None:
    assert csv_line(["a", None, "Alder Foods, Inc.", 'so "called"']) == 'a,,"Alder Foods, Inc.","so ""called"""'


def test_a_csv_delivery_has_header_rows_trailer_and_its_time(tmp_path: Path) -> None:
    table = pa.table(
        {
            "name": chosen(["Müller, Inc.", "Lowe"], np.array([0, 1])),
            "at": np.array(["2022-12-28T10:00:00", "2022-12-28T23:59:59"], dtype="datetime64[s]"),
            "amount": decimals(np.array([150, 5]), 18, 2),
        }
    )
    outbox = Outbox(tmp_path)
    path = FEED.path(date(2022, 12, 28), "2022-12-28")
    outbox.write_table(FEED, path, table, FEED.arrival(date(2022, 12, 28)))
    outbox.close()
    assert (tmp_path / "banking" / "2022-12-28" / "payments_2022-12-28.csv").read_text() == (
        'name,at,amount\n"Müller, Inc.",2022-12-28 10:00:00,1.50\nLowe,2022-12-28 23:59:59,0.05\nTRAILER,2,1.55\n'
    )
    assert datetime.fromtimestamp((tmp_path / path).stat().st_mtime, UTC) == datetime(2022, 12, 29, 3, 40, tzinfo=UTC)


def test_an_arrival_on_the_next_business_day_skips_the_weekend() -> None:
    moment = arrival_moment(date(2022, 12, 2), 1, time(3, 40), "Europe/London")
    assert datetime.fromtimestamp(moment, UTC) == datetime(2022, 12, 5, 3, 40, tzinfo=UTC)


def test_new_york_opens_an_hour_earlier_in_utc_in_summer() -> None:
    opens = new_york_open(np.array(["2022-01-03", "2022-07-01"], dtype="datetime64[D]"))
    assert np.datetime_as_string(opens).tolist() == ["2022-01-03T14:30:00", "2022-07-01T13:30:00"]
