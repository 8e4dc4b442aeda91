"""Backtests of value at risk and expected shortfall, and the tests of P&L attribution.

An exception is a day whose loss is greater than its VaR. Likelihood ratios are sums of ``observed * ln(observed /
expected)``, so neither a count of zero nor a million observations underflows. The test functions take counts as scalars
or arrays of one shape (or shapes that broadcast) and return that shape.

Kupiec 1995 (proportion of failures, time until first failure); Christoffersen 1998 (independence, conditional
coverage); Acerbi and Szekely 2014 (test 2 of expected shortfall); Basel MAR32.5, MAR32.9, MAR32.18 and MAR32.34 to
MAR32.42, MAR99.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import chdtrc, ndtr, rel_entr

from python_models.arrays import FloatArray
from python_models.errors import BacktestError


class BacktestResult(NamedTuple):
    """A statistic with its p-value, both of the shape of the counts.

    Attributes
    ----------
    statistic : ndarray
    p_value : ndarray, 0 to 1
        Probability of a statistic at least as extreme when the VaR model is right.
    """

    statistic: FloatArray
    p_value: FloatArray


class ExceptionZone(NamedTuple):
    """A row of a zone table: the zone of counts from `exceptions_from` to `exceptions_to`, both included.

    Attributes
    ----------
    exceptions_from : int
    exceptions_to : int or None
        None: no upper end.
    zone : str
    multiplier : float
    """

    exceptions_from: int
    exceptions_to: int | None
    zone: str
    multiplier: float


class PnlAttribution(NamedTuple):
    """The two statistics of the P&L attribution test, shape () or (series,).

    Attributes
    ----------
    spearman_correlation : ndarray, -1 to 1
        NaN where a series is constant, since ranks of equal values do not correlate with anything.
    kolmogorov_smirnov : ndarray, 0 to 1
        Largest distance between the two empirical distributions.
    """

    spearman_correlation: FloatArray
    kolmogorov_smirnov: FloatArray


def kupiec(observations: ArrayLike, exceptions: ArrayLike, probability: ArrayLike) -> BacktestResult:
    """Test the proportion of failures: as many exceptions as the level promises.

    Parameters
    ----------
    observations : array_like of int, at least 1
    exceptions : array_like of int, 0 to `observations`
    probability : array_like, in (0, 1)
        Expected share of exceptions: 0.01 for VaR at 99 %.

    Returns
    -------
    BacktestResult
        Likelihood ratio, chi-square with one degree of freedom: 0 when the share is exactly `probability`.

    Raises
    ------
    BacktestError
        If counts or probability are outside their range, or missing.
    """
    n, x, p = _checked_counts(observations, exceptions, probability)
    ratio = 2.0 * (rel_entr(x, n * p) + rel_entr(n - x, n * (1.0 - p)))
    return _chi_square(ratio, 1)


def christoffersen_independence(n00: ArrayLike, n01: ArrayLike, n10: ArrayLike, n11: ArrayLike) -> BacktestResult:
    """Test independence: an exception is as likely after an exception as after a quiet day.

    Parameters
    ----------
    n00, n01, n10, n11 : array_like of int, at least 0
        Pairs of consecutive days, ``n_ij`` with i yesterday and j today, 1 = exception: n01 counts the exceptions after
        a quiet day. N observations make N - 1 pairs.

    Returns
    -------
    BacktestResult
        Likelihood ratio, chi-square with one degree of freedom: 0 without exceptions.

    Raises
    ------
    BacktestError
        If a count is negative or missing, or there is no pair at all.
    """
    quiet_quiet, quiet_hit, hit_quiet, hit_hit = np.broadcast_arrays(
        *(
            _as_counts(name, given)
            for name, given in zip(("n00", "n01", "n10", "n11"), (n00, n01, n10, n11), strict=True)
        )
    )
    pairs = quiet_quiet + quiet_hit + hit_quiet + hit_hit
    if (pairs < 1).any():
        raise BacktestError("There is no pair of consecutive days; independence needs at least two observations.")
    after_quiet, after_hit = quiet_quiet + quiet_hit, hit_quiet + hit_hit
    quiet, hit = quiet_quiet + hit_quiet, quiet_hit + hit_hit
    ratio = 2.0 * (
        rel_entr(quiet_quiet, after_quiet * quiet / pairs)
        + rel_entr(quiet_hit, after_quiet * hit / pairs)
        + rel_entr(hit_quiet, after_hit * quiet / pairs)
        + rel_entr(hit_hit, after_hit * hit / pairs)
    )
    return _chi_square(ratio, 1)


def conditional_coverage(
    observations: ArrayLike,
    exceptions: ArrayLike,
    probability: ArrayLike,
    n00: ArrayLike,
    n01: ArrayLike,
    n10: ArrayLike,
    n11: ArrayLike,
) -> BacktestResult:
    """Test both at once: the right number of exceptions, and no clusters.

    Parameters, errors
        As in `kupiec` and `christoffersen_independence`.

    Returns
    -------
    BacktestResult
        Sum of the two likelihood ratios, chi-square with two degrees of freedom.
    """
    coverage = kupiec(observations, exceptions, probability)
    independence = christoffersen_independence(n00, n01, n10, n11)
    return _chi_square(coverage.statistic + independence.statistic, 2)


def time_until_first_failure(days: ArrayLike, probability: ArrayLike) -> BacktestResult:
    """Test the time until the first failure: the first exception came neither too early nor too late.

    Parameters
    ----------
    days : array_like of int, at least 1
        Number of the first day with an exception, 1 the first day.
    probability : array_like, in (0, 1)

    Returns
    -------
    BacktestResult
        Likelihood ratio, chi-square with one degree of freedom.

    Raises
    ------
    BacktestError
        If a day is below 1 or a probability outside its range.
    """
    first, _, p = _checked_counts(days, 1, probability)
    ratio = 2.0 * (rel_entr(1.0, first * p) + rel_entr(first - 1.0, first * (1.0 - p)))
    return _chi_square(ratio, 1)


def binomial_test(observations: ArrayLike, exceptions: ArrayLike, probability: ArrayLike) -> BacktestResult:
    """Test the number of exceptions by the normal approximation of the binomial: z-score and two-sided p-value.

    Parameters, errors
        As in `kupiec`.
    """
    n, x, p = _checked_counts(observations, exceptions, probability)
    score = (x - n * p) / np.sqrt(n * p * (1.0 - p))
    return BacktestResult(score, 2.0 * ndtr(-np.abs(score)))


def proportion_test(observations: ArrayLike, exceptions: ArrayLike, probability: ArrayLike) -> BacktestResult:
    """Test the share of exceptions with Yates' correction for continuity: R's ``prop.test`` of one proportion.

    Parameters, errors
        As in `kupiec`.

    Returns
    -------
    BacktestResult
        Chi-square with one degree of freedom: 0 within half an exception of the expected number.
    """
    n, x, p = _checked_counts(observations, exceptions, probability)
    distance = np.maximum(np.abs(x - n * p) - 0.5, 0.0)
    return _chi_square(distance**2 / (n * p * (1.0 - p)), 1)


def cumulative_probability(observations: ArrayLike, exceptions: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Probability of at most this many exceptions when the VaR model is right (binomial): what the zones rest on.

    Parameters, errors
        As in `kupiec`.
    """
    n, x, p = _checked_counts(observations, exceptions, probability)
    return np.asarray(stats.binom.cdf(x, n, p), dtype=np.float64)


