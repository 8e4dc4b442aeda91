"""Historical simulation that gives recent days more say: by age, by EWMA volatility and by GARCH(1,1) filtering.

Age weighting takes the P&L of any horizon as given. Volatility scaling and filtering follow volatility from day to day:
they take 1-day P&L and scale it to a longer horizon by the square root of the days, or, filtered with a bootstrap, add
up simulated days.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, signal

from python_models.arrays import FloatArray
from python_models.errors import DegenerateError, ScenarioError
from python_models.market_risk.historical import QuantileRule, historical_risks
from python_models.market_risk.inputs import as_pnl, as_varying_pnl, tail_probability
from python_models.market_risk.parametric import Risk

ScaleTo = Literal["next_day", "last_day"]
MAX_PERSISTENCE: Final = 0.99999
MIN_GARCH_OBSERVATIONS: Final = 50
# Of the mean, the logarithm of omega, alpha + beta, and alpha's share of it, for P&L of unit variance.
_GARCH_BOUNDS: Final = [(-1.0, 1.0), (-18.0, 1.0), (0.0, MAX_PERSISTENCE), (0.0, 1.0)]


class GarchFit(NamedTuple):
    """A Gaussian GARCH(1,1) with constant mean.

    Attributes
    ----------
    mean, omega, alpha, beta : float
        ``variance_t = omega + alpha (pnl_{t-1} - mean)^2 + beta variance_{t-1}``; `mean` in the unit of the P&L,
        `omega` in its square.
    log_likelihood : float
    variances : ndarray, shape (n + 1,)
        Of every observation, the last one of the next day.
    converged : bool
    """

    mean: float
    omega: float
    alpha: float
    beta: float
    log_likelihood: float
    variances: FloatArray
    converged: bool


class GarchShape(NamedTuple):
    """GARCH(1,1) parameters without a unit, so that they hold when positions grow or shrink after the fit.

    Attributes
    ----------
    alpha, beta : float or ndarray, shape () or (n_series,)
    omega_share : float or ndarray, same shape
        omega divided by the population variance of the sample it is used on.
    """

    alpha: ArrayLike
    beta: ArrayLike
    omega_share: ArrayLike


def ewma_variances(pnl: ArrayLike, decay: float, *, initial: ArrayLike | None = None) -> FloatArray:
    """Exponentially weighted variances: ``variance_t = decay variance_{t-1} + (1 - decay) pnl_{t-1}^2``.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n), oldest first
        The mean is taken as zero.
    decay : float, in (0, 1)
        RiskMetrics' lambda: 0.94 for daily data.
    initial : array_like, shape () or (n_series,), optional
        Variance of the first observation; by default the sample variance (n - 1) of the series, as R's quarks takes it.

    Returns
    -------
    ndarray, shape (n + 1,) or (n_series, n + 1)
        The variance forecast for every observation from those before it; the last one is the next day's.

    Raises
    ------
    ScenarioError
        If a P&L is NaN or infinite, there are fewer than 2 observations, or the decay or initial variance is not
        possible.

    Notes
    -----
    J. P. Morgan, RiskMetrics Technical Document (1996), section 5.2.
    """
    values = as_pnl(pnl, 2)
    _check_decay(decay)
    first = values.var(axis=-1, ddof=1) if initial is None else np.asarray(initial, dtype=np.float64)
    if first.shape not in ((), values.shape[:-1]) or not (np.isfinite(first).all() and (first >= 0.0).all()):
        raise ScenarioError("An initial variance is missing, negative or not one per series; give the sample variance.")
    first = np.broadcast_to(first, values.shape[:-1])[..., np.newaxis]
    later, _ = signal.lfilter([1.0 - decay], [1.0, -decay], values**2, axis=-1, zi=decay * first)
    return np.concatenate([first, later], axis=-1)


def age_weights(n: int, decay: float) -> FloatArray:
    """Weights that fall geometrically with age.

    Parameters
    ----------
    n : int, >= 1
    decay : float, in (0, 1)

    Returns
    -------
    ndarray, shape (n,), oldest first, sum 1
        ``decay^(n - i) (1 - decay) / (1 - decay^n)`` for observation i = 1 .. n.

    Raises
    ------
    ScenarioError
        If n or the decay is not possible.
    """
    _check_decay(decay)
    if n < 1:
        raise ScenarioError(f"{n} observations cannot be weighted; give at least 1.")
    weights: FloatArray = np.power(decay, np.arange(n - 1.0, -1.0, -1.0)) * (1.0 - decay) / (1.0 - decay**n)
    return weights


def weighted_risk(pnl: ArrayLike, weights: ArrayLike, level: float) -> Risk:
    """VaR and ES of a weighted sample.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n)
        Gains positive, any unit, at least 2 observations.
    weights : array_like, shape (n,) or the shape of `pnl`
        Not negative; they are divided by their sum.
    level : float
        Confidence, in (0.5, 1).

    Returns
    -------
    Risk
        With losses sorted upwards and W_j the weights added up to the j-th, VaR lies between losses j - 1 and j, j the
        first with ``W_j > level``, at ``(level - W_{j-1}) / (W_j - W_{j-1})`` of the way; it is the least loss where
        that one alone weighs more than the level. ES is the weighted mean of the losses greater than VaR; VaR itself
        where there is none.

    Raises
    ------
    LevelError
        If the level is outside its range.
    ScenarioError
        If a P&L or weight is NaN or infinite, shapes do not fit, there are fewer than 2 observations, or a weight is
        negative or all are 0.

    Notes
    -----
    Boudoukh, Richardson and Whitelaw, The best of both worlds, Risk 11 (1998); this interpolation is that of R's quarks
    (`hs` with method 'age').
    """
    (risk,) = weighted_risks(pnl, weights, [level])
    return risk


def weighted_risks(pnl: ArrayLike, weights: ArrayLike, levels: Sequence[float]) -> list[Risk]:
    """VaR and ES of a weighted sample at several levels; the sample is sorted only once.

    Parameters, errors
        As in `weighted_risk`.

    Returns
    -------
    list of Risk, one per level
    """
    probabilities = [float(tail_probability(level)) for level in levels]
    values = as_pnl(pnl, 2)
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape not in (values.shape, values.shape[-1:]):
        raise ScenarioError(f"Weights {weight.shape} do not fit P&L {values.shape}; give one per observation.")
    total = weight.sum(axis=-1, keepdims=True)
    if not np.isfinite(weight).all() or (weight < 0.0).any() or not (total > 0.0).all():
        raise ScenarioError("A weight is missing, infinite or negative, or all are zero; give positive weights.")
    order = np.argsort(-values, axis=-1, kind="stable")
    losses = np.take_along_axis(-values, order, axis=-1)
    weight = np.take_along_axis(np.broadcast_to(weight / total, values.shape), order, axis=-1)
    below = np.cumsum(weight, axis=-1)
    return [_weighted_risk(losses, weight, below, probability) for probability in probabilities]


def age_weighted_risk(pnl: ArrayLike, level: float, decay: float = 0.98) -> Risk:
    """VaR and ES with weights that fall geometrically with age.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n), oldest first
        P&L of the horizon the figures are for.
    level : float
        Confidence, in (0.5, 1).
    decay : float, in (0, 1)

    Returns
    -------
    Risk
        See `weighted_risk` for the rule.

    Raises
    ------
    LevelError, ScenarioError
        As in `weighted_risk` and `age_weights`.
    """
    values = as_pnl(pnl, 2)
    return weighted_risk(values, age_weights(values.shape[-1], decay), level)


def volatility_scaled_pnl(
    pnl: ArrayLike, decay: float = 0.94, *, scale_to: ScaleTo = "next_day", initial: ArrayLike | None = None
) -> FloatArray:
    """P&L scaled from the EWMA volatility of its own day to that of another.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n), 1-day P&L, oldest first
    decay, initial
        As in `ewma_variances`.
    scale_to : {'next_day', 'last_day'}
        The day after the sample (Hull and White), or the sample's last day, as R's quarks does in `vwhs`.

    Returns
    -------
    ndarray, shape of `pnl`

    Raises
    ------
    ScenarioError
        As in `ewma_variances`.
    DegenerateError
        If all observations of a series are the same, or a day's volatility is zero.
    """
    values = as_varying_pnl(pnl)
    if scale_to not in ("next_day", "last_day"):
        raise ScenarioError(f"P&L cannot be scaled to '{scale_to}'; use next_day or last_day.")
    variances = ewma_variances(values, decay, initial=initial)
    own = variances[..., :-1]
    if not (own > 0.0).all():
        raise DegenerateError(
            "The EWMA volatility of a day is zero, so its P&L cannot be scaled; give a positive initial variance."
        )
    target = variances[..., -1:] if scale_to == "next_day" else variances[..., -2:-1]
    return values * np.sqrt(target / own)


def volatility_scaled_risk(
    pnl: ArrayLike,
    level: float,
    decay: float = 0.94,
    rule: QuantileRule = "linear",
    *,
    scale_to: ScaleTo = "next_day",
    initial: ArrayLike | None = None,
    horizon_days: int = 1,
) -> Risk:
    """VaR and ES of P&L scaled to the volatility of the next day.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n), 1-day P&L, oldest first
    level : float
        Confidence, in (0.5, 1).
    decay, scale_to, initial
        As in `volatility_scaled_pnl`.
    rule : quantile rule, see `python_models.market_risk.historical`
    horizon_days : int, >= 1
        The 1-day figures are multiplied by its square root.

    Returns
    -------
    Risk

    Raises
    ------
    LevelError, QuantileRuleError, ScenarioError, DegenerateError
        As in `volatility_scaled_pnl` and `python_models.market_risk.historical.expected_shortfall`.

    Notes
    -----
    Hull and White, Incorporating volatility updating into the historical simulation method for value at risk, Journal
    of Risk 1 (1998).
    """
    return _historical(volatility_scaled_pnl(pnl, decay, scale_to=scale_to, initial=initial), level, rule, horizon_days)


def fit_garch(pnl: ArrayLike) -> GarchFit:
    """Fit a GARCH(1,1) with constant mean and normal innovations by maximum likelihood.

    Parameters
    ----------
    pnl : array_like, shape (n,), 1-day P&L, oldest first, at least 50 observations

    Returns
    -------
    GarchFit
        The variance of the first observation is the mean squared residual over the sample, as in R's rugarch (sGARCH,
        recursion from all observations), and counts in the likelihood; alpha + beta stays below 1.

    Raises
    ------
    ScenarioError
        If the P&L is not one series, NaN or infinite, or there are fewer than 50 observations.
    DegenerateError
        If all observations are the same, or no maximum is found.

    Notes
    -----
    Bollerslev (1986); the gradient is that of Fiorentini, Calzolari and Panattoni, Analytic derivatives and the
    computation of GARCH estimates, Journal of Applied Econometrics 11 (1996). P&L is divided by its standard deviation
    for the search, which runs over the mean, the logarithm of omega, alpha + beta and alpha's share of it.
    """
    values = as_varying_pnl(pnl, MIN_GARCH_OBSERVATIONS)
    if values.ndim != 1:
        raise ScenarioError(f"P&L has the shape {values.shape}; fit one series at a time.")
    centre, spread = float(values.mean()), float(values.std())
    standardised = (values - centre) / spread
    starts = [
        np.array([0.0, np.log(1.0 - persistence), persistence, share])
        for persistence in (0.5, 0.9, 0.98)
        for share in (0.05, 0.1, 0.25)
    ]
    start = min(starts, key=lambda point: _garch_objective(point, standardised)[0])
    fit = optimize.minimize(
        _garch_objective,
        start,
        args=(standardised,),
        jac=True,
        method="SLSQP",
        bounds=_GARCH_BOUNDS,
        options={"maxiter": 500, "ftol": 1e-13},
    )
    if not fit.success:
        fit = optimize.minimize(
            _garch_objective, start, args=(standardised,), jac=True, method="L-BFGS-B", bounds=_GARCH_BOUNDS
        )
    if not np.isfinite(fit.fun):
        raise DegenerateError("No GARCH model fits the P&L; look for repeated or extreme values, or scale by EWMA.")
    location, log_omega, persistence, share = (float(parameter) for parameter in fit.x)
    mean, omega = centre + spread * location, spread**2 * float(np.exp(log_omega))
    alpha, beta = persistence * share, persistence * (1.0 - share)
    log_likelihood = -len(values) * (float(fit.fun) + float(np.log(spread)))
    variances = garch_variances(values, mean, omega, alpha, beta)
    return GarchFit(mean, omega, alpha, beta, log_likelihood, variances, bool(fit.success))


def garch_shape(fit: GarchFit) -> GarchShape:
    """Parameters of a fit without its unit.

    Parameters
    ----------
    fit : GarchFit

    Returns
    -------
    GarchShape
        The variance of the first observation is the mean squared residual of the fitted sample.
    """
    return GarchShape(fit.alpha, fit.beta, fit.omega / float(fit.variances[0]))


def garch_variances(pnl: ArrayLike, mean: ArrayLike, omega: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> FloatArray:
    """Conditional variances of a GARCH(1,1) with given parameters.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n), 1-day P&L, oldest first
    mean, omega, alpha, beta : array_like, shape () or (n_series,)
        See `GarchFit`.

    Returns
    -------
    ndarray, shape (n + 1,) or (n_series, n + 1)
        Of every observation, the first the mean squared residual; the last one is the next day's.

    Raises
    ------
    ScenarioError
        If a P&L is NaN or infinite, there are fewer than 2 observations, or a parameter is missing or negative.
    """
    values = as_pnl(pnl, 2)
    location, constant, arch, garch = (
        np.broadcast_to(np.asarray(given, dtype=np.float64), values.shape[:-1]) for given in (mean, omega, alpha, beta)
    )
    parameters = np.stack([constant, arch, garch])
    if not (np.isfinite(location).all() and np.isfinite(parameters).all()) or (parameters < 0.0).any():
        raise ScenarioError("A GARCH parameter is missing or negative; take them from fit_garch.")
    squares = (values - location[..., np.newaxis]) ** 2
    first = squares.mean(axis=-1)
    news = constant[..., np.newaxis] + arch[..., np.newaxis] * squares
    if values.ndim == 1:
        later, _ = signal.lfilter([1.0], [1.0, -float(garch)], news, zi=np.array([float(garch * first)]))
        return np.concatenate([first[np.newaxis], later])
    variances = np.empty((values.shape[-1] + 1, len(values)))
    variances[0] = first
    for day, shocks in enumerate(np.ascontiguousarray(news.T)):
        variances[day + 1] = shocks + garch * variances[day]
    return np.ascontiguousarray(variances.T)


def filtered_pnl(pnl: ArrayLike, fit: GarchFit | GarchShape | None = None, *, demean: bool = True) -> FloatArray:
    """P&L with each day's residual scaled from its own GARCH volatility to that of the next day.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n), 1-day P&L, oldest first
    fit : GarchFit, GarchShape or None
        None fits every series (milliseconds each). A `GarchShape` takes the series' own mean and variance, and is
        needed for several series with ready parameters.
    demean : bool
        True scales residuals and adds the mean back (Barone-Adesi et al.), False scales P&L itself, as R's quarks does
        in `fhs` and `vwhs`.

    Returns
    -------
    ndarray, shape of `pnl`

    Raises
    ------
    ScenarioError, DegenerateError
        As in `fit_garch` and `garch_variances`; also if a day's variance is zero.
    """
    return _filter(pnl, fit, demean).scaled


def filtered_risk(
    pnl: ArrayLike,
    level: float,
    fit: GarchFit | GarchShape | None = None,
    rule: QuantileRule = "linear",
    *,
    demean: bool = True,
    horizon_days: int = 1,
    bootstrap: int | None = None,
    seed: int | None = None,
) -> Risk:
    """VaR and ES by filtered historical simulation.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n), 1-day P&L, oldest first
    level : float
        Confidence, in (0.5, 1).
    fit, demean
        As in `filtered_pnl`.
    rule : quantile rule, see `python_models.market_risk.historical`
    horizon_days : int, >= 1
        Without a bootstrap the 1-day figures are multiplied by its square root; with one, residuals are drawn for every
        day and the variance follows them.
    bootstrap : int, optional
        Number of paths of residuals drawn with replacement; without it every residual counts once.
    seed : int
        Needed with `bootstrap`: the same seed gives the same draws for every series, whatever the others are.

    Returns
    -------
    Risk

    Raises
    ------
    LevelError, QuantileRuleError, ScenarioError, DegenerateError
        As in `filtered_pnl` and `python_models.market_risk.historical.expected_shortfall`; ScenarioError also for a
        bootstrap without seed.

    Notes
    -----
    Barone-Adesi, Giannopoulos and Vosper, VaR without correlations for portfolios of derivative securities, Journal of
    Futures Markets 19 (1999).
    """
    _check_horizon(horizon_days)
    filtered = _filter(pnl, fit, demean)
    if bootstrap is None:
        return _historical(filtered.scaled, level, rule, horizon_days)
    if seed is None or bootstrap < 1:
        raise ScenarioError("A bootstrap needs a seed and at least one path, so that it can be repeated.")
    n = filtered.scaled.shape[-1]
    draws = np.random.default_rng(seed).integers(0, n, size=(horizon_days, bootstrap))
    variance = np.repeat(filtered.next_variance[..., np.newaxis], bootstrap, axis=-1)
    total = np.zeros_like(variance)
    for day in draws:
        shock = filtered.residuals[..., day] * np.sqrt(variance)
        total += filtered.drift[..., np.newaxis] + shock
        variance = (
            filtered.omega[..., np.newaxis]
            + filtered.alpha[..., np.newaxis] * shock**2
            + filtered.beta[..., np.newaxis] * variance
        )
    return _historical(total, level, rule, 1)


def _weighted_risk(losses: FloatArray, weight: FloatArray, below: FloatArray, probability: float) -> Risk:
    """Read VaR and ES off losses sorted upwards; `below` is the sum of their weights so far."""
    beyond = below > 1.0 - probability
    beyond[..., -1] = True
    high = np.argmax(beyond, axis=-1)[..., np.newaxis]
    low = np.maximum(high - 1, 0)
    low_loss, high_loss = np.take_along_axis(losses, low, axis=-1), np.take_along_axis(losses, high, axis=-1)
    low_weight, high_weight = np.take_along_axis(below, low, axis=-1), np.take_along_axis(below, high, axis=-1)
    step = np.where(high_weight > low_weight, high_weight - low_weight, 1.0)
    way = np.clip((1.0 - probability - low_weight) / step, 0.0, 1.0)
    value_at_risk = low_loss + way * (high_loss - low_loss)
    tail_weight = np.where(losses > value_at_risk, weight, 0.0)
    tail_total = tail_weight.sum(axis=-1)
    mean = (tail_weight * losses).sum(axis=-1) / np.where(tail_total > 0.0, tail_total, 1.0)
    value_at_risk = value_at_risk[..., 0]
    # A mean of equal losses may fall short of them by a rounding.
    return Risk(value_at_risk, np.where(tail_total > 0.0, np.maximum(mean, value_at_risk), value_at_risk))


class _Filtered(NamedTuple):
    """Standardised residuals and what turns them into P&L; the fields from `drift` on have one value per series."""

    scaled: FloatArray
    residuals: FloatArray
    drift: FloatArray
    next_variance: FloatArray
    omega: FloatArray
    alpha: FloatArray
    beta: FloatArray


def _filter(pnl: ArrayLike, fit: GarchFit | GarchShape | None, demean: bool) -> _Filtered:
    values = as_varying_pnl(pnl)
    mean, omega, alpha, beta = _garch_parameters(values, fit)
    variances = garch_variances(values, mean, omega, alpha, beta)
    if not (variances > 0.0).all():
        raise DegenerateError("The GARCH variance of a day is zero, so its P&L cannot be scaled; fit the model again.")
    # Without demeaning P&L itself is scaled, and nothing is added back.
    drift = mean if demean else np.zeros_like(mean)
    residuals = (values - drift[..., np.newaxis]) / np.sqrt(variances[..., :-1])
    scaled = drift[..., np.newaxis] + residuals * np.sqrt(variances[..., -1:])
    return _Filtered(scaled, residuals, drift, variances[..., -1], omega, alpha, beta)


def _garch_parameters(values: FloatArray, fit: GarchFit | GarchShape | None) -> tuple[FloatArray, ...]:
    """Mean, omega, alpha, beta: each of shape (...) of the series."""
    shape = values.shape[:-1]
    if isinstance(fit, GarchShape):
        mean = values.mean(axis=-1)
        omega = np.asarray(fit.omega_share, dtype=np.float64) * values.var(axis=-1)
        given: tuple[ArrayLike, ...] = (mean, omega, fit.alpha, fit.beta)
    elif isinstance(fit, GarchFit):
        given = (fit.mean, fit.omega, fit.alpha, fit.beta)
    else:
        fits = [fit_garch(series)[:4] for series in np.atleast_2d(values)]
        given = tuple(np.array(column).reshape(shape) for column in zip(*fits, strict=True))
    return tuple(np.broadcast_to(np.asarray(parameter, dtype=np.float64), shape) for parameter in given)


def _garch_objective(point: NDArray[np.float64], standardised: FloatArray) -> tuple[float, FloatArray]:
    """Minus the mean log-likelihood and its gradient."""
    mean, log_omega, persistence, share = point
    omega, alpha, beta = np.exp(log_omega), persistence * share, persistence * (1.0 - share)
    residuals = standardised - mean
    squares = residuals**2
    first = squares.mean()
    denominator = [1.0, -beta]
    variances = np.empty_like(squares)
    variances[0] = first
    variances[1:] = signal.lfilter([1.0], denominator, omega + alpha * squares[:-1], zi=[beta * first])[0]
    # Derivatives of the variances by mean, omega, alpha and beta follow the same recursion.
    drivers = np.empty((4, len(squares) - 1))
    drivers[0], drivers[1], drivers[2], drivers[3] = -2.0 * alpha * residuals[:-1], 1.0, squares[:-1], variances[:-1]
    slope_of_first = -2.0 * residuals.mean()
    states = np.zeros((4, 1))
    states[0, 0] = beta * slope_of_first
    slopes = signal.lfilter([1.0], denominator, drivers, axis=-1, zi=states)[0]
    ratio = squares / variances
    by_variance = (1.0 - ratio) / variances
    by_mean, by_omega, by_alpha, by_beta = (slopes * by_variance[1:]).sum(axis=1)  # @ would wake BLAS threads
    by_mean += slope_of_first * by_variance[0] - 2.0 * (residuals / variances).sum()
    objective = 0.5 * float(np.mean(np.log(2.0 * np.pi * variances) + ratio))
    gradient = np.array(
        [
            by_mean,
            by_omega * omega,
            by_alpha * share + by_beta * (1.0 - share),
            persistence * (by_alpha - by_beta),
        ]
    )
    return objective, 0.5 * gradient / len(squares)


def _historical(pnl: FloatArray, level: float, rule: QuantileRule, horizon_days: int) -> Risk:
    _check_horizon(horizon_days)
    (risk,) = historical_risks(pnl, [level], [rule])
    growth = np.sqrt(horizon_days)
    return Risk(risk.value_at_risk * growth, risk.expected_shortfall * growth)


def _check_decay(decay: float) -> None:
    if not 0.0 < decay < 1.0:
        raise ScenarioError(f"The decay {decay} is not between 0 and 1; 0.94 is RiskMetrics' for daily data.")


def _check_horizon(horizon_days: int) -> None:
    if horizon_days < 1:
        raise ScenarioError(f"A horizon of {horizon_days} days is not possible; give at least 1.")
