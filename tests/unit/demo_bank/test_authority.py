"""The life of reports, path by path, on events made by hand; and the answers of the demonstration bank."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from orchestration.demo_bank.authority import FEEDBACK_SCHEMA, Answer, Authority, UnknownReport
from orchestration.demo_bank.calendar import Period
from tests.unit.demo_bank.conftest import MadeBank

RULES = Path(__file__).parents[3] / "dbt_project" / "seeds" / "mifid" / "mifid_validation_rules.csv"
DAYS = np.array(["2022-12-08", "2022-12-09", "2022-12-12", "2022-12-13", "2022-12-14"], dtype="datetime64[D]")
ADMITTED, EXEMPT = "REPORTABLE_ADMITTED", "EXEMPT_SFT"
Event = tuple[int, str, str, bool]
"""Day of delivery, action, eligibility, and whether the event is faulty."""


def authority(
    lives: dict[str, list[Event]], answers: list[Answer] | None = None, unknown: list[UnknownReport] | None = None
) -> Authority:
    """An authority for executions, each with its events in order of version, all traded on the first day."""
    rows = [(name, version, *event) for name, events in lives.items() for version, event in enumerate(events, 1)]
    ids, versions, delivered, actions, reasons, faulty = (list(column) for column in zip(*rows, strict=True))
    executions = pa.table(
        {
            "execution_id": ids,
            "version": pa.array(versions, pa.int32()),
            "action": actions,
            "transaction_reference": [f"REF{name}" for name in ids],
            "trade_date": pa.array([date(2022, 12, 8)] * len(ids)),
        }
    )
    outcomes = pa.table({"delivered": delivered, "reason": reasons, "is_faulty": faulty})
    return Authority(DAYS, 10, executions, outcomes, answers or [], unknown or [])


def reports(made: Authority) -> list[tuple[str, str]]:
    """First-time reports of each day's file: date and statuses, counted."""
    return [
        (str(file["submission_id"]), f"{file['new_reports']} NEWT {file['cancel_reports']} CANC")
        for file in made.submissions
    ]


def feedback(made: Authority, day: int) -> list[dict]:
    period = Period(10 + day, str(DAYS[day]), DAYS[day].item(), DAYS[day].item())
    (delivery,) = made.deliveries(period)
    assert delivery.table.schema == FEEDBACK_SCHEMA
    return delivery.table.to_pylist()


NEW = (0, "new", ADMITTED, False)


class TestLives:
    @pytest.mark.parametrize(
        ("events", "sent"),
        [
            pytest.param([NEW], {0: (1, 0)}, id="new"),
            pytest.param([(0, "new", ADMITTED, True)], {}, id="held"),
            pytest.param([(0, "new", EXEMPT, False)], {}, id="exempt"),
            pytest.param([NEW, (0, "amend", ADMITTED, False)], {0: (1, 0)}, id="amended the same day"),
            pytest.param([NEW, (0, "cancel", ADMITTED, False)], {}, id="cancelled the same day"),
            pytest.param([NEW, (3, "amend", ADMITTED, False)], {0: (1, 0), 3: (1, 1)}, id="amended later"),
            pytest.param([NEW, (3, "cancel", ADMITTED, False)], {0: (1, 0), 3: (0, 1)}, id="cancelled later"),
            pytest.param([NEW, (3, "amend", EXEMPT, False)], {0: (1, 0), 3: (0, 1)}, id="no longer reportable"),
            pytest.param([NEW, (3, "amend", ADMITTED, True)], {0: (1, 0)}, id="amendment held"),
            pytest.param(
                [NEW, (3, "amend", ADMITTED, True), (4, "cancel", ADMITTED, False)],
                {0: (1, 0), 4: (0, 1)},
                id="cancelled after a held amendment",
            ),
            pytest.param(
                [(0, "new", ADMITTED, True), (3, "amend", ADMITTED, False)], {3: (1, 0)}, id="held, then released"
            ),
            pytest.param(
                [NEW, (3, "cancel", ADMITTED, False), (4, "cancel", ADMITTED, False)],
                {0: (1, 0), 3: (0, 1)},
                id="cancelled once only",
            ),
        ],
    )
    def test_reports_of_one_execution(self, events: list[Event], sent: dict[int, tuple[int, int]]) -> None:
        totals = authority({"A": events}).totals()["by_reporting_date"]
        found = {
            day: (totals[str(name)]["new_reports"], totals[str(name)]["cancel_reports"])
            for day, name in enumerate(DAYS)
            if totals[str(name)]["new_reports"] or totals[str(name)]["cancel_reports"]
        }
        assert found == sent

    def test_nothing_is_withdrawn_that_was_rejected_by_then(self) -> None:
        refused = [Answer("A", 1, [(3, "rejected", "X", "no")])]
        by_the_day = authority({"A": [NEW, (3, "amend", ADMITTED, False)]}, refused)
        before_the_day = authority({"A": [NEW, (2, "amend", ADMITTED, False)]}, refused)
        assert by_the_day.sends_cancel.tolist() == [False, False]
        assert before_the_day.sends_cancel.tolist() == [False, True]

    def test_a_rejected_file_comes_again_whole_behind_the_next_days_own(self) -> None:
        made = authority({"A": [NEW, (1, "amend", ADMITTED, False)], "B": [(1, "new", ADMITTED, False)], "C": [NEW]})
        assert reports(made) == [
            ("TRN-20221208-001", "2 NEWT 0 CANC"),
            ("TRN-20221209-001", "2 NEWT 1 CANC"),
            ("TRN-20221212-001", "0 NEWT 0 CANC"),
            ("TRN-20221212-002", "2 NEWT 1 CANC"),
            ("TRN-20221213-001", "0 NEWT 0 CANC"),
            ("TRN-20221214-001", "0 NEWT 0 CANC"),
        ]
        assert made.submissions[3]["resubmission_of"] == "TRN-20221209-001"

    def test_executions_are_where_their_last_version_says(self) -> None:
        lives = {
            "REPORTED": [NEW],
            "HELD": [(0, "new", ADMITTED, True)],
            "GONE": [NEW, (3, "cancel", ADMITTED, False)],
            "EXEMPT": [(0, "new", EXEMPT, False)],
            "REFUSED": [NEW],
            "WAITING": [NEW],
            "RELEASED": [(0, "new", ADMITTED, True), (2, "amend", ADMITTED, False)],
            "REPLACED": [NEW, (2, "amend", ADMITTED, False)],
        }
        answers = [
            Answer("REFUSED", 1, [(1, "rejected", "X", "no")]),
            Answer("WAITING", 1, [(1, "pending", "X", "later")]),
            Answer("REPLACED", 1, [(1, "rejected", "X", "no")]),
        ]
        totals = authority(lives, answers).totals()["by_trade_date"]["2022-12-08"]
        assert totals == {
            "executions": 8,
            "reported": 3,
            "held": 1,
            "rejected": 1,
            "pending": 1,
            "cancelled": 1,
            "exempt": {"EXEMPT_SFT": 1},
        }