def traffic_light(exceptions: ArrayLike, zones: Sequence[ExceptionZone]) -> tuple[NDArray[np.str_], FloatArray]:
    """Zone and multiplier of counts of exceptions (MAR32.9).

    Parameters
    ----------
    exceptions : array_like of int, at least 0
        The larger of the counts against actual and against hypothetical P&L.
    zones : sequence of ExceptionZone
        The supervisor's table: every count from 0 on lies in exactly one row.

    Returns
    -------
    zone : ndarray of str
    multiplier : ndarray of float

    Raises
    ------
    BacktestError
        If a count is negative or missing, or the table has a gap, an overlap or an end.
    """
    counts = _as_counts("exceptions", exceptions)
    table = sorted(zones)
    starts = [row.exceptions_from for row in table]
    ends = [row.exceptions_to for row in table]
    if not table or starts[0] != 0 or ends[-1] is not None or starts[1:] != [_next(end) for end in ends[:-1]]:
        raise BacktestError(
            "The zone table must cover every count from 0 on exactly once, its last row without an end."
        )
    row = np.searchsorted(np.array(starts), counts, side="right") - 1
    return np.array([each.zone for each in table])[row], np.array([each.multiplier for each in table])[row]


def traffic_light_increase(
    observations: ArrayLike, exceptions: ArrayLike, probability: ArrayLike, baseline: float = 3.0
) -> FloatArray:
    """Increase of the scaling factor that brings a VaR with this share of exceptions back to its level.

    ``baseline * (z(1 - probability) / z(1 - exceptions / observations) - 1)`` with z the normal quantile: the reasoning
    behind the plus factors of the amber zone (Basel Committee, January 1996), for any number of observations.

    Parameters
    ----------
    observations, exceptions, probability
        As in `kupiec`; fewer than half of the observations may be exceptions.
    baseline : float
        Scaling factor without increase.

    Returns
    -------
    ndarray
        Negative where exceptions are fewer than expected.

    Raises
    ------
    BacktestError
        As in `kupiec`, or if half of the observations or more are exceptions.
    """
    n, x, p = _checked_counts(observations, exceptions, probability)
    if (2.0 * x >= n).any():
        raise BacktestError("Half of the observations or more are exceptions: no scaling factor mends such a model.")
    return np.asarray(baseline * (stats.norm.isf(p) / stats.norm.isf(x / n) - 1.0), dtype=np.float64)


