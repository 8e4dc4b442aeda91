"""Whose risk it is: component, marginal and incremental VaR and ES.

Components are Euler's: the weight of a member times the derivative of the portfolio's risk by that weight. They sum to
the risk of the portfolio because every measure here is homogeneous of degree 1 in the weights. Incremental risk is what
leaves when a member leaves; it does not sum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from python_models.arrays import FloatArray
from python_models.errors import DegenerateError, ScenarioError
from python_models.market_risk.historical import QuantileRule, historical_risks, shortfall_weights, tail_risks
from python_models.market_risk.inputs import as_pnl, tail_probability
from python_models.market_risk.parametric import Risk, cornish_fisher_quantile, edgeworth_tail_mean


class Decomposition(NamedTuple):
    """Risk of a portfolio and its members.

    Attributes
    ----------
    total : float
        Loss positive.
    components : ndarray, shape (n_members,)
        Sum to `total`; negative for a member that hedges the others.
    marginals : ndarray, shape (n_members,)
        Change of the total per unit of weight.
    """

    total: float
    components: FloatArray
    marginals: FloatArray


class HistoricalComponents(NamedTuple):
    """Historical risk of a portfolio and its members.

    Attributes
    ----------
    total : Risk of shape ()
    components : Risk of shape (n_members,), each summing to its total
    """

    total: Risk
    components: Risk


class Comoments(NamedTuple):
    """Joint moments of the members' returns.

    Attributes
    ----------
    mean : ndarray, shape (n_members,)
    covariance : ndarray, shape (n_members, n_members)
    coskewness : ndarray, shape (n_members,) * 3
        Mean of the product of three deviations, not standardised.
    cokurtosis : ndarray, shape (n_members,) * 4
        Mean of the product of four deviations, not standardised.
    """

    mean: FloatArray
    covariance: FloatArray
    coskewness: FloatArray
    cokurtosis: FloatArray


def comoments(returns: ArrayLike, *, population: bool = False) -> Comoments:
    """Estimate the joint moments of members from their history.

    Parameters
    ----------
    returns : array_like, shape (n_members, n), at least 2 observations
    population : bool
        Divide the covariance by n instead of n - 1. Coskewness and cokurtosis are divided by n either way: the mixture
        is that of R's PerformanceAnalytics.

    Returns
    -------
    Comoments

    Raises
    ------
    ScenarioError
        If the returns are not a matrix, a return is NaN or infinite, or there are fewer than 2 observations.
    """
    values = _members(returns, 2)
    n = values.shape[1]
    mean = values.mean(axis=1)
    deviation = values - mean[:, np.newaxis]
    pairs = np.einsum("it,jt->ijt", deviation, deviation)
    return Comoments(
        mean,
        pairs.sum(axis=2) / (n if population else n - 1),
        np.einsum("ijt,kt->ijk", pairs, deviation, optimize=True) / n,
        np.einsum("ijt,klt->ijkl", pairs, pairs, optimize=True) / n,
    )


def component_normal_risk(
    weights: ArrayLike, covariance: ArrayLike, level: float, *, mean: ArrayLike | None = None
) -> Decomposition:
    """Component VaR of a portfolio with normal returns.

    Parameters
    ----------
    weights : array_like, shape (n_members,)
        Amounts or shares; gains are weights times returns.
    covariance : array_like, shape (n_members, n_members)
        Of the members' returns.
    level : float
        Confidence, in (0.5, 1).
    mean : array_like, shape (n_members,), optional
        Mean returns; zero where it is not given.

    Returns
    -------
    Decomposition
        ``component_i = w_i (z (Sigma w)_i / sigma - mean_i)``.

    Raises
    ------
    LevelError
        If the level is outside its range.
    ScenarioError
        If shapes do not fit or a value is missing or infinite.
    DegenerateError
        If the portfolio's variance is not positive: its risk has no derivative there.

    Notes
    -----
    Garman, Taking VaR to pieces, Risk 10 (1997).
    """
    z = -float(special.ndtri(float(tail_probability(level))))
    portfolio = _portfolio(weights, covariance, mean)
    return _decomposition(portfolio.weights, z * portfolio.deviation_slopes - portfolio.mean)


def component_normal_shortfall(
    weights: ArrayLike, covariance: ArrayLike, level: float, *, mean: ArrayLike | None = None
) -> Decomposition:
    """Component ES of a portfolio with normal returns.

    Parameters, errors
        As in `component_normal_risk`.

    Returns
    -------
    Decomposition
        As in `component_normal_risk` with ``phi(z) / (1 - level)`` in the place of z.
    """
    probability = float(tail_probability(level))
    z = float(special.ndtri(probability))
    tail_mean = float(np.exp(-0.5 * z**2)) / np.sqrt(2.0 * np.pi) / probability
    portfolio = _portfolio(weights, covariance, mean)
    return _decomposition(portfolio.weights, tail_mean * portfolio.deviation_slopes - portfolio.mean)


def component_cornish_fisher_risk(
    weights: ArrayLike,
    covariance: ArrayLike,
    coskewness: ArrayLike,
    cokurtosis: ArrayLike,
    level: float,
    *,
    mean: ArrayLike | None = None,
) -> Decomposition:
    """Component modified VaR: the derivative of the Cornish-Fisher VaR of the portfolio's own moments.

    Parameters
    ----------
    weights, covariance, level, mean
        As in `component_normal_risk`.
    coskewness : array_like, shape (n_members,) * 3, or (n_members, n_members^2)
    cokurtosis : array_like, shape (n_members,) * 4, or (n_members, n_members^3)
        As in `Comoments`.

    Returns
    -------
    Decomposition

    Raises
    ------
    LevelError, ScenarioError, DegenerateError
        As in `component_normal_risk`.

    Notes
    -----
    Boudt, Peterson and Croux (2008), see `python_models.market_risk.parametric`.
    """
    portfolio = _portfolio(weights, covariance, mean)
    shape = _shape_of(portfolio, coskewness, cokurtosis)
    h, h_slopes = _quantile_slopes(shape, level)
    return _decomposition(
        portfolio.weights, -portfolio.mean - h * portfolio.deviation_slopes - portfolio.deviation * h_slopes
    )


def component_cornish_fisher_shortfall(
    weights: ArrayLike,
    covariance: ArrayLike,
    coskewness: ArrayLike,
    cokurtosis: ArrayLike,
    level: float,
    *,
    mean: ArrayLike | None = None,
    operational: bool = True,
) -> Decomposition:
    """Component modified ES: the derivative of the Edgeworth shortfall of the portfolio's own moments.

    Parameters
    ----------
    weights, covariance, coskewness, cokurtosis, level, mean
        As in `component_cornish_fisher_risk`.
    operational : bool
        True decomposes VaR where the expansion puts ES below it, as `cornish_fisher_risk` reports it.

    Returns
    -------
    Decomposition

    Raises
    ------
    LevelError, ScenarioError, DegenerateError
        As in `component_normal_risk`.

    Notes
    -----
    Boudt, Peterson and Croux (2008), see `python_models.market_risk.parametric`.
    """
    probability = float(tail_probability(level))
    portfolio = _portfolio(weights, covariance, mean)
    shape = _shape_of(portfolio, coskewness, cokurtosis)
    h, h_slopes = _quantile_slopes(shape, level)
    tail_mean = float(edgeworth_tail_mean(h, shape.skewness, shape.excess_kurtosis)) / probability
    if operational and tail_mean < -h:
        tail_mean, tail_mean_slopes = -h, -h_slopes
    else:
        density = float(np.exp(-0.5 * h**2)) / np.sqrt(2.0 * np.pi) / probability
        by_quantile = -h * density * _edgeworth_factor(h, shape.skewness, shape.excess_kurtosis)
        by_skewness = density * (h**3 / 6.0 + shape.skewness * (h**6 - 9.0 * h**4 + 9.0 * h**2 + 3.0) / 36.0)
        by_kurtosis = density * (h**4 - 2.0 * h**2 - 1.0) / 24.0
        tail_mean_slopes = (
            by_quantile * h_slopes + by_skewness * shape.skewness_slopes + by_kurtosis * shape.kurtosis_slopes
        )
    return _decomposition(
        portfolio.weights,
        -portfolio.mean + tail_mean * portfolio.deviation_slopes + portfolio.deviation * tail_mean_slopes,
    )


def component_historical_risk(member_pnl: ArrayLike, level: float, rule: QuantileRule) -> HistoricalComponents:
    """Component historical VaR and ES: the members' P&L in the portfolio's tail scenarios.

    Parameters
    ----------
    member_pnl : array_like, shape (n_members, n)
        P&L of the members, gains positive; the portfolio's is their sum.
    level : float
        Confidence, in (0.5, 1).
    rule : quantile rule, see `python_models.market_risk.historical`

    Returns
    -------
    HistoricalComponents

    Raises
    ------
    LevelError, QuantileRuleError
        If the level or rule is not known.
    ScenarioError
        If a P&L is NaN or infinite, the P&L is not a matrix, or the scenarios are too few for the level.
    """
    members = _members(member_pnl, 1)
    portfolio = members.sum(axis=0)
    (risk,) = tail_risks(portfolio, [level], [rule])
    weights = shortfall_weights(portfolio, level, rule)
    return HistoricalComponents(
        Risk(risk.value_at_risk, risk.expected_shortfall),
        Risk(
            -(members[:, risk.tail.indices] * risk.tail.weights).sum(axis=1),
            -(members * weights).sum(axis=1),
        ),
    )


def incremental_risk(member_pnl: ArrayLike, level: float, rule: QuantileRule) -> Risk:
    """Historical VaR and ES of the portfolio less that of the portfolio without each member.

    Parameters, errors
        As in `component_historical_risk`.

    Returns
    -------
    Risk
        Shape (n_members,); negative for a member that hedges the others.
    """
    members = _members(member_pnl, 1)
    portfolio = members.sum(axis=0)
    (risk,) = historical_risks(portfolio, [level], [rule])
    (without,) = historical_risks(portfolio - members, [level], [rule])
    return Risk(risk.value_at_risk - without.value_at_risk, risk.expected_shortfall - without.expected_shortfall)


class _Portfolio(NamedTuple):
    """Weights, mean returns, volatility and its derivative by the weights."""

    weights: FloatArray
    mean: FloatArray
    deviation: float
    deviation_slopes: FloatArray


class _Shape(NamedTuple):
    """Skewness and excess kurtosis of a portfolio and their derivatives by the weights."""

    skewness: float
    excess_kurtosis: float
    skewness_slopes: FloatArray
    kurtosis_slopes: FloatArray


def _members(member_pnl: ArrayLike, minimum: int) -> FloatArray:
    members = as_pnl(member_pnl, minimum)
    if members.ndim != 2:
        raise ScenarioError(f"The members' P&L has the shape {members.shape}; give one row per member.")
    return members


def _portfolio(weights: ArrayLike, covariance: ArrayLike, mean: ArrayLike | None) -> _Portfolio:
    weight, sigma = np.asarray(weights, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    location = np.zeros_like(weight) if mean is None else np.asarray(mean, dtype=np.float64)
    n_members = weight.shape[0] if weight.ndim == 1 else -1
    if sigma.shape != (n_members, n_members) or location.shape != weight.shape:
        raise ScenarioError(
            f"Weights {weight.shape}, covariance {sigma.shape} and mean {location.shape} do not fit; "
            "give one of each per member."
        )
    if not (np.isfinite(weight).all() and np.isfinite(sigma).all() and np.isfinite(location).all()):
        raise ScenarioError("A weight, covariance or mean is missing or infinite; leave out members without history.")
    exposure = sigma @ weight
    variance = float(weight @ exposure)
    scale = float(np.abs(weight) @ np.sqrt(np.abs(np.diag(sigma))))
    if not variance > 1e-15 * scale**2:
        raise DegenerateError(
            f"The variance of the portfolio is {variance}, so it has no components; "
            "leave out members without risk and check the covariance."
        )
    deviation = float(np.sqrt(variance))
    return _Portfolio(weight, location, deviation, exposure / deviation)


def _shape_of(portfolio: _Portfolio, coskewness: ArrayLike, cokurtosis: ArrayLike) -> _Shape:
    weights, n = portfolio.weights, len(portfolio.weights)
    third, fourth = np.asarray(coskewness, dtype=np.float64), np.asarray(cokurtosis, dtype=np.float64)
    if third.size != n**3 or fourth.size != n**4 or not (np.isfinite(third).all() and np.isfinite(fourth).all()):
        raise ScenarioError(
            f"Coskewness {third.shape} or cokurtosis {fourth.shape} does not fit {n} members or has a missing value; "
            "take both from comoments."
        )
    third_slopes = third.reshape(n, n, n) @ weights @ weights
    fourth_slopes = fourth.reshape(n, n, n, n) @ weights @ weights @ weights
    third_moment, fourth_moment = float(weights @ third_slopes), float(weights @ fourth_slopes)
    deviation, slopes = portfolio.deviation, portfolio.deviation_slopes
    return _Shape(
        third_moment / deviation**3,
        fourth_moment / deviation**4 - 3.0,
        3.0 * third_slopes / deviation**3 - 3.0 * third_moment / deviation**4 * slopes,
        4.0 * fourth_slopes / deviation**4 - 4.0 * fourth_moment / deviation**5 * slopes,
    )


def _quantile_slopes(shape: _Shape, level: float) -> tuple[float, FloatArray]:
    """Cornish-Fisher quantile and its derivative by the weights."""
    z = float(special.ndtri(float(tail_probability(level))))
    by_skewness = (z**2 - 1.0) / 6.0 - (2.0 * z**3 - 5.0 * z) * shape.skewness / 18.0
    by_kurtosis = (z**3 - 3.0 * z) / 24.0
    return (
        float(cornish_fisher_quantile(shape.skewness, shape.excess_kurtosis, level)),
        by_skewness * shape.skewness_slopes + by_kurtosis * shape.kurtosis_slopes,
    )


def _edgeworth_factor(h: float, skewness: float, excess_kurtosis: float) -> float:
    """Divide the second-order Edgeworth density by the normal one."""
    return (
        1.0
        + skewness * (h**3 - 3.0 * h) / 6.0
        + excess_kurtosis * (h**4 - 6.0 * h**2 + 3.0) / 24.0
        + skewness**2 * (h**6 - 15.0 * h**4 + 45.0 * h**2 - 15.0) / 72.0
    )


def _decomposition(weights: FloatArray, marginals: FloatArray) -> Decomposition:
    components = weights * marginals
    return Decomposition(float(components.sum()), components, marginals)
