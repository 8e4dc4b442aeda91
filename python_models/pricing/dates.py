"""The calendar rules shared by all products: year fractions and payment dates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days

DAYS_PER_YEAR = 365.25
"""The one clock: tenors of the curve are calendar years, so a 10-year bond ends within a day of the 10-year node."""

MONTHS_PER_PERIOD = 6


def year_fraction(start: DatesLike, end: DatesLike) -> FloatArray:
    """Years from ``start`` to ``end`` on the actual/365.25 clock; negative when ``end`` is earlier.

    Parameters
    ----------
    start, end : array_like of dates, broadcastable

    Returns
    -------
    ndarray of float64, years
    """
    return (as_days(end) - as_days(start)).astype(np.float64) / DAYS_PER_YEAR


def roll_back(maturity_dates: DatesLike, months: ArrayLike, *, end_of_month: bool = False) -> DateArray:
    """Step whole months back from maturity.

    Parameters
    ----------
    maturity_dates : array_like of dates, broadcastable with `months`
    months : array_like of int
        Negative steps forward.
    end_of_month : bool
        True keeps a maturity that is the last day of its month on the last day of every month (US Treasury practice:
        31 CFR 356). False keeps the day of the month, cut to the length of a shorter month.

    Returns
    -------
    ndarray of datetime64[D]

    Notes
    -----
    Weekends and holidays are not adjusted for: a payment dated on a Saturday is valued as of that Saturday.
    """
    maturity = as_days(maturity_dates)
    month = maturity.astype("datetime64[M]")
    day = maturity - month.astype("datetime64[D]")
    target = month - np.asarray(months, dtype="timedelta64[M]")
    first = target.astype("datetime64[D]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    rolled: DateArray = np.minimum(first + day, last)
    if end_of_month:
        month_end = (month + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
        rolled = np.where(maturity == month_end, last, rolled)
    return rolled


def periods_remaining(
    valuation_dates: DatesLike, maturity_dates: DatesLike, *, end_of_month: bool = False
) -> NDArray[np.int64]:
    """Count the half-yearly payment dates that lie strictly after the valuation date, the maturity included.

    Parameters
    ----------
    valuation_dates, maturity_dates : array_like of dates, broadcastable
    end_of_month : bool
        As in `roll_back`.

    Returns
    -------
    ndarray of int64; 0 once matured
    """
    valuation, maturity = np.broadcast_arrays(as_days(valuation_dates), as_days(maturity_dates))
    months = (maturity.astype("datetime64[M]") - valuation.astype("datetime64[M]")).astype(np.int64)
    whole = np.maximum(months // MONTHS_PER_PERIOD, 0)
    boundary = roll_back(maturity, whole * MONTHS_PER_PERIOD, end_of_month=end_of_month)
    return np.where(maturity > valuation, whole + (boundary > valuation), 0)


def payment_times(valuation_dates: DatesLike, maturity_dates: DatesLike, *, end_of_month: bool = False) -> FloatArray:
    """Years to each remaining half-yearly payment, counted back from maturity.

    Parameters
    ----------
    valuation_dates, maturity_dates : array_like of dates, shape (n,)
    end_of_month : bool
        As in `roll_back`.

    Returns
    -------
    ndarray of float64, shape (m, n)
        Row 0 is the maturity, row k the payment 6 * k months earlier; 0 where fewer payments remain.
    """
    valuation, maturity = as_days(valuation_dates), as_days(maturity_dates)
    remaining = periods_remaining(valuation, maturity, end_of_month=end_of_month)
    steps = np.arange(remaining.max(initial=0))[:, np.newaxis]
    dates = roll_back(maturity[np.newaxis, :], steps * MONTHS_PER_PERIOD, end_of_month=end_of_month)
    return np.where(steps < remaining, year_fraction(valuation, dates), 0.0)