def acerbi_szekely_z2(
    losses: ArrayLike, expected_shortfalls: ArrayLike, is_exception: ArrayLike, probability: float
) -> FloatArray:
    """Second test of Acerbi and Szekely: ``Z2 = 1 - sum(loss * I / ES) / (N * probability)``.

    Parameters
    ----------
    losses : array_like, shape (..., N)
        Losses of the days, positive, unit of the expected shortfalls.
    expected_shortfalls : array_like, shape (..., N)
        Forecast for each day, positive; looked at on days of exceptions only.
    is_exception : array_like of bool, shape (..., N)
        I: the loss is greater than the day's VaR.
    probability : float, in (0, 1)
        Expected share of exceptions.

    Returns
    -------
    ndarray, shape (...)
        0 expected; negative when losses in the tail are more frequent or greater than forecast; 1 without exceptions.

    Raises
    ------
    BacktestError
        If shapes do not fit, there is no day, or an exception has no finite loss or no positive expected shortfall.
    """
    loss, shortfall, hit = np.broadcast_arrays(
        np.asarray(losses, dtype=np.float64),
        np.asarray(expected_shortfalls, dtype=np.float64),
        np.asarray(is_exception, dtype=np.bool_),
    )
    if loss.ndim == 0 or loss.shape[-1] == 0:
        raise BacktestError(
            "There is no day to test; give losses, shortfalls and exceptions with days on the last axis."
        )
    if not (np.isfinite(loss[hit]).all() and np.isfinite(shortfall[hit]).all() and (shortfall[hit] > 0.0).all()):
        raise BacktestError(
            "A day with an exception has no loss or no positive expected shortfall; leave its window without a figure."
        )
    ratio = np.divide(loss, shortfall, out=np.zeros(loss.shape), where=hit)
    return acerbi_szekely_z2_of_sum(ratio.sum(axis=-1), loss.shape[-1], probability)


def acerbi_szekely_z2_of_sum(
    shortfall_ratios: ArrayLike, observations: ArrayLike, probability: ArrayLike
) -> FloatArray:
    """Return `acerbi_szekely_z2` from the sum of ``loss / ES`` over the exceptions.

    Parameters
    ----------
    shortfall_ratios : array_like
        Sum over the days with an exception; 0 without any. NaN, a sum that cannot be made, gives NaN.
    observations : array_like of int, at least 1
    probability : array_like, in (0, 1)

    Raises
    ------
    BacktestError
        If observations or probability are outside their range.
    """
    n, _, p = _checked_counts(observations, 0, probability)
    return np.asarray(1.0 - np.asarray(shortfall_ratios, dtype=np.float64) / (n * p), dtype=np.float64)


