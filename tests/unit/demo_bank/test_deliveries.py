"""Files, folders, formats, trailers, counts, and that the same request gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from governance.settings import Settings
from orchestration.demo_bank import InboxInUse, generate
from orchestration.demo_bank.calendar import DeliveryCalendar
from orchestration.demo_bank.market_data import MarketData
from orchestration.landing.contract import load_contracts
from orchestration.landing.lateness import deadline
from tests.unit.demo_bank.conftest import SCALE, SEED, MadeBank


@pytest.fixture(scope="module")
def calendar() -> DeliveryCalendar:
    return MarketData(SEED).calendar


def fingerprint(bank: MadeBank) -> dict[str, tuple[str, int]]:
    return {
        path: (hashlib.sha256((bank.inbox / path).read_bytes()).hexdigest(), (bank.inbox / path).stat().st_mtime_ns)
        for path in bank.files
    }


class TestDeterminism:
    def test_the_same_seed_gives_the_same_bytes_and_arrival_times(
        self, bank: MadeBank, make: Callable[[int], MadeBank]
    ) -> None:
        again = make(SEED)
        assert fingerprint(again) == fingerprint(bank)
        assert again.answers_path.read_bytes() == bank.answers_path.read_bytes()

    def test_another_seed_gives_other_people_and_trades_on_the_same_market(
        self, bank: MadeBank, make: Callable[[int], MadeBank]
    ) -> None:
        other = make(SEED + 1)
        here, there = fingerprint(bank), fingerprint(other)
        same = {path for path in here.keys() & there.keys() if here[path][0] == there[path][0]}
        feeds = {Path(path).name.rpartition("_")[0] for path in same}
        assert "equity_prices" in feeds
        assert "treasury_par_yields" in feeds
        assert feeds.isdisjoint({"customers", "accounts", "payments", "card_transactions", "trades"})


class TestPeriods:
    def test_the_last_twenty_business_days_come_daily_from_the_first_daily_date_on(
        self, calendar: DeliveryCalendar
    ) -> None:
        daily = [period for period in calendar.periods if len(period.name) == len("2022-12-28")]
        assert len(daily) == 20
        assert daily[0].last == Settings().first_daily_date
        assert daily[-1].last == date(2022, 12, 28)

    def test_november_2022_ends_the_day_before_the_first_daily_file(self, calendar: DeliveryCalendar) -> None:
        november = next(period for period in calendar.periods if period.name == "2022-11")
        assert (november.first, november.last) == (date(2022, 11, 1), date(2022, 11, 29))

    def test_periods_leave_no_gap_and_do_not_overlap(self, calendar: DeliveryCalendar) -> None:
        ends = np.array([period.last for period in calendar.periods[:-1]], dtype="datetime64[D]")
        starts = np.array([period.first for period in calendar.periods[1:]], dtype="datetime64[D]")
        assert (starts - ends == np.timedelta64(1, "D")).all()

    def test_every_period_ends_on_a_business_day(self, calendar: DeliveryCalendar) -> None:
        ends = np.array([period.last for period in calendar.periods], dtype="datetime64[D]")
        assert np.isin(ends, calendar.business_days).all()

    def test_a_day_belongs_to_the_period_that_covers_it(self, calendar: DeliveryCalendar) -> None:
        days = np.array(["2019-06-28", "2019-06-29", "2020-05-31", "2022-12-10"], dtype="datetime64[D]")
        assert [calendar.periods[index].name for index in calendar.period_index(days)] == [
            "opening",
            "2019-07",
            "2020-06",
            "2022-12-12",
        ]


class TestFormats:
    def test_every_contract_has_deliveries_in_its_own_folder_under_its_own_name(
        self, bank: MadeBank, contracts: dict[str, dict]
    ) -> None:
        assert {facts["feed"] for facts in bank.answers["files"].values()} == contracts.keys()
        for path, facts in bank.answers["files"].items():
            contract = contracts[facts["feed"]]
            assert path.startswith(f"{contract['system']}/{facts['business_date']}/")
            assert Path(path).match(contract["file_pattern"])

    def test_columns_are_those_of_the_contract_in_its_order(self, bank: MadeBank, contracts: dict[str, dict]) -> None:
        for feed, contract in contracts.items():
            expected = list(dict.fromkeys(c.get("path", c["name"]).split(".")[0] for c in contract["columns"]))
            for path in bank.delivered(feed):
                file = bank.inbox / path
                if path.endswith(".csv"):
                    found = file.read_text().splitlines()[0].split(",")
                elif path.endswith(".jsonl"):
                    found = list(json.loads(file.read_text().splitlines()[0]))
                else:
                    found = pq.read_schema(file).names
                assert found == expected, path

    def test_trailers_count_the_rows_and_sum_the_amounts(self, bank: MadeBank, contracts: dict[str, dict]) -> None:
        checked = 0
        for path, facts in bank.answers["files"].items():
            if not path.endswith(".csv") or facts["status"] == "refused":
                continue
            header, *rows, trailer = list(csv.reader((bank.inbox / path).read_text().splitlines()))
            assert trailer[:2] == ["TRAILER", str(len(rows))]
            assert facts["rows"] == len(rows)
            control = contracts[facts["feed"]].get("control_sum")
            if control is None:
                assert len(trailer) == 2
                continue
            whole = [row[header.index(control)] for row in rows if len(row) == len(header)]
            assert Decimal(trailer[2]) == sum(map(number_or_zero, whole)) == Decimal(facts["control_sum"]), path
            checked += 1
        assert checked > 100

    def test_sums_of_files_without_a_trailer_are_in_the_answers(
        self, bank: MadeBank, contracts: dict[str, dict]
    ) -> None:
        for path in bank.delivered("trades"):
            quantities = []
            for line in (bank.inbox / path).read_text().splitlines():
                if line.endswith("}"):
                    quantities.append(str(json.loads(line, parse_float=str, parse_int=str)["quantity"]))
            assert Decimal(bank.answers["files"][path]["control_sum"]) == sum(map(number_or_zero, quantities))
        for feed in ("equity_prices", "fx_rates", "treasury_par_yields", "implied_volatilities"):
            for path in bank.delivered(feed):
                column = pq.read_table(bank.inbox / path).column(contracts[feed]["control_sum"]).to_pylist()
                total = sum(value for value in column if value is not None)
                assert Decimal(bank.answers["files"][path]["control_sum"]) == total

    def test_arrival_keeps_the_contracts_deadline_except_where_the_answers_say_late(self, bank: MadeBank) -> None:
        contracts = load_contracts()
        for path, facts in bank.answers["files"].items():
            arrived = datetime.fromtimestamp((bank.inbox / path).stat().st_mtime, UTC)
            limit = deadline(date.fromisoformat(facts["business_date"]), contracts[facts["feed"]].late_after)
            assert (arrived > limit) == facts["is_late"], path

    def test_no_event_is_later_than_its_folder(self, bank: MadeBank) -> None:
        for feed, event in (("payments", "booked_at"), ("card_transactions", "transacted_at")):
            for path in bank.delivered(feed):
                folder = Path(path).parent.name
                planted = {f["line"] for f in bank.answers["faults"] if f.get("file") == path}
                header, *rows, _ = list(csv.reader((bank.inbox / path).read_text().splitlines()))
                position = header.index(event)
                days = [row[position][:10] for line, row in enumerate(rows, 2) if line not in planted]
                assert max(days, default=folder) <= folder


class TestCounts:
    def test_the_answers_list_every_file(self, bank: MadeBank) -> None:
        assert bank.files == sorted(bank.answers["files"])
        assert bank.summary.files == len(bank.files)

    def test_rows_are_loaded_quarantined_duplicate_or_in_a_refused_file(self, bank: MadeBank) -> None:
        for facts in bank.answers["files"].values():
            parts = facts["rows_loaded"] + facts["rows_quarantined"] + facts["rows_duplicate"]
            assert parts == (0 if facts["status"] == "refused" else facts["rows"])
        assert bank.summary.rows == sum(facts["rows"] for facts in bank.answers["files"].values())

    def test_scale_gives_its_share_of_customers_payments_and_trades(self, bank: MadeBank) -> None:
        counts = {}
        for feed in ("customers", "payments", "card_transactions"):
            clean = bank.clean_rows(feed)
            counts[feed] = len(clean.fetchall())
        trades = bank.clean_rows("trades").filter("version = 1")
        assert counts == {"customers": 100, "payments": 4_000, "card_transactions": 6_000}
        assert trades.aggregate("count(*)").fetchone() == (1_200,)

    def test_nine_in_ten_customers_are_people(self, bank: MadeBank) -> None:
        kinds = bank.clean_rows("customers").aggregate("customer_type, count(*)").fetchall()
        assert dict(kinds) == {"retail": 90, "corporate": 10}

    def test_progress_counts_up_to_the_number_of_periods(self, tmp_path: Path) -> None:
        seen: list[tuple[str, int, int]] = []
        generate(tmp_path / "inbox", tmp_path / "a.json", scale=0.01, progress=lambda *step: seen.append(step))
        assert [done for _, done, _ in seen] == list(range(1, 63))
        assert {(stage, total) for stage, _, total in seen} == {("Demonstration data", 62)}


class TestRefusals:
    def test_an_inbox_with_deliveries_is_left_alone(self, tmp_path: Path) -> None:
        waiting = tmp_path / "inbox" / "trading" / "2022-12-28" / "trades_2022-12-28.jsonl"
        waiting.parent.mkdir(parents=True)
        waiting.write_text("{}\n")
        with pytest.raises(InboxInUse, match="has deliveries"):
            generate(tmp_path / "inbox", tmp_path / "answers.json", scale=SCALE)
        assert waiting.read_text() == "{}\n"
        assert not (tmp_path / "answers.json").exists()
        assert [path.name for path in (tmp_path / "inbox").iterdir()] == ["trading"]

    @pytest.mark.parametrize("scale", [0.0, -1.0])
    def test_a_scale_of_nothing_is_refused(self, tmp_path: Path, scale: float) -> None:
        with pytest.raises(ValueError, match="above zero"):
            generate(tmp_path / "inbox", tmp_path / "answers.json", scale=scale)


def number_or_zero(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
