"""What SA-CCR needs of a single trade (CRE52.33 to CRE52.53): adjusted notional, supervisory delta, maturity factor."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from python_models.arrays import FloatArray
from python_models.errors import CapitalError


def supervisory_duration(
    start_years: ArrayLike, end_years: ArrayLike, *, rate: float, floor_years: float
) -> FloatArray:
    """Work out the duration that an interest rate or credit notional is multiplied by (CRE52.34).

    ``max((exp(-r S) - exp(-r E)) / r, floor)``

    Parameters
    ----------
    start_years : array_like
        S, from today to the start of the referenced period; a start that has passed counts as 0.
    end_years : array_like, same shape
        E, from today to its end; not before the start.
    rate : float
        r; 0.05.
    floor_years : float
        Ten business days, in years.

    Returns
    -------
    ndarray, same shape, years

    Raises
    ------
    CapitalError
        If a date is missing, or a period ends before it starts or before today.
    """
    start, end = np.maximum(_numbers("start", start_years), 0.0), _numbers("end", end_years)
    if (end < start).any():
        raise CapitalError("A referenced period ends before it starts; check the contract's dates.")
    return np.maximum((np.exp(-rate * start) - np.exp(-rate * end)) / rate, floor_years)


def unmargined_maturity_factor(
    maturity_years: ArrayLike, *, floor_days: float, business_days_per_year: float
) -> FloatArray:
    """Scale a year's risk to the remaining life of an unmargined trade, ``sqrt(min(max(M, 10 days), 1))`` (CRE52.48).

    Parameters
    ----------
    maturity_years : array_like
        M, from today until the contract can no longer be active.
    floor_days, business_days_per_year : float
        The floor of ten business days and the 250 in a year.

    Returns
    -------
    ndarray, same shape, in (0, 1]

    Raises
    ------
    CapitalError
        If a maturity is missing.
    """
    maturity = _numbers("maturity", maturity_years)
    return np.sqrt(np.minimum(np.maximum(maturity, floor_days / business_days_per_year), 1.0))


def margined_maturity_factor(
    margin_period_days: ArrayLike, *, multiplier: float, business_days_per_year: float
) -> FloatArray:
    """Scale a year's risk to the margin period of risk, ``1.5 sqrt(MPOR / 1 year)`` (CRE52.52).

    Parameters
    ----------
    margin_period_days : array_like
        Margin period of risk in business days, its floors applied (`margin_period`).
    multiplier, business_days_per_year : float
        3/2, and the 250 in a year.

    Returns
    -------
    ndarray, same shape

    Raises
    ------
    CapitalError
        If a period is missing or not positive.
    """
    days = _numbers("margin period of risk", margin_period_days)
    if (days <= 0.0).any():
        raise CapitalError("A margin period of risk is not positive; apply its floor first.")
    return np.asarray(multiplier * np.sqrt(days / business_days_per_year), dtype=np.float64)


def margin_period(remargining_days: ArrayLike, floor_days: ArrayLike) -> FloatArray:
    """Margin period of risk of an agreement that is margined every so many days, ``F + N - 1`` (CRE52.50).

    Parameters
    ----------
    remargining_days : array_like
        N, business days between margin calls; 1 for daily, 5 for weekly.
    floor_days : array_like
        F, the floor under daily margining: 10 bilateral, 5 cleared, 20 for large or illiquid netting sets.

    Returns
    -------
    ndarray, business days

    Raises
    ------
    CapitalError
        If a figure is missing or below one day.
    """
    calls, floor = _numbers("remargining period", remargining_days), _numbers("floor", floor_days)
    if (calls < 1.0).any() or (floor < 1.0).any():
        raise CapitalError("A remargining period or its floor is shorter than one day.")
    return np.asarray(floor + calls - 1.0, dtype=np.float64)


def option_delta(
    is_bought: ArrayLike,
    is_call: ArrayLike,
    price: ArrayLike,
    strike: ArrayLike,
    exercise_years: ArrayLike,
    volatility: ArrayLike,
    shift: ArrayLike = 0.0,
) -> FloatArray:
    """Supervisory delta of options (CRE52.40).

    ``+-N(+-(ln((P + s) / (K + s)) + 0.5 v^2 T) / (v sqrt(T)))``: plus outside for a bought call and a sold put, plus
    inside for calls.

    Parameters
    ----------
    is_bought, is_call : array_like of bool
    price, strike : array_like
        P, the forward where it is known, and K, in one unit. `price` is the average so far for an Asian option.
    exercise_years : array_like
        T until the latest exercise date, positive.
    volatility : array_like
        Supervisory option volatility as a share, positive.
    shift : array_like
        Added to price and strike where rates can be negative (CRE52.40, FAQ2).

    Returns
    -------
    ndarray, broadcast shape, from -1 to 1

    Raises
    ------
    CapitalError
        If a figure is missing, or price, strike, time or volatility is not positive after the shift.
    """
    moved = _numbers("shift", shift)
    forward, exercise = _numbers("price", price) + moved, _numbers("strike", strike) + moved
    years, sigma = _numbers("exercise date", exercise_years), _numbers("volatility", volatility)
    if any((each <= 0.0).any() for each in (forward, exercise, years, sigma)):
        raise CapitalError("An option's price, strike, time or volatility is not positive; shift negative rates.")
    side = np.where(np.asarray(is_call, dtype=np.bool_), 1.0, -1.0)
    direction = np.where(np.asarray(is_bought, dtype=np.bool_), 1.0, -1.0) * side
    root = sigma * np.sqrt(years)
    return np.asarray(direction * ndtr(side * (np.log(forward / exercise) + 0.5 * root**2) / root), dtype=np.float64)


def tranche_delta(
    is_protection_bought: ArrayLike,
    attachment: ArrayLike,
    detachment: ArrayLike,
    *,
    numerator: float,
    slope: float,
) -> FloatArray:
    """Supervisory delta of CDO tranches, ``+-15 / ((1 + 14 A)(1 + 14 D))`` (CRE52.41).

    Parameters
    ----------
    is_protection_bought : array_like of bool
        Plus where protection is bought.
    attachment, detachment : array_like
        A and D as shares of the pool; for an nth-to-default on m names (n - 1) / m and n / m.
    numerator, slope : float
        15 and 14.

    Returns
    -------
    ndarray, broadcast shape

    Raises
    ------
    CapitalError
        If a point is missing or they do not lie within 0 <= A < D <= 1.
    """
    lower, upper = _numbers("attachment point", attachment), _numbers("detachment point", detachment)
    if not ((lower >= 0.0) & (lower < upper) & (upper <= 1.0)).all():
        raise CapitalError("A tranche attaches at or above its detachment point, or outside 0 to 1.")
    sign = np.where(np.asarray(is_protection_bought, dtype=np.bool_), 1.0, -1.0)
    return np.asarray(sign * numerator / ((1.0 + slope * lower) * (1.0 + slope * upper)), dtype=np.float64)


def currency_notional(
    first_leg: ArrayLike, second_leg: ArrayLike, is_first_domestic: ArrayLike, is_second_domestic: ArrayLike
) -> FloatArray:
    """Take the foreign leg of foreign exchange trades as adjusted notional, of two foreign legs the larger (CRE52.35).

    Parameters
    ----------
    first_leg, second_leg : array_like
        Both legs in the domestic currency, their signs ignored.
    is_first_domestic, is_second_domestic : array_like of bool

    Returns
    -------
    ndarray, domestic currency, not negative

    Raises
    ------
    CapitalError
        If a leg is missing.
    """
    first, second = np.abs(_numbers("leg", first_leg)), np.abs(_numbers("leg", second_leg))
    one, other = np.asarray(is_first_domestic, dtype=np.bool_), np.asarray(is_second_domestic, dtype=np.bool_)
    return np.where(one, second, np.where(other, first, np.maximum(first, second)))


def _numbers(what: str, given: ArrayLike) -> FloatArray:
    found = np.asarray(given, dtype=np.float64)
    if not np.isfinite(found).all():
        raise CapitalError(f"A trade's {what} is missing or infinite; a missing one is not zero.")
    return found
