"""How numbers, dates and times are written. A missing figure is the word "missing", never 0 and never blank."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MISSING = "missing"


def is_missing(value: object) -> bool:
    """Tell whether a figure is absent: None, pandas' NA or not-a-number."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and math.isnan(value)


def amount(value: float | None, decimals: int = 2) -> str:
    """Write an amount with thousands separators.

    Examples
    --------
    >>> amount(-1234567.891)
    '-1,234,567.89'
    >>> amount(None)
    'missing'
    """
    return MISSING if value is None or is_missing(value) else f"{_settled(float(value), decimals):,.{decimals}f}"


def millions(value: float | None) -> str:
    """Write an amount in millions with one decimal.

    Examples
    --------
    >>> millions(1234567890), millions(None)
    ('1,234.6 m', 'missing')
    """
    return MISSING if value is None or is_missing(value) else f"{amount(float(value) / 1_000_000, 1)} m"


def signed(value: float | None, decimals: int = 2) -> str:
    """Write a gain or loss with its sign always shown; nothing gained is 0.00 without a sign.

    Examples
    --------
    >>> signed(1234.5), signed(-0.001), signed(float("nan"))
    ('+1,234.50', '0.00', 'missing')
    """
    if value is None or is_missing(value):
        return MISSING
    settled = _settled(float(value), decimals)
    return f"{settled:,.{decimals}f}" if settled == 0 else f"{settled:+,.{decimals}f}"


def share(value: float | None) -> str:
    """Write a share as a percentage with one decimal.

    Examples
    --------
    >>> share(0.1234)
    '12.3%'
    """
    return MISSING if value is None or is_missing(value) else f"{float(value):.1%}"


def decimal(value: float | None, decimals: int = 2) -> str:
    """Write a plain number without a unit, such as a multiplier.

    Examples
    --------
    >>> decimal(1.7), decimal(None)
    ('1.70', 'missing')
    """
    return amount(value, decimals)


def ratio(value: float | None) -> str:
    """Write an index or a statistic with four decimals.

    Examples
    --------
    >>> ratio(0.12344)
    '0.1234'
    """
    return amount(value, 4)


def count(value: float | None) -> str:
    """Write how many there are.

    Examples
    --------
    >>> count(1234), count(float("nan"))
    ('1,234', 'missing')
    """
    return amount(value, 0)


def text(value: object) -> str:
    """Write a name, or that it is missing.

    Examples
    --------
    >>> text("AAPL"), text(None), text("")
    ('AAPL', 'missing', 'missing')
    """
    return MISSING if is_missing(value) or value == "" else str(value)


def percent(value: float | None) -> str:
    """Write a small probability or rate as a percentage, with two decimals.

    Examples
    --------
    >>> percent(0.0004), percent(0.45)
    ('0.04%', '45.00%')
    """
    return MISSING if value is None or is_missing(value) else f"{float(value):.2%}"


def level(value: float) -> str:
    """Write a confidence level.

    Examples
    --------
    >>> level(0.99), level(0.975)
    ('99%', '97.5%')
    """
    return f"{value * 100:.4g}%"


def local_time(moment: datetime, zone: str | None) -> str:
    """Write a moment in the reader's zone and name the zone; UTC when the browser's zone is unknown.

    Examples
    --------
    >>> from datetime import UTC
    >>> local_time(datetime(2022, 12, 28, 18, 5, tzinfo=UTC), "Europe/London")
    '28 Dec 2022, 18:05:00 GMT (Europe/London)'
    """
    try:
        local = moment.astimezone(ZoneInfo(zone)) if zone else moment.astimezone(ZoneInfo("UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        zone, local = None, moment.astimezone(ZoneInfo("UTC"))
    named = f" ({zone})" if zone and zone != "UTC" else ""
    return f"{local.day} {local:%b %Y, %H:%M:%S %Z}{named}"


def _settled(value: float, decimals: int) -> float:
    # -0.001 rounds to -0.00, which reads as a loss.
    return round(value, decimals) + 0.0
