"""Capital for credit valuation adjustment: the reduced basic approach (MAR50) and the older standardised formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import FloatArray
from python_models.errors import CapitalError


def discount_factor(maturity_years: ArrayLike, discount_rate: float) -> FloatArray:
    """Average discount factor of an exposure that lasts until `maturity_years` (MAR50.15(4)).

    ``(1 - exp(-r M)) / (r M)``; 1 at maturity 0 and at rate 0.

    Parameters
    ----------
    maturity_years : array_like, any shape
        Effective maturity M in years, not negative.
    discount_rate : float
        r, continuously compounded, not negative; 0.05 under MAR50.15(4).

    Returns
    -------
    ndarray, same shape, in (0, 1]

    Raises
    ------
    CapitalError
        If a maturity is missing or negative, or the rate is.
    """
    years = _amounts("maturity", maturity_years)
    if not (np.isfinite(discount_rate) and discount_rate >= 0.0):
        raise CapitalError("The discount rate of CVA is missing or negative; read it from the parameters in force.")
    exponent = discount_rate * years
    return np.divide(-np.expm1(-exponent), exponent, out=np.ones(years.shape), where=exponent > 0.0)


def standardised_cva_capital(
    exposures: ArrayLike,
    maturities_years: ArrayLike,
    weights: ArrayLike,
    *,
    hedges: ArrayLike | None = None,
    hedge_maturities_years: ArrayLike | None = None,
    index_hedge: float = 0.0,
    discount_rate: float = 0.05,
    systematic_share: float = 0.5,
    confidence_multiplier: float = 2.33,
    horizon_years: float = 1.0,
) -> float:
    """CVA capital of the standardised formula in force before 2023 (Basel III 2011, annex 4, paragraph 104; CRR 384).

    ``K = 2.33 sqrt(h) sqrt((sum_i 0.5 w_i N_i - I)^2 + sum_i 0.75 (w_i N_i)^2)`` with
    ``N_i = M_i EAD_i - M_i^hedge B_i``, where each EAD and B is discounted with `discount_factor`.

    Parameters
    ----------
    exposures : array_like, shape (n,)
        Exposure at default of each counterparty, before discounting, not negative.
    maturities_years : array_like, shape (n,)
        Effective maturity of each counterparty's transactions, not negative.
    weights : array_like, shape (n,)
        Risk weight of each counterparty's rating as a share, 0.007 for AAA.
    hedges : array_like, shape (n,), optional
        B_i: notional of credit default swaps bought on each counterparty, before discounting, not negative; none by
        default.
    hedge_maturities_years : array_like, shape (n,), optional
        Maturity of those swaps, not negative; that of the transactions by default.
    index_hedge : float
        I: risk weight times maturity times discounted notional of index swaps bought, added up, not negative.
    discount_rate : float
        0 leaves the exposures undiscounted.
    systematic_share : float, 0 to 1
        Share of a counterparty's spread that moves with all others; its square leaves 0.75 to the counterparty alone.
    confidence_multiplier : float
        Quantile of the normal distribution at 99 %, as the rule rounds it.
    horizon_years : float
        h.

    Returns
    -------
    float
        Capital, unit of `exposures`; risk-weighted assets are 12.5 times as much. 0 without counterparties.

    Raises
    ------
    CapitalError
        If shapes do not fit, or a figure is missing or negative.
    """
    net = weighted_exposures(exposures, maturities_years, weights, discount_rate=discount_rate)
    _require_share(systematic_share)
    if hedges is not None:
        years = maturities_years if hedge_maturities_years is None else hedge_maturities_years
        net = net - weighted_exposures(hedges, years, weights, discount_rate=discount_rate)
    systematic = systematic_share * net.sum() - float(_amounts("index hedge", index_hedge))
    variance = systematic**2 + (1.0 - systematic_share**2) * (net**2).sum()
    return float(confidence_multiplier * np.sqrt(horizon_years * variance))


def weighted_exposures(
    exposures: ArrayLike, maturities_years: ArrayLike, weights: ArrayLike, *, discount_rate: float
) -> FloatArray:
    """Exposure times maturity, risk weight and average discount factor: what both formulas aggregate.

    Parameters
    ----------
    exposures, maturities_years, weights : array_like, shape (n,)
        Not negative; weights as shares.
    discount_rate : float
        As in `discount_factor`.

    Returns
    -------
    ndarray, shape (n,), unit of `exposures`, not negative

    Raises
    ------
    CapitalError
        If shapes do not fit, or a figure is missing or negative.
    """
    exposure, years, weight = _counterparties(exposures, maturities_years, weights)
    return weight * years * exposure * discount_factor(years, discount_rate)


def standalone_cva_capital(
    exposures: ArrayLike,
    maturities_years: ArrayLike,
    weights: ArrayLike,
    counterparties: ArrayLike,
    *,
    alpha: float,
    discount_rate: float,
) -> tuple[NDArray[np.object_], FloatArray]:
    """Stand-alone CVA capital of each counterparty, ``SCVA_c = RW_c sum_NS M_NS EAD_NS DF_NS / alpha`` (MAR50.15).

    Parameters
    ----------
    exposures : array_like, shape (n,)
        Exposure at default of each netting set, not negative.
    maturities_years : array_like, shape (n,)
        Effective maturity of each netting set, not capped at five years (MAR50.15(3)).
    weights : array_like, shape (n,)
        Risk weight of the netting set's counterparty by sector and credit quality, as a share (MAR50.16).
    counterparties : array_like, shape (n,)
        Counterparty of each netting set.
    alpha : float
        The factor 1.4 of the exposure, which CVA takes out again.
    discount_rate : float
        As in `discount_factor`.

    Returns
    -------
    counterparties : ndarray of object, shape (m,), sorted, distinct
    standalone : ndarray, shape (m,), unit of `exposures`, not negative

    Raises
    ------
    CapitalError
        If shapes do not fit, a figure is missing or negative, or alpha is not positive.
    """
    weighted = weighted_exposures(exposures, maturities_years, weights, discount_rate=discount_rate)
    names: NDArray[np.object_]
    names, position = np.unique(np.asarray(counterparties, dtype=np.object_), return_inverse=True)
    if position.shape != weighted.shape:
        raise CapitalError("Every netting set needs its counterparty.")
    if not (np.isfinite(alpha) and alpha > 0.0):
        raise CapitalError("Alpha is missing or not positive; read it from the parameters in force.")
    per_counterparty = np.zeros(len(names))
    np.add.at(per_counterparty, position, weighted / alpha)
    return names, per_counterparty


def diversified_shares(amounts: ArrayLike, correlation: float) -> FloatArray:
    """Split capital of the form ``sqrt((rho sum a)^2 + (1 - rho^2) sum a^2)`` among counterparties (Euler).

    Each part is the amount times the derivative after it, over the whole: what the counterparty adds at the margin.
    Both formulas of this module have the form.

    Parameters
    ----------
    amounts : array_like, shape (n,)
        a_c: stand-alone or weighted amount of each counterparty, not negative.
    correlation : float, 0 to 1
        rho.

    Returns
    -------
    ndarray, shape (n,)
        Shares that sum to 1; all 0 where every amount is.

    Raises
    ------
    CapitalError
        If a figure is missing or negative.
    """
    given = _amounts("amount", amounts)
    _require_share(correlation)
    parts = given * (correlation**2 * given.sum() + (1.0 - correlation**2) * given)
    whole = float(parts.sum())
    return parts / whole if whole > 0.0 else np.zeros(given.shape)


def effective_maturity(
    maturity_years: ArrayLike, notional: ArrayLike, netting_set: ArrayLike, count: int, floor_years: ArrayLike
) -> FloatArray:
    """Average the remaining maturities of netting sets by notional, not capped at five years (CRE32.46, MAR50.15(3)).

    Parameters
    ----------
    maturity_years, notional : array_like, shape (n,)
        Of each trade, not negative.
    netting_set : array_like of int, shape (n,)
        Netting set of each trade, 0 to `count` - 1.
    count : int
    floor_years : array_like, shape (count,)
        Least maturity of each set: one year, or the margin period of risk.

    Returns
    -------
    ndarray, shape (count,), years; the floor for a set without notional

    Raises
    ------
    CapitalError
        If a figure is missing or negative.
    """
    years, size = _amounts("maturity", maturity_years), _amounts("notional", notional)
    floor, position = _amounts("maturity floor", floor_years), np.asarray(netting_set, dtype=np.intp)
    weight, weighted = np.zeros(count), np.zeros(count)
    np.add.at(weight, position, size)
    np.add.at(weighted, position, size * years)
    return np.maximum(np.divide(weighted, weight, out=np.zeros(count), where=weight > 0.0), floor)


def reduced_cva_capital(standalone: ArrayLike, *, correlation: float, discount_scalar: float) -> float:
    """CVA capital of the reduced basic approach (MAR50.14): hedges are not recognised.

    ``K = D sqrt((rho sum_c SCVA_c)^2 + (1 - rho^2) sum_c SCVA_c^2)``

    Parameters
    ----------
    standalone : array_like, shape (n,)
        SCVA_c of each counterparty, not negative.
    correlation : float, 0 to 1
        rho: how far the spread of a counterparty moves with the systematic factor; 0.5.
    discount_scalar : float
        D; 0.65.

    Returns
    -------
    float
        Capital, unit of `standalone`; 0 without counterparties.

    Raises
    ------
    CapitalError
        If a figure is missing or negative.
    """
    capital = _amounts("stand-alone CVA capital", standalone)
    _require_share(correlation)
    if not (np.isfinite(discount_scalar) and discount_scalar >= 0.0):
        raise CapitalError("The discount scalar is missing or negative; read it from the parameters in force.")
    systematic = correlation * capital.sum()
    return float(discount_scalar * np.sqrt(systematic**2 + (1.0 - correlation**2) * (capital**2).sum()))


def _counterparties(exposures: ArrayLike, years: ArrayLike, weights: ArrayLike) -> tuple[FloatArray, ...]:
    found = (
        _amounts("exposure", exposures),
        _amounts("maturity", years),
        _amounts("risk weight", weights),
    )
    if len({each.shape for each in found}) != 1 or found[0].ndim != 1:
        raise CapitalError("Give one exposure, maturity and risk weight for each counterparty or netting set.")
    return found


def _amounts(what: str, given: ArrayLike) -> FloatArray:
    found = np.asarray(given, dtype=np.float64)
    if not (np.isfinite(found).all() and (found >= 0.0).all()):
        raise CapitalError(f"A {what} of CVA is missing, infinite or negative; a missing one is not zero.")
    return found


def _require_share(correlation: float) -> None:
    if not 0.0 <= correlation <= 1.0:
        raise CapitalError("The share of systematic risk in CVA must lie between 0 and 1.")
