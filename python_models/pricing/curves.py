"""The US Treasury zero curve: bootstrap from par yields, discount factors, sensitivities to its nodes."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from python_models.arrays import FloatArray
from python_models.errors import CurveError
from python_models.frames import pivot_long, require_columns, rounded

TENORS: Final = ("1 Mo", "3 Mo", "6 Mo", "1 Yr", "2 Yr", "3 Yr", "5 Yr", "7 Yr", "10 Yr", "20 Yr", "30 Yr")
"""Names of the curve's nodes, as the US Treasury publishes them."""

TENOR_YEARS: Final[FloatArray] = np.array([1 / 12, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0])
TENOR_YEARS.setflags(write=False)

RISK_FACTORS: Final = tuple(f"IR:USD:{tenor}" for tenor in TENORS)

COUPONS_PER_YEAR = 2
LAST_BILL_NODE = 2
"""Index of the longest node quoted as a simple yield: up to 6 months there is one payment, at maturity."""

_NEWTON_STEPS = 50
_NEWTON_TOLERANCE = 1e-13


def fill_par_yields(par_yields_pct: ArrayLike) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Interpolate the tenors that were not published.

    Parameters
    ----------
    par_yields_pct : array_like, shape (n_dates, 11)
        Per cent a year at `TENORS`. NaN = not published; 0 is a true yield of zero and is kept.

    Returns
    -------
    filled : ndarray, shape (n_dates, 11), per cent
        Linear in the tenor between published neighbours, flat beyond the outermost ones; NaN on a date without
        any yield.
    is_filled : ndarray of bool, shape (n_dates, 11)
        True where the value was not published.

    Raises
    ------
    CurveError
        If the shape is not (n_dates, 11) or a yield is infinite.
    """
    yields = np.array(par_yields_pct, dtype=np.float64)
    if yields.ndim != 2 or yields.shape[1] != len(TENORS):
        raise CurveError(
            f"Par yields have the shape {yields.shape}; give one row per date and one column per tenor of TENORS."
        )
    if np.isinf(yields).any():
        raise CurveError(
            "A par yield is infinite; correct the delivery, or leave the yield empty when it was not published."
        )
    missing = np.isnan(yields)
    if not missing.any():
        return yields, missing
    nodes = np.arange(len(TENORS))
    before = np.maximum.accumulate(np.where(missing, -1, nodes), axis=1)
    after = np.minimum.accumulate(np.where(missing, len(TENORS), nodes)[:, ::-1], axis=1)[:, ::-1]
    before, after = np.where(before < 0, after, before), np.where(after >= len(TENORS), before, after)
    published = ~missing.all(axis=1)
    rows = np.flatnonzero(published)[:, np.newaxis]
    low, high = before[published], after[published]
    span = TENOR_YEARS[high] - TENOR_YEARS[low]
    weight = np.divide(TENOR_YEARS - TENOR_YEARS[low], span, out=np.zeros_like(span), where=span > 0)
    yields[published] = (1.0 - weight) * yields[rows, low] + weight * yields[rows, high]
    return yields, missing


def bootstrap_zero_rates(par_yields_pct: ArrayLike) -> FloatArray:
    """Zero rates that reprice the published par yields exactly.

    Parameters
    ----------
    par_yields_pct : array_like, shape (n_dates, 11)
        Per cent a year, bond-equivalent, at `TENORS`. NaN = not published (see `fill_par_yields`); 0 is a true
        zero yield.

    Returns
    -------
    ndarray, shape (n_dates, 11)
        Continuously compounded zero rates, decimal, at `TENOR_YEARS`. A date without any yield is NaN.

    Raises
    ------
    CurveError
        If the shape is wrong, a yield is infinite, or no zero rate reprices a yield (a yield of -200 % or worse).

    Notes
    -----
    Up to 6 months a yield ``y`` is simple: ``DF(T) = 1 / (1 + y T)``. From 1 year on it is the semi-annual coupon of a
    bond at par: the zero rate at the node solves ``y/2 * sum DF(t_j) + DF(T) = 1`` over the half-yearly dates up to T,
    with the zero rate linear between nodes as in `discount_factors`. A par bond of every tenor is therefore worth 100
    on the very curve that values the book (Hull, Options, Futures, and Other Derivatives, ch. 4, "Bootstrap method").
    """
    yields = fill_par_yields(par_yields_pct)[0] / 100.0
    zero_rates = np.full_like(yields, np.nan)
    growth = 1.0 + yields[:, : LAST_BILL_NODE + 1] * TENOR_YEARS[: LAST_BILL_NODE + 1]
    if (growth <= 0.0).any():
        raise CurveError("A bill yield is below minus 100 % of its period; correct the delivered par yields.")
    zero_rates[:, : LAST_BILL_NODE + 1] = np.log(growth) / TENOR_YEARS[: LAST_BILL_NODE + 1]
    for node in range(LAST_BILL_NODE + 1, len(TENORS)):
        zero_rates[:, node] = _solve_coupon_node(zero_rates[:, :node], yields[:, node], node)
    return zero_rates


def _solve_coupon_node(known_rates: FloatArray, par_yields: FloatArray, node: int) -> FloatArray:
    """Zero rate of one node by Newton's method on the par condition, all dates at once."""
    maturity, previous = TENOR_YEARS[node], TENOR_YEARS[node - 1]
    times = np.arange(1, round(maturity * COUPONS_PER_YEAR) + 1) / COUPONS_PER_YEAR
    early, late = times[times <= previous], times[times > previous]
    weights = (late - previous) / (maturity - previous)
    coupon = par_yields / COUPONS_PER_YEAR
    early_annuity = np.zeros_like(par_yields)
    for time in early:
        early_annuity += discount_factors(known_rates, np.full(len(par_yields), time))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        rate = COUPONS_PER_YEAR * np.log1p(coupon)
        for _ in range(_NEWTON_STEPS):
            late_rates = np.multiply.outer(1.0 - weights, known_rates[:, -1]) + np.multiply.outer(weights, rate)
            discounts = np.exp(-late_rates * late[:, np.newaxis])
            error = coupon * (early_annuity + _sum_rows(discounts)) + discounts[-1] - 1.0
            slope = coupon * _sum_rows(discounts * (weights * late)[:, np.newaxis]) + maturity * discounts[-1]
            moving = np.abs(error) > _NEWTON_TOLERANCE
            if not moving.any():
                break
            # A date that is solved stays as it is: how often the others need to step must not change its last bit.
            rate = np.where(moving, rate + error / slope, rate)
    unsolved = np.isfinite(par_yields) & ~(np.abs(error) <= _NEWTON_TOLERANCE)
    if unsolved.any():
        worst = par_yields[np.flatnonzero(unsolved)[0]] * 100.0
        raise CurveError(
            f"No zero rate reprices a {TENORS[node]} par yield of {worst:g} %; correct the delivered par yields."
        )
    return rate


