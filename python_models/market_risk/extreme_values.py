"""VaR and ES from a generalised Pareto distribution of the losses beyond a threshold.

The method takes the P&L of the horizon the figures are for as given. Overlapping P&L of several days is not
independent: the estimate stays consistent, its error is larger than for as many independent days.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import FloatArray
from python_models.errors import DegenerateError, LevelError, ScenarioError
from python_models.market_risk.inputs import as_pnl, tail_probability
from python_models.market_risk.parametric import Risk

MIN_EXCEEDANCES: Final = 10
# Below a shape of -1/2 the estimates are no longer asymptotically normal (Smith 1985); below -1 there is no maximum.
MIN_SHAPE: Final = -0.5

_GRID_POINTS: Final = 33
_BISECTIONS: Final = 45
_NEAR_ZERO: Final = 1e-8


class ParetoTail(NamedTuple):
    """A generalised Pareto distribution of the excess losses.

    Attributes
    ----------
    threshold : ndarray, shape () or (n_series,)
        Loss beyond which the distribution holds; unit of the P&L, loss positive.
    shape : ndarray, same shape
        xi; positive for a tail heavier than exponential.
    scale : ndarray, same shape
        beta, > 0; unit of the P&L.
    n_exceedances, n : int
        Losses beyond the threshold, and all observations.
    """

    threshold: FloatArray
    shape: FloatArray
    scale: FloatArray
    n_exceedances: int
    n: int

    @property
    def has_finite_mean(self) -> NDArray[np.bool_]:
        """Whether the mean of the tail, and so its expected shortfall, is finite: the shape is below 1."""
        return np.asarray(self.shape < 1.0)


def fit_generalised_pareto(pnl: ArrayLike, *, threshold_probability: float = 0.9) -> ParetoTail:
    """Fit the tail of losses by maximum likelihood.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n)
        Gains positive, any unit.
    threshold_probability : float, in (0.5, 1)
        Share of the observations at or below the threshold: the k = floor(n (1 - probability)) worst losses exceed it,
        and the next one is the threshold.

    Returns
    -------
    ParetoTail
        The best fit among shapes from `MIN_SHAPE` on.

    Raises
    ------
    LevelError
        If the probability is outside its range.
    ScenarioError
        If a P&L is NaN or infinite, or fewer than `MIN_EXCEEDANCES` losses exceed the threshold.
    DegenerateError
        If no loss of a series is greater than its threshold.

    Notes
    -----
    McNeil and Frey, Estimation of tail-related risk measures for heteroscedastic financial time series, Journal of
    Empirical Finance 7 (2000). The likelihood is maximised along ``theta = shape / scale``, for which the best shape is
    the mean of ``log(1 + theta excess)``: Grimshaw, Technometrics 35 (1993).
    """
    values = as_pnl(pnl)
    n = values.shape[-1]
    n_exceedances = _count_exceedances(n, threshold_probability)
    worst = -np.partition(values, n_exceedances, axis=-1)[..., : n_exceedances + 1]
    worst = np.sort(worst, axis=-1)
    threshold = worst[..., 0]
    excesses = worst[..., 1:] - worst[..., :1]
    mean = excesses.mean(axis=-1)
    if not (mean > 0.0).all():
        raise DegenerateError(
            "The losses beyond the threshold are all the same, so they have no tail to fit; leave the series out."
        )
    shape, scale = _maximise(np.atleast_2d(excesses / mean[..., np.newaxis]))
    return ParetoTail(threshold, shape.reshape(mean.shape), scale.reshape(mean.shape) * mean, n_exceedances, n)


def has_tail(pnl: ArrayLike, *, threshold_probability: float = 0.9) -> NDArray[np.bool_]:
    """Whether a loss of each series is greater than its threshold, so that there is a tail to fit.

    Parameters, errors
        As in `fit_generalised_pareto`, but for the DegenerateError.

    Returns
    -------
    ndarray of bool, shape () or (n_series,)
    """
    values = as_pnl(pnl)
    n_exceedances = _count_exceedances(values.shape[-1], threshold_probability)
    return np.asarray(values.min(axis=-1) < np.partition(values, n_exceedances, axis=-1)[..., n_exceedances])


def generalised_pareto_risk(tail: ParetoTail, level: float) -> Risk:
    """VaR and ES of a fitted tail.

    Parameters
    ----------
    tail : ParetoTail
    level : float
        Confidence, in (0.5, 1), not below the share of observations that do not exceed the threshold.

    Returns
    -------
    Risk
        ES is NaN where it is infinite: `ParetoTail.has_finite_mean` says where.

    Raises
    ------
    LevelError
        If the level is outside its range or on the other side of the threshold.

    Notes
    -----
    With p = 1 - level and N of n losses beyond the threshold u: ``VaR = u + beta / xi ((n p / N)^-xi - 1)``,
    ``ES = (VaR + beta - xi u) / (1 - xi)``.
    """
    probability = tail_probability(level)
    if probability * tail.n > tail.n_exceedances:
        raise LevelError(
            f"The confidence level {level} lies before the threshold, beyond which {tail.n_exceedances} of {tail.n} "
            "losses lie; give a higher level or fit with a lower threshold_probability."
        )
    log_ratio = np.log(float(probability * tail.n / tail.n_exceedances))
    shape, scale = np.asarray(tail.shape), np.asarray(tail.scale)
    near_zero = np.abs(shape) < 1e-12
    divisor = np.where(near_zero, 1.0, shape)
    growth = np.where(near_zero, -log_ratio, np.expm1(-shape * log_ratio) / divisor)
    value_at_risk = tail.threshold + scale * growth
    finite = shape < 1.0
    shortfall = (value_at_risk + scale - shape * tail.threshold) / np.where(finite, 1.0 - shape, 1.0)
    return Risk(value_at_risk, np.where(finite, shortfall, np.nan))


def _count_exceedances(n: int, threshold_probability: float) -> int:
    n_exceedances = int((n * tail_probability(threshold_probability)).to_integral_value(ROUND_FLOOR))
    if n_exceedances < MIN_EXCEEDANCES:
        raise ScenarioError(
            f"{n_exceedances} of {n} losses lie beyond a threshold at {threshold_probability}; "
            f"give more observations or a lower threshold, for at least {MIN_EXCEEDANCES}."
        )
    return n_exceedances


def _maximise(excesses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shape and scale of every row of excesses with mean 1."""
    # theta runs from the end of the support, shortened to where the shape is MIN_SHAPE, to far beyond a shape of 1.
    low, high = -1.0 / excesses.max(axis=1, keepdims=True), np.zeros((len(excesses), 1))
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        is_above = _best_shape(excesses, middle) > MIN_SHAPE
        low, high = np.where(is_above, low, middle), np.where(is_above, middle, high)
    steps = np.linspace(0.0, 1.0, _GRID_POINTS)
    below = high * (1.0 - steps[:-1]) ** 2
    above = np.broadcast_to(np.expm1(12.0 * steps) / 100.0, (len(excesses), _GRID_POINTS))
    grid = np.concatenate([below, above], axis=1)
    likelihood = np.concatenate([_profile(excesses, grid[:, [point]]) for point in range(grid.shape[1])], axis=1)
    best = np.argmax(likelihood, axis=1)[:, np.newaxis]
    low = np.take_along_axis(grid, np.maximum(best - 1, 0), axis=1)
    high = np.take_along_axis(grid, np.minimum(best + 1, grid.shape[1] - 1), axis=1)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        rises = _profile_slope(excesses, middle) > 0.0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    theta = 0.5 * (low + high)
    shape = _best_shape(excesses, theta)
    scale = _best_scale(shape, theta)
    at_bound = shape[:, 0] < MIN_SHAPE + 1e-9
    shape[at_bound] = MIN_SHAPE
    scale[at_bound] = _scale_at_bound(excesses[at_bound])
    return shape[:, 0], scale[:, 0]


