"""Who was granted which role, and what is planted among the grants.

Honest grants are asked for by the manager, approved by internal control up to three days before they are made, and made
by access management. Nobody has both duties of a conflict but where it is planted, or waived in the seed
`sox_duty_waivers`: `U0061` deploys, and `U0031` prepares journals until June 2022.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.records import NEVER, Later, Records, dates
from orchestration.demo_bank.roles import EVERYBODY, READER, ROLE_IDS
from orchestration.demo_bank.snapshots import NONE, labels
from orchestration.demo_bank.staff import (
    ACCESS_ADMINISTRATORS,
    CHANGING,
    INTERNAL_CONTROL,
    MANAGEMENT,
    MOVERS,
    PEOPLE,
    Staff,
    post_of,
    user_id,
)
from orchestration.demo_bank.user_accounts import ACCOUNTS, SERVICES, UserAccounts
from orchestration.demo_bank.writing import Feed

Indices = NDArray[np.int64]

ACCESS_GRANTS: Final = Feed("identity", "access_grants", "csv", None, 1, time(9, 0), "Europe/London")


class _Special(NamedTuple):
    """A grant that does not come with a post; `conflict` is planted, and seen at the month end `seen_on`."""

    user: int
    role: str
    granted_on: str
    revoked_on: str | None
    conflict: str | None = None
    seen_on: str | None = None


_SPECIAL: Final = (
    _Special(61, "RELEASE_OPERATOR", "2021-06-14", None),
    _Special(31, "JOURNAL_PREPARER", "2021-06-14", "2022-06-20"),
    # From entering payments to releasing them, in one department: never both at a time.
    _Special(41, "PAYMENT_OFFICER", "2022-03-14", None),
    _Special(38, "VENDOR_DESK", "2022-01-10", "2022-02-08", "SD-02", "2022-01-31"),
    _Special(49, "PAYMENTS_COVER", "2022-05-12", "2022-06-10", "SD-03", "2022-05-31"),
    _Special(68, "RELEASE_OPERATOR", "2022-09-06", "2022-10-11", "SD-05", "2022-09-30"),
)
CHANGED_DESK: Final = (41, "2022-03-11")
"""User who stops entering payments, and when."""
COVERING: Final = 49
"""User who could both enter and release payments in May 2022."""

_READERS: Final = tuple(
    user
    for user in (*range(1, 33), *range(33, 60), *range(62, 79))
    if user not in CHANGING and user not in {special.user for special in _SPECIAL}
)
_READERS_A_MONTH: Final = 4
_UNSOUND: Final = (
    # month, which of its additional grants, what is wrong with the approval
    ("2021-11", 0, "approved after it was made"),
    ("2021-11", 1, "approved by who asked"),
    ("2022-04", 0, "approved by who made it"),
    ("2022-04", 1, "approved by nobody"),
    ("2022-10", 0, "approved by the user"),
)


class AccessGrants:
    """Who has which role, from when to when, and how it was granted.

    Parameters
    ----------
    staff : Staff
    accounts : UserAccounts
    business_days : ndarray of datetime64[D]
        Of the controls' window.
    seed : int

    Attributes
    ----------
    ids : list of str
    users, roles : ndarray of int, shape (grants,)
        Numbers in `ACCOUNTS` and `ROLE_IDS`.
    granted, revoked : ndarray of datetime64[D]
        The reviews add to the revocations.
    managers : ndarray of int, shape (accounts,)
        Who manages the user, or the owner of a service.
    is_additional : ndarray of bool, shape (grants,)
        Whether it is a reading right that was given in the window.
    """

    def __init__(self, staff: Staff, accounts: UserAccounts, business_days: Days, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 33])
        self._staff, self._accounts = staff, accounts
        self._found: list[tuple[str, Facts]] = []
        self._grant(business_days)
        self._approve()

    def found(self) -> Iterator[tuple[str, Facts]]:
        """Kind and facts of what is planted among the grants."""
        yield from self._found

    def _grant(self, business_days: Days) -> None:
        """Decide who has which role, from when to when, and for which department."""
        rows: list[tuple[int, str, str, np.datetime64, np.datetime64]] = []
        moved = {mover.user: mover for mover in MOVERS}
        for user in range(1, PEOPLE + 1):
            post, mover = post_of(user), moved.get(user)
            start = self._staff.joined_on[user - 1]
            if mover is not None:
                moved_on = np.datetime64(mover.moved_on)
                kept = mover.kept_until or moved_on + self._rng.integers(1, 4)
                rows.append((user - 1, EVERYBODY, mover.department, start, moved_on + self._rng.integers(1, 4)))
                rows.append((user - 1, mover.role, mover.department, start, np.datetime64(kept)))
                start = moved_on
            left = self._staff.left_on[user - 1]
            ends = self._accounts.disabled_on[user - 1] if np.isnat(left) else left
            rows.append((user - 1, EVERYBODY, post.department, start, ends))
            stops = np.datetime64(CHANGED_DESK[1]) if user == CHANGED_DESK[0] else ends
            rows.append((user - 1, post.role, post.department, start, stops))
        for number, service in enumerate(SERVICES, PEOPLE):
            created = self._accounts.created_on[number]
            rows.append((number, service.role, post_of(service.owner).department, created, NEVER))
        for special in _SPECIAL:
            ends = NEVER if special.revoked_on is None else np.datetime64(special.revoked_on)
            department = post_of(special.user).department
            rows.append((special.user - 1, special.role, department, np.datetime64(special.granted_on), ends))
        rows.extend(self._readers(business_days))
        rows.sort(key=lambda row: (row[3], row[0], row[1]))
        self.users = np.array([row[0] for row in rows])
        self.roles = np.array([ROLE_IDS.index(row[1]) for row in rows])
        self._departments = [row[2] for row in rows]
        self.granted: Days = np.array([row[3] for row in rows], dtype="datetime64[D]")
        self.revoked: Days = np.array([row[4] for row in rows], dtype="datetime64[D]")
        self.ids = [f"G{number:06d}" for number in range(1, len(rows) + 1)]
        for special in _SPECIAL:
            if special.conflict and special.seen_on:
                item = f"{user_id(special.user)}|{special.conflict}"
                self._plant("both duties of a conflict", "AC-07", item, special.seen_on)
        for mover in MOVERS:
            if mover.kept_until:
                grant = np.flatnonzero(
                    (self.users == mover.user - 1)
                    & (self.roles == ROLE_IDS.index(mover.role))
                    & (self.revoked == np.datetime64(mover.kept_until))
                )
                self._plant("mover's grant kept", "AC-02", self.ids[grant[0]], mover.moved_on)

    def _readers(self, business_days: Days) -> Iterator[tuple[int, str, str, np.datetime64, np.datetime64]]:
        """Give reading rights in the course of the window, a few every month."""
        months = np.unique(business_days.astype("datetime64[M]"))
        users = self._rng.permutation(np.array(_READERS))[: _READERS_A_MONTH * len(months)]
        for month, some in zip(months, np.split(users, len(months)), strict=True):
            # Not in the last days of a month, so that what is in force at a month end is plain.
            days = business_days[business_days.astype("datetime64[M]") == month][:15]
            for user, day in zip(some, np.sort(self._rng.choice(days, _READERS_A_MONTH, replace=False)), strict=True):
                yield int(user) - 1, READER, post_of(int(user)).department, day, NEVER

    def _approve(self) -> None:
        """Decide who asked for each grant, who approved and who made it."""
        count = len(self.users)
        rng = self._rng
        managers = np.array(
            [
                *(post_of(user).manager or INTERNAL_CONTROL[-1] for user in range(1, PEOPLE + 1)),
                *(post_of(service.owner).manager or MANAGEMENT for service in SERVICES),
            ]
        )
        self.managers = managers - 1
        self._requester = self.managers[self.users]
        approvers, granters = np.array(INTERNAL_CONTROL) - 1, np.array(ACCESS_ADMINISTRATORS) - 1
        self._approver = _another(approvers, rng.integers(0, len(approvers), count), self.users, self._requester)
        self._granter = _another(granters, rng.integers(0, len(granters), count), self.users, self._requester)
        self._approved = self.granted - rng.integers(0, 4, count)
        self.is_additional = (self.roles == ROLE_IDS.index(READER)) & np.isin(self.users, np.array(_READERS) - 1)
        months = self.granted.astype("datetime64[M]")
        for month, number, fault in _UNSOUND:
            grant = np.flatnonzero(self.is_additional & (months == np.datetime64(month)))[number]
            match fault:
                case "approved after it was made":
                    self._approved[grant] = self.granted[grant] + 3
                case "approved by who asked":
                    self._approver[grant] = self._requester[grant]
                case "approved by who made it":
                    self._approver[grant] = self._granter[grant]
                case "approved by the user":
                    self._approver[grant] = self.users[grant]
                case _:
                    self._approver[grant], self._approved[grant] = NONE, NEVER
            self._plant(f"grant {fault}", "AC-03", self.ids[grant], month)

    def records(self) -> Records:
        """Make the feed's records, once the reviews have revoked what they found needless."""
        table = pa.table(
            {
                "grant_id": self.ids,
                "user_id": labels(ACCOUNTS, self.users),
                "role_id": labels(ROLE_IDS, self.roles),
                "requested_by": labels(ACCOUNTS, self._requester),
                "approved_by": labels(ACCOUNTS, self._approver),
                "approved_on": dates(self._approved),
                "granted_on": dates(self.granted),
                "granted_by": labels(ACCOUNTS, self._granter),
                "department": self._departments,
                "revoked_on": dates(self.revoked),
            }
        )
        born = np.fmax(self.granted, self._approved)
        return Records(ACCESS_GRANTS, table, born, (Later(self.revoked, {"revoked_on": None}),))

    def _plant(self, kind: str, control: str, item: str, day: str) -> None:
        facts: Facts = {"feed": ACCESS_GRANTS.name, "control_id": control, "item_id": item, "month": day[:7]}
        self._found.append((kind, facts))


def _another(pool: Indices, first: Indices, users: Indices, others: Indices) -> Indices:
    """Take somebody from a pool who is neither of two, beginning with a given one."""
    chosen = pool[first]
    for step in (1, 2):
        is_same = (chosen == users) | (chosen == others)
        chosen = np.where(is_same, pool[(first + step) % len(pool)], chosen)
    return chosen
