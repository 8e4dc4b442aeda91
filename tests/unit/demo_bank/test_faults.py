"""Every planted fault is where the answers say, is what they say, and comes with its remedy."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.demo_bank import canaries, unanswered
from tests.unit.demo_bank.conftest import MadeBank

ARTICLE_RULES = {
    ("amount", "required"),
    ("amount", "type"),
    ("amount", "min"),
    ("amount", "scale"),
    ("amount", "max"),
    ("account_number", "required"),
    ("account_number", "check"),
    ("account_number", "exists_in"),
    ("booked_at", "required"),
    ("booked_at", "type"),
    ("booked_at", "not_future"),
    (None, "malformed"),
}


def rows(bank: MadeBank, **facts: object) -> list[dict]:
    return [
        fault
        for fault in bank.answers["faults"]
        if fault.get("line") is not None and all(fault.get(name) == value for name, value in facts.items())
    ]


def fields(bank: MadeBank, fault: dict) -> dict:
    """The planted row as it stands in its file; a broken line raises."""
    path = bank.inbox / fault["file"]
    if path.suffix == ".parquet":
        return pq.read_table(path).slice(fault["line"] - 1, 1).to_pylist()[0]
    lines = path.read_text().splitlines()
    text = lines[fault["line"] - 1]
    if path.suffix == ".jsonl":
        return json.loads(text)
    values = next(csv.reader([text]))
    header = lines[0].split(",")
    if len(values) != len(header):
        raise ValueError(f"{len(values)} fields")
    return dict(zip(header, values, strict=True))


class TestRows:
    def test_every_rule_of_the_article_is_broken_in_a_monthly_and_in_a_daily_file(self, bank: MadeBank) -> None:
        for period in ("2020-03", "2022-12-14"):
            found = {
                (fault["field"], fault["rule"])
                for fault in rows(bank, feed="payments", outcome="quarantined")
                if f"payments_{period}" in fault["file"]
            }
            assert found >= ARTICLE_RULES

    def test_a_quarantined_row_breaks_its_rule_at_its_line(self, bank: MadeBank) -> None:
        quarantined = rows(bank, outcome="quarantined")
        assert len(quarantined) > 70
        for fault in quarantined:
            if fault["rule"] == "malformed":
                with pytest.raises(ValueError, match=r"fields|Expecting|Unterminated"):
                    fields(bank, fault)
                continue
            value = fields(bank, fault)[fault["field"]]
            match fault["rule"]:
                case "required":
                    assert value in (None, "")
                case "min":
                    assert Decimal(str(value)) <= 0
                case "max":
                    assert Decimal(str(value)) > 1
                case "not_future":
                    assert value.startswith("2099")
                case "otc_needs_contract":
                    assert value is None
                case _:
                    assert value not in (None, "")

    def test_the_limits_themselves_load(self, bank: MadeBank) -> None:
        limits = [*rows(bank, kind="amount at the lower limit"), *rows(bank, kind="amount at the upper limit")]
        assert [fault["outcome"] for fault in limits] == ["loaded"] * 4
        assert sorted({fields(bank, fault)["amount"] for fault in limits}) == ["0.01", "10000000.00"]

    def test_a_duplicate_repeats_a_loaded_row_of_its_file_or_the_one_before(self, bank: MadeBank) -> None:
        duplicates = rows(bank, outcome="duplicate")
        assert Counter(fault["kind"] for fault in duplicates) == {
            "row twice in a file": 6,
            "row of the previous file": 18,
        }
        loaded = Counter(str(fields(bank, fault)) for fault in rows(bank, outcome="loaded"))
        for fault in duplicates:
            assert loaded[str(fields(bank, fault))] == 1

    def test_a_correction_has_the_key_of_an_earlier_row_and_another_content(self, bank: MadeBank) -> None:
        corrections = rows(bank, outcome="correction")
        assert Counter(fault["field"] for fault in corrections) == {"segment": 2, "amount": 1}
        payment = fields(bank, next(fault for fault in corrections if fault["field"] == "amount"))
        paid = [fields(bank, fault) for fault in rows(bank, kind="row that a later file corrects")]
        assert [row | {"amount": payment["amount"]} for row in paid] == [payment]
        assert paid[0]["amount"] != payment["amount"]
        known = {row["customer_id"]: row for row in _dicts(bank, "customers")}
        for fault in (fault for fault in corrections if fault["field"] == "segment"):
            customer = fields(bank, fault)
            earlier = known[customer["customer_id"]]
            assert {name for name in customer if customer[name] != (earlier[name] or "")} == {"segment"}

    def test_a_late_trade_is_older_than_the_previous_delivery(self, bank: MadeBank) -> None:
        late = rows(bank, outcome="late")
        assert [(fields(bank, fault)["trade_date"], Path(fault["file"]).stem) for fault in late] == [
            ("2021-03-30", "trades_2021-04"),
            ("2022-12-06", "trades_2022-12-08"),
        ]

    def test_planted_rows_carry_numbers_of_their_own(self, bank: MadeBank) -> None:
        clean = {row["payment_id"] for row in _dicts(bank, "payments")}
        planted = {
            fields(bank, fault)["payment_id"] for fault in rows(bank, feed="payments") if fault["rule"] != "malformed"
        }
        assert clean.isdisjoint(planted)
        assert all(number.startswith("P9") for number in planted)


class TestFiles:
    def test_every_kind_of_file_fault_is_there(self, bank: MadeBank) -> None:
        found = Counter(
            (fault["kind"], fault["rule"])
            for fault in bank.answers["faults"]
            if "file" in fault and fault["line"] is None
        )
        assert found == {
            ("file refused", "trailer_count"): 3,
            ("file refused", "trailer_sum"): 3,
            ("file refused", "trailer_missing"): 1,
            ("file refused", "missing_column"): 3,
            ("file refused", "unreadable"): 1,
            ("file sent twice", None): 5,
            ("file after its deadline", None): 2,
            ("file in another date's folder", "wrong_business_date"): 1,
        }

    def test_a_refused_file_comes_again_in_good_order(self, bank: MadeBank) -> None:
        refused = {path for path, facts in bank.answers["files"].items() if facts["status"] == "refused"}
        remedies = {f["file"]: f["sent_again_as"] for f in bank.answers["faults"] if f["outcome"] == "refused"}
        assert remedies.keys() == refused
        for path, again in remedies.items():
            assert bank.answers["files"][again]["status"] == "loaded"
            assert bank.answers["files"][again]["rows_loaded"] >= bank.answers["files"][path]["rows"] > 0

    def test_wrong_trailers_claim_something_else_than_the_good_delivery(self, bank: MadeBank) -> None:
        for rule, position in (("trailer_count", 1), ("trailer_sum", 2)):
            for fault in (f for f in bank.answers["faults"] if f.get("rule") == rule):
                *bad_rows, bad = (bank.inbox / fault["file"]).read_text().splitlines()
                *good_rows, good = (bank.inbox / fault["sent_again_as"]).read_text().splitlines()
                assert bad_rows == good_rows
                differs = [i for i, (a, b) in enumerate(zip(bad.split(","), good.split(","), strict=True)) if a != b]
                assert differs == [position]

    def test_a_missing_column_is_missing_and_nothing_else(self, bank: MadeBank) -> None:
        text, parquet = (
            next(
                (f["file"], f["sent_again_as"])
                for f in bank.answers["faults"]
                if f.get("rule") == "missing_column" and f["feed"] == feed
            )
            for feed in ("card_transactions", "equity_prices")
        )
        bad, good = ((bank.inbox / path).read_text().splitlines() for path in text)
        assert [line.rpartition(",")[0] for line in good[:-1]] == bad[:-1]
        bad_names, good_names = (pq.read_schema(bank.inbox / path).names for path in parquet)
        assert good_names == [*bad_names, "currency"]

    def test_a_cut_file_cannot_be_read(self, bank: MadeBank) -> None:
        cut = next(f["file"] for f in bank.answers["faults"] if f.get("rule") == "unreadable")
        with pytest.raises(pa.ArrowInvalid):
            pq.read_table(bank.inbox / cut)

    def test_a_file_sent_twice_has_the_same_bytes(self, bank: MadeBank) -> None:
        for fault in (f for f in bank.answers["faults"] if f["kind"] == "file sent twice"):
            assert (bank.inbox / fault["file"]).read_bytes() == (bank.inbox / fault["same_as"]).read_bytes()


class TestPersonalData:
    def test_the_answers_hold_none(self, bank: MadeBank) -> None:
        text = bank.answers_path.read_text()
        assert [name for name, value in canaries().items() if value in text or value.replace("-", "") in text] == []
        assert set(bank.answers["canaries_sha256"]) == set(canaries())

    def test_canaries_stand_in_loaded_quarantined_and_refused_rows(self, bank: MadeBank) -> None:
        account = canaries()["account_number"]
        for status in ("loaded", "refused"):
            paths = [path for path, facts in bank.answers["files"].items() if facts["status"] == status]
            assert any(account in (bank.inbox / path).read_text() for path in paths if "payments" in path)
        assert any(
            account in str(fields(bank, fault))
            for fault in rows(bank, feed="payments", outcome="quarantined")
            if fault["rule"] != "malformed"
        )


class TestGaps:
    def test_the_answers_name_the_stale_price_and_the_missing_ratings(self, bank: MadeBank) -> None:
        gaps = Counter(fault["outcome"] for fault in bank.answers["faults"] if "file" not in fault)
        assert gaps["stale"] == 1
        assert gaps["defaulted"] >= 3

    def test_faults_are_numbered(self, bank: MadeBank) -> None:
        numbers = [fault["id"] for fault in bank.answers["faults"]]
        assert numbers == [f"F{number:03d}" for number in range(1, len(numbers) + 1)]


class TestUnanswered:
    """A warehouse by hand: one file with one bad line."""

    ANSWERS: ClassVar = {
        "files": {
            "banking/2022-12-28/payments_2022-12-28.csv": {
                "status": "loaded", "rows_loaded": 1, "rows_quarantined": 1, "rows_duplicate": 0, "is_late": False,
            }
        },
        "faults": [
            {
                "id": "F001", "kind": "amount zero", "outcome": "quarantined", "feed": "payments", "line": 3,
                "file": "banking/2022-12-28/payments_2022-12-28.csv", "field": "amount", "rule": "min",
            },
            {"id": "F002", "kind": "rating missing", "outcome": "defaulted", "feed": "counterparties"},
            {
                "id": "F003", "kind": "payment of nobody", "outcome": "flagged", "feed": "payments",
                "condition": "_line = 2", "is_present": True,
            },
            {
                "id": "F004", "kind": "payment that is missing", "outcome": "fallback", "feed": "payments",
                "condition": "_line = 99", "is_present": False,
            },
        ],
    }  # fmt: skip

    @pytest.fixture
    def warehouse(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute(
            """
            attach ':memory:' as warehouse;
            create schema warehouse.raw;
            create table warehouse.raw.deliveries as select
                'd1' as delivery_id, 1 as load_sequence, 'banking' as system, date '2022-12-28' as business_date,
                'payments_2022-12-28.csv' as file_name, 'loaded' as status, 1 as rows_loaded, 1 as rows_quarantined,
                0 as rows_duplicate, false as is_late, null::varchar as refusal_rule;
            create table warehouse.raw.quarantine as select
                'payments' as feed, 'd1' as delivery_id, 3 as line, 'amount' as field, 'min' as rule;
            create table warehouse.raw.payments as select 'd1' as _delivery_id, 2 as _line;
            """
        )
        return connection

    def test_all_is_well(self, warehouse: duckdb.DuckDBPyConnection) -> None:
        assert unanswered(self.ANSWERS, warehouse) == []

    @pytest.mark.parametrize(
        ("mishap", "said"),
        [
            ("update warehouse.raw.deliveries set rows_loaded = 2", "should be"),
            ("update warehouse.raw.deliveries set file_name = 'payments_2022-12-28_b.csv'", "was not planned"),
            ("update warehouse.raw.quarantine set rule = 'max'", "F001"),
            ("delete from warehouse.raw.quarantine", "F001"),
            ("insert into warehouse.raw.quarantine values ('payments', 'd1', 9, 'amount', 'min')", "line 9"),
            ("insert into warehouse.raw.payments values ('d1', 3)", "is loaded"),
            ("delete from warehouse.raw.payments", "F003"),
            ("insert into warehouse.raw.payments values ('d1', 99)", "F004"),
        ],
    )
    def test_every_departure_is_said(self, warehouse: duckdb.DuckDBPyConnection, mishap: str, said: str) -> None:
        warehouse.execute(mishap)
        assert said in " ".join(unanswered(self.ANSWERS, warehouse))


def _dicts(bank: MadeBank, feed: str) -> list[dict]:
    return bank.clean_rows(feed).to_arrow_table().to_pylist()
