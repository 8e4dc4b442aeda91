"""Identity, change and operations put together: what the IT general controls are tested on.

Their files come at the month ends of the ledger, the first with how things stood before the controls' window began.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.access_grants import AccessGrants
from orchestration.demo_bank.access_reviews import ACCESS_REVIEWS, AccessReviews
from orchestration.demo_bank.calendar import Period
from orchestration.demo_bank.changes import Changes
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.operations import Operations
from orchestration.demo_bank.permission_use import PermissionUse
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.roles import ROLES, role_records
from orchestration.demo_bank.snapshots import Snapshots
from orchestration.demo_bank.staff import STAFF, Staff
from orchestration.demo_bank.user_accounts import USER_ACCOUNTS, UserAccounts
from orchestration.demo_bank.writing import Delivery

CONTROLS_FROM: Final = np.datetime64("2021-10-01")
_LONG_AGO: Final = np.datetime64("1900-01-01")
_WHEN_NEW: Final = (STAFF, ROLES, ACCESS_REVIEWS)
"""Feeds that come only when there is something new."""


class ControlEnvironment:
    """The systems behind the controls of access, change and operations.

    Parameters
    ----------
    snapshots : Snapshots
        The month ends at which they deliver.
    market : MarketData
        Its calendar has the business days.
    seed : int
    """

    def __init__(self, snapshots: Snapshots, market: MarketData, seed: int) -> None:
        self._snapshots = snapshots
        days = market.calendar.business_days[market.calendar.business_days >= CONTROLS_FROM]
        staff = Staff(seed)
        self._accounts = UserAccounts(staff, snapshots.days, seed)
        grants = AccessGrants(staff, self._accounts, days, seed)
        reviews = AccessReviews(grants, seed)
        changes = Changes(days, seed)
        uses = PermissionUse(days, changes, seed)
        operations = Operations(days, seed)
        self._records = (
            staff.records,
            role_records(snapshots.days[0]),
            grants.records(),
            reviews.records,
            uses.records,
            *changes.records,
            *operations.records,
        )
        self._sources = (self._accounts, grants, reviews, changes, uses, operations)

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Files of a month end; of things that happen there are none before the window."""
        number = self._snapshots.number(period)
        if number is None:
            return
        day = self._snapshots.days[number]
        after = self._snapshots.days[number - 1] if number else _LONG_AGO
        yield Delivery(USER_ACCOUNTS, period, self._accounts.state(day))
        for records in self._records:
            table: pa.Table = records.between(after, day)
            if table.num_rows or (number and records.feed not in _WHEN_NEW):
                yield Delivery(records.feed, period, table)

    @property
    def found(self) -> Iterator[tuple[str, str, Facts]]:
        """Kind, outcome and facts of everything that the controls must find."""
        for source in self._sources:
            for kind, facts in source.found():
                yield kind, "found", facts