def _scale_at_bound(excesses: FloatArray) -> FloatArray:
    """Solve the likelihood equation of the scale for the shape `MIN_SHAPE`."""
    low = -MIN_SHAPE * excesses.max(axis=1, keepdims=True)
    high = low + 1.0 + MIN_SHAPE
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        rises = (1.0 + MIN_SHAPE) * (excesses / (middle + MIN_SHAPE * excesses)).mean(axis=1, keepdims=True) > 1.0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return 0.5 * (low + high)


def _best_shape(excesses: FloatArray, theta: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        shape: FloatArray = np.log1p(theta * excesses).mean(axis=1, keepdims=True)
    return shape


def _best_scale(shape: FloatArray, theta: FloatArray) -> FloatArray:
    """Shape over theta; 1, the mean excess, in the exponential limit."""
    near_zero = np.abs(theta) < _NEAR_ZERO
    return np.where(near_zero, 1.0, shape / np.where(near_zero, 1.0, theta))


def _profile(excesses: FloatArray, theta: FloatArray) -> FloatArray:
    """Log-likelihood per excess at the best shape."""
    shape = _best_shape(excesses, theta)
    return -np.log(_best_scale(shape, theta)) - shape - 1.0


def _profile_slope(excesses: FloatArray, theta: FloatArray) -> FloatArray:
    """Differentiate `_profile` by theta."""
    near_zero = np.abs(theta) < _NEAR_ZERO
    shape = np.where(near_zero, 1.0, _best_shape(excesses, theta))
    shape_slope = (excesses / (1.0 + theta * excesses)).mean(axis=1, keepdims=True)
    at_zero = 0.5 * np.square(excesses).mean(axis=1, keepdims=True) - 1.0
    return np.where(near_zero, at_zero, 1.0 / np.where(near_zero, 1.0, theta) - shape_slope / shape - shape_slope)
