"""Landing into the encrypted warehouse on disk: nothing in clear, nothing twice, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.demo_bank import canaries, generate
from orchestration.landing import (
    DeliveryResult,
    UnknownDelivery,
    check_file,
    create_raw_tables,
    land_all,
    load_contracts,
)
from orchestration.landing.archive import restore
from tests.unit.landing.deliveries import ACCOUNT, CUSTOMER, DAY, MERCHANT, account_number, csv_text, payment

NOW = datetime(2023, 1, 3, 9, tzinfo=UTC)
FEEDS = load_contracts()
Landed = tuple[duckdb.DuckDBPyConnection, list[DeliveryResult]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from use(tmp_path / "home", monkeypatch)


def use(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    monkeypatch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
    settings.cache_clear()
    yield home
    settings.cache_clear()


def put(feed: str, content: str, name: str | None = None) -> Path:
    path = settings().inbox / FEEDS[feed].system / DAY / (name or FEEDS[feed].file_pattern.replace("*", DAY))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (1_672_300_000,) * 2)
    return path


def files(home: Path) -> dict[str, tuple[int, int]]:
    found = (path for path in home.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def holding(home: Path, *needles: bytes) -> list[Path]:
    """The files that hold one of the needles, as text or as UTF-16."""
    forms = [form for needle in needles for form in (needle, needle.decode().encode("utf-16-le"))]
    return [path for path in home.rglob("*") if path.is_file() and any(form in path.read_bytes() for form in forms)]


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    """The demonstration bank at a fiftieth of its size, landed at one go; the warehouse stays open."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for _ in use(tmp_path_factory.mktemp("demo") / "home", monkeypatch):
            generate(settings().inbox, settings().demo / "answers.json", scale=0.02, seed=11)
            assert holding(settings().root, *(value.encode() for value in canaries().values()))
            ring = KeyRing.open(create=True)
            with connect_warehouse(ring) as connection:
                create_raw_tables(connection, FEEDS)
                yield connection, land_all(connection, ring, settings().inbox, now=NOW)


class TestDemonstrationBank:
    def test_every_file_gets_the_answer_that_is_written_down(self, landed: Landed) -> None:
        answers = json.loads((settings().demo / "answers.json").read_text())["files"]
        found = {f"{result.system}/{result.business_date}/{result.file_name}": result for result in landed[1]}
        assert found.keys() == answers.keys()
        keys = ("status", "refusal_rule", "rows_loaded", "rows_quarantined", "rows_duplicate", "is_late")
        for name, answer in answers.items():
            expected = {key: answer[key] for key in keys if key in answer}
            assert {key: getattr(found[name], key) for key in expected} == expected, name
            if answer["status"] != "refused" and "control_sum" in answer:
                assert found[name].sum_read == Decimal(answer["control_sum"]), name

    def test_rows_and_sums_of_every_file_tie(self, landed: Landed) -> None:
        for result in landed[1]:
            assert result.rows_read == result.rows_loaded + result.rows_quarantined + result.rows_duplicate
            if result.sum_read is not None:
                assert result.sum_read == result.sum_loaded + result.sum_quarantined + result.sum_duplicate

    def test_the_ledger_ties_to_the_tables(self, landed: Landed) -> None:
        connection, results = landed
        entries = connection.execute("select feed, sum(rows_loaded)::bigint from raw.deliveries group by feed")
        ledger = dict(entries.fetchall())
        for feed, contract in FEEDS.items():
            rows, sum_ = connection.execute(
                f"select count(*), sum({contract.control_sum or 'null::decimal(38, 6)'}) from raw.{feed}"
            ).fetchone()
            assert rows == ledger.get(feed, 0)
            of_feed = [result.sum_loaded for result in results if result.feed == feed and result.sum_loaded is not None]
            assert sum(of_feed) == (sum_ or 0)
        assert connection.execute("select count(*) from raw.quarantine").fetchone() == (
            sum(result.rows_quarantined for result in results),
        )

    def test_every_planted_row_is_in_quarantine_at_its_line_with_its_rule(self, landed: Landed) -> None:
        faults = json.loads((settings().demo / "answers.json").read_text())["faults"]
        planted = [fault for fault in faults if fault["outcome"] == "quarantined"]
        assert len(planted) > 50
        found = landed[0].execute(
            "select d.system || '/' || q.business_date || '/' || q.file_name, q.line, q.field, q.rule "
            "from raw.quarantine as q inner join raw.deliveries as d using (delivery_id) where d.status = 'loaded'"
        )
        expected = [(fault["file"], fault["line"], fault["field"], fault["rule"]) for fault in planted]
        assert sorted(found.fetchall(), key=str) == sorted(expected, key=str)

    def test_no_key_has_the_same_content_twice_running(self, landed: Landed) -> None:
        for feed, contract in FEEDS.items():
            key = ", ".join(contract.by_name[name].raw_name for name in contract.key)
            repeated = landed[0].execute(
                f"select count(*) from (select _row_hash = lag(_row_hash) over "
                f"(partition by {key} order by _load_sequence, _line) as is_same from raw.{feed}) where is_same"
            )
            assert repeated.fetchone() == (0,), feed

    def test_every_file_left_the_inbox_for_the_archive(self, landed: Landed, tmp_path: Path) -> None:
        assert [path for path in settings().inbox.rglob("*") if path.is_file()] == []
        assert {path.name for path in settings().archive.iterdir()} == {f"{r.file_sha256}.enc" for r in landed[1]}
        result = next(result for result in landed[1] if result.status == "refused" and result.system == "banking")
        restore(result.file_sha256, tmp_path / "restored", KeyRing.open())
        assert (tmp_path / "restored").stat().st_size == result.file_bytes

    def test_no_canary_is_in_clear_while_the_warehouse_is_open(self, landed: Landed) -> None:
        """The write-ahead log is there, as the warehouse is in use."""
        assert settings().warehouse.with_name("warehouse.duckdb.wal").stat().st_size > 0
        assert holding(settings().root, *(value.encode() for value in canaries().values())) == []

    def test_landing_again_has_nothing_to_do(self, landed: Landed) -> None:
        before = landed[0].execute("select count(*) from raw.deliveries").fetchone()
        assert land_all(landed[0], KeyRing.open(), settings().inbox, now=NOW) == []
        assert landed[0].execute("select count(*) from raw.deliveries").fetchone() == before


