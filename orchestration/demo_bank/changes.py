"""Change tickets and deployments, and what is planted among them.

An honest change is developed, tested by a tester, approved by a change manager and then deployed by a release operator:
four people. Emergencies are tested, deployed, and approved within two days after.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.records import NEVER, Later, Records, Seconds, moments, times
from orchestration.demo_bank.snapshots import NONE, labels
from orchestration.demo_bank.staff import CHANGING
from orchestration.demo_bank.user_accounts import ACCOUNTS
from orchestration.demo_bank.writing import Feed

Indices = NDArray[np.int64]

CHANGE_TICKETS: Final = Feed("change", "change_tickets", "csv", None, 1, time(9, 0), "Europe/London")
DEPLOYMENTS: Final = Feed("change", "deployments", "csv", None, 1, time(9, 0), "Europe/London")

SYSTEMS: Final = ("ledger", "payments", "lending", "treasury", "trading", "identity", "warehouse")
PER_MONTH: Final = 26
_TYPES: Final = ("standard", "normal", "emergency")
_STANDARD, _NORMAL, _EMERGENCY = range(3)
_PATTERN: Final = (1, 1, 0, 1, 1, 1, 0, 1, 1, 2)
"""Kinds of the changes of a month, over and over."""
_DEVELOPERS: Final = tuple(user - 1 for user in range(62, 84) if user not in CHANGING and user != 68)
_TESTERS: Final = (88, 89, 91)
_APPROVERS: Final = (86, 87)
_OPERATORS: Final = (84, 85)
_DEPLOYING_DEVELOPER: Final = 60
"""``U0061``, who may deploy under a waiver that others' deployments are checked for."""
_OPEN_TICKETS: Final = 24
_STATUSES: Final = ("open", "rejected", "deployed", "approved")


class _Fault(NamedTuple):
    """A planted fault of one deployment of a month, counted from 0; those counted 9 and 19 are emergencies."""

    month: str
    number: int
    fault: str


_FAULTS: Final = (
    _Fault("2021-12", 4, "approved after"),
    _Fault("2022-02", 3, "approved after"),
    _Fault("2022-02", 7, "without ticket"),
    _Fault("2022-04", 1, "approved by its developer"),
    _Fault("2022-04", 13, "approved by its developer"),
    _Fault("2022-07", 5, "approved by its developer"),
    _Fault("2022-01", 0, "not tested"),
    _Fault("2022-01", 14, "tested after"),
    _Fault("2022-06", 8, "tested by its developer"),
    _Fault("2022-12", 3, "tested by its developer"),
    _Fault("2022-12", 11, "not tested"),
    _Fault("2021-11", 9, "emergency approved late"),
    _Fault("2022-03", 9, "emergency approved late"),
    _Fault("2022-08", 9, "emergency approved late"),
    _Fault("2022-03", 13, "deployed by its developer"),
    _Fault("2022-05", 10, "deployed by its developer"),
    _Fault("2022-10", 15, "deployed by its developer"),
)
_LATE_APPROVAL: Final = np.timedelta64(20, "D")


