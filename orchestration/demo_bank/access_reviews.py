"""The quarterly reviews of access, and what is planted among them.

Honest reviews look at every grant in force at the end of a quarter, by the manager, within 25 days; a decision to
revoke is carried out within four days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.access_grants import AccessGrants
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.records import NEVER, Later, Records, dates
from orchestration.demo_bank.roles import EVERYBODY, READER, ROLE_IDS
from orchestration.demo_bank.snapshots import NONE, labels
from orchestration.demo_bank.user_accounts import ACCOUNTS, SERVICES
from orchestration.demo_bank.writing import Feed

ACCESS_REVIEWS: Final = Feed("identity", "access_reviews", "csv", None, 1, time(9, 0), "Europe/London")

_QUARTER_ENDS: Final = ("2021-09-30", "2021-12-31", "2022-03-31", "2022-06-30", "2022-09-30")
_REVIEW_DAYS: Final = (5, 25)
_REVOKED_A_QUARTER: Final = 3
_NOT_CARRIED_OUT: Final = {"2021-12-31": 40, "2022-03-31": None, "2022-06-30": 35}
"""Quarter ends after which one more decision is carried out so many days late, or never."""


class _BadReview(NamedTuple):
    """A planted review: ``missing`` (no row), ``open`` (no decision), ``own``, ``owner`` or ``late``."""

    quarter_end: str
    user: str
    role: str | None
    fault: str


_BAD_REVIEWS: Final = (
    _BadReview("2021-12-31", "U0135", READER, "open"),
    _BadReview("2022-03-31", "U0132", EVERYBODY, "missing"),
    _BadReview("2022-03-31", "U0107", "TRADER", "late"),
    _BadReview("2022-06-30", "U0119", "TRADE_SUPPORT", "own"),
    # Privileged accounts, all roles: the holder himself, nobody, and the owner of a service.
    _BadReview("2022-03-31", "U0095", None, "own"),
    _BadReview("2022-06-30", "SVC-BACKUP1", None, "open"),
    _BadReview("2022-09-30", "SVC-DEPLOY1", None, "owner"),
)
_LATE_DAYS: Final = 75


class AccessReviews:
    """The reviews of every quarter; what they decide to revoke is revoked in the grants.

    Parameters
    ----------
    grants : AccessGrants
    seed : int

    Attributes
    ----------
    records : Records
    """

    def __init__(self, grants: AccessGrants, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 34])
        self._grants = grants
        self._found: list[tuple[str, Facts]] = []
        self._count = 0
        # In the order of time: what one quarter revokes is not in force at the end of the next.
        parts = [self._review(end) for end in _QUARTER_ENDS]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        reviewed = columns["reviewed"]
        table = pa.table(
            {
                "review_id": [_review_id(number) for number in range(self._count)],
                "quarter": pa.array(columns["quarter"].tolist()),
                "user_id": labels(ACCOUNTS, columns["user"]),
                "role_id": labels(ROLE_IDS, columns["role"]),
                "reviewer_id": labels(ACCOUNTS, columns["reviewer"]),
                "reviewed_on": dates(reviewed),
                "decision": labels(("keep", "revoke"), np.where(np.isnat(reviewed), NONE, columns["decision"])),
            }
        )
        self.records = Records(
            ACCESS_REVIEWS, table, columns["born"], (Later(reviewed, {"reviewed_on": None, "decision": None}),)
        )

    def found(self) -> Iterator[tuple[str, Facts]]:
        """Kind and facts of what is planted among the reviews."""
        yield from self._found

    def _review(self, text: str) -> dict[str, NDArray[np.generic]]:
        """Review what is in force at the end of a quarter."""
        rng, end, known = self._rng, np.datetime64(text), self._grants
        grants = np.flatnonzero((known.granted <= end) & (np.isnat(known.revoked) | (known.revoked > end)))
        users, roles = known.users[grants], known.roles[grants]
        reviewers = known.managers[users]
        days = np.busday_offset(end + rng.integers(*_REVIEW_DAYS, len(grants)), 0, roll="backward")
        quarter = f"{text[:4]}-Q{int(text[5:7]) // 3}"
        is_missing = np.zeros(len(grants), dtype=bool)
        is_bad = np.zeros(len(grants), dtype=bool)
        for bad in _BAD_REVIEWS:
            if bad.quarter_end != text:
                continue
            rows = users == ACCOUNTS.index(bad.user)
            if bad.role is not None:
                rows &= roles == ROLE_IDS.index(bad.role)
            is_bad |= rows
            match bad.fault:
                case "missing":
                    is_missing |= rows
                case "open":
                    days[rows] = NEVER
                case "late":
                    days[rows] = end + _LATE_DAYS
                case "own":
                    reviewers[rows] = users[rows]
                case _:
                    reviewers[rows] = next(service.owner for service in SERVICES if service.name == bad.user) - 1
            # An owner is not the user of a service: only the control over privileged accounts objects.
            for role in roles[rows] if bad.fault != "owner" else ():
                self._plant("grant not reviewed as it must be", "AC-04", f"{bad.user}|{ROLE_IDS[role]}|{quarter}", text)
            if bad.role is None:
                self._plant("privileged account not reviewed as it must be", "AC-06", f"{bad.user}|{quarter}", text)

        decisions = np.zeros(len(grants), dtype=np.int64)
        can_go = known.is_additional[grants] & np.isnat(known.revoked[grants]) & ~is_bad
        delayed = text in _NOT_CARRIED_OUT
        chosen = rng.permutation(np.flatnonzero(can_go))[: _REVOKED_A_QUARTER + delayed]
        decisions[chosen] = 1
        known.revoked[grants[chosen]] = days[chosen] + rng.integers(1, 5, len(chosen))
        if delayed:
            row, delay = chosen[-1], _NOT_CARRIED_OUT[text]
            known.revoked[grants[row]] = NEVER if delay is None else days[row] + delay
            review = _review_id(self._count + int(np.sum(~is_missing[:row])))
            self._plant("decision to revoke not carried out", "AC-05", review, str(days[row]))
        columns = {
            "born": np.where(np.isnat(days), end + _REVIEW_DAYS[0], np.minimum(days, end + _REVIEW_DAYS[1])),
            "quarter": np.full(len(grants), quarter),
            "user": users,
            "role": roles,
            "reviewer": reviewers,
            "reviewed": days,
            "decision": decisions,
        }
        self._count += int(np.sum(~is_missing))
        return {name: values[~is_missing] for name, values in columns.items()}

    def _plant(self, kind: str, control: str, item: str, day: str) -> None:
        facts: Facts = {"feed": ACCESS_REVIEWS.name, "control_id": control, "item_id": item, "month": day[:7]}
        self._found.append((kind, facts))


def _review_id(number: int) -> str:
    return f"R{number + 1:06d}"
