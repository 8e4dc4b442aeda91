"""When the demonstration bank delivers: business days, delivery periods and trading hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]

BOOK_START: Final = np.datetime64("2019-07-01", "D")
OPENING: Final = np.datetime64("2019-06-28", "D")
DAILY_FILES: Final = 20
NEW_YORK: Final = ZoneInfo("America/New_York")
REJECTED_FILE_DAY: Final = np.datetime64("2022-12-09")
"""The business day whose file of transaction reports is rejected; it is sent again on the next one."""


@dataclass(frozen=True)
class Period:
    """What one delivery of every feed covers.

    Attributes
    ----------
    index : int
        0 for the opening load, then counting up.
    name : str
        ``opening``, ``2019-07`` for a month or ``2022-12-28`` for a day; the end of the file names.
    first, last : date
        Calendar days covered, both included. `last` is a business day and names the folder, so that no delivery holds
        an event later than its folder says.
    """

    index: int
    name: str
    first: date
    last: date


class DeliveryCalendar:
    """Business days and the periods into which history is cut.

    Parameters
    ----------
    business_days : ndarray of datetime64[D]
        Every trading day of the market data, ascending.

    Attributes
    ----------
    business_days : ndarray of datetime64[D]
        Including the factor history before the book starts.
    book_days : ndarray of datetime64[D]
        Business days on which the bank trades.
    periods : list of Period
        The opening load, a month each, and the last 20 business days one by one.
    """

    def __init__(self, business_days: Days) -> None:
        self.business_days = business_days
        self.book_days = business_days[business_days >= BOOK_START]
        self.periods = self._periods()
        self._ends = np.array([period.last for period in self.periods], dtype="datetime64[D]")

    def _periods(self) -> list[Period]:
        monthly, daily = self.book_days[:-DAILY_FILES], self.book_days[-DAILY_FILES:]
        months = monthly.astype("datetime64[M]")
        month_ends = monthly[np.append(months[1:] != months[:-1], True)]
        ends = [OPENING, *month_ends, *daily]
        names = ["opening", *np.datetime_as_string(month_ends, "M"), *np.datetime_as_string(daily, "D")]
        starts = [self.business_days[0], *(end + 1 for end in ends[:-1])]
        return [
            Period(index, str(name), first.item(), last.item())
            for index, (name, first, last) in enumerate(zip(names, starts, ends, strict=True))
        ]

    def period_index(self, days: Days) -> NDArray[np.intp]:
        """Index of the period that covers each day; the number of periods for a day after the last."""
        return np.searchsorted(self._ends, days, side="left")

    def on_or_after(self, days: Days) -> Days:
        """First business day not before each day; beyond the calendar, the next weekday."""
        position = np.searchsorted(self.business_days, days, side="left")
        inside = position < len(self.business_days)
        weekdays = np.busday_offset(days, 0, roll="forward")
        return np.where(inside, self.business_days[np.minimum(position, len(self.business_days) - 1)], weekdays)

    def on_or_before(self, days: Days) -> Days:
        """Last business day not after each day; beyond the calendar, the previous weekday."""
        position = np.searchsorted(self.business_days, days, side="right") - 1
        inside = days <= self.business_days[-1]
        return np.where(inside, self.business_days[np.maximum(position, 0)], np.busday_offset(days, 0, roll="backward"))


def new_york_open(days: Days) -> NDArray[np.datetime64]:
    """UTC instant (seconds) at which New York opens, 09:30 local, on each day."""
    opens = [datetime.combine(day, time(9, 30), NEW_YORK).astimezone(ZoneInfo("UTC")) for day in days.tolist()]
    return np.array([moment.replace(tzinfo=None) for moment in opens], dtype="datetime64[s]")


def arrival_moment(folder: date, business_days_later: int, local_time: time, timezone: str) -> float:
    """Return the seconds since 1970 of a local time so many weekdays after a folder's date."""
    day = folder
    for _ in range(business_days_later):
        day += timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))
    return datetime.combine(day, local_time, ZoneInfo(timezone)).timestamp()
