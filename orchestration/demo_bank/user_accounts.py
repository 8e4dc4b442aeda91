"""User accounts of people and services, month end by month end, and what is planted among them.

Honest accounts are used every other week, disabled the day their user leaves or the next, and owned by somebody who is
there. Planted: leavers whose accounts live on for weeks, accounts that nobody used for more than 90 days, and accounts
that at a month end belong to nobody who is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.records import NEVER, dates
from orchestration.demo_bank.snapshots import day_column
from orchestration.demo_bank.staff import (
    EARLY_ACCOUNT,
    JOINERS,
    LEAVERS,
    PEOPLE,
    SLOW_LEAVERS,
    SYSTEM_ADMINISTRATORS,
    Staff,
    employee_id,
    user_id,
)
from orchestration.demo_bank.writing import Feed

USER_ACCOUNTS: Final = Feed("identity", "user_accounts", "csv", None, 1, time(9, 0), "Europe/London")


class Service(NamedTuple):
    """An account of a service, and the number of the user who answers for it."""

    name: str
    owner: int
    is_privileged: bool
    role: str


SERVICES: Final = (
    *(Service(f"SVC-GL0{number}", 24 + number, False, "LEDGER_INTERFACE") for number in range(1, 7)),
    Service("SVC-BATCH1", 95, False, "BATCH_INTERFACE"),
    Service("SVC-REPORT1", 128, False, "WAREHOUSE_READER"),
    Service("SVC-BACKUP1", 94, True, "BACKUP_OPERATOR"),
    Service("SVC-DEPLOY1", 86, True, "DEPLOYMENT_INTERFACE"),
)
ACCOUNTS: Final = (*(user_id(user) for user in range(1, PEOPLE + 1)), *(service.name for service in SERVICES))
"""Every account by its number, counted from 0."""


class _Dormant(NamedTuple):
    """An account that is not used after a day, seen at one month end, and then disabled."""

    user: int
    last_login_on: str
    seen_on: str
    disabled_on: str


_DORMANT: Final = (
    _Dormant(113, "2021-10-27", "2022-01-31", "2022-02-07"),
    _Dormant(126, "2022-01-10", "2022-04-29", "2022-05-10"),
    _Dormant(130, "2022-04-12", "2022-07-29", "2022-08-05"),
)
_ORPHAN: Final = ("SVC-REPORT1", 127, "2022-02-28")
"""Service account, its owner up to a month end, and the month end: the owner has left by then."""
_MISTYPED: Final = (115, "E9115", "2022-08-31")
"""User whose account carries a personnel number that nobody has, until the month end after the one named."""
_SERVICES_SINCE: Final = np.datetime64("2019-05-06")
_LONGEST_BREAK: Final = 12


class UserAccounts:
    """The state of every account at each month end.

    Parameters
    ----------
    staff : Staff
    days : ndarray of datetime64[D]
        The month ends.
    seed : int

    Attributes
    ----------
    created_on, disabled_on : ndarray of datetime64[D], shape (accounts,)
        In the order of `ACCOUNTS`.
    """

    def __init__(self, staff: Staff, days: Days, seed: int) -> None:
        rng = np.random.default_rng([seed, 32])
        services = len(SERVICES)
        self.created_on: Days = np.append(staff.joined_on, np.full(services, _SERVICES_SINCE))
        self.disabled_on: Days = np.full(len(ACCOUNTS), NEVER)
        # The last day on which somebody logs in: of their employment, or before an account falls asleep.
        last_use: Days = np.append(staff.left_on, np.full(services, NEVER))
        for joiner in JOINERS:
            self.created_on[joiner.user - 1] = joiner.created_on
        for leaver in LEAVERS:
            self.disabled_on[leaver.user - 1] = leaver.disabled_on
        for dormant in _DORMANT:
            self.disabled_on[dormant.user - 1] = dormant.disabled_on
            last_use[dormant.user - 1] = dormant.last_login_on
        breaks = rng.integers(0, _LONGEST_BREAK, (len(days), len(ACCOUNTS)))
        breaks[:, PEOPLE:] = 0
        self._states = {day.item(): self._state(day, last_use, breaks[number]) for number, day in enumerate(days)}

    def state(self, day: np.datetime64) -> pa.Table:
        """Every account that exists at a month end, as it stands then."""
        return self._states[day.item()]

    def found(self) -> Iterator[tuple[str, Facts]]:
        """Kind and facts of what is planted among the accounts."""
        for leaver in LEAVERS:
            if leaver.user in SLOW_LEAVERS:
                yield "leaver's account left active", _fact("AC-01", user_id(leaver.user), leaver.left_on)
        for dormant in _DORMANT:
            item = f"{user_id(dormant.user)}|{dormant.seen_on}"
            yield "dormant account left active", _fact("AC-09", item, dormant.seen_on)
        service, _, day = _ORPHAN
        yield "service account whose owner has left", _fact("AC-10", f"{service}|{day}", day)
        user, _, day = _MISTYPED
        yield "account of an unknown employee", _fact("AC-10", f"{user_id(user)}|{day}", day)
        user, day = EARLY_ACCOUNT
        yield "account of an employee who has not joined", _fact("AC-10", f"{user_id(user)}|{day}", day)

    def _state(self, day: np.datetime64, last_use: Days, breaks: np.ndarray) -> pa.Table:
        is_there = self.created_on <= day
        last = np.where(last_use <= day, last_use, day - breaks)
        # Who has just come has logged in on the first day.
        last = np.maximum(last, self.created_on)
        employees = [employee_id(user) for user in range(1, PEOPLE + 1)]
        owners = employees + [employee_id(service.owner) for service in SERVICES]
        user, number, until = _MISTYPED
        if day <= np.datetime64(until):
            employees[user - 1] = owners[user - 1] = number
        service, owner, until = _ORPHAN
        if day <= np.datetime64(until):
            owners[ACCOUNTS.index(service)] = employee_id(owner)
        is_privileged = [user in SYSTEM_ADMINISTRATORS for user in range(1, PEOPLE + 1)]
        table = pa.table(
            {
                "as_of_date": day_column(day, len(ACCOUNTS)),
                "user_id": ACCOUNTS,
                "employee_id": [*employees, *(None for _ in SERVICES)],
                "account_type": ["person"] * PEOPLE + ["service"] * len(SERVICES),
                "owner_id": owners,
                "is_privileged": is_privileged + [service.is_privileged for service in SERVICES],
                "created_on": dates(self.created_on),
                "disabled_on": dates(np.where(self.disabled_on <= day, self.disabled_on, NEVER)),
                "last_login_on": dates(last),
            }
        )
        return table.filter(pa.array(is_there))


def _fact(control: str, item: str, day: str) -> Facts:
    return {"feed": USER_ACCOUNTS.name, "control_id": control, "item_id": item, "month": day[:7]}
