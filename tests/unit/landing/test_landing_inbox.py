from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from orchestration.landing import load_contracts, pending_deliveries, unknown_files
from orchestration.landing.inbox import as_date
from orchestration.landing.lateness import agrees, date_in, deadline

CONTRACTS = load_contracts()


def put(inbox: Path, *names: str) -> None:
    for position, name in enumerate(names):
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        os.utime(path, (1_000 + position, 1_000 + position))


def names(inbox: Path, **filters: object) -> list[str]:
    found = pending_deliveries(inbox, CONTRACTS, **filters)  # type: ignore[arg-type]
    return [str(item.path.relative_to(inbox)) for item in found]


def test_dates_come_first_then_dependencies_then_arrival(tmp_path: Path) -> None:
    put(
        tmp_path,
        "banking/2022-12-28/payments_b.csv",
        "banking/2022-12-28/payments_a.csv",
        "banking/2022-12-28/customers_1.csv",
        "banking/2022-12-28/accounts_1.csv",
        "trading/2022-12-28/trades_1.jsonl",
        "reference/2022-12-28/portfolios_1.csv",
        "banking/2022-12-27/card_transactions_1.csv",
    )
    assert names(tmp_path) == [
        "banking/2022-12-27/card_transactions_1.csv",
        "banking/2022-12-28/customers_1.csv",
        "reference/2022-12-28/portfolios_1.csv",
        "banking/2022-12-28/accounts_1.csv",
        "banking/2022-12-28/payments_b.csv",
        "banking/2022-12-28/payments_a.csv",
        "trading/2022-12-28/trades_1.jsonl",
    ]


def test_a_system_and_a_last_date_can_be_chosen(tmp_path: Path) -> None:
    put(
        tmp_path,
        "banking/2022-12-28/payments_1.csv",
        "banking/2022-12-29/payments_2.csv",
        "trading/2022-12-28/trades_1.jsonl",
    )
    assert names(tmp_path, system="trading") == ["trading/2022-12-28/trades_1.jsonl"]
    assert names(tmp_path, through=date(2022, 12, 28), system="banking") == ["banking/2022-12-28/payments_1.csv"]


def test_an_inbox_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert names(tmp_path / "nowhere") == []
    assert unknown_files(tmp_path / "nowhere", CONTRACTS) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("payments_1.csv", "not in a folder <system>/<business date>"),
        ("banking/payments_1.csv", "not in a folder <system>/<business date>"),
        ("banking/2022-12-28/more/payments_1.csv", "not in a folder <system>/<business date>"),
        ("bank/2022-12-28/payments_1.csv", "'bank' is not a source system"),
        ("banking/28-12-2022/payments_1.csv", "'28-12-2022' is not a business date"),
        ("banking/2022-12-28/trades_1.jsonl", "fits none of the patterns of banking"),
        ("banking/2022-12-28/payments_1.csv.gz", "fits none of the patterns of banking"),
    ],
)
def test_a_file_that_no_contract_describes_is_listed_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    put(tmp_path, name)
    (unknown,) = unknown_files(tmp_path, CONTRACTS)
    assert unknown.path == tmp_path / name
    assert reason in unknown.reason
    assert names(tmp_path) == []


def test_a_link_is_not_a_delivery(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x")
    (tmp_path / "inbox/banking/2022-12-28").mkdir(parents=True)
    (tmp_path / "inbox/banking/2022-12-28/payments_1.csv").symlink_to(outside)
    (unknown,) = unknown_files(tmp_path / "inbox", CONTRACTS)
    assert "a link" in unknown.reason


def test_hidden_names_are_left_to_the_tools_that_write_them(tmp_path: Path) -> None:
    put(tmp_path, "banking/2022-12-28/.payments_1.csv.Xy12")
    assert names(tmp_path) == []
    assert unknown_files(tmp_path, CONTRACTS) == []


def test_an_unfinished_name_belongs_to_its_feed(tmp_path: Path) -> None:
    put(tmp_path, "banking/2022-12-28/payments_1.csv.part")
    (item,) = pending_deliveries(tmp_path, CONTRACTS)
    assert (item.feed, item.is_unfinished) == ("payments", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2022-12-28", date(2022, 12, 28)), ("2022-13-28", None), ("20221228", None), ("2022-W52-3", None), ("", None)],
)
def test_only_iso_dates_are_business_dates(text: str, expected: date | None) -> None:
    assert as_date(text) == expected


@pytest.mark.parametrize(
    ("name", "agree"),
    [
        ("payments_2022-12-28.csv", True),
        ("payments_2022-12-28_resent.csv", True),
        ("payments_20221228.csv", True),
        ("payments_2022-12-27.csv", False),
        ("payments_20221227.csv", False),
        ("payments_2022-12.csv", True),
        ("payments_2022-11.csv", False),
        ("payments_0042.csv", True),
        ("payments_batch-7.csv", True),
    ],
)
def test_a_date_in_the_name_must_be_the_folders(name: str, agree: bool) -> None:
    assert agrees(name, date(2022, 12, 28)) is agree


def test_a_date_can_be_taken_from_a_name() -> None:
    assert date_in("payments_2022-12-28.csv") == date(2022, 12, 28)
    assert date_in("payments_2022-13-28.csv") is None
    assert date_in("payments_1.csv") is None


@pytest.mark.parametrize(
    ("feed", "day", "expected"),
    [
        ("payments", date(2022, 12, 28), "2022-12-29T05:00:00+00:00"),
        ("payments", date(2022, 12, 30), "2023-01-02T05:00:00+00:00"),
        ("payments", date(2022, 7, 4), "2022-07-05T04:00:00+00:00"),
        ("trades", date(2022, 12, 28), "2022-12-29T03:00:00+00:00"),
        ("trades", date(2022, 12, 31), "2023-01-03T03:00:00+00:00"),
    ],
)
def test_the_deadline_counts_weekdays_in_the_feeds_time_zone(feed: str, day: date, expected: str) -> None:
    assert deadline(day, CONTRACTS[feed].late_after).isoformat() == expected
