"""Factor moves drawn from a multivariate normal or t distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from python_models.arrays import FloatArray
from python_models.errors import DegenerateError, ScenarioError

_PSD_TOLERANCE: Final = 1e-10


def factor_covariance(returns: ArrayLike, *, names: Sequence[str] | None = None) -> FloatArray:
    """Sample covariance (n - 1) of factor moves.

    Parameters
    ----------
    returns : array_like, shape (n, n_factors)
        Moves of the dates, in the unit of the sensitivities.
    names : sequence of str, optional
        Names of the factors, for messages.

    Returns
    -------
    ndarray, shape (n_factors, n_factors)

    Raises
    ------
    ScenarioError
        If a factor has no move at all or lacks one, or there are fewer than 2 dates.

    Notes
    -----
    Added up without BLAS, whose order of summation depends on the number of threads.
    """
    moves = np.asarray(returns, dtype=np.float64)
    if moves.ndim != 2 or len(moves) < 2:
        raise ScenarioError(f"The moves have the shape {moves.shape}; give at least 2 dates, factors last.")
    missing = ~np.isfinite(moves)
    if missing.any():
        factor = int(np.argmax(missing.sum(axis=0)))
        raise ScenarioError(
            f"The factor {_name(names, factor)} has no move on {int(missing[:, factor].sum())} of {len(moves)} dates; "
            "leave it out with a flag, or give a proxy."
        )
    deviation = moves - moves.mean(axis=0)
    return np.einsum("ti,tj->ij", deviation, deviation) / (len(moves) - 1)


def simulate_factor_moves(
    covariance: ArrayLike,
    n: int,
    *,
    seed: int | Sequence[int],
    degrees_of_freedom: float | None = None,
    mean: ArrayLike | None = None,
    antithetic: bool = True,
    names: Sequence[str] | None = None,
) -> FloatArray:
    """Draw joint moves of the factors.

    Parameters
    ----------
    covariance : array_like, shape (n_factors, n_factors)
        Of the moves over the horizon; it may be singular: fewer dates than factors, or a factor that never moves.
    n : int, >= 1
    seed : int or sequence of int
        Give (seed, day number) to make the draws of a date its own, whatever other dates are calculated.
    degrees_of_freedom : float, optional
        More than 2: a multivariate t with this covariance. Without it the moves are normal.
    mean : array_like, shape (n_factors,), optional
        Zero where it is not given.
    antithetic : bool
        Every draw is followed by its mirror image about the mean, which halves the random draws and makes the sample
        mean exact for even n.
    names : sequence of str, optional
        Names of the factors, for messages.

    Returns
    -------
    ndarray, shape (n, n_factors)

    Raises
    ------
    ScenarioError
        If shapes do not fit, n is not positive, or a factor has a missing or infinite covariance or mean.
    DegenerateError
        If the covariance is not symmetric and positive semi-definite, or the degrees of freedom are not more than 2.

    Notes
    -----
    Independent normals are multiplied by the symmetric square root of the correlations, then by the volatilities. That
    root is unique, where a Cholesky factor does not exist for a singular matrix and eigenvectors alone may be mirrored
    from one machine to another. For the t, each draw is multiplied by ``sqrt((nu - 2) / chi2)``, one chi-squared
    variate for all factors: they share their bad days. Glasserman, Monte Carlo Methods in Financial Engineering,
    sections 2.3, 4.2 and 9.3.
    """
    sigma = np.asarray(covariance, dtype=np.float64)
    if sigma.ndim != 2 or sigma.shape[0] != sigma.shape[1] or len(sigma) == 0 or n < 1:
        raise ScenarioError(f"{n} moves cannot be drawn from a covariance of the shape {sigma.shape}.")
    n_factors = len(sigma)
    location = np.zeros(n_factors) if mean is None else np.asarray(mean, dtype=np.float64)
    if location.shape != (n_factors,):
        raise ScenarioError(f"A mean of the shape {location.shape} does not fit {n_factors} factors.")
    missing = ~np.isfinite(sigma)
    if missing.any() or not np.isfinite(location).all():
        factor = int(np.argmax(missing.sum(axis=0) + ~np.isfinite(location)))
        raise ScenarioError(
            f"The covariance or mean of the factor {_name(names, factor)} is missing or infinite; "
            "leave it out with a flag, or give a proxy."
        )
    if degrees_of_freedom is not None and not degrees_of_freedom > 2.0:
        raise DegenerateError(f"{degrees_of_freedom} degrees of freedom leave no finite covariance; give more than 2.")
    root = _square_root(sigma)
    generator = np.random.default_rng(seed)
    n_drawn = -(-n // 2) if antithetic else n
    moves = generator.standard_normal((n_drawn, n_factors)) @ root
    if degrees_of_freedom is not None:
        moves *= np.sqrt((degrees_of_freedom - 2.0) / generator.chisquare(degrees_of_freedom, (n_drawn, 1)))
    if antithetic:
        moves = np.stack([moves, -moves], axis=1).reshape(2 * n_drawn, n_factors)[:n]
    return location + moves


def _square_root(covariance: FloatArray) -> FloatArray:
    """Square root R of a positive semi-definite matrix: ``R'R`` is the matrix."""
    greatest = float(np.abs(covariance).max())
    if not np.allclose(covariance, covariance.T, rtol=0.0, atol=_PSD_TOLERANCE * greatest):
        raise DegenerateError("The covariance is not symmetric; build it from one set of factor moves.")
    # Scaled to correlations first: a rate's variance is a millionth of an equity's and must not drown in its rounding.
    deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    divisor = np.where(deviation > 0.0, deviation, 1.0)
    values, vectors = np.linalg.eigh(covariance / divisor / divisor[:, np.newaxis])
    if values[0] < -_PSD_TOLERANCE * len(covariance) or covariance[deviation == 0.0].any():
        raise DegenerateError(
            "The covariance is not positive semi-definite: the least eigenvalue of its correlations is "
            f"{values[0]:.3g}; estimate all its entries from the same dates."
        )
    root: FloatArray = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root * deviation


def _name(names: Sequence[str] | None, factor: int) -> str:
    return names[factor] if names is not None else f"number {factor}"
