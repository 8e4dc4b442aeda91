"""What becomes of the executions: reports to the authority, its answers, and the totals that the warehouse must find.

The life of a report is followed here on the generator's own knowledge of each event, apart from every model of the
warehouse: an independent second count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.calendar import REJECTED_FILE_DAY, Days, Period
from orchestration.demo_bank.execution import REPORTABLE, UNDECIDED
from orchestration.demo_bank.writing import Delivery, Feed

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEEDBACK: Final = Feed("arm", "transaction_report_feedback", "jsonl", None, 1, time(6, 45), "Europe/Berlin")
FEEDBACK_SCHEMA: Final = pa.schema(
    [
        ("feedback_id", pa.string()),
        ("record_type", pa.string()),
        ("submission_id", pa.string()),
        ("transaction_reference", pa.string()),
        ("report_status", pa.string()),
        ("status", pa.string()),
        ("rule_code", pa.string()),
        ("message", pa.string()),
        ("reports_received", pa.int32()),
        ("reports_accepted", pa.int32()),
        ("received_at", pa.timestamp("us")),
    ]
)
_FILE_RULE: Final = ("FIL-105", "The file does not agree with the schema; every report in it is refused.")
_NEVER: Final = 1_000_000
_ANSWERED_AT: Final = np.timedelta64(6 * 3600 + 1800, "s")


@dataclass(frozen=True)
class Answer:
    """What the authority says about one new report that it does not simply accept.

    Attributes
    ----------
    execution_id, version
        Of the event that was reported.
    statuses : sequence of (day, status, rule, message)
        Day of the window on whose folder the record comes, and what it says.
    """

    execution_id: str
    version: int
    statuses: Sequence[tuple[int, str, str | None, str | None]]


@dataclass(frozen=True)
class UnknownReport:
    """A report that the authority has and the bank never sent: on which day's file it is counted, and its reference."""

    day: int
    reference: str