def pnl_attribution_statistics(hypothetical: ArrayLike, risk_theoretical: ArrayLike) -> PnlAttribution:
    """Spearman correlation and Kolmogorov-Smirnov distance of two P&L series (MAR32.36 to MAR32.41).

    Parameters
    ----------
    hypothetical, risk_theoretical : array_like, shape (n,) or (series, n)
        P&L of the same n days, any unit; equal values share the mean of their ranks.

    Returns
    -------
    PnlAttribution

    Raises
    ------
    BacktestError
        If the shapes differ, there are fewer than two days, or a P&L is missing or infinite.
    """
    ours, models = np.asarray(hypothetical, dtype=np.float64), np.asarray(risk_theoretical, dtype=np.float64)
    if ours.shape != models.shape or ours.ndim not in (1, 2) or ours.shape[-1] < 2:
        raise BacktestError(
            f"Hypothetical P&L {ours.shape} and risk-theoretical P&L {models.shape} do not fit; "
            "give at least two days of both, days on the last axis."
        )
    if not (np.isfinite(ours).all() and np.isfinite(models).all()):
        raise BacktestError("A P&L is missing or infinite; leave out days that lack one of the two.")
    return PnlAttribution(_spearman(ours, models), _kolmogorov_smirnov(ours, models))


def _spearman(first: FloatArray, second: FloatArray) -> FloatArray:
    middle = (first.shape[-1] + 1) / 2.0
    x = stats.rankdata(first, axis=-1) - middle
    y = stats.rankdata(second, axis=-1) - middle
    scale = np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1))
    return np.divide((x * y).sum(axis=-1), scale, out=np.full(np.shape(scale), np.nan), where=scale > 0.0)


def _kolmogorov_smirnov(first: FloatArray, second: FloatArray) -> FloatArray:
    size = first.shape[-1]
    pooled = np.concatenate([first, second], axis=-1)
    order = np.argsort(pooled, axis=-1, kind="stable")
    values = np.take_along_axis(pooled, order, axis=-1)
    lead = np.where(order < size, 1, -1).cumsum(axis=-1)
    # Only where the next value is greater have both distributions taken all of the equal ones.
    is_last_of_equals = np.ones(values.shape, dtype=np.bool_)
    is_last_of_equals[..., :-1] = values[..., 1:] > values[..., :-1]
    return np.asarray(np.where(is_last_of_equals, np.abs(lead), 0).max(axis=-1) / size, dtype=np.float64)


def _chi_square(ratio: ArrayLike, degrees_of_freedom: int) -> BacktestResult:
    """Take away what rounding leaves below zero where observed and expected agree."""
    statistic = np.maximum(np.asarray(ratio, dtype=np.float64), 0.0)
    return BacktestResult(statistic, np.asarray(chdtrc(degrees_of_freedom, statistic), dtype=np.float64))


def _as_counts(name: str, given: ArrayLike) -> FloatArray:
    counts = np.asarray(given, dtype=np.float64)
    if not (np.isfinite(counts).all() and (counts >= 0.0).all() and (counts == np.floor(counts)).all()):
        raise BacktestError(f"'{name}' must be whole numbers from 0 on; a missing count is not zero.")
    return counts


def _checked_counts(
    observations: ArrayLike, exceptions: ArrayLike, probability: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    n, x, p = np.broadcast_arrays(
        _as_counts("observations", observations),
        _as_counts("exceptions", exceptions),
        np.asarray(probability, dtype=np.float64),
    )
    if (n < 1.0).any() or (x > n).any():
        raise BacktestError("A backtest needs at least one observation, and no more exceptions than observations.")
    if not ((p > 0.0) & (p < 1.0)).all():
        raise BacktestError("The expected share of exceptions is not between 0 and 1; write 1 % as 0.01.")
    return n, x, p


def _next(end: int | None) -> int | None:
    return None if end is None else end + 1
