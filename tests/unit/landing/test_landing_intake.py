"""From the inbox to the ledger and the archive: every outcome of a file, also when a run ends half-way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from governance.settings import settings
from orchestration.landing import Contract, LandingError, archive, intake, land_all
from orchestration.landing.ledger import DeliveryResult
from tests.unit.landing.deliveries import (
    ACCOUNT,
    CUSTOMER,
    DAY,
    MERCHANT,
    NOW,
    Desk,
    account_number,
    csv_text,
    jsonl_text,
    payment,
)

GOOD = csv_text([MERCHANT, MERCHANT | {"merchant_id": "M000002"}])


def inbox_files() -> list[str]:
    return sorted(path.name for path in settings().inbox.rglob("*") if path.is_file())


def archived() -> list[str]:
    return sorted(path.name for path in settings().archive.glob("*"))


def run(desk: Desk) -> list[DeliveryResult]:
    return land_all(desk.connection, desk.ring, settings().inbox, now=NOW)


class TestLoaded:
    def test_the_ledger_says_what_came_of_it(self, desk: Desk) -> None:
        desk.open_account()
        result = desk.pay(payment(1), payment(2, amount="0.00"))
        columns = (
            "delivery_id, load_sequence, feed, system, business_date::varchar, file_name, status, refusal_rule, "
            "rows_read, rows_loaded, rows_quarantined, rows_duplicate, sum_read::varchar, trailer_rows, "
            "trailer_sum::varchar, min_event_date::varchar, late_rows, is_late, arrived_at::varchar, loaded_at::varchar"
        )
        assert desk.query(f"select {columns} from raw.deliveries where feed = 'payments'") == [
            (
                str(result.file_sha256)[:16], 3, "payments", "banking", DAY, "payments_2022-12-28.csv", "loaded", None,
                2, 1, 1, 0, "12.500000", 2, "12.500000", DAY, 0, False, "2022-12-29 03:00:00", "2022-12-30 09:00:00",
            )
        ]  # fmt: skip
        assert result.is_ledgered

    def test_the_file_goes_encrypted_to_the_archive(self, desk: Desk, tmp_path: Path) -> None:
        result = desk.deliver("merchants", GOOD)
        assert inbox_files() == []
        assert archived() == [f"{result.file_sha256}.enc"]
        assert b"Corner Shop" not in archive.archived_path(str(result.file_sha256)).read_bytes()
        archive.restore(str(result.file_sha256), tmp_path / "restored", desk.ring)
        assert (tmp_path / "restored").read_text() == GOOD

    @pytest.mark.parametrize(("minutes", "is_late"), [(0, False), (1, True)])
    def test_a_file_written_after_its_deadline_is_late(self, desk: Desk, minutes: int, is_late: bool) -> None:
        path = desk.put("merchants", GOOD)
        arrival = datetime(2022, 12, 29, 5, tzinfo=UTC) + timedelta(minutes=minutes)
        os.utime(path, (arrival.timestamp(),) * 2)
        (result,) = desk.land()
        assert (result.status, result.is_late) == ("loaded", is_late)

    def test_a_trailer_may_say_that_there_are_no_rows(self, desk: Desk) -> None:
        result = desk.deliver("merchants", csv_text([MERCHANT]).splitlines()[0] + "\nTRAILER,0\n")
        assert (result.status, result.rows_read, result.trailer_rows) == ("loaded", 0, 0)

    def test_progress_and_results_come_in_the_order_of_landing(self, desk: Desk) -> None:
        desk.put("accounts", csv_text([ACCOUNT]))
        desk.put("customers", csv_text([CUSTOMER]))
        seen: list[tuple[str, int, int]] = []
        results = land_all(
            desk.connection,
            desk.ring,
            settings().inbox,
            system="banking",
            now=NOW,
            progress=lambda *step: seen.append(step),
        )
        assert [(result.feed, result.rows_loaded) for result in results] == [("customers", 1), ("accounts", 1)]
        assert seen == [("Landing banking", 1, 2), ("Landing banking", 2, 2)]

    def test_landing_an_empty_inbox_gives_nothing(self, desk: Desk) -> None:
        assert run(desk) == []


REFUSALS: dict[str, tuple[str, str, str]] = {
    "no bytes": ("merchants", "", "empty"),
    "no rows": ("trades", "\n", "empty"),
    "trailer missing": ("merchants", GOOD.replace("TRAILER,2\n", ""), "trailer_missing"),
    "trailer counts more rows": ("merchants", GOOD.replace("TRAILER,2", "TRAILER,3"), "trailer_count"),
    "trailer counts fewer rows": ("merchants", GOOD.replace("TRAILER,2", "TRAILER,1"), "trailer_count"),
    "trailer sums to another amount": ("payments", csv_text([payment(1)], trailer="TRAILER,1,12.51"), "trailer_sum"),
    "column missing": ("merchants", GOOD.replace(",country", "").replace(",GB", ""), "missing_column"),
    "column unexpected": ("merchants", GOOD.replace("country", "country,x").replace("GB", "GB,1"), "unexpected_column"),
    "not a CSV file": ("merchants", "\x00\x01\x02", "missing_column"),
    "cut short": ("trades", '{"trade_id": "T00', "unreadable"),
    "not a Parquet file": ("equity_prices", "price_date,ticker\n", "unreadable"),
}


class TestRefused:
    @pytest.mark.parametrize(("feed", "content", "rule"), REFUSALS.values(), ids=REFUSALS)
    def test_a_fault_of_the_whole_file_refuses_it_and_keeps_it(
        self, desk: Desk, feed: str, content: str, rule: str
    ) -> None:
        result = desk.deliver(feed, content)
        assert (result.status, result.refusal_rule) == ("refused", rule)
        assert str(result.refusal_reason).endswith((".", "?"))
        assert (result.rows_read, result.sum_read) == (0, None)
        assert desk.query(f"select count(*) from raw.{feed}") == [(0,)]
        assert desk.quarantined() == []
        assert desk.query("select status, refusal_rule, rows_read from raw.deliveries") == [("refused", rule, 0)]
        assert (inbox_files(), archived()) == ([], [f"{result.file_sha256}.enc"])

    def test_a_sum_that_is_off_is_told_with_both_numbers(self, desk: Desk) -> None:
        result = desk.deliver("payments", csv_text([payment(1, amount="1234.50")], trailer="TRAILER,1,1234.6"))
        assert result.refusal_reason == "Its amount sums to 1,234.5 where its trailer record says 1,234.6."

    @pytest.mark.parametrize(("name", "day"), [("merchants_2022-12-27.csv", DAY), ("merchants_1.csv", "2023-01-02")])
    def test_a_file_in_another_dates_folder_is_refused(self, desk: Desk, name: str, day: str) -> None:
        assert desk.deliver("merchants", GOOD, name, day).refusal_rule == "wrong_business_date"

    def test_a_corrected_file_is_loaded(self, desk: Desk) -> None:
        desk.deliver("merchants", GOOD.replace("TRAILER,2", "TRAILER,3"))
        assert desk.deliver("merchants", GOOD).rows_loaded == 2

    def test_the_same_bytes_are_refused_again(self, desk: Desk) -> None:
        bad = GOOD.replace("TRAILER,2", "TRAILER,3")
        results = [desk.deliver("merchants", bad, name) for name in ("merchants_1.csv", "merchants_2.csv")]
        assert [result.refusal_rule for result in results] == ["trailer_count"] * 2
        assert desk.query("select file_name from raw.deliveries order by load_sequence") == [
            ("merchants_1.csv",),
            ("merchants_2.csv",),
        ]

    def test_the_same_bytes_in_the_right_folder_are_loaded(self, desk: Desk) -> None:
        name = "merchants_2022-12-27.csv"
        assert desk.deliver("merchants", GOOD, name).status == "refused"
        assert desk.deliver("merchants", GOOD, name, "2022-12-27").status == "loaded"

    def test_a_refused_file_is_loaded_once_its_contract_is_amended(self, desk: Desk) -> None:
        """Put back as it was, time of writing included."""
        contract = desk.contracts["merchants"]
        columns = [column for column in contract.model_dump()["columns"] if column["name"] != "country"]
        desk.contracts["merchants"] = Contract.model_validate(contract.model_dump() | {"columns": columns})
        assert desk.deliver("merchants", GOOD).refusal_rule == "unexpected_column"
        desk.contracts["merchants"] = contract
        assert desk.deliver("merchants", GOOD).status == "loaded"


class TestNotYet:
    def test_an_unfinished_name_waits_in_the_inbox(self, desk: Desk) -> None:
        path = desk.put("merchants", GOOD, "merchants_1.csv.part")
        (result,) = desk.land()
        assert (result.status, result.refusal_rule, result.is_ledgered) == ("refused", "still_growing", False)
        assert inbox_files() == ["merchants_1.csv.part"]
        path.rename(path.with_suffix(""))
        assert [result.status for result in desk.land()] == ["loaded"]

    def test_a_file_that_changes_between_two_looks_waits(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        path = desk.put("merchants", GOOD.replace("TRAILER,2\n", ""))
        os.utime(path)

        def write_on(seconds: float) -> None:
            assert 0 < seconds <= intake.SETTLE_SECONDS
            with path.open("a") as file:
                file.write("TRAILER,2\n")

        monkeypatch.setattr(time, "sleep", write_on)
        (result,) = desk.land()
        assert result.refusal_rule == "still_growing"
        assert desk.query("select count(*) from raw.deliveries") == [(0,)]
        os.utime(path, (1, 1))
        assert [result.rows_loaded for result in desk.land()] == [2]

    def test_a_file_that_changes_while_it_is_read_waits(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        path = desk.put("merchants", GOOD)
        prepare = archive.prepare

        def replace_behind(*arguments: object) -> Path | None:
            prepared = prepare(*arguments)  # type: ignore[arg-type]
            path.write_text(GOOD.replace("Corner", "Other"))
            return prepared

        with monkeypatch.context() as patch:
            patch.setattr(archive, "prepare", replace_behind)
            (result,) = desk.land()
        assert result.refusal_rule == "still_growing"
        assert (inbox_files(), archived()) == ([path.name], [])
        assert desk.query("select count(*) from raw.merchants") == [(0,)]

    def test_a_file_that_replaces_a_landed_one_at_once_stays(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        path = desk.put("merchants", GOOD)
        keep = archive.keep

        def replace_behind(prepared: Path, file_sha256: str) -> None:
            keep(prepared, file_sha256)
            path.unlink()
            desk.put("merchants", GOOD.replace("Corner", "Other"))

        with monkeypatch.context() as patch:
            patch.setattr(archive, "keep", replace_behind)
            assert [result.status for result in desk.land()] == ["loaded"]
        assert inbox_files() == [path.name]
        assert [result.rows_loaded for result in desk.land()] == [2]

    def test_a_file_that_is_gone_again_is_no_error(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        path = desk.put("merchants", GOOD)
        os.utime(path)
        monkeypatch.setattr(time, "sleep", lambda _: path.unlink())
        assert [result.refusal_rule for result in desk.land()] == ["still_growing"]

    def test_a_file_that_may_not_be_read_waits(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def forbid(path: Path) -> str:
            raise PermissionError(13, "Permission denied", str(path))

        desk.put("merchants", GOOD)
        monkeypatch.setattr(intake, "sha256_of", forbid)
        (result,) = desk.land()
        assert (result.refusal_rule, result.is_ledgered) == ("unreadable", False)
        assert "Permission denied" in str(result.refusal_reason)
        assert len(inbox_files()) == 1

    def test_an_unknown_file_is_listed_and_kept(self, desk: Desk) -> None:
        path = settings().inbox / "banking" / DAY / "notes.txt"
        path.parent.mkdir(parents=True)
        path.write_text("x")
        (result,) = run(desk)
        assert (result.feed, result.status, result.refusal_rule) == ("unknown", "refused", "unknown_file")
        assert not result.is_ledgered
        assert path.exists()

    def test_a_full_disk_is_an_error_that_says_what_to_do(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device", "somewhere")

        desk.put("merchants", GOOD)
        with monkeypatch.context() as patch:
            patch.setattr(archive, "prepare", fail)
            with pytest.raises(LandingError, match=r"No space left on device.*run again"):
                desk.land()
        assert [result.status for result in desk.land()] == ["loaded"]


class Crash(BaseException):
    """Stands for the end of the process."""


def crash(*_: object, **__: object) -> None:
    raise Crash


def after(step: Callable[..., object]) -> Callable[..., None]:
    def done_then_crash(*arguments: object, **options: object) -> None:
        step(*arguments, **options)
        raise Crash

    return done_then_crash


def half_made(path: Path, file_sha256: str, *_: object) -> None:
    settings().archive.mkdir(parents=True, exist_ok=True)
    archive.archived_path(file_sha256).with_suffix(".enc.part").write_bytes(b"half")
    (settings().archive / f".{file_sha256}.enc.part.1234.tmp").write_bytes(b"less")
    raise Crash


MOMENTS = {
    "while it is judged": (intake, "evaluate", crash),
    "while its copy is made": (archive, "prepare", half_made),
    "with its copy made": (intake, "_write", crash),
    "with its rows written": (intake, "record", crash),
    "with its entry written": (intake, "record", after(intake.record)),
    "after the transaction": (archive, "keep", crash),
    "with its copy in place": (archive, "keep", after(archive.keep)),
}
KINDS = {
    "loaded": csv_text([MERCHANT, MERCHANT | {"merchant_id": "bad"}]),
    "refused": GOOD.replace("TRAILER,2", "TRAILER,3"),
}


class TestCrash:
    @pytest.mark.parametrize(("module", "name", "replacement"), MOMENTS.values(), ids=MOMENTS)
    @pytest.mark.parametrize("status", KINDS)
    def test_the_next_run_ends_as_an_undisturbed_one(
        self,
        desk: Desk,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        status: str,
        module: object,
        name: str,
        replacement: Callable[..., None],
    ) -> None:
        desk.put("merchants", KINDS[status])
        with monkeypatch.context() as patch:
            patch.setattr(module, name, replacement)
            with pytest.raises(Crash):
                run(desk)
        (result,) = run(desk)
        good, bad = (1, 1) if status == "loaded" else (0, 0)
        assert (result.status, result.rows_loaded, result.rows_quarantined) == (status, good, bad)
        assert desk.query("select status, load_sequence from raw.deliveries") == [(status, 1)]
        assert desk.query("select count(*) from raw.merchants") == [(good,)]
        assert desk.query("select count(*) from raw.quarantine") == [(bad,)]
        assert (inbox_files(), archived()) == ([], [f"{result.file_sha256}.enc"])
        archive.restore(str(result.file_sha256), tmp_path / "restored", desk.ring)
        assert (tmp_path / "restored").read_text() == KINDS[status]
        assert run(desk) == []

    def test_what_an_earlier_run_landed_is_only_put_away(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.put("merchants", GOOD)
        with monkeypatch.context() as patch:
            patch.setattr(archive, "keep", crash)
            with pytest.raises(Crash):
                run(desk)
        (result,) = run(desk)
        assert (result.status, result.is_resumed, result.rows_loaded) == ("loaded", True, 2)

    @pytest.mark.parametrize("moment", ["with its copy made", "after the transaction", "with its copy in place"])
    def test_a_duplicate_is_entered_once(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
        """Its copy is in the archive already, so the moment after the transaction is the removal of the file."""
        desk.deliver("merchants", GOOD, "merchants_1.csv")
        path = desk.put("merchants", GOOD, "merchants_2.csv")
        with monkeypatch.context() as patch:
            if moment == "with its copy made":
                patch.setattr(intake, "_write", crash)
            else:
                patch.setattr(type(path), "unlink", crash)
            with pytest.raises(Crash):
                run(desk)
        assert [result.status for result in run(desk)] == ["duplicate"]
        assert desk.query("select status from raw.deliveries order by load_sequence") == [("loaded",), ("duplicate",)]
        assert inbox_files() == []

    def test_a_second_delivery_under_the_same_name_is_a_duplicate_that_is_not_archived_twice(self, desk: Desk) -> None:
        first = desk.deliver("merchants", GOOD)
        copy = archive.archived_path(str(first.file_sha256)).read_bytes()
        path = desk.put("merchants", GOOD)
        os.utime(path, (1, 1))
        assert [result.status for result in desk.land()] == ["duplicate"]
        assert archive.archived_path(str(first.file_sha256)).read_bytes() == copy

    def test_a_run_that_fails_in_its_transaction_leaves_nothing(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.open_account()
        before = desk.query("select count(*) from raw.pii_values")
        desk.put(
            "payments", csv_text([payment(1, beneficiary_account_number=account_number(77)), payment(2)], "amount")
        )
        with monkeypatch.context() as patch:
            patch.setattr(intake, "record", crash)
            with pytest.raises(Crash):
                desk.land()
        assert desk.query("select count(*) from raw.pii_values") == before
        assert desk.query("select count(*) from raw.payments") == [(0,)]


PIECES = [
    b'"',
    b",",
    b"\r",
    b"\x00",
    b"\xff",
    "é".encode(),
    b"{",
    b"}",
    b":",
    b"9" * 40,
    b"1e5",
    b"nan",
    b"TRAILER",
    b" ",
]


def test_whatever_bytes_come_nothing_fails_and_the_rows_tie(desk: Desk) -> None:
    random = np.random.default_rng(7)
    desk.open_account()
    payments = desk.contracts["payments"].model_dump() | {"control_sum": None}
    desk.contracts["payments"] = Contract.model_validate(payments)

    def spoil(good: bytes) -> bytes:
        if random.random() < 0.5:
            return b"".join(PIECES[piece] for piece in random.integers(len(PIECES), size=random.integers(1, 20)))
        return good.replace(b"1", PIECES[random.integers(len(PIECES))], 1)

    for number in range(15):
        lines = [spoil(b'{"trade_id":"T000000001","version":1}') for _ in range(random.integers(5, 30))]
        trades = desk.deliver("trades", b"\n".join(lines) + b"\n", f"trades_{number}.jsonl")
        rows = [spoil(",".join(payment(1).values()).encode()) for _ in range(random.integers(5, 30))]
        trailer = b"TRAILER,%d" % len([row for row in rows if row != b"\r"])
        content = b"\n".join([",".join(payment(1)).encode(), *rows, trailer]) + b"\n"
        banking = desk.deliver("payments", content, f"payments_{number}.csv")
        assert [trades.refusal_reason, banking.refusal_reason] == [None, None]
        assert trades.rows_quarantined > 0
        assert banking.rows_quarantined > 0


def test_rows_of_every_format_are_landed_by_one_run(desk: Desk) -> None:
    desk.put("merchants", GOOD)
    desk.put("trades", jsonl_text([{"trade_id": "T000000001"}]))
    assert [(result.feed, result.rows_loaded, result.rows_quarantined) for result in run(desk)] == [
        ("merchants", 2, 0),
        ("trades", 0, 1),
    ]