def test_what_is_spilled_to_disk_is_not_in_clear(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than the memory it may take, with a canary in every row; the disk is watched while it is landed."""
    monkeypatch.setenv("TIEOUT_MEMORY_LIMIT", "120MB")
    settings.cache_clear()
    ring = KeyRing.open(create=True)
    canary = "Zebulon Canary"
    rows = (",".join(payment(number, beneficiary_name=f"{canary} {number}").values()) for number in range(300_000))
    put("customers", csv_text([CUSTOMER]))
    put("accounts", csv_text([ACCOUNT]))
    put("payments", "\n".join([",".join(payment(0)), *rows, "TRAILER,300000,3750000.00"]) + "\n")
    with connect_warehouse(ring) as connection:
        create_raw_tables(connection, FEEDS)
        watch = subprocess.Popen([sys.executable, "-c", WATCH, str(home), canary], stdout=subprocess.PIPE, text=True)
        try:
            results = land_all(connection, ring, settings().inbox, now=NOW)
        finally:
            watch.send_signal(signal.SIGTERM)
            seen, _, found = watch.communicate()[0].partition("\n")
    assert [result.rows_loaded for result in results] == [1, 1, 300_000]
    assert int(seen) > 0, "nothing was spilled, so nothing was tested"
    assert found.strip() == ""
    assert holding(home, canary.encode(), b"ZEBULON") == []


#: Prints how many spill files it saw, then every file but the delivery that held the needle.
WATCH = """
import pathlib, signal, sys, time
home, needle = pathlib.Path(sys.argv[1]), sys.argv[2].encode()
stop, seen, found = [], set(), set()
signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
while not stop:
    for path in home.rglob("*"):
        try:
            if path.is_file() and "inbox" not in path.parts:
                seen |= {path} if path.parent.name == "spill" else set()
                found |= {path} if needle in path.read_bytes() else set()
        except OSError:
            continue
print(len(seen))
print(*found)
"""


class TestCheckFile:
    @pytest.fixture
    def bank(self, home: Path) -> KeyRing:
        ring = KeyRing.open(create=True)
        put("customers", csv_text([CUSTOMER]))
        put("accounts", csv_text([ACCOUNT]))
        with connect_warehouse(ring) as connection:
            assert [result.rows_loaded for result in land_all(connection, ring, settings().inbox, now=NOW)] == [1, 1]
        return ring

    def test_it_says_what_a_file_would_give_and_writes_nothing(self, bank: KeyRing, home: Path, tmp_path: Path) -> None:
        file = tmp_path / f"payments_{DAY}.csv"
        rows = [payment(1), payment(1), payment(2, account_number=account_number(9)), payment(3, amount="0.00")]
        file.write_text(csv_text(rows, "amount"))
        before = files(tmp_path)
        result = check_file(file, bank, now=NOW)
        assert files(tmp_path) == before
        assert (result.status, result.rows_read) == ("loaded", 4)
        assert (result.rows_loaded, result.rows_quarantined, result.rows_duplicate) == (1, 2, 1)
        assert dict(result.faults) == {"account_number: exists_in": 1, "amount: min": 1}
        assert not result.is_ledgered

    def test_it_agrees_with_landing(self, bank: KeyRing, home: Path) -> None:
        path = put("payments", csv_text([payment(1), payment(2, amount="0.00")], "amount"))
        checked = check_file(path, bank, now=NOW)
        with connect_warehouse(bank) as connection:
            (landed,) = land_all(connection, bank, settings().inbox, now=NOW)
        assert checked == DeliveryResult(**{**landed.__dict__, "is_ledgered": False})

    def test_a_file_that_was_landed_is_a_duplicate(self, bank: KeyRing, tmp_path: Path) -> None:
        file = tmp_path / f"accounts_{DAY}.csv"
        file.write_text(csv_text([ACCOUNT]))
        os.utime(file, (1_672_300_000,) * 2)
        result = check_file(file, bank, now=NOW, business_date=date.fromisoformat(DAY))
        assert (result.status, result.rows_duplicate, result.is_ledgered) == ("duplicate", 1, False)

    def test_it_needs_no_warehouse(self, home: Path, tmp_path: Path) -> None:
        file = tmp_path / f"accounts_{DAY}.csv"
        file.write_text(csv_text([ACCOUNT]))
        result = check_file(file, KeyRing.open(create=True), now=NOW)
        assert (result.rows_quarantined, str(result.business_date)) == (1, DAY)
        assert not settings().warehouse.exists()

    def test_a_feed_that_the_warehouse_does_not_know_yet_can_be_checked(self, bank: KeyRing, tmp_path: Path) -> None:
        new = FEEDS["merchants"].model_copy(update={"feed": "shops", "file_pattern": "shops_*.csv"})
        file = tmp_path / "shops_1.csv"
        file.write_text(csv_text([MERCHANT]))
        assert check_file(file, bank, now=NOW, contracts=FEEDS | {"shops": new}).rows_loaded == 1

    def test_the_date_is_the_one_given_or_the_folders(self, bank: KeyRing, tmp_path: Path) -> None:
        folder = tmp_path / "2022-12-27"
        folder.mkdir()
        file = folder / "payments_1.csv"
        file.write_text(csv_text([payment(1)], "amount"))
        assert check_file(file, bank, now=NOW).rows_quarantined == 1
        assert check_file(file, bank, now=NOW, business_date=date.fromisoformat(DAY)).rows_loaded == 1

    def test_a_name_that_fits_no_contract_is_an_error_that_lists_them(self, bank: KeyRing, tmp_path: Path) -> None:
        file = tmp_path / "report.csv"
        file.write_text("x")
        with pytest.raises(UnknownDelivery, match=r"payments_\*\.csv \(payments\)"):
            check_file(file, bank, now=NOW)
        assert check_file(file, bank, now=NOW, feed="merchants").refusal_rule == "missing_column"


LAND = """
from datetime import datetime, UTC
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.landing import land_all
ring = KeyRing.open(create=True)
with connect_warehouse(ring) as connection:
    land_all(connection, ring, settings().inbox, now=datetime(2023, 1, 3, 9, tzinfo=UTC))
"""


def test_a_run_that_is_killed_again_and_again_ends_as_an_undisturbed_one(home: Path) -> None:
    """SIGKILL at moments spread over the landing of many files; then one run to the end."""
    count = 60
    put("customers", csv_text([CUSTOMER]))
    put("accounts", csv_text([ACCOUNT]))
    for number in range(count):
        rows = [payment(number), payment(number), payment(number + 1000, amount="0.00")]
        put("payments", csv_text(rows, "amount"), f"payments_{number:03d}.csv")
    put("payments", csv_text([payment(0), payment(0), payment(1000, amount="0.00")], "amount"), "payments_999.csv")
    for target in (45, 30, 15):
        process = subprocess.Popen([sys.executable, "-c", LAND], cwd=Path(__file__).parents[3])
        while len(list(settings().inbox.rglob("*.csv"))) > target:
            assert process.poll() is None
            time.sleep(0.002)
        process.kill()
        process.wait()
    ring = KeyRing.open()
    with connect_warehouse(ring) as connection:
        land_all(connection, ring, settings().inbox, now=NOW)
        assert connection.execute(
            "select status, count(*), sum(rows_loaded), sum(rows_quarantined), sum(rows_duplicate) "
            "from raw.deliveries where feed = 'payments' group by status order by status"
        ).fetchall() == [("duplicate", 1, 0, 0, 3), ("loaded", count, count, count, count)]
        assert connection.execute("select count(*), sum(amount) from raw.payments").fetchone() == (count, 12.5 * count)
        assert connection.execute("select count(*) from raw.quarantine").fetchone() == (count,)
    assert [path for path in settings().inbox.rglob("*") if path.is_file()] == []
    assert all(path.suffix == ".enc" for path in settings().archive.iterdir())
    assert len(list(settings().archive.iterdir())) == count + 2
