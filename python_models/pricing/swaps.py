"""Pay-fixed interest-rate swaps on one curve: value, fixing dates, settlements, key-rate sensitivities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import InstrumentError
from python_models.pricing.curves import COUPONS_PER_YEAR, present_values
from python_models.pricing.dates import (
    MONTHS_PER_PERIOD,
    payment_times,
    periods_remaining,
    roll_back,
)

HALF_YEAR = 1.0 / COUPONS_PER_YEAR


def fixing_dates(valuation_dates: DatesLike, start_dates: DatesLike, maturity_dates: DatesLike) -> DateArray:
    """Find the date on which the floating rate of the period in progress was set: the period's first day.

    Parameters
    ----------
    valuation_dates, start_dates, maturity_dates : array_like of dates, shape (n,)
        Start <= valuation < maturity. A valuation on a period's first day is in that period.

    Returns
    -------
    ndarray of datetime64[D], shape (n,); not adjusted for weekends and holidays

    Raises
    ------
    InstrumentError
        If a swap is not alive on its valuation date.
    """
    valuation, start, maturity = _alive(valuation_dates, start_dates, maturity_dates)
    remaining = periods_remaining(valuation, maturity)
    return np.maximum(roll_back(maturity, remaining * MONTHS_PER_PERIOD), start)


def accrual_fractions(period_starts: DatesLike, payment_dates: DatesLike) -> FloatArray:
    """Length of payment periods in years on the 30E/360 count (ISDA 2006, 4.16(g)); a regular half-year is 0.5.

    Parameters
    ----------
    period_starts, payment_dates : array_like of dates, broadcastable

    Returns
    -------
    ndarray of float64, years
    """
    start, end = as_days(period_starts), as_days(payment_dates)
    months = (end.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(np.int64)
    fractions: FloatArray = (months * 30 + _day_of_30(end) - _day_of_30(start)) / 360.0
    return np.where(roll_back(end, MONTHS_PER_PERIOD) == start, HALF_YEAR, fractions)


def settlement_amounts(
    fixed_rates_pct: ArrayLike, fixing_rates: ArrayLike, fractions: ArrayLike = HALF_YEAR
) -> FloatArray:
    """Amounts the payer of the fixed rate receives at the end of a period, per unit of notional.

    Parameters
    ----------
    fixed_rates_pct : array_like, per cent a year
    fixing_rates : array_like, decimal a year, simple
        The floating rate set on the period's first day.
    fractions : array_like, years
        Length of the period (`accrual_fractions`).

    Returns
    -------
    ndarray; positive = received. NaN where a fixing is missing.
    """
    fixed = np.asarray(fixed_rates_pct, dtype=np.float64) / 100.0
    return (np.asarray(fixing_rates, dtype=np.float64) - fixed) * np.asarray(fractions, dtype=np.float64)


def swap_cash_flows(
    valuation_dates: DatesLike,
    start_dates: DatesLike,
    maturity_dates: DatesLike,
    fixed_rates_pct: ArrayLike,
    fixing_rates: ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Find the fixed payments worth as much as pay-fixed, receive-floating swaps on one curve, per unit of notional.

    Parameters
    ----------
    valuation_dates, start_dates, maturity_dates, fixed_rates_pct, fixing_rates
        As in `value_swaps`, whose notes say what stands for the floating leg.

    Returns
    -------
    times : ndarray, shape (m, n), years; 0 where fewer payments remain (`payment_times`)
    amounts : ndarray, shape (m, n), to be read only where the time is positive; NaN where a fixing is missing

    Raises
    ------
    InstrumentError, DateError
        As in `value_swaps`.
    """
    valuation, start, maturity = _alive(valuation_dates, start_dates, maturity_dates)
    fixed = np.asarray(fixed_rates_pct, dtype=np.float64) / 100.0
    if not np.isfinite(fixed).all():
        raise InstrumentError("A swap has no fixed rate; every swap carries it in per cent a year.")
    remaining = periods_remaining(valuation, maturity)
    times = payment_times(valuation, maturity)
    first_period = accrual_fractions(
        np.maximum(roll_back(maturity, remaining * MONTHS_PER_PERIOD), start),
        roll_back(maturity, (remaining - 1) * MONTHS_PER_PERIOD),
    )
    amounts = np.where(np.arange(len(times))[:, np.newaxis] < remaining, -fixed * HALF_YEAR, 0.0)
    amounts[:1] -= 1.0
    swaps = np.arange(len(remaining))
    amounts[remaining - 1, swaps] += (
        1.0 + fixed * HALF_YEAR + (np.asarray(fixing_rates, dtype=np.float64) - fixed) * first_period
    )
    return times, amounts


def value_swaps(
    valuation_dates: DatesLike,
    start_dates: DatesLike,
    maturity_dates: DatesLike,
    fixed_rates_pct: ArrayLike,
    fixing_rates: ArrayLike,
    zero_rates: ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Value of pay-fixed, receive-floating swaps per unit of notional, with key-rate sensitivities.

    Parameters
    ----------
    valuation_dates, start_dates, maturity_dates : array_like of dates, shape (n,)
        One pair of date and swap each; start <= valuation < maturity.
    fixed_rates_pct : array_like, shape (n,), per cent a year
    fixing_rates : array_like, shape (n,)
        Simple rate of the period in progress, decimal, set on `fixing_dates` (the 6 Mo par yield of that date).
    zero_rates : array_like, shape (n, 11)
        Curve of each pair's valuation date, continuously compounded, decimal.

    Returns
    -------
    values : ndarray, shape (n,)
        Floating leg less fixed leg: positive when rates are above the fixed rate. NaN if a fixing or rate is missing.
    key_rate_deltas : ndarray, shape (n, 11)
        Change of value for a zero rate higher by 1.00 at the node; mostly positive. The current fixing does not move.

    Raises
    ------
    InstrumentError
        If a swap is not alive on its valuation date, or a fixed rate is missing.
    DateError
        If a date is missing.

    Notes
    -----
    One curve both projects and discounts, so the floating leg is worth ``(1 + f * a) DF(t_1) - DF(T)`` with the
    current fixing f and period a (Hull, Options, Futures, and Other Derivatives, ch. 7). Both legs pay every six
    months, on dates rolled back from maturity; a first period shorter than six months accrues 30E/360.
    """
    times, amounts = swap_cash_flows(valuation_dates, start_dates, maturity_dates, fixed_rates_pct, fixing_rates)
    return present_values(np.asarray(zero_rates, dtype=np.float64), times, amounts)


def _alive(
    valuation_dates: DatesLike, start_dates: DatesLike, maturity_dates: DatesLike
) -> tuple[DateArray, DateArray, DateArray]:
    valuation, start, maturity = as_days(valuation_dates), as_days(start_dates), as_days(maturity_dates)
    if ((valuation < start) | (valuation >= maturity)).any():
        raise InstrumentError(
            "A swap is valued outside its life; keep only dates from its start to the day before maturity."
        )
    return valuation, start, maturity


def _day_of_30(days: DateArray) -> NDArray[np.int64]:
    return np.minimum((days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1, 30)
