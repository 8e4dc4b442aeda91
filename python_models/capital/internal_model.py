"""Expected shortfall for capital under the internal models approach (Basel MAR33): horizons, stress, aggregation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from python_models.arrays import FloatArray
from python_models.errors import CapitalError


def liquidity_horizon_es(es_by_horizon: ArrayLike, horizons: ArrayLike, base: float = 10.0) -> FloatArray:
    """Work out the expected shortfall with each risk factor at its liquidity horizon (MAR33.5).

    ``sqrt(sum_j (ES_j * sqrt((LH_j - LH_{j-1}) / base))^2)`` with ``LH_0 = 0``.

    Parameters
    ----------
    es_by_horizon : array_like, shape (..., m)
        ES_j over `base` days, positive, of the factors whose horizon is at least LH_j: the first of all factors, the
        others of ever fewer. 0 where no factor has so long a horizon.
    horizons : array_like, shape (m,)
        LH_j in days, rising, the first equal to `base`: 10, 20, 40, 60, 120.
    base : float
        Days of the ES figures.

    Returns
    -------
    ndarray, shape (...), unit of `es_by_horizon`

    Raises
    ------
    CapitalError
        If a figure is missing, negative or without its horizon, or the horizons do not rise from `base`.
    """
    shortfall, days = np.asarray(es_by_horizon, dtype=np.float64), np.asarray(horizons, dtype=np.float64)
    if days.ndim != 1 or shortfall.shape[-1:] != days.shape or len(days) == 0:
        raise CapitalError(f"Expected shortfalls {shortfall.shape} and horizons {days.shape} do not fit.")
    if days[0] != base or (np.diff(days) <= 0.0).any() or not np.isfinite(days).all():
        raise CapitalError(f"The liquidity horizons must rise, from the base horizon of {base:g} days on.")
    _require_amounts("expected shortfall of a horizon", shortfall)
    steps = np.diff(days, prepend=0.0) / base
    return np.asarray(np.sqrt((shortfall**2 * steps).sum(axis=-1)), dtype=np.float64)


def stressed_es(
    es_reduced_stressed: ArrayLike, es_full_current: ArrayLike, es_reduced_current: ArrayLike
) -> FloatArray:
    """Calibrate to stress: ``ES_RS * max(1, ES_FC / ES_RC)`` (MAR33.7).

    Parameters
    ----------
    es_reduced_stressed, es_full_current, es_reduced_current : array_like
        Positive: the reduced set of factors over the stressed period, the full set over the last twelve months, the
        reduced set over the last twelve months.

    Returns
    -------
    ndarray, unit of the inputs

    Raises
    ------
    CapitalError
        If a figure is missing or negative, or the reduced set has no current shortfall while the full set has one.
    """
    stressed, full, reduced = np.broadcast_arrays(
        *(np.asarray(each, dtype=np.float64) for each in (es_reduced_stressed, es_full_current, es_reduced_current))
    )
    _require_amounts("expected shortfall", stressed, full, reduced)
    if ((reduced == 0.0) & (full > 0.0)).any():
        raise CapitalError(
            "The reduced set of factors has no current expected shortfall; it does not stand for the full."
        )
    ratio = np.divide(full, reduced, out=np.ones(full.shape), where=reduced > 0.0)
    return np.asarray(stressed * np.maximum(ratio, 1.0), dtype=np.float64)


def imcc(unconstrained: ArrayLike, constrained: ArrayLike, weight: float) -> FloatArray:
    """Add up the internally modelled capital charge: ``weight * IMCC(C) + (1 - weight) * sum_i IMCC(C_i)`` (MAR33.15).

    Parameters
    ----------
    unconstrained : array_like, shape (...)
        Charge with diversification between risk classes, positive.
    constrained : array_like, shape (..., classes)
        Charge of each risk class alone, positive.
    weight : float, 0 to 1
        Weight of the unconstrained charge; 0.5 under MAR33.15.

    Returns
    -------
    ndarray, shape (...), unit of the inputs

    Raises
    ------
    CapitalError
        If a charge is missing or negative, or the weight is outside its range.
    """
    whole, parts = np.asarray(unconstrained, dtype=np.float64), np.asarray(constrained, dtype=np.float64)
    _require_amounts("charge", whole, parts)
    if parts.ndim == 0 or not 0.0 <= weight <= 1.0:
        raise CapitalError("Give the charges of the risk classes on the last axis, and a weight between 0 and 1.")
    return np.asarray(weight * whole + (1.0 - weight) * parts.sum(axis=-1), dtype=np.float64)


def _require_amounts(what: str, *given: FloatArray) -> None:
    if not all(np.isfinite(amounts).all() and (amounts >= 0.0).all() for amounts in given):
        raise CapitalError(f"A {what} is missing, infinite or negative; a missing one is not zero.")