def _sum_rows(matrix: FloatArray) -> FloatArray:
    """Add the rows from first to last; ``sum`` adds in another order when there is one column only."""
    total: FloatArray = np.add.accumulate(matrix, axis=0)[-1]
    return total


def node_weights(times: ArrayLike, n_nodes: int = len(TENORS)) -> tuple[NDArray[np.intp], FloatArray]:
    """Where a time lies between the nodes: ``z(t) = (1 - weight) * z[lower] + weight * z[lower + 1]``.

    Parameters
    ----------
    times : array_like, years, any shape
    n_nodes : int
        Use only the first so many nodes of the curve (>= 2).

    Returns
    -------
    lower : ndarray of int, same shape, 0 .. n_nodes - 2
    weight : ndarray, same shape, 0 .. 1
        0 before the first node and 1 beyond the last: the zero rate is flat there. NaN times give a NaN weight.
    """
    time = np.asarray(times, dtype=np.float64)
    nodes = TENOR_YEARS[:n_nodes]
    lower = np.clip(np.searchsorted(nodes, time, side="right") - 1, 0, n_nodes - 2)
    return lower, np.clip((time - nodes[lower]) / (nodes[lower + 1] - nodes[lower]), 0.0, 1.0)


def interpolate_zero_rates(zero_rates: ArrayLike, times: ArrayLike) -> FloatArray:
    """Zero rates at any time: linear between the nodes, flat outside them.

    Parameters
    ----------
    zero_rates : array_like, shape (k,) or (n, k)
        Continuously compounded, decimal, at the first k >= 2 nodes of `TENOR_YEARS`.
    times : array_like, years
        Any shape for one curve; (n,) or (m, n) for n curves, curve by curve along the last axis.

    Returns
    -------
    ndarray, shape of `times`. A NaN rate at either neighbouring node gives NaN.

    Raises
    ------
    CurveError
        If the shapes do not fit.
    """
    rates, time = np.asarray(zero_rates, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if rates.ndim not in (1, 2) or not 2 <= rates.shape[-1] <= len(TENORS):
        raise CurveError(f"Zero rates have the shape {rates.shape}; give 2 to {len(TENORS)} nodes on the last axis.")
    if rates.ndim == 2 and time.shape[-1:] != rates.shape[:1]:
        raise CurveError(
            f"Times of shape {time.shape} do not match {rates.shape[0]} curves; give one per curve on the last axis."
        )
    lower, weight = node_weights(time, rates.shape[-1])
    if rates.ndim == 1:
        return (1.0 - weight) * rates[lower] + weight * rates[lower + 1]
    curve = np.arange(rates.shape[0])
    return (1.0 - weight) * rates[curve, lower] + weight * rates[curve, lower + 1]


def discount_factors(zero_rates: ArrayLike, times: ArrayLike) -> FloatArray:
    """Value today of 1 paid at each time, ``exp(-z(t) t)``.

    Parameters
    ----------
    zero_rates, times
        As in `interpolate_zero_rates`; times >= 0.

    Returns
    -------
    ndarray, shape of `times`; 1 at time 0.
    """
    time = np.asarray(times, dtype=np.float64)
    factors: FloatArray = np.exp(-interpolate_zero_rates(zero_rates, time) * time)
    return factors


def zero_rate_weights(times: ArrayLike) -> csr_array:
    """Weights of the nodes in the zero rate of each time: ``z(t) = weights @ zero_rates`` (`interpolate_zero_rates`).

    Parameters
    ----------
    times : array_like, shape (n,), years

    Returns
    -------
    csr_array, shape (n, 11)
        A node that does not count is not stored, so a missing rate there does no harm. One product with many curves,
        shape (11, n_curves), interpolates them all.
    """
    lower, weight = node_weights(times)
    row = np.arange(len(lower))
    weights = csr_array(
        (
            np.concatenate([1.0 - weight, weight]),
            (np.concatenate([row, row]), np.concatenate([lower, lower + 1])),
        ),
        shape=(len(lower), len(TENORS)),
    )
    weights.eliminate_zeros()
    return weights


def present_values(zero_rates: FloatArray, times: FloatArray, amounts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Present value of n sets of payments and its exact derivative by every node of their curve.

    Parameters
    ----------
    zero_rates : ndarray, shape (n, 11)
        One curve per set, continuously compounded, decimal.
    times : ndarray, shape (m, n), years
        Payments at a time <= 0 have been made and count for nothing.
    amounts : ndarray, shape (m, n)

    Returns
    -------
    values : ndarray, shape (n,), unit of `amounts`
    key_rate_deltas : ndarray, shape (n, 11)
        Change of value for a zero rate higher by 1.00 at the node (so times 0.0001 for a basis point); negative for
        money to be received.

    Notes
    -----
    Payments are added one row after the other, so that further rows of zeros (a longer bond in the same batch) cannot
    change the last bit of a value.
    """
    n_sets = zero_rates.shape[0]
    values = np.zeros(n_sets)
    deltas = np.zeros((n_sets, len(TENORS)))
    rows = np.arange(n_sets)
    for time, amount in zip(times, amounts, strict=True):
        lower, weight = node_weights(time)
        rate = (1.0 - weight) * zero_rates[rows, lower] + weight * zero_rates[rows, lower + 1]
        value = np.where(time > 0.0, amount * np.exp(-rate * time), 0.0)
        slope = -time * value
        values += value
        deltas[rows, lower] += slope * (1.0 - weight)
        deltas[rows, lower + 1] += slope * weight
    return values, deltas


def zero_curve_frame(par_yields: pd.DataFrame) -> pd.DataFrame:
    """Bootstrap the zero curve of every date of a long frame of par yields.

    Parameters
    ----------
    par_yields : DataFrame with ``business_date``, ``tenor``, ``par_yield_pct``
        One row per date and tenor; null = not published, 0 = a true zero yield. Tenors other than `TENORS` (2 Mo, 4 Mo)
        are left out.

    Returns
    -------
    DataFrame ``business_date``, ``tenor``, ``tenor_years``, ``risk_factor_id``, ``zero_rate``, ``is_proxied``
        One row per date and tenor; `zero_rate` decimal, continuously compounded, rounded to 12 decimals; `is_proxied`
        marks a node whose par yield was interpolated. A date without any yield has no row.

    Raises
    ------
    FrameError
        If a column is missing or a date and tenor appear twice.
    """
    require_columns(par_yields, "par_yields", ("business_date", "tenor", "par_yield_pct"))
    known = par_yields[par_yields["tenor"].isin(TENORS)]
    dates, matrix = pivot_long(known, "par_yields", "business_date", "tenor", "par_yield_pct", TENORS)
    published = ~np.isnan(matrix).all(axis=1)
    dates, matrix = dates[published], matrix[published]
    is_filled = np.isnan(matrix)
    zero_rates = bootstrap_zero_rates(matrix)
    n_dates = len(dates)
    return pd.DataFrame(
        {
            "business_date": np.repeat(dates, len(TENORS)),
            "tenor": np.tile(np.array(TENORS, dtype=object), n_dates),
            "tenor_years": np.tile(TENOR_YEARS, n_dates),
            "risk_factor_id": np.tile(np.array(RISK_FACTORS, dtype=object), n_dates),
            "zero_rate": rounded(zero_rates.ravel(), 12),
            "is_proxied": is_filled.ravel(),
        }
    ).astype({"tenor": "str", "risk_factor_id": "str"})
