"""Semi-annual fixed-coupon government bonds: full price, accrued interest, key-rate sensitivities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from python_models.arrays import DatesLike, FloatArray, as_days
from python_models.errors import InstrumentError
from python_models.pricing.curves import COUPONS_PER_YEAR, present_values
from python_models.pricing.dates import (
    MONTHS_PER_PERIOD,
    payment_times,
    periods_remaining,
    roll_back,
)

FACE = 100.0


def bond_cash_flows(
    valuation_dates: DatesLike, maturity_dates: DatesLike, coupon_rates_pct: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Payments of bonds that are still to come, per 100 of face.

    Parameters
    ----------
    valuation_dates, maturity_dates, coupon_rates_pct
        As in `value_bonds`.

    Returns
    -------
    times : ndarray, shape (m, n), years; 0 where fewer payments remain (`payment_times`)
    amounts : ndarray, shape (m, n), to be read only where the time is positive

    Raises
    ------
    InstrumentError, DateError
        As in `value_bonds`.
    """
    valuation, maturity = as_days(valuation_dates), as_days(maturity_dates)
    coupon = _checked_coupons(coupon_rates_pct)
    if (maturity <= valuation).any():
        raise InstrumentError("A bond is valued on or after its maturity; keep only the dates before it.")
    times = payment_times(valuation, maturity, end_of_month=True)
    amounts = np.broadcast_to(coupon / COUPONS_PER_YEAR, times.shape).copy()
    amounts[:1] += FACE
    return times, amounts


def value_bonds(
    valuation_dates: DatesLike, maturity_dates: DatesLike, coupon_rates_pct: ArrayLike, zero_rates: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Full price per 100 of face and its sensitivity to every node of the curve.

    Parameters
    ----------
    valuation_dates, maturity_dates : array_like of dates, shape (n,)
        One pair of date and bond each; maturity after valuation.
    coupon_rates_pct : array_like, shape (n,)
        Annual coupon in per cent of face, paid in two halves.
    zero_rates : array_like, shape (n, 11)
        Curve of each pair's valuation date, continuously compounded, decimal. NaN gives a NaN price.

    Returns
    -------
    prices : ndarray, shape (n,)
        Full (dirty) price per 100 of face: every payment strictly after the valuation date, discounted.
    key_rate_deltas : ndarray, shape (n, 11)
        Change of the price per 100 for a zero rate higher by 1.00 at the node; negative.

    Raises
    ------
    InstrumentError
        If a bond has matured by its valuation date, or a coupon is missing.
    DateError
        If a date is missing.

    Notes
    -----
    Coupon dates roll back from maturity by six months and keep to month ends (US Treasury practice); weekends and
    holidays are not adjusted for. The coupon of the period in progress belongs to the holder, whatever the issue date.
    """
    times, amounts = bond_cash_flows(valuation_dates, maturity_dates, coupon_rates_pct)
    return present_values(np.asarray(zero_rates, dtype=np.float64), times, amounts)


def accrued_interest(valuation_dates: DatesLike, maturity_dates: DatesLike, coupon_rates_pct: ArrayLike) -> FloatArray:
    """Interest accrued since the last coupon date, per 100 of face: full price = clean price + accrued.

    Parameters
    ----------
    valuation_dates, maturity_dates : array_like of dates, shape (n,)
    coupon_rates_pct : array_like, shape (n,), per cent a year

    Returns
    -------
    ndarray, shape (n,)
        Actual/actual (ICMA rule 251): half the coupon times days since the last coupon date over days in the coupon
        period. 0 on a coupon date, and 0 from maturity on.

    Raises
    ------
    InstrumentError
        If a coupon is missing.
    DateError
        If a date is missing.
    """
    valuation, maturity = as_days(valuation_dates), as_days(maturity_dates)
    coupon = _checked_coupons(coupon_rates_pct)
    remaining = periods_remaining(valuation, maturity, end_of_month=True)
    alive = remaining > 0
    last = roll_back(maturity, remaining * MONTHS_PER_PERIOD, end_of_month=True)
    following = roll_back(maturity, np.maximum(remaining - 1, 0) * MONTHS_PER_PERIOD, end_of_month=True)
    elapsed = np.divide(
        (valuation - last).astype(np.float64),
        (following - last).astype(np.float64),
        out=np.zeros(len(coupon)),
        where=alive,
    )
    return coupon / COUPONS_PER_YEAR * elapsed


def _checked_coupons(coupon_rates_pct: ArrayLike) -> FloatArray:
    coupon = np.asarray(coupon_rates_pct, dtype=np.float64)
    if not np.isfinite(coupon).all():
        raise InstrumentError(
            "A coupon rate is missing or infinite; a zero-coupon bond has the rate 0, not an empty one."
        )
    return coupon
