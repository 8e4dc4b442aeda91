"""Two questions of time about a delivery: is it in the folder its name says, and did it arrive too late."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from orchestration.landing.contract import LateAfter

_DAY = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{4})-(\d{2})(?![\d-])")


def deadline(business_date: date, late_after: LateAfter) -> datetime:
    """Return the moment after which a delivery is late. Business days are Monday to Friday, holidays included."""
    first = np.datetime64(business_date, "D")
    day = np.busday_offset(first, late_after.business_days, roll="forward").astype(object)
    return datetime.combine(day, late_after.time, ZoneInfo(late_after.timezone)).astimezone(UTC)


def agrees(file_name: str, business_date: date) -> bool:
    """Whether the date, or the month, in a file name is that of its folder; a name without one agrees with any."""
    day = _DAY.search(file_name)
    if day:
        return day.groups() == (f"{business_date:%Y}", f"{business_date:%m}", f"{business_date:%d}")
    month = _MONTH.search(file_name)
    return month is None or month.groups() == (f"{business_date:%Y}", f"{business_date:%m}")


def date_in(file_name: str) -> date | None:
    """Return the date in a file name, None when there is none."""
    day = _DAY.search(file_name)
    try:
        return date(*map(int, day.groups())) if day else None
    except ValueError:
        return None
