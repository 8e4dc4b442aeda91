"""VaR and ES from the moments of P&L: normal, Student t, Cornish-Fisher, and the moments of a delta-gamma portfolio.

Closed forms take the P&L of the horizon they are for: give 10-day P&L for a 10-day figure. With ``p = 1 - level``:

normal
    ``VaR = -mu + sigma z``, ``ES = -mu + sigma phi(z) / p`` with ``z`` the normal quantile of the level.
Student t
    ``VaR = -mu + s q``, ``ES = -mu + s (f(q) / p) (nu + q^2) / (nu - 1)`` with ``s = sigma sqrt((nu - 2) / nu)``, ``q``
    the quantile of the level and ``f`` the density of the t distribution with nu degrees of freedom. McNeil, Frey and
    Embrechts, Quantitative Risk Management, section 2.3.
Cornish-Fisher
    ``VaR = -mu - sigma h`` with
    ``h = z + (z^2 - 1) S / 6 + (z^3 - 3 z) K / 24 - (2 z^3 - 5 z) S^2 / 36`` and ``z`` the normal quantile of p.
    ES is the mean of the second-order Edgeworth expansion below h: Boudt, Peterson and Croux, Estimation and
    decomposition of downside risk for portfolios with non-normal returns, Journal of Risk 11 (2008).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from python_models.arrays import FloatArray
from python_models.errors import DegenerateError, ScenarioError
from python_models.market_risk.inputs import as_varying_pnl, tail_probability

MAX_DEGREES_OF_FREEDOM: Final = 200.0
MIN_DEGREES_OF_FREEDOM: Final = 2.1


class Risk(NamedTuple):
    """VaR and ES.

    Attributes
    ----------
    value_at_risk, expected_shortfall : ndarray, shape () or (n_series,); unit of the P&L, loss positive
    """

    value_at_risk: FloatArray
    expected_shortfall: FloatArray


class Moments(NamedTuple):
    """Moments of P&L.

    Attributes
    ----------
    mean, standard_deviation, skewness, excess_kurtosis : ndarray, shape () or (n_series,)
        Mean and standard deviation in the unit of the P&L, gains positive; excess kurtosis is 0 for the normal.
    """

    mean: FloatArray
    standard_deviation: FloatArray
    skewness: FloatArray
    excess_kurtosis: FloatArray


class StudentFit(NamedTuple):
    """A Student t distribution fitted to P&L.

    Attributes
    ----------
    location, scale : ndarray, shape () or (n_series,); unit of the P&L
    degrees_of_freedom : ndarray, same shape
        Within `MIN_DEGREES_OF_FREEDOM` and `MAX_DEGREES_OF_FREEDOM`.
    log_likelihood : ndarray, same shape
    """

    location: FloatArray
    scale: FloatArray
    degrees_of_freedom: FloatArray
    log_likelihood: FloatArray

    @property
    def moments(self) -> Moments:
        """Mean and standard deviation of the fitted distribution; its excess kurtosis is infinite up to 4 degrees."""
        nu = self.degrees_of_freedom
        with np.errstate(divide="ignore"):
            excess_kurtosis = np.where(nu > 4.0, 6.0 / np.where(nu > 4.0, nu - 4.0, 1.0), np.inf)
        return Moments(self.location, self.scale * np.sqrt(nu / (nu - 2.0)), np.zeros_like(nu), excess_kurtosis)


def moments(pnl: ArrayLike, *, population: bool = True) -> Moments:
    """Mean, standard deviation, skewness and excess kurtosis.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n)
        Gains positive, any unit.
    population : bool
        True divides by n (R's PerformanceAnalytics). False divides the variance by n - 1 and corrects skewness and
        kurtosis for bias (G1 and G2 of Joanes and Gill 1998).

    Returns
    -------
    Moments

    Raises
    ------
    ScenarioError
        If a P&L is NaN or infinite, or there are fewer than 2 observations (4 for the sample moments).
    DegenerateError
        If all observations of a series are the same: skewness and kurtosis divide by the variance.
    """
    values = as_varying_pnl(pnl, 2 if population else 4)
    n = values.shape[-1]
    mean = values.mean(axis=-1)
    deviation = values - mean[..., np.newaxis]
    squares = deviation * deviation
    variance = squares.mean(axis=-1)
    skewness = (squares * deviation).mean(axis=-1) / variance**1.5
    excess_kurtosis = (squares * squares).mean(axis=-1) / variance**2 - 3.0
    if population:
        return Moments(mean, np.sqrt(variance), skewness, excess_kurtosis)
    return Moments(
        mean,
        np.sqrt(variance * n / (n - 1)),
        skewness * np.sqrt(n * (n - 1)) / (n - 2),
        ((n + 1) * excess_kurtosis + 6.0) * (n - 1) / ((n - 2) * (n - 3)),
    )


def normal_risk(moments: Moments, level: float) -> Risk:
    """VaR and ES of normal P&L with this mean and standard deviation.

    Parameters
    ----------
    moments : Moments
        Skewness and kurtosis are not used. A standard deviation of 0 gives a certain gain or loss.
    level : float
        Confidence, in (0.5, 1).

    Returns
    -------
    Risk

    Raises
    ------
    LevelError
        If the level is outside its range.
    ScenarioError
        If a moment is NaN or infinite or a standard deviation negative.
    """
    probability = float(tail_probability(level))
    mean, deviation = _location_and_scale(moments)
    z = float(special.ndtri(1.0 - probability))
    return Risk(-mean + deviation * z, -mean + deviation * _normal_density(z) / probability)


def student_t_risk(moments: Moments, level: float, degrees_of_freedom: ArrayLike) -> Risk:
    """VaR and ES of P&L with a t distribution of this mean and standard deviation.

    Parameters
    ----------
    moments : Moments
        Skewness and kurtosis are not used.
    level : float
        Confidence, in (0.5, 1).
    degrees_of_freedom : array_like, shape () or (n_series,)
        More than 2, so that the standard deviation exists.

    Returns
    -------
    Risk

    Raises
    ------
    LevelError, ScenarioError
        As in `normal_risk`.
    DegenerateError
        If the degrees of freedom are not more than 2.
    """
    probability = float(tail_probability(level))
    mean, deviation = _location_and_scale(moments)
    nu = np.asarray(degrees_of_freedom, dtype=np.float64)
    if not (nu > 2.0).all():
        raise DegenerateError(
            f"{float(np.min(nu))} degrees of freedom leave no finite variance; give more than 2, "
            "for example from degrees_of_freedom_from_kurtosis."
        )
    scale = deviation * np.sqrt((nu - 2.0) / nu)
    quantile = -special.stdtrit(nu, probability)
    tail_mean = stats.t.pdf(quantile, nu) / probability * (nu + quantile**2) / (nu - 1.0)
    return Risk(-mean + scale * quantile, -mean + scale * tail_mean)


def degrees_of_freedom_from_kurtosis(
    excess_kurtosis: ArrayLike, *, maximum: float = MAX_DEGREES_OF_FREEDOM
) -> FloatArray:
    """Degrees of freedom of the t distribution with this excess kurtosis: ``4 + 6 / K``.

    Parameters
    ----------
    excess_kurtosis : array_like, any shape
    maximum : float
        Also taken where the excess kurtosis is not positive: the t distribution with so many degrees of freedom is
        the normal but for the third digit.

    Returns
    -------
    ndarray, same shape, in (4, maximum]

    Raises
    ------
    ScenarioError
        If a kurtosis is NaN.
    """
    kurtosis = np.asarray(excess_kurtosis, dtype=np.float64)
    if np.isnan(kurtosis).any():
        raise ScenarioError("An excess kurtosis is missing; it cannot say how fat the tails are.")
    degrees = 4.0 + 6.0 / np.where(kurtosis > 0.0, kurtosis, 1.0)
    return np.where(kurtosis > 0.0, np.minimum(degrees, maximum), maximum)


def fit_student_t(pnl: ArrayLike) -> StudentFit:
    """Fit a Student t distribution by maximum likelihood.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n)
        At least 10 observations.

    Returns
    -------
    StudentFit
        Degrees of freedom at a bound of their range are a sign that the sample is no t distribution.

    Raises
    ------
    ScenarioError
        If a P&L is NaN or infinite, or there are fewer than 10 observations.
    DegenerateError
        If all observations of a series are the same, or no maximum is found.
    """
    values = as_varying_pnl(pnl, 10)
    rows = [_fit_one_student_t(series) for series in np.atleast_2d(values)]
    return StudentFit(*(np.array(column).reshape(values.shape[:-1]) for column in zip(*rows, strict=True)))


def cornish_fisher_quantile(skewness: ArrayLike, excess_kurtosis: ArrayLike, level: float) -> FloatArray:
    """Cornish-Fisher quantile of standardised P&L at ``1 - level``; negative for a loss.

    Parameters
    ----------
    skewness, excess_kurtosis : array_like
    level : float
        Confidence, in (0.5, 1).

    Returns
    -------
    ndarray, in standard deviations

    Raises
    ------
    LevelError
        If the level is outside its range.
    """
    skew, kurtosis = np.asarray(skewness, dtype=np.float64), np.asarray(excess_kurtosis, dtype=np.float64)
    z = special.ndtri(float(tail_probability(level)))
    quantile: FloatArray = (
        z + (z**2 - 1.0) * skew / 6.0 + (z**3 - 3.0 * z) * kurtosis / 24.0 - (2.0 * z**3 - 5.0 * z) * skew**2 / 36.0
    )
    return quantile


def cornish_fisher_risk(moments: Moments, level: float, *, operational: bool = True) -> Risk:
    """VaR and ES of normal quantiles corrected for skewness and kurtosis.

    Parameters
    ----------
    moments : Moments
        Population moments. See `is_in_cornish_fisher_domain` for those the expansion holds for.
    level : float
        Confidence, in (0.5, 1).
    operational : bool
        True returns VaR where the expansion puts ES below it, False the expansion as it is (it may be negative).

    Returns
    -------
    Risk

    Raises
    ------
    LevelError, ScenarioError
        As in `normal_risk`.
    """
    probability = float(tail_probability(level))
    mean, deviation = _location_and_scale(moments)
    skew, kurtosis = (np.asarray(given, dtype=np.float64) for given in moments[2:])
    if not (np.isfinite(skew).all() and np.isfinite(kurtosis).all()):
        raise ScenarioError("A skewness or kurtosis is missing or infinite; use the normal, or leave the series out.")
    h = cornish_fisher_quantile(skew, kurtosis, level)
    tail_mean = edgeworth_tail_mean(h, skew, kurtosis) / probability
    if operational:
        tail_mean = np.maximum(tail_mean, -h)
    return Risk(-mean - deviation * h, -mean + deviation * tail_mean)


def edgeworth_tail_mean(quantile: ArrayLike, skewness: ArrayLike, excess_kurtosis: ArrayLike) -> FloatArray:
    """Minus the integral of z below a quantile under the second-order Edgeworth density of standardised P&L.

    Parameters
    ----------
    quantile, skewness, excess_kurtosis : array_like, shapes that broadcast

    Returns
    -------
    ndarray
        Divided by the tail's probability it is the standardised ES.

    Notes
    -----
    The density is ``phi(z) (1 + S He3 / 6 + K He4 / 24 + S^2 He6 / 72)``. With ``z He_n = He_{n+1} + n He_{n-1}`` the
    integral of ``z He_n phi`` up to h is ``-phi(h) (He_n(h) + n He_{n-2}(h))``.
    """
    h, skew, kurtosis = (np.asarray(given, dtype=np.float64) for given in (quantile, skewness, excess_kurtosis))
    mean: FloatArray = _normal_density(h) * (
        1.0
        + skew * h**3 / 6.0
        + kurtosis * (h**4 - 2.0 * h**2 - 1.0) / 24.0
        + skew**2 * (h**6 - 9.0 * h**4 + 9.0 * h**2 + 3.0) / 72.0
    )
    return mean


def is_in_cornish_fisher_domain(moments: Moments, *, within: float = np.inf) -> NDArray[np.bool_]:
    """Whether the Cornish-Fisher transform rises, so that its value at a probability is a quantile.

    Parameters
    ----------
    moments : Moments
        Only skewness and kurtosis are used.
    within : float
        Normal quantiles between minus and plus this must rise. The whole line is strict: P&L with the least negative
        excess kurtosis is outside, for a fall that begins far beyond any probability in use.

    Returns
    -------
    ndarray of bool, shape () or (n_series,)
        False also where a moment is NaN.

    Notes
    -----
    The derivative in z is the parabola ``a z^2 + S z / 3 + c`` with ``a = K / 8 - S^2 / 6`` and
    ``c = 1 - K / 8 + 5 S^2 / 36``; on the whole line it is not negative when a and c are not and
    ``S^2 / 9 <= 4 a c``. Maillard, A user's guide to the Cornish Fisher expansion (2012).
    """
    skew, kurtosis = np.asarray(moments.skewness), np.asarray(moments.excess_kurtosis)
    curvature, slope, at_zero = (
        kurtosis / 8.0 - skew**2 / 6.0,
        skew / 3.0,
        1.0 - kurtosis / 8.0 + 5.0 * skew**2 / 36.0,
    )
    if np.isinf(within):
        return np.asarray((curvature >= 0.0) & (at_zero >= 0.0) & (slope**2 <= 4.0 * curvature * at_zero))
    at_ends = curvature * within**2 - np.abs(slope) * within + at_zero
    with np.errstate(divide="ignore", invalid="ignore"):
        has_minimum_inside = (curvature > 0.0) & (np.abs(slope) < 2.0 * curvature * within)
        least = np.where(has_minimum_inside, at_zero - slope**2 / (4.0 * curvature), at_ends)
    return np.asarray(least >= 0.0)


def delta_gamma_moments(deltas: ArrayLike, gammas: ArrayLike, covariance: ArrayLike) -> Moments:
    """Moments of ``delta'x + x'Gx / 2`` for normal factor moves x with mean zero.

    Parameters
    ----------
    deltas : array_like, shape (n_factors,) or (n_portfolios, n_factors)
        Value change per unit move of a factor.
    gammas : array_like
        The diagonal of G, of the shape of `deltas`, or G itself, of the shape of `deltas` with one axis more.
    covariance : array_like, shape (n_factors, n_factors)
        Of the moves over the horizon, in the unit of the sensitivities squared.

    Returns
    -------
    Moments
        Shape () or (n_portfolios,); for `cornish_fisher_risk`.

    Raises
    ------
    ScenarioError
        If shapes do not fit, or a value is missing or infinite, or the covariance is not symmetric.
    DegenerateError
        If a portfolio has no variance under this covariance.

    Notes
    -----
    Cumulant s is ``s!/2 delta' Sigma (G Sigma)^(s-2) delta + (s-1)!/2 trace((G Sigma)^s)``, the first without its delta
    term. Mathai and Provost, Quadratic Forms in Random Variables, section 3.2.
    """
    delta, gamma, sigma = (np.asarray(given, dtype=np.float64) for given in (deltas, gammas, covariance))
    n_factors = delta.shape[-1] if delta.ndim in (1, 2) else -1
    if gamma.shape not in (delta.shape, (*delta.shape, n_factors)) or sigma.shape != (n_factors, n_factors):
        raise ScenarioError(
            f"Deltas {delta.shape}, gammas {gamma.shape} and covariance {sigma.shape} do not fit; factors come last."
        )
    if not (np.isfinite(delta).all() and np.isfinite(gamma).all() and np.isfinite(sigma).all()):
        raise ScenarioError("A sensitivity or covariance is missing or infinite; leave out factors without moves.")
    if not np.allclose(sigma, sigma.T, rtol=1e-10, atol=0.0):
        raise ScenarioError("The covariance is not symmetric; build it from one set of factor moves.")
    is_diagonal = gamma.shape == delta.shape
    spread = gamma[..., np.newaxis] * sigma if is_diagonal else gamma @ sigma
    squared = spread @ spread
    exposed = delta @ sigma
    bent = gamma * exposed if is_diagonal else (gamma @ exposed[..., np.newaxis])[..., 0]
    second = np.einsum("...i,...i", exposed, delta) + 0.5 * np.trace(squared, axis1=-2, axis2=-1)
    if not (second > 0.0).all():
        raise DegenerateError(
            "A portfolio has no variance under this covariance, so its skewness is not defined; leave it out."
        )
    third = 3.0 * np.einsum("...i,...i", bent, exposed) + np.einsum("...ij,...ji", squared, spread)
    fourth = 12.0 * np.einsum("...i,...i", bent @ sigma, bent) + 3.0 * np.einsum("...ij,...ji", squared, squared)
    return Moments(0.5 * np.trace(spread, axis1=-2, axis2=-1), np.sqrt(second), third / second**1.5, fourth / second**2)


def _normal_density(z: ArrayLike) -> FloatArray:
    density: FloatArray = np.exp(-0.5 * np.square(z)) / np.sqrt(2.0 * np.pi)
    return density


def _location_and_scale(moments: Moments) -> tuple[FloatArray, FloatArray]:
    mean, deviation = (np.asarray(given, dtype=np.float64) for given in moments[:2])
    if not (np.isfinite(mean).all() and np.isfinite(deviation).all()) or (deviation < 0.0).any():
        raise ScenarioError("A mean or standard deviation is missing, infinite or negative; calculate it from P&L.")
    return mean, deviation


def _fit_one_student_t(pnl: FloatArray) -> tuple[float, float, float, float]:
    """Maximise over location, log scale and one over the degrees of freedom of standardised P&L."""
    centre, spread = float(np.median(pnl)), float(pnl.std())
    standardised = (pnl - centre) / spread

    def minus_log_likelihood(parameters: FloatArray) -> float:
        location, log_scale, inverse_degrees = parameters
        distances = (standardised - location) * np.exp(-log_scale)
        nu = 1.0 / inverse_degrees
        log_density = special.gammaln((nu + 1.0) / 2.0) - special.gammaln(nu / 2.0) - 0.5 * np.log(np.pi * nu)
        log_density = log_density - (nu + 1.0) / 2.0 * np.log1p(distances**2 * inverse_degrees) - log_scale
        return -float(log_density.mean())

    fit = optimize.minimize(
        minus_log_likelihood,
        x0=np.array([0.0, -0.2, 0.2]),
        method="L-BFGS-B",
        bounds=[(-2.0, 2.0), (-12.0, 2.0), (1.0 / MAX_DEGREES_OF_FREEDOM, 1.0 / MIN_DEGREES_OF_FREEDOM)],
        options={"ftol": 1e-14, "gtol": 1e-9},
    )
    if not np.isfinite(fit.fun):
        raise DegenerateError("No t distribution fits the P&L; use the normal, or look for repeated values.")
    location, log_scale, inverse_degrees = fit.x
    log_likelihood = -len(pnl) * (float(fit.fun) + np.log(spread))
    return (
        centre + spread * float(location),
        spread * float(np.exp(log_scale)),
        1.0 / float(inverse_degrees),
        float(log_likelihood),
    )
