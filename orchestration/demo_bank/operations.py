"""Runs of jobs and back-ups, and what is planted among them.

Honest failures are put right within three hours, a back-up that fails is repeated the same evening, and a restore of
every system is tested in each quarter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.changes import SYSTEMS
from orchestration.demo_bank.identifiers import padded
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.records import NEVER, Later, Records, moments, times
from orchestration.demo_bank.snapshots import NONE, labels
from orchestration.demo_bank.staff import SYSTEM_ADMINISTRATORS
from orchestration.demo_bank.user_accounts import ACCOUNTS
from orchestration.demo_bank.writing import Feed

JOB_RUNS: Final = Feed("operations", "job_runs", "csv", None, 1, time(9, 0), "Europe/London")
BACKUPS: Final = Feed("operations", "backups", "csv", None, 1, time(9, 0), "Europe/London")

_JOBS: Final = (
    ("market-data-load", "trading", 5.5),
    ("trade-capture", "trading", 6.0),
    ("position-close", "trading", 20.5),
    ("payment-cut-off", "payments", 16.0),
    ("payment-return-file", "payments", 17.5),
    ("loan-accruals", "lending", 19.0),
    ("loan-ageing", "lending", 19.5),
    ("liquidity-forecast", "treasury", 7.0),
    ("nostro-statements", "treasury", 8.0),
    ("subledger-postings", "ledger", 20.0),
    ("ledger-balances", "ledger", 21.0),
    ("access-synchronisation", "identity", 4.5),
    ("warehouse-landing", "warehouse", 3.0),
    ("warehouse-build", "warehouse", 3.75),
)
"""Job, its system, and the hour of the day at which it is scheduled, UTC."""
_FAILURE_RATE: Final = 0.012


class _FailedJob(NamedTuple):
    """A planted failure, and the hours in which it was put right; None = never."""

    day: str
    job: str
    hours: int | None


_FAILED_JOBS: Final = (
    _FailedJob("2021-12-07", "loan-accruals", 90),
    _FailedJob("2021-12-09", "payment-return-file", 72),
    _FailedJob("2022-03-08", "subledger-postings", None),
    _FailedJob("2022-03-15", "nostro-statements", 100),
    _FailedJob("2022-11-08", "ledger-balances", 80),
    _FailedJob("2022-11-15", "warehouse-landing", None),
)
_MISSED_BACKUPS: Final = (
    # system, day, whether one was tried
    ("treasury", "2022-01-19", False),
    ("payments", "2022-01-20", True),
    ("trading", "2022-06-14", True),
    ("trading", "2022-06-15", True),
    ("warehouse", "2022-06-15", False),
)
_UNTESTED: Final = (("lending", "2022-Q1"), ("treasury", "2022-Q1"), ("identity", "2022-Q3"))
"""Systems and quarters without the test of a restore."""
_BACKUP_FAILURE_RATE: Final = 0.008


class Operations:
    """The operations system.

    Parameters
    ----------
    business_days : ndarray of datetime64[D]
        Of the controls' window.
    seed : int

    Attributes
    ----------
    records : tuple of Records
        Runs of jobs, and back-ups.
    """

    def __init__(self, business_days: Days, seed: int) -> None:
        rng = np.random.default_rng([seed, 36])
        self._found: list[tuple[str, Facts]] = []
        self.records = (self._job_runs(business_days, rng), self._backups(business_days, rng))

    def found(self) -> Iterator[tuple[str, Facts]]:
        """Kind and facts of what is planted among jobs and back-ups."""
        yield from self._found

    def _job_runs(self, business_days: Days, rng: np.random.Generator) -> Records:
        names = [name for name, *_ in _JOBS]
        order = np.argsort([hour for *_, hour in _JOBS], kind="stable")
        day, job = np.repeat(business_days, len(_JOBS)), np.tile(order, len(business_days))
        count = len(day)
        scheduled = moments(day, np.array([round(hour * 60) for *_, hour in _JOBS])[job])
        ended = scheduled + rng.integers(60, 45 * 60, count).astype("timedelta64[s]")
        failed = rng.random(count) < _FAILURE_RATE
        resolved = ended + rng.integers(20 * 60, 3 * 3600, count).astype("timedelta64[s]")
        for fault in _FAILED_JOBS:
            row = np.flatnonzero((day == np.datetime64(fault.day)) & (job == names.index(fault.job)))[0]
            failed[row] = True
            resolved[row] = NEVER if fault.hours is None else ended[row] + np.timedelta64(fault.hours, "h")
            self._add("failed job not put right", JOB_RUNS, "OP-01", f"JR{row + 1:08d}", fault.day)
        resolved[~failed] = NEVER
        administrators = np.array(SYSTEM_ADMINISTRATORS) - 1
        resolvers = np.where(np.isnat(resolved), NONE, rng.choice(administrators, count))
        table = pa.table(
            {
                "job_run_id": padded("JR", np.arange(1, count + 1), 8),
                "job_name": labels(names, job),
                "system": labels([system for _, system, _ in _JOBS], job),
                "scheduled_for": times(scheduled),
                "ended_at": times(ended),
                "status": labels(("succeeded", "failed"), failed.astype(np.int64)),
                "resolved_at": times(resolved),
                "resolved_by": labels(ACCOUNTS, resolvers),
            }
        )
        # A run ends on its day, or in the first minutes of the next.
        born = ended.astype("datetime64[D]")
        later = Later(resolved.astype("datetime64[D]"), {"resolved_at": None, "resolved_by": None})
        return Records(JOB_RUNS, table, born, (later,))

    def _backups(self, business_days: Days, rng: np.random.Generator) -> Records:
        """Make a back-up of every system a day, and a second one where the first fails."""
        day, system = np.repeat(business_days, len(SYSTEMS)), np.tile(np.arange(len(SYSTEMS)), len(business_days))
        count = len(day)
        fails = rng.random(count) < _BACKUP_FAILURE_RATE
        is_taken, is_missed = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
        for name, text, is_tried in _MISSED_BACKUPS:
            row = (day == np.datetime64(text)) & (system == SYSTEMS.index(name))
            fails, is_missed, is_taken = fails | row, is_missed | row, is_taken & (is_tried | ~row)
            self._add("business day without a back-up", BACKUPS, "OP-02", f"{name}|{text}", text)
        again = np.flatnonzero(fails & ~is_missed)
        rows = np.sort(np.append(np.flatnonzero(is_taken), again))
        is_second = np.append(False, rows[1:] == rows[:-1])
        day, system = day[rows], system[rows]
        failed = fails[rows] & ~is_second
        minutes = np.where(is_second, rng.integers(22 * 60, 23 * 60, len(rows)), rng.integers(1260, 1310, len(rows)))
        taken = moments(day, minutes)
        tested = np.full(len(rows), NEVER, dtype="datetime64[s]")
        month = day.astype("datetime64[M]").astype(int)
        quarter = month // 3
        for number in np.unique(quarter).tolist():
            label = f"{1970 + number // 4}-Q{number % 4 + 1}"
            last_month = np.datetime64((number + 1) * 3 - 1, "M")
            for index, name in enumerate(SYSTEMS):
                # One of the first month and a half, read back within three weeks: in the quarter.
                candidates = np.flatnonzero(
                    (quarter == number) & (system == index) & ~failed & (day < last_month.astype("datetime64[D]") - 15)
                )
                chosen = rng.choice(candidates)
                if (name, label) in _UNTESTED:
                    self._add(
                        "quarter without the test of a restore", BACKUPS, "OP-03", f"{name}|{label}", str(last_month)
                    )
                else:
                    tested[chosen] = taken[chosen] + np.timedelta64(int(rng.integers(60, 480)), "h")
        table = pa.table(
            {
                "backup_id": padded("B", np.arange(1, len(rows) + 1), 6),
                "system": labels(SYSTEMS, system),
                "taken_at": times(taken),
                "status": labels(("succeeded", "failed"), failed.astype(np.int64)),
                "restore_tested_at": times(tested),
            }
        )
        return Records(BACKUPS, table, day, (Later(tested.astype("datetime64[D]"), {"restore_tested_at": None}),))

    def _add(self, kind: str, feed: Feed, control: str, item: str, day: str) -> None:
        facts: Facts = {"feed": feed.name, "control_id": control, "item_id": item, "month": day[:7]}
        self._found.append((kind, facts))
