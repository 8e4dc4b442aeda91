"""Uses of permissions in which one person could commit or conceal an error, and what is planted among them.

Honest payments are entered by one user and released by another. Planted: payments that one user entered and released,
under a holiday cover that held both duties, and across a change of desks at which the duties were never held together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.access_grants import CHANGED_DESK, COVERING
from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.changes import Changes
from orchestration.demo_bank.identifiers import padded
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.records import Records, moments, times
from orchestration.demo_bank.snapshots import labels, money
from orchestration.demo_bank.staff import user_id
from orchestration.demo_bank.user_accounts import ACCOUNTS
from orchestration.demo_bank.writing import Feed

PERMISSION_USE: Final = Feed("identity", "permission_use", "csv", None, 1, time(9, 0), "Europe/London")

_PAYMENTS_A_DAY: Final = 6
_VENDORS: Final = 400
_VENDOR_SHARE: Final = 0.2
_PAYABLE: Final = np.array([37, 39, 40, 42, 43, 44, 45, 46]) - 1
_OFFICERS: Final = np.array([47, 48, 50, 51, 52, 53, 54]) - 1
_VENDOR_DESK: Final = np.array([33, 34, 35]) - 1
_TYPICAL_AMOUNT: Final = np.log(8_000.0)


class _OwnRelease(NamedTuple):
    """A payment that its user both entered and released."""

    user: int
    entered_on: str
    released_on: str


_OWN_RELEASES: Final = (
    _OwnRelease(CHANGED_DESK[0], "2022-03-10", "2022-03-15"),
    _OwnRelease(COVERING, "2022-05-17", "2022-05-17"),
    _OwnRelease(COVERING, "2022-05-24", "2022-05-25"),
)


class PermissionUse:
    """What the systems logged of vendors, payments and tickets.

    Parameters
    ----------
    business_days : ndarray of datetime64[D]
        Of the controls' window.
    changes : Changes
    seed : int

    Attributes
    ----------
    records : Records
    """

    def __init__(self, business_days: Days, changes: Changes, seed: int) -> None:
        rng = np.random.default_rng([seed, 37])
        entered = np.repeat(business_days, _PAYMENTS_A_DAY)
        released = np.append(business_days, business_days[-1])[1:].repeat(_PAYMENTS_A_DAY)
        entered = np.append(entered, np.array([fault.entered_on for fault in _OWN_RELEASES], dtype="datetime64[D]"))
        released = np.append(released, np.array([fault.released_on for fault in _OWN_RELEASES], dtype="datetime64[D]"))
        count, own = len(entered), np.array([fault.user for fault in _OWN_RELEASES]) - 1
        creators, officers = rng.choice(_PAYABLE, count), rng.choice(_OFFICERS, count)
        creators[-len(own) :] = officers[-len(own) :] = own
        # Numbered as they are entered, so that a number does not tell which are planted.
        numbers = np.argsort(np.argsort(entered, kind="stable"), kind="stable") + 1
        payments = padded("VP", numbers, 6)
        self._own = payments[-len(own) :].to_pylist()
        amounts = rng.lognormal(_TYPICAL_AMOUNT, 1.4, count)
        entered_at = moments(entered, rng.integers(9 * 60, 12 * 60, count))
        released_at = moments(released, rng.integers(13 * 60, 17 * 60, count))

        kept = np.flatnonzero(rng.random(count) < _VENDOR_SHARE)
        vendors = padded("V", rng.integers(1, _VENDORS + 1, len(kept)), 4)
        changed_at = moments(entered[kept], rng.integers(9 * 60, 17 * 60, len(kept)))

        who, what, tickets, when = changes.uses()
        users = np.concatenate([creators, officers, rng.choice(_VENDOR_DESK, len(kept)), who])
        permissions = np.concatenate(
            [
                np.full(count, "PAYMENT_CREATE"),
                np.full(count, "PAYMENT_RELEASE"),
                np.full(len(kept), "VENDOR_MAINTAIN"),
                what,
            ]
        )
        objects = pa.concat_arrays([payments, payments, vendors, pa.array(tickets)])
        used_at = np.concatenate([entered_at, released_at, changed_at, when])
        usd = np.concatenate([amounts, amounts, np.full(len(kept) + len(tickets), np.nan)])
        # What happened before the window is not in the log.
        rows = np.argsort(used_at, kind="stable")
        rows = rows[used_at[rows] >= business_days[0]]
        table = pa.table(
            {
                "use_id": padded("A", np.arange(1, len(rows) + 1), 8),
                "user_id": labels(ACCOUNTS, users[rows]),
                "permission_id": pa.array(permissions[rows].tolist()),
                "object_id": objects.take(pa.array(rows)),
                "used_at": times(used_at[rows]),
                "amount_usd": money(usd[rows]),
            }
        )
        self.records = Records(PERMISSION_USE, table, used_at[rows].astype("datetime64[D]"))

    def found(self) -> Iterator[tuple[str, Facts]]:
        """Kind and facts of what is planted among the uses."""
        for fault, payment in zip(_OWN_RELEASES, self._own, strict=True):
            facts: Facts = {
                "feed": PERMISSION_USE.name,
                "control_id": "AC-08",
                "item_id": f"{user_id(fault.user)}|SD-03|{payment}",
                "month": fault.released_on[:7],
            }
            yield "payment entered and released by one user", facts