class Changes:
    """The change system.

    Parameters
    ----------
    business_days : ndarray of datetime64[D]
        Of the controls' window.
    seed : int

    Attributes
    ----------
    records : tuple of Records
        Tickets and deployments.
    """

    def __init__(self, business_days: Days, seed: int) -> None:
        rng = np.random.default_rng([seed, 35])
        self._found: list[tuple[str, Facts]] = []
        months = np.unique(business_days.astype("datetime64[M]"))
        days = [_spread(business_days[business_days.astype("datetime64[M]") == month], rng) for month in months]
        day = np.concatenate(days)
        count = len(day)
        self._number_in_month = np.tile(np.arange(PER_MONTH), len(months))
        self._month = day.astype("datetime64[M]")
        self._type = np.tile(np.resize(np.array(_PATTERN), PER_MONTH), len(months))
        is_emergency = self._type == _EMERGENCY
        # Deployed in the evening, tested one to five days before, approved in the hours before the deployment.
        self.deployed_at: Seconds = moments(day, rng.integers(18 * 60, 21 * 60, count))
        self._tested_at = self.deployed_at - _minutes(rng.integers(26 * 60, 5 * 24 * 60, count))
        self._tested_at[is_emergency] = (self.deployed_at - _minutes(rng.integers(20, 90, count)))[is_emergency]
        self._approved_at = self.deployed_at - _minutes(rng.integers(60, 9 * 60, count))
        self._approved_at[is_emergency] = (self.deployed_at + _minutes(rng.integers(60, 40 * 60, count)))[is_emergency]
        self._developer = rng.choice(_DEVELOPERS, count)
        self._tester = rng.choice(_TESTERS, count)
        self._approver = rng.choice(_APPROVERS, count)
        self._operator = rng.choice(_OPERATORS, count)
        self._system = rng.integers(0, len(SYSTEMS), count)
        self._has_ticket = np.ones(count, dtype=bool)
        # Tickets are opened before they are deployed: numbers in another order than the deployments'.
        self._ticket = np.argsort(np.argsort(self._tested_at, kind="stable"), kind="stable") + _OPEN_TICKETS + 1
        self._plant()
        self.records = (self._tickets(business_days, rng), self._deployments())

    def found(self) -> Iterator[tuple[str, Facts]]:
        """Kind and facts of what is planted among tickets and deployments."""
        yield from self._found

    def uses(self) -> tuple[Indices, list[str], list[str], Seconds]:
        """User, permission, ticket and time of every development and deployment that has a ticket."""
        tickets = _ticket_ids(self._ticket[self._has_ticket])
        developed_at = self._tested_at - np.timedelta64(3, "h")
        developed_at[np.isnat(developed_at)] = (self.deployed_at - np.timedelta64(30, "h"))[np.isnat(developed_at)]
        return (
            np.concatenate([self._developer[self._has_ticket], self._operator[self._has_ticket]]),
            ["CHANGE_DEVELOP"] * len(tickets) + ["CHANGE_DEPLOY"] * len(tickets),
            tickets * 2,
            np.concatenate([developed_at[self._has_ticket], self.deployed_at[self._has_ticket]]),
        )

    def _plant(self) -> None:
        for month, number, fault in _FAULTS:
            row = np.flatnonzero((self._month == np.datetime64(month)) & (self._number_in_month == number))[0]
            deployment, ticket = f"D{row + 1:06d}", f"C{self._ticket[row]:06d}"
            match fault:
                case "approved after":
                    self._approved_at[row] = self.deployed_at[row] + np.timedelta64(15, "h")
                    self._add("deployment before its approval", DEPLOYMENTS, "CH-01", deployment, month)
                case "without ticket":
                    self._has_ticket[row] = False
                    self._add("deployment without a ticket", DEPLOYMENTS, "CH-01", deployment, month)
                case "approved by its developer":
                    self._approver[row] = self._developer[row]
                    self._add("change approved by its developer", CHANGE_TICKETS, "CH-02", ticket, month)
                case "not tested":
                    self._tester[row], self._tested_at[row] = NONE, NEVER
                    self._add("deployment without a test", DEPLOYMENTS, "CH-03", deployment, month)
                case "tested after":
                    self._tested_at[row] = self.deployed_at[row] + np.timedelta64(16, "h")
                    self._add("deployment before its test", DEPLOYMENTS, "CH-03", deployment, month)
                case "tested by its developer":
                    self._tester[row] = self._developer[row]
                    self._add("change tested by its developer", DEPLOYMENTS, "CH-03", deployment, month)
                case "emergency approved late":
                    self._approved_at[row] = self.deployed_at[row] + _LATE_APPROVAL
                    self._add("emergency approved late", CHANGE_TICKETS, "CH-04", ticket, month)
                case _:
                    self._developer[row] = self._operator[row] = _DEPLOYING_DEVELOPER
                    self._add("change deployed by its developer", DEPLOYMENTS, "CH-05", deployment, month)
                    # The waiver lets the developer hold both duties, and excuses no use of them.
                    item = f"{ACCOUNTS[_DEPLOYING_DEVELOPER]}|SD-05|{ticket}"
                    self._add("change deployed by its developer", DEPLOYMENTS, "AC-08", item, month)

    def _tickets(self, business_days: Days, rng: np.random.Generator) -> Records:
        """Make the tickets: those that were deployed, and some that are still open or were rejected."""
        rows = np.flatnonzero(self._has_ticket)
        opened = np.sort(rng.choice(business_days[20:-20], _OPEN_TICKETS, replace=False))
        waiting = np.full(_OPEN_TICKETS, NONE)
        no_time: Seconds = np.full(_OPEN_TICKETS, NEVER, dtype="datetime64[s]")
        approved_at = np.append(self._approved_at[rows], no_time)
        tested_at = np.append(self._tested_at[rows], no_time)
        deployed_on = np.append(self.deployed_at[rows], no_time).astype("datetime64[D]")
        numbers = np.append(self._ticket[rows], np.arange(1, _OPEN_TICKETS + 1))
        status = np.append(np.full(len(rows), _STATUSES.index("deployed")), rng.integers(0, 2, _OPEN_TICKETS))
        testers = np.append(self._tester[rows], waiting)
        evidence = np.where(testers == NONE, NONE, np.arange(len(testers)))
        born = np.append(np.fmin(approved_at, np.append(self.deployed_at[rows], no_time))[: len(rows)], opened)
        table = pa.table(
            {
                "ticket_id": _ticket_ids(numbers),
                "system": labels(SYSTEMS, np.append(self._system[rows], rng.integers(0, len(SYSTEMS), _OPEN_TICKETS))),
                "change_type": labels(_TYPES, np.append(self._type[rows], np.full(_OPEN_TICKETS, _NORMAL))),
                "developer_id": labels(
                    ACCOUNTS, np.append(self._developer[rows], rng.choice(_DEVELOPERS, _OPEN_TICKETS))
                ),
                "approved_by": labels(ACCOUNTS, np.append(self._approver[rows], waiting)),
                "approved_at": times(approved_at),
                "tested_by": labels(ACCOUNTS, testers),
                "tested_at": times(tested_at),
                "test_evidence": labels([f"TR-{number:06d}" for number in numbers], evidence),
                "status": labels(_STATUSES, status),
            }
        )
        approved = pa.array(np.full(len(numbers), "approved"))
        return Records(
            CHANGE_TICKETS,
            table,
            born.astype("datetime64[D]"),
            (
                Later(approved_at.astype("datetime64[D]"), {"approved_by": None, "approved_at": None}),
                Later(tested_at.astype("datetime64[D]"), {"tested_by": None, "tested_at": None, "test_evidence": None}),
                Later(
                    deployed_on,
                    {"status": pc.if_else(pa.array(np.isnat(deployed_on)), table.column("status"), approved)},
                ),
            ),
        )

    def _deployments(self) -> Records:
        table = pa.table(
            {
                "deployment_id": [f"D{number:06d}" for number in range(1, len(self._ticket) + 1)],
                "system": labels(SYSTEMS, self._system),
                "ticket_id": labels(
                    _ticket_ids(np.arange(self._ticket.max() + 1)), np.where(self._has_ticket, self._ticket, NONE)
                ),
                "deployed_by": labels(ACCOUNTS, self._operator),
                "deployed_at": times(self.deployed_at),
            }
        )
        return Records(DEPLOYMENTS, table, self.deployed_at.astype("datetime64[D]"))

    def _add(self, kind: str, feed: Feed, control: str, item: str, month: str) -> None:
        self._found.append((kind, {"feed": feed.name, "control_id": control, "item_id": item, "month": month}))


def _spread(days: Days, rng: np.random.Generator) -> Days:
    """Days of a month's deployments, in order; the first and the last day have none."""
    chosen: Days = np.sort(rng.choice(days[1:-1], PER_MONTH))
    return chosen


def _minutes(minutes: NDArray[np.integer]) -> NDArray[np.timedelta64]:
    return (minutes * 60).astype("timedelta64[s]")


def _ticket_ids(numbers: Indices) -> list[str]:
    return [f"C{number:06d}" for number in numbers.tolist()]