class Authority:
    """The approved reporting mechanism that passes reports on, and the authority behind it.

    Parameters
    ----------
    days : ndarray of datetime64[D]
        The window.
    first_period : int
        Index of the delivery period of the window's first day.
    executions, outcomes : Table
        Every event, faulty ones as well, and what the generator knows of each.
    answers : sequence of Answer
    unknown : sequence of UnknownReport
    """

    def __init__(
        self,
        days: Days,
        first_period: int,
        executions: pa.Table,
        outcomes: pa.Table,
        answers: Sequence[Answer],
        unknown: Sequence[UnknownReport],
    ) -> None:
        self._days, self._first_period = days, first_period
        ids = executions["execution_id"].to_numpy(zero_copy_only=False).astype(str)
        version = executions["version"].to_numpy()
        order = np.lexsort((version, ids))
        self._ids, self._version = ids[order], version[order]
        taken = executions.take(pa.array(order))
        self._reference = taken["transaction_reference"].to_numpy(zero_copy_only=False)
        self._is_cancel = taken["action"].to_numpy(zero_copy_only=False) == "cancel"
        self._trade_date = taken["trade_date"].to_numpy()
        outcomes = outcomes.take(pa.array(order))
        self._delivered = outcomes["delivered"].to_numpy()
        self._reason = outcomes["reason"].to_numpy(zero_copy_only=False).astype(str)
        self._is_faulty = outcomes["is_faulty"].to_numpy(zero_copy_only=False)
        self._is_reportable = np.isin(self._reason, REPORTABLE)
        self._is_undecided = self._reason == UNDECIDED
        self._is_exempt = ~self._is_reportable & ~self._is_undecided
        self._is_kept_back = (self._is_reportable & self._is_faulty) | self._is_undecided
        self._answers, self._unknown = answers, unknown
        self._place = {
            (name, int(number)): row for row, (name, number) in enumerate(zip(self._ids, self._version, strict=True))
        }
        self._follow()
        self._submit()
        self._time()
        self._feedback, self._feedback_days = self._answer()

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Answers that come on a day of the window; the first day has none."""
        day = period.index - self._first_period
        yield Delivery(FEEDBACK, period, self._feedback.take(pa.array(np.flatnonzero(self._feedback_days == day))))

    def _follow(self) -> None:
        """Which events send a new report and which a cancellation, version by version."""
        execution = np.append(0, np.cumsum(self._ids[1:] != self._ids[:-1]))
        first = np.append(True, execution[1:] != execution[:-1])
        starts = np.flatnonzero(first)
        rank = np.arange(len(execution)) - starts[execution]
        self._execution = execution
        self._is_last = np.append(first[1:], True)
        self._is_superseded = ~self._is_last & np.append(self._delivered[1:] == self._delivered[:-1], False)
        sends = self._is_reportable & ~self._is_faulty & ~self._is_cancel & ~self._is_superseded
        ends = (self._is_cancel | self._is_exempt | sends) & ~self._is_superseded

        rejected_on = np.full(len(execution), _NEVER)
        for answer in self._answers:
            for day, status, *_ in answer.statuses:
                if status == "rejected":
                    rejected_on[self._place[answer.execution_id, answer.version]] = day
        self.sends_new, self.sends_cancel = sends, np.zeros(len(execution), dtype=bool)
        is_live, dies_on = np.zeros(len(starts), dtype=bool), np.full(len(starts), _NEVER)
        for number in range(int(rank.max()) + 1):
            rows = np.flatnonzero((rank == number) & ~self._is_superseded)
            key = execution[rows]
            is_known = is_live[key] & (dies_on[key] > self._delivered[rows])
            self.sends_cancel[rows] = is_known & ends[rows]
            is_live[key] = np.where(ends[rows], sends[rows], is_live[key])
            dies_on[key] = np.where(sends[rows], rejected_on[rows], dies_on[key])
        self._latest_new = np.full(len(starts), -1)
        np.maximum.at(self._latest_new, execution[sends], np.flatnonzero(sends))
        self._rejected_on = rejected_on

    def _submit(self) -> None:
        """Count the reports of each day's file, and name the files."""
        n_days = len(self._days)
        self._new = np.bincount(self._delivered[self.sends_new], minlength=n_days)
        self._cancel = np.bincount(self._delivered[self.sends_cancel], minlength=n_days)
        rejected = int(np.searchsorted(self._days, REJECTED_FILE_DAY))
        self.submissions: list[dict[str, str | int | None]] = []
        for day in range(n_days):
            self.submissions.append(self._submission(day, 1, day, None))
            if day == rejected + 1:
                resent = self._submission(day, 2, rejected, self.submissions[rejected]["submission_id"])
                self.submissions.append(resent)
            if day == rejected:
                self.submissions[-1]["status"] = "rejected"

    def _submission(
        self, day: int, number: int, of_day: int, resubmission_of: str | int | None
    ) -> dict[str, str | int | None]:
        is_last_day = day == len(self._days) - 1
        return {
            "submission_id": f"TRN-{str(self._days[day]).replace('-', '')}-{number:03d}",
            "reporting_date": str(self._days[day]),
            "new_reports": int(self._new[of_day]),
            "cancel_reports": int(self._cancel[of_day]),
            "resubmission_of": resubmission_of,
            "status": "submitted" if is_last_day else "accepted",
            "reports_received": None,
            "reports_accepted": None,
        }

    def _time(self) -> None:
        """Tell of each execution whether a report that was not rejected went out by the deadline.

        That is the next business day: TARGET is open on each day of the window. What stood in the rejected file counts
        from the day on which it was sent again.
        """
        rejected = np.searchsorted(self._days, REJECTED_FILE_DAY)
        self._deadline = np.searchsorted(self._days, self._trade_date) + 1
        sent = self._delivered + (self._delivered == rejected)
        in_time = self.sends_new & (self._rejected_on == _NEVER) & (sent <= self._deadline)
        self._is_in_time = np.bincount(self._execution, weights=in_time)[self._execution] > 0

    def _answer(self) -> tuple[pa.Table, Indices]:
        """List the records of every answer with the day of the window on which each comes."""
        records: list[tuple[int, dict[str, object]]] = []
        by_day: dict[int, list[tuple[Answer, int]]] = {}
        for answer in self._answers:
            row = self._place[answer.execution_id, answer.version]
            by_day.setdefault(int(self._delivered[row]), []).append((answer, row))
        for submission in self.submissions:
            day = int(np.searchsorted(self._days, np.datetime64(str(submission["reporting_date"]))))
            if day + 1 >= len(self._days):
                continue
            is_first = submission["resubmission_of"] is None
            received = int(submission["new_reports"] or 0) + int(submission["cancel_reports"] or 0)
            unknown = [report for report in self._unknown if report.day == day and is_first]
            answered = by_day.get(day, []) if is_first else []
            open_or_refused = sum(answer.statuses[0][0] == day + 1 for answer, _ in answered)
            is_rejected = submission["status"] == "rejected"
            if open_or_refused:
                submission["status"] = "part_accepted"
            submission["reports_received"] = received + len(unknown)
            submission["reports_accepted"] = 0 if is_rejected else received + len(unknown) - open_or_refused
            rule, message = _FILE_RULE if is_rejected else (None, None)
            file_record: dict[str, object] = {
                "record_type": "file",
                "submission_id": submission["submission_id"],
                "status": submission["status"],
                "rule_code": rule,
                "message": message,
                "reports_received": submission["reports_received"],
                "reports_accepted": submission["reports_accepted"],
            }
            records.append((day + 1, file_record))
            about: dict[str, object] = {
                "record_type": "transaction",
                "submission_id": submission["submission_id"],
                "report_status": "NEWT",
            }
            records += [
                (day + 1, about | {"transaction_reference": report.reference, "status": "accepted"})
                for report in unknown
            ]
            records += [
                (
                    said_on,
                    about
                    | {
                        "transaction_reference": self._reference[row],
                        "status": status,
                        "rule_code": rule,
                        "message": message,
                    },
                )
                for answer, row in answered
                for said_on, status, rule, message in answer.statuses
            ]
        records.sort(key=lambda record: record[0])
        days = np.array([day for day, _ in records])
        table = pa.Table.from_pylist([record for _, record in records], schema=FEEDBACK_SCHEMA)
        number = np.arange(1, len(records) + 1)
        received = self._days[days].astype("datetime64[us]") + _ANSWERED_AT + number % 1_000 * np.timedelta64(1, "s")
        table = table.set_column(0, "feedback_id", identifiers.padded("FB", number, 9))
        return table.set_column(len(FEEDBACK_SCHEMA) - 1, "received_at", pa.array(received)), days

    def totals(self) -> dict[str, object]:
        """Count what the warehouse must count: by reporting date, by trade date as known at the end, and by file."""
        return {
            "by_reporting_date": {
                str(day): self._of_reporting_date(self._delivered == number) for number, day in enumerate(self._days)
            },
            "by_trade_date": {
                str(day): self._of_trade_date(self._is_last & (self._trade_date == day))
                for day in np.unique(self._trade_date)
            },
            "submissions": self.submissions,
        }

    def _of_reporting_date(self, today: Flags) -> dict[str, object]:
        is_held = self._is_kept_back & ~self._is_cancel & ~self._is_superseded
        return {
            "events": int(today.sum()),
            "reportable": int((today & self._is_reportable).sum()),
            "undecided": int((today & self._is_undecided).sum()),
            "exempt": _counts(self._reason[today & self._is_exempt]),
            "superseded": int((today & self._is_superseded).sum()),
            "held": int((today & is_held).sum()),
            "new_reports": int((today & self.sends_new).sum()),
            "cancel_reports": int((today & self.sends_cancel).sum()),
        }

    def _of_trade_date(self, last: Flags) -> dict[str, object]:
        """Where every execution stands in the end, by its last version."""
        latest = self._latest_new[self._execution]
        is_open = last & ~self._is_cancel & ~self._is_exempt
        is_held = is_open & self._is_kept_back
        is_sent = is_open & ~self._is_kept_back
        is_rejected = is_sent & (self._rejected_on[latest] < _NEVER)
        waiting = {
            self._place[answer.execution_id, answer.version]
            for answer in self._answers
            if answer.statuses[-1][1] == "pending"
        }
        is_pending = is_sent & np.isin(latest, list(waiting))
        is_exempt = last & ~self._is_cancel & self._is_exempt
        return {
            "executions": int(last.sum()),
            "reported": int((is_sent & ~is_rejected & ~is_pending).sum()),
            "held": int(is_held.sum()),
            "rejected": int(is_rejected.sum()),
            "pending": int(is_pending.sum()),
            "cancelled": int((last & self._is_cancel).sum()),
            "exempt": _counts(self._reason[is_exempt]),
            "reported_late": int((is_sent & ~is_rejected & ~is_pending & ~self._is_in_time).sum()),
            "overdue": int(
                (
                    (is_held | is_rejected | is_pending) & ~self._is_in_time & (self._deadline < len(self._days) - 1)
                ).sum()
            ),
        }


def _counts(reasons: NDArray[np.str_]) -> Mapping[str, int]:
    names, counts = np.unique(reasons, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))