class TestAnswers:
    def test_a_file_is_answered_the_next_business_day_and_the_last_one_not_yet(self) -> None:
        made = authority({"A": [NEW], "B": [NEW], "C": [(4, "new", ADMITTED, False)]})
        assert feedback(made, 0) == []
        (record,) = feedback(made, 1)
        assert (record["record_type"], record["submission_id"]) == ("file", "TRN-20221208-001")
        assert (record["status"], record["reports_received"], record["reports_accepted"]) == ("accepted", 2, 2)
        assert made.submissions[-1]["status"] == "submitted"

    def test_refused_and_waiting_reports_have_records_of_their_own(self) -> None:
        answers = [Answer("A", 1, [(1, "pending", "X", "later"), (4, "accepted", None, None)])]
        made = authority({"A": [NEW], "B": [NEW]}, answers)
        file, waits = feedback(made, 1)
        assert (file["status"], file["reports_received"], file["reports_accepted"]) == ("part_accepted", 2, 1)
        assert (waits["transaction_reference"], waits["status"], waits["report_status"]) == ("REFA", "pending", "NEWT")
        accepted = [record for record in feedback(made, 4) if record["record_type"] == "transaction"]
        assert [(record["transaction_reference"], record["status"]) for record in accepted] == [("REFA", "accepted")]

    def test_a_report_that_nobody_sent_is_counted_by_the_authority_alone(self) -> None:
        made = authority({"A": [NEW]}, unknown=[UnknownReport(0, "REFX")])
        file, stranger = feedback(made, 1)
        assert (made.submissions[0]["new_reports"], file["reports_received"]) == (1, 2)
        assert (stranger["transaction_reference"], stranger["status"]) == ("REFX", "accepted")


class TestBank:
    def test_executions_of_a_trade_date_are_all_somewhere(self, bank: MadeBank) -> None:
        totals = bank.answers["mifid"]["by_trade_date"]
        assert len(totals) == 20
        for day, counts in totals.items():
            parts = sum(counts[name] for name in ("reported", "held", "rejected", "pending", "cancelled"))
            assert parts + sum(counts["exempt"].values()) == counts["executions"], day

    def test_events_of_a_reporting_date_are_those_delivered(self, bank: MadeBank) -> None:
        for day, counts in bank.answers["mifid"]["by_reporting_date"].items():
            assert counts["events"] == bank.answers["files"][f"execution/{day}/executions_{day}.jsonl"]["rows"]
            assert counts["reportable"] + sum(counts["exempt"].values()) == counts["events"]

    def test_every_fault_names_an_execution_that_is_delivered(self, bank: MadeBank) -> None:
        delivered = set()
        for path in bank.delivered("executions"):
            rows = map(json.loads, (bank.inbox / path).read_text().splitlines())
            delivered |= {(row["execution_id"], row["version"]) for row in rows}
        named = [f for f in bank.answers["faults"] if f["outcome"] == "found" and f.get("feed") == "executions"]
        assert len(named) > 110
        assert {(fault["execution_id"], fault["version"]) for fault in named} <= delivered

    def test_every_reporting_rule_is_broken_by_somebody(self, bank: MadeBank) -> None:
        with RULES.open(encoding="utf-8") as file:
            severities = {row["rule_id"]: row["severity"] for row in csv.DictReader(file)}
        broken = {fault["rule"]: fault["severity"] for fault in bank.answers["faults"] if fault.get("severity")}
        assert broken == severities

    def test_held_and_faulty_are_the_same_number(self, bank: MadeBank) -> None:
        errors = Counter(
            fault["outcome"]
            for fault in bank.answers["faults"]
            if fault.get("severity") == "error" or fault.get("state") == "held"
        )
        held = sum(counts["held"] for counts in bank.answers["mifid"]["by_reporting_date"].values())
        assert held == errors["found"]
