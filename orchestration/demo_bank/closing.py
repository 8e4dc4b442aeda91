"""When months close in the ledger, and what other banks say of the bank's accounts with them."""

from __future__ import annotations

from datetime import time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Days, DeliveryCalendar
from orchestration.demo_bank.ledger import RESERVES_ACCOUNT
from orchestration.demo_bank.snapshots import Snapshots, cents, day_column, money
from orchestration.demo_bank.writing import Feed

CLOSING_CALENDAR: Final = Feed("ledger", "closing_calendar", "csv", None, 3, time(9, 30), "Europe/London")
BANK_STATEMENTS: Final = Feed("ledger", "bank_statements", "csv", "statement_balance", 3, time(9, 30), "Europe/London")
LONDON: Final = ZoneInfo("Europe/London")
CLOSES_ON_BUSINESS_DAY: Final = 4
_CLOSES_AT: Final = 17 * 3600
_SECONDS: Final = np.timedelta64(1, "s")

Moments = NDArray[np.datetime64]


class Reopening(NamedTuple):
    """A closed month that was opened again, until the end of office hours on a business day of the next month."""

    month: str
    until_business_day: int
    authorised_by: str


REOPENED: Final = (Reopening("2022-03", 6, "U0031"), Reopening("2022-08", 5, "U0032"))


class BankAccount(NamedTuple):
    """An account of ours with another bank, and the ledger account that mirrors it."""

    account_code: str
    number: str
    most_outstanding: float


BANK_ACCOUNTS: Final = (
    BankAccount(RESERVES_ACCOUNT, "CENTRAL-BANK-USD-01", 4e6),
    BankAccount("1530", "CORRESPONDENT-EUR-01", 9e5),
    BankAccount("1650", "CLEARING-MEMBER-USD-01", 6e5),
)


class StatementError(NamedTuple):
    """A difference between statement and ledger that no outstanding item explains, USD."""

    day: str
    account_code: str
    amount: float


STATEMENT_ERRORS: Final = (
    StatementError("2021-12-31", "1530", 84_215.37),
    StatementError("2022-07-29", "1650", -12_900.00),
    StatementError("2022-07-29", RESERVES_ACCOUNT, 1_750_000.00),
)


def utc(days: Days, seconds: NDArray[np.integer]) -> Moments:
    """UTC instants of times in London: seconds after midnight of each day."""
    unique, position = np.unique(days, return_inverse=True)
    midday = [np.datetime64(day, "s").item().replace(hour=12, tzinfo=LONDON) for day in unique]
    offsets = np.array([int(moment.utcoffset().total_seconds()) for moment in midday], dtype=np.int64)
    return np.asarray(days.astype("datetime64[s]") + (seconds - offsets[position]) * _SECONDS)


class Closing:
    """The closing calendar.

    Parameters
    ----------
    calendar : DeliveryCalendar
        Its business days; beyond them every weekday is one.
    snapshots : Snapshots
        The calendar's rows come with them.
    """

    def __init__(self, calendar: DeliveryCalendar, snapshots: Snapshots) -> None:
        self._calendar, self._snapshots = calendar, snapshots

    def business_day(self, month: np.datetime64, number: int) -> np.datetime64:
        """Return a business day of the month after one, counted from 1."""
        day = (month + 1).astype("datetime64[D]")
        for _ in range(number):
            found = self._calendar.on_or_after(np.array([day]))[0]
            day = found + 1
        return found

    def table(self, number: int) -> pa.Table:
        """Rows of the feed that come with a snapshot: its month, and what was opened again since the last one."""
        month = self._snapshots.days[number].astype("datetime64[M]")
        reopened = [item for item in REOPENED if np.datetime64(item.month, "M") + 1 == month]
        months = [month, *(np.datetime64(item.month, "M") for item in reopened)]
        closes = np.array([self.business_day(item, CLOSES_ON_BUSINESS_DAY) for item in months])
        until = np.array(
            [self.business_day(np.datetime64(item.month, "M"), item.until_business_day) for item in reopened],
            closes.dtype,
        )
        opened = np.array([_CLOSES_AT] * len(until))
        return pa.table(
            {
                "fiscal_period": pa.array([str(item) for item in months]),
                "version": pa.array([1] + [2] * len(reopened), type=pa.int32()),
                "closes_at": utc(closes, np.full(len(closes), _CLOSES_AT)),
                "reopened_until": np.concatenate([np.array(["NaT"], "datetime64[s]"), utc(until, opened)]),
                "authorised_by": pa.array([None, *(item.authorised_by for item in reopened)], type=pa.string()),
            }
        )


def statement_table(snapshots: Snapshots, number: int, balances: dict[str, float], seed: int) -> pa.Table:
    """Rows of the feed of bank statements at a snapshot.

    Parameters
    ----------
    snapshots : Snapshots
    number : int
        Which snapshot.
    balances : dict
        Balance of the ledger by account, USD.
    seed : int

    Returns
    -------
    pa.Table
        Statement and outstanding items are the ledger's balance but for the planted errors.
    """
    rng = np.random.default_rng([seed, 63, number])
    day = snapshots.days[number]
    errors = {item.account_code: item.amount for item in STATEMENT_ERRORS if item.day == str(day)}
    most = np.array([item.most_outstanding for item in BANK_ACCOUNTS])
    outstanding = cents(rng.uniform(-1.0, 1.0, len(BANK_ACCOUNTS)) * most)
    ledger = np.array([balances[item.account_code] for item in BANK_ACCOUNTS])
    wrong = np.array([errors.get(item.account_code, 0.0) for item in BANK_ACCOUNTS])
    return pa.table(
        {
            "as_of_date": day_column(day, len(BANK_ACCOUNTS)),
            "account_code": pa.array([item.account_code for item in BANK_ACCOUNTS]),
            "bank_account": pa.array([item.number for item in BANK_ACCOUNTS]),
            "statement_balance": money(ledger - outstanding + wrong),
            "outstanding_items": money(outstanding),
        }
    )
