"""Month ends at which lending, treasury and the ledger say how things stand, and columns of such statements."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Days, Period
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.writing import rounded_decimals

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

CURRENCIES: Final = ("USD", "EUR", "GBP")
MILLION: Final = 1e6
NONE: Final = -1
"""Index that stands for a missing text."""
NO_DATE: Final = np.datetime64("NaT", "D")
_FIRST_MONTH = np.datetime64("2021-09", "M")


class Snapshots:
    """The dates of the statements: the last business day of each month from September 2021, and of the history.

    Parameters
    ----------
    market : MarketData
        Its calendar has the business days, its reference rates convert amounts.

    Attributes
    ----------
    days : ndarray of datetime64[D], shape (n,)
    rates : ndarray, shape (n, currencies)
        USD for one unit of each of `CURRENCIES`: the euro reference rates of the day, or the last before it.
    market_rows : ndarray of int, shape (n,)
        Rows of the days in the market data.
    """

    def __init__(self, market: MarketData) -> None:
        days = market.calendar.book_days
        months = days.astype("datetime64[M]")
        is_last = np.append(months[1:] != months[:-1], True)
        self.days: Days = days[is_last & (months >= _FIRST_MONTH)]
        self.market_rows = market.day_index(self.days)
        self.rates: Floats = np.column_stack(
            [market.pair_rates(currency, "USD")[self.market_rows] for currency in CURRENCIES]
        )
        self._numbers = {day.item(): number for number, day in enumerate(self.days)}

    def __len__(self) -> int:
        return len(self.days)

    def number(self, period: Period) -> int | None:
        """Count of the snapshot that is delivered with a period, from 0; None when there is none."""
        return self._numbers.get(period.last)

    def number_of(self, day: str) -> int:
        """Count of the snapshot of a day such as ``2022-12-28``."""
        return self._numbers[np.datetime64(day, "D").item()]

    def in_usd(self, number: int, currencies: Indices, amounts: Floats) -> Floats:
        """Amounts in USD at the rates of a snapshot, unrounded."""
        usd: Floats = cents(amounts) * self.rates[number, currencies]
        return usd


def cents(amounts: Floats) -> Floats:
    """Amounts rounded as they are delivered."""
    return np.round(amounts, 2)


def money(amounts: Floats) -> pa.Array:
    """Column of amounts with two decimals; NaN becomes null."""
    return rounded_decimals(amounts, 18, 2)


def day_column(day: np.datetime64, count: int) -> Days:
    """Column of one date."""
    return np.full(count, day, dtype="datetime64[D]")


def labels(pool: tuple[str, ...] | list[str], index: NDArray[np.integer]) -> pa.Array:
    """Column of texts by their index; `NONE` becomes null."""
    return pa.array(pool, type=pa.string()).take(pa.array(index.astype(np.int32), mask=index == NONE))


def optional_flags(flags: Flags, is_known: Flags) -> pa.Array:
    """Column of booleans, null where they are not known."""
    return pa.array(flags, mask=~is_known)


def month_offset(days: Days, months: Indices) -> Days:
    """Days so many months later, the 29th to 31st as the 28th."""
    first = days.astype("datetime64[M]")
    in_month = np.minimum((days - first.astype("datetime64[D]")).astype(np.int64), 27)
    moved: Days = (first + months).astype("datetime64[D]") + in_month
    return moved


def months_between(earlier: Days, later: Days) -> Indices:
    """Whole calendar months from the month of one date to that of another."""
    months: Indices = (later.astype("datetime64[M]") - earlier.astype("datetime64[M]")).astype(np.int64)
    return months
