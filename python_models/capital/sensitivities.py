"""The sensitivities-based method (Basel MAR21): delta charge of a risk class, its parts, and the correlations it takes.

A charge is worked out three times, with correlations as given (medium), raised (high) and lowered (low); the largest of
the three counts (MAR21.6, MAR21.7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import FloatArray
from python_models.errors import CapitalError
from python_models.frames import require_columns

Scenario = Literal["low", "medium", "high"]

#: Correlations of a scenario from those of the standard (MAR21.6).
CORRELATION_SCENARIOS: Final[Mapping[Scenario, Callable[[FloatArray], FloatArray]]] = {
    "low": lambda correlation: np.maximum(2.0 * correlation - 1.0, 0.75 * correlation),
    "medium": lambda correlation: correlation,
    "high": lambda correlation: np.minimum(1.25 * correlation, 1.0),
}


class BucketCharge(NamedTuple):
    """Charges of the buckets in one scenario, shape (buckets,), in the order of the buckets given.

    Attributes
    ----------
    k : ndarray
        K_b, the bucket's own charge; not negative.
    s : ndarray
        S_b, the sum of its weighted sensitivities, or within plus and minus K_b where MAR21.4(5)(b) asks for it.
    """

    k: FloatArray
    s: FloatArray


class DeltaCharge(NamedTuple):
    """A delta charge with the parts it is made of.

    Attributes
    ----------
    totals : dict of scenario to charge, unit of the sensitivities
    buckets : dict of scenario to BucketCharge
    contributions : dict of scenario to ndarray, shape (n,)
        Part of each weighted sensitivity in the total (Euler): its amount times the derivative of the total with
        respect to it. They add up to the total; a hedge's part is negative.
    selected : scenario
        The one with the largest total; of equal totals the first of low, medium, high.
    """

    totals: dict[Scenario, float]
    buckets: dict[Scenario, BucketCharge]
    contributions: dict[Scenario, FloatArray]
    selected: Scenario

    @property
    def capital(self) -> float:
        """The charge that counts: the largest."""
        return self.totals[self.selected]


class EquityDeltaParameters(NamedTuple):
    """Parameters of the equity delta charge, by bucket (MAR21.77 to MAR21.80).

    Attributes
    ----------
    spot_weights : mapping of bucket to risk weight of the spot price
    repo_weights : mapping of bucket to risk weight of the repo rate
    correlations : mapping of bucket to the correlation of two issuers in it
        The residual bucket needs none.
    spot_repo_correlation : float
        Of spot and repo rate of one issuer; of two issuers it multiplies their correlation.
    residual_bucket : str
        The bucket whose charge is the sum of absolute weighted sensitivities.
    across : DataFrame, index and columns the buckets
        Gamma between buckets, symmetric; its diagonal is not used.
    """

    spot_weights: Mapping[str, float]
    repo_weights: Mapping[str, float]
    correlations: Mapping[str, float]
    spot_repo_correlation: float
    residual_bucket: str
    across: pd.DataFrame


class EquityDelta(NamedTuple):
    """Equity delta charge.

    Attributes
    ----------
    weighted : DataFrame ``bucket``, ``issuer``, ``factor``, ``sensitivity_usd``, ``risk_weight``, ``weighted_usd``
        One row per net risk factor.
    bucket_ids : list of str
        Order of the buckets in `charge`.
    charge : DeltaCharge
    """

    weighted: pd.DataFrame
    bucket_ids: list[str]
    charge: DeltaCharge


def sbm_delta(
    weighted: ArrayLike, bucket: ArrayLike, within: ArrayLike, across: ArrayLike, residual: ArrayLike
) -> DeltaCharge:
    """Delta charge of one risk class from its weighted sensitivities (MAR21.4).

    Parameters
    ----------
    weighted : array_like, shape (n,)
        Net sensitivity times risk weight of each risk factor, any unit.
    bucket : array_like of int, shape (n,)
        Bucket of each factor, 0 to b - 1.
    within : array_like, shape (n, n)
        rho between factors of one bucket, its diagonal 1; entries between buckets are not used.
    across : array_like, shape (b, b)
        gamma between buckets; its diagonal is not used.
    residual : array_like of bool, shape (b,)
        True for a bucket whose charge is the sum of the absolute weighted sensitivities (MAR21.79). It diversifies
        with no other bucket when its gammas are 0.

    Returns
    -------
    DeltaCharge

    Raises
    ------
    CapitalError
        If shapes do not fit, a figure is missing, or a correlation lies outside [-1, 1].
    """
    amounts, number = np.asarray(weighted, dtype=np.float64), np.asarray(bucket, dtype=np.intp)
    rho, gamma = np.asarray(within, dtype=np.float64), np.asarray(across, dtype=np.float64)
    is_residual = np.asarray(residual, dtype=np.bool_)
    n, n_buckets = len(amounts), len(is_residual)
    if number.shape != (n,) or rho.shape != (n, n) or gamma.shape != (n_buckets, n_buckets):
        raise CapitalError("Weighted sensitivities, buckets and correlations do not fit each other's shapes.")
    if n and not 0 <= number.min() <= number.max() < n_buckets:
        raise CapitalError("A sensitivity lies in a bucket that has no correlations.")
    if not np.isfinite(amounts).all():
        raise CapitalError("A weighted sensitivity is missing or infinite; a missing one is not zero.")
    for correlations in (rho, gamma):
        if not (np.abs(correlations) <= 1.0).all():
            raise CapitalError("A correlation is missing or outside -1 to 1.")
    totals, buckets, contributions = {}, {}, {}
    for scenario, scale in CORRELATION_SCENARIOS.items():
        rho_scaled, gamma_scaled = scale(rho), scale(gamma)
        free = _bucket_charges(amounts, number, rho_scaled, is_residual)
        totals[scenario], buckets[scenario] = _total(free, gamma_scaled)
        contributions[scenario] = _contributions(
            amounts, number, rho_scaled, gamma_scaled, is_residual, free, buckets[scenario], totals[scenario]
        )
    return DeltaCharge(totals, buckets, contributions, max(totals, key=totals.__getitem__))


def tenor_correlation(tenor_years: ArrayLike, theta: float, floor: float) -> FloatArray:
    """Correlate the tenors of one curve: ``max(exp(-theta |T_k - T_l| / min(T_k, T_l)), floor)`` (MAR21.46).

    Parameters
    ----------
    tenor_years : array_like, shape (n,), positive
    theta : float
        Decay, 0.03 under MAR21.46.
    floor : float
        Least correlation, 0.40 under MAR21.46.

    Returns
    -------
    ndarray, shape (n, n), its diagonal 1

    Raises
    ------
    CapitalError
        If a tenor is missing, infinite or not positive.
    """
    tenor = np.asarray(tenor_years, dtype=np.float64)
    if not (np.isfinite(tenor).all() and (tenor > 0.0).all()):
        raise CapitalError("A tenor is missing, infinite or not above zero; give it in years.")
    distance = np.abs(tenor[:, None] - tenor[None, :]) / np.minimum(tenor[:, None], tenor[None, :])
    return np.asarray(np.maximum(np.exp(-theta * distance), floor), dtype=np.float64)


def product_correlation(labels: Sequence[ArrayLike], factors: Sequence[float]) -> FloatArray:
    """Correlate by a product, with one factor for each label in which two risk factors differ (MAR21.45, MAR21.54).

    Parameters
    ----------
    labels : sequence of array_like, each shape (n,)
        What the risk factors are told apart by, such as issuer, tenor and basis.
    factors : sequence of float
        Factor of each label for two factors that differ in it; two that agree take 1.

    Returns
    -------
    ndarray, shape (n, n), its diagonal 1

    Raises
    ------
    CapitalError
        If there is not one factor a label, or the labels have different lengths.
    """
    columns = [np.asarray(label, dtype=object) for label in labels]
    if len(columns) != len(factors) or len({column.shape for column in columns}) != 1:
        raise CapitalError("Give labels of equal length and one factor for each of them.")
    rho = np.ones((len(columns[0]), len(columns[0])))
    for column, factor in zip(columns, factors, strict=True):
        rho *= np.where(column[:, None] == column[None, :], 1.0, factor)
    return rho


def equity_delta(sensitivities: pd.DataFrame, parameters: EquityDeltaParameters) -> EquityDelta:
    """Delta charge for equity risk (MAR21.12, MAR21.77 to MAR21.80).

    Parameters
    ----------
    sensitivities : DataFrame ``bucket``, ``issuer``, ``factor``, ``sensitivity_usd``
        `factor` spot or repo. Rows of one bucket, issuer and factor are netted first.
    parameters : EquityDeltaParameters

    Returns
    -------
    EquityDelta

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        If a bucket or factor is not known, an issuer or sensitivity is missing, or as in `sbm_delta`.
    """
    key = ["bucket", "issuer", "factor"]
    require_columns(sensitivities, "sensitivities", (*key, "sensitivity_usd"))
    if sensitivities[[*key, "sensitivity_usd"]].isna().to_numpy().any():
        raise CapitalError("A sensitivity lacks its bucket, issuer, factor or amount; a missing one is not zero.")
    net = sensitivities.groupby(key, sort=True)["sensitivity_usd"].sum().reset_index()
    weights = {"spot": parameters.spot_weights, "repo": parameters.repo_weights}
    unknown = [
        f"{factor} of bucket {name}"
        for name, factor in zip(net["bucket"], net["factor"], strict=True)
        if name not in weights.get(factor, {})
    ]
    if unknown:
        raise CapitalError(f"There is no risk weight for {unknown[0]}; factors are spot and repo.")
    net["risk_weight"] = [weights[factor][name] for name, factor in zip(net["bucket"], net["factor"], strict=True)]
    net["weighted_usd"] = net["sensitivity_usd"] * net["risk_weight"]
    names = sorted(net["bucket"].unique())
    lacking = sorted(
        {*names} - {*parameters.across.index} | ({*names} - {parameters.residual_bucket, *parameters.correlations})
    )
    if lacking:
        raise CapitalError(f"Bucket {lacking[0]} has no correlations; add it to the parameters.")
    charge = sbm_delta(
        net["weighted_usd"].to_numpy(),
        np.searchsorted(names, net["bucket"].to_numpy(dtype=str)),
        equity_correlation(net, parameters),
        parameters.across.loc[names, names].to_numpy(),
        np.array([name == parameters.residual_bucket for name in names], dtype=np.bool_),
    )
    return EquityDelta(net, names, charge)


def equity_correlation(net: pd.DataFrame, parameters: EquityDeltaParameters) -> FloatArray:
    """Correlate the equity risk factors of one bucket: issuers, and spot and repo (MAR21.78).

    Parameters
    ----------
    net : DataFrame ``bucket``, ``issuer``, ``factor``
    parameters : EquityDeltaParameters

    Returns
    -------
    ndarray, shape (n, n), its diagonal 1; entries between buckets mean nothing
    """
    issuer, factor = net["issuer"].to_numpy(dtype=object), net["factor"].to_numpy(dtype=object)
    of_bucket = np.array([parameters.correlations.get(name, 0.0) for name in net["bucket"]])
    same_issuer = issuer[:, None] == issuer[None, :]
    same_factor = factor[:, None] == factor[None, :]
    rho = np.where(same_issuer, 1.0, of_bucket[:, None]) * np.where(same_factor, 1.0, parameters.spot_repo_correlation)
    np.fill_diagonal(rho, 1.0)
    return np.asarray(rho, dtype=np.float64)


def _bucket_charges(
    amounts: FloatArray, number: NDArray[np.intp], rho: FloatArray, is_residual: NDArray[np.bool_]
) -> BucketCharge:
    k, s = np.zeros(len(is_residual)), np.zeros(len(is_residual))
    for bucket, residual in enumerate(is_residual):
        inside = np.flatnonzero(number == bucket)
        own = amounts[inside]
        s[bucket] = own.sum()
        k[bucket] = np.abs(own).sum() if residual else np.sqrt(max(0.0, float(own @ rho[np.ix_(inside, inside)] @ own)))
    return BucketCharge(k, s)


def _total(charge: BucketCharge, gamma: FloatArray) -> tuple[float, BucketCharge]:
    """Aggregate the buckets; where the sum under the root is negative, with S_b held within K_b (MAR21.4(5)(b))."""
    between = gamma.copy()
    np.fill_diagonal(between, 0.0)
    squared = (charge.k**2).sum() + charge.s @ between @ charge.s
    if squared < 0.0:
        charge = BucketCharge(charge.k, np.clip(charge.s, -charge.k, charge.k))
        squared = (charge.k**2).sum() + charge.s @ between @ charge.s
    return float(np.sqrt(max(0.0, squared))), charge


def _contributions(
    amounts: FloatArray,
    number: NDArray[np.intp],
    rho: FloatArray,
    gamma: FloatArray,
    is_residual: NDArray[np.bool_],
    free: BucketCharge,
    charge: BucketCharge,
    total: float,
) -> FloatArray:
    """Each amount times the derivative of the total; S_b that were held at K_b move with K_b (MAR21.4(5)(b))."""
    between = gamma.copy()
    np.fill_diagonal(between, 0.0)
    parts = np.zeros(len(amounts))
    if total == 0.0:
        return parts
    pull = between @ charge.s
    for bucket, residual in enumerate(is_residual):
        inside = np.flatnonzero(number == bucket)
        own, k = amounts[inside], charge.k[bucket]
        k_slope = np.zeros(len(own))
        if k > 0.0:
            k_slope = np.sign(own) if residual else rho[np.ix_(inside, inside)] @ own / k
        is_free = charge.s[bucket] == free.s[bucket]
        s_slope = np.ones(len(own)) if is_free else np.sign(charge.s[bucket]) * k_slope
        parts[inside] = own * (k * k_slope + pull[bucket] * s_slope) / total
    return parts
