"""Risk weights under the internal ratings-based approach (Basel CRE31, CRE33): correlation, maturity, capital, loss."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from python_models.arrays import FloatArray
from python_models.errors import CapitalError, FrameError

COLUMNS = (
    "reporting_date", "exposure_id", "exposure_class", "irb_method", "is_defaulted", "ead_usd", "provisions_usd",
    "default_probability", "loss_given_default", "maturity_years", "correlation_low", "correlation_high",
    "correlation_decay", "sme_turnover_eur", "sme_min_turnover_eur", "sme_max_turnover_eur", "sme_reduction",
    "correlation_multiplier", "confidence_level", "slope_intercept",
    "slope_log", "reference_maturity_years", "rwa_multiplier", "scaling_factor", "weight_floor",
    "slotting_weight", "slotting_loss_rate", "rule_ids",
)  # fmt: skip


def asset_correlation(
    default_probability: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    decay: ArrayLike,
    reduction: ArrayLike = 0.0,
    multiplier: ArrayLike = 1.0,
) -> FloatArray:
    """Correlation of a borrower's assets with the economy (CRE31.5, CRE31.6, CRE31.8, CRE31.14 to CRE31.16).

    ``(low * f + high * (1 - f)) * multiplier - reduction`` with ``f = (1 - exp(-decay * PD)) / (1 - exp(-decay))``.

    Parameters
    ----------
    default_probability : array_like, shape (n,)
        One-year probability as a decimal.
    low, high : array_like
        Correlation at certain default and at none; equal where it does not depend on the probability.
    decay : array_like
        How fast it falls, positive: 50 for companies, 35 for retail.
    reduction : array_like
        Taken off for firm size, 0 to 0.04.
    multiplier : array_like
        1.25 for large or unregulated financial institutions.

    Returns
    -------
    ndarray, shape (n,)
    """
    probability = np.asarray(default_probability, dtype=np.float64)
    pace = np.asarray(decay, dtype=np.float64)
    weight = np.expm1(-pace * probability) / np.expm1(-pace)
    mixed = np.asarray(low, dtype=np.float64) * weight + np.asarray(high, dtype=np.float64) * (1.0 - weight)
    return np.asarray(mixed * np.asarray(multiplier) - np.asarray(reduction), dtype=np.float64)


def size_reduction(
    annual_turnover: ArrayLike, smallest: ArrayLike, largest: ArrayLike, at_most: ArrayLike
) -> FloatArray:
    """Reduction of the correlation for firm size (CRE31.8): ``at_most * (1 - (S - smallest) / (largest - smallest))``.

    Parameters
    ----------
    annual_turnover : array_like
        Below `smallest` it counts as `smallest`; there is no reduction above `largest` or where it is missing.
    smallest, largest : array_like
        In the unit of `annual_turnover`.
    at_most : array_like
        Reduction of the smallest firm.

    Returns
    -------
    ndarray

    Raises
    ------
    CapitalError
        If the bounds are not in order.
    """
    low, high = np.asarray(smallest, dtype=np.float64), np.asarray(largest, dtype=np.float64)
    if not np.all((low >= 0.0) & (low < high)):
        raise CapitalError(f"The turnover bounds {low} and {high} are missing or not in order.")
    size = np.clip(np.asarray(annual_turnover, dtype=np.float64), low, high)
    reduction = np.asarray(at_most, dtype=np.float64) * (1.0 - (size - low) / (high - low))
    return np.asarray(np.where(np.isnan(size), 0.0, reduction), dtype=np.float64)


def maturity_adjustment(
    default_probability: ArrayLike,
    maturity_years: ArrayLike,
    slope_intercept: ArrayLike,
    slope_log: ArrayLike,
    reference_years: ArrayLike,
) -> FloatArray:
    """Factor for the effective maturity (CRE31.7): ``(1 + (M - reference) b) / (1 - 1.5 b)``, 1 where M is missing.

    ``b = (slope_intercept - slope_log * ln(PD))^2``. At the reference maturity less a year and a half the factor is
    one, so 1.5 is the reference of 2.5 years less one year.

    Parameters
    ----------
    default_probability : array_like
        Positive decimals.
    maturity_years : array_like
        Effective maturity; NaN where the asset class has no adjustment.
    slope_intercept, slope_log, reference_years : array_like

    Returns
    -------
    ndarray
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (
            np.asarray(slope_intercept)
            - np.asarray(slope_log) * np.log(np.asarray(default_probability, dtype=np.float64))
        ) ** 2
        reference = np.asarray(reference_years, dtype=np.float64)
        years = np.asarray(maturity_years, dtype=np.float64)
        factor = (1.0 + (years - reference) * slope) / (1.0 - (reference - 1.0) * slope)
    return np.asarray(np.where(np.isnan(years), 1.0, factor), dtype=np.float64)


def capital_requirement(
    default_probability: ArrayLike,
    loss_given_default: ArrayLike,
    correlation: ArrayLike,
    adjustment: ArrayLike = 1.0,
    confidence_level: ArrayLike = 0.999,
) -> FloatArray:
    """Unexpected loss as a share of the exposure (CRE31.4), as a decimal, at least 0.

    ``[LGD N((G(PD) + sqrt(R) G(level)) / sqrt(1 - R)) - PD LGD] * adjustment``. An exposure that cannot default has
    none, and one in default none beyond its expected loss.

    Parameters
    ----------
    default_probability, loss_given_default, correlation, adjustment, confidence_level : array_like
        Decimals.

    Returns
    -------
    ndarray

    Raises
    ------
    CapitalError
        If a probability or loss lies outside 0 to 1, or a correlation outside 0 to 1 exclusive.
    """
    probability = np.asarray(default_probability, dtype=np.float64)
    loss = np.asarray(loss_given_default, dtype=np.float64)
    related = np.asarray(correlation, dtype=np.float64)
    for name, values, inside in (
        ("probability of default", probability, (probability >= 0.0) & (probability <= 1.0)),
        ("loss given default", loss, (loss >= 0.0) & (loss <= 1.5)),
        ("correlation", related, (related >= 0.0) & (related < 1.0)),
    ):
        if not np.all(inside):
            raise CapitalError(f"A {name} is missing or out of range: {values[~inside].ravel()[:3].tolist()}.")
    tail = ndtri(np.asarray(confidence_level, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        stressed = ndtr((ndtri(probability) + np.sqrt(related) * tail) / np.sqrt(1.0 - related))
        share = (loss * stressed - probability * loss) * np.asarray(adjustment, dtype=np.float64)
    share = np.where((probability == 0.0) | (probability == 1.0), 0.0, share)
    return np.asarray(np.maximum(share, 0.0), dtype=np.float64)


def irb_frame(inputs: pd.DataFrame) -> pd.DataFrame:
    """Work out capital and expected loss of exposures whose inputs stand beside them.

    Parameters
    ----------
    inputs : DataFrame
        The columns of `COLUMNS`, one row per reporting date and exposure; rates are decimals, amounts USD.
        ``irb_method`` is foundation, advanced or slotting. A slotted row needs its weight and loss rate only.

    Returns
    -------
    DataFrame
        Key, class, method, ``ead_usd``, ``provisions_usd``, the inputs of the function, ``correlation``,
        ``capital_requirement``, ``risk_weight``, ``rwa_before_supporting_factor_usd``, ``expected_loss_usd`` and
        ``rule_ids``. Figures of a row without the estimates its method needs are missing.

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        If an estimate is out of range.
    """
    absent = [name for name in COLUMNS if name not in inputs.columns]
    if absent:
        raise FrameError(f"The inputs of the risk-weight function lack {', '.join(absent)}.")
    number = {name: _numbers(inputs[name]) for name in COLUMNS[5:-1]}
    method = inputs["irb_method"].astype("object").to_numpy()
    slotted = method == "slotting"
    complete = ~slotted & ~np.isnan(number["default_probability"]) & ~np.isnan(number["loss_given_default"])
    complete &= np.isin(method, ("foundation", "advanced")) & ~np.isnan(number["correlation_high"])
    correlation, capital, weight = (np.full(len(inputs), np.nan) for _ in range(3))
    loss_rate = np.where(slotted, number["slotting_loss_rate"], np.nan)
    weight[slotted] = number["slotting_weight"][slotted]

    part = {name: values[complete] for name, values in number.items()}
    defaulted = inputs["is_defaulted"].astype("object").to_numpy()[complete] == True  # noqa: E712 nullable booleans
    correlation[complete] = asset_correlation(
        part["default_probability"],
        part["correlation_low"],
        part["correlation_high"],
        part["correlation_decay"],
        size_reduction(
            part["sme_turnover_eur"],
            part["sme_min_turnover_eur"],
            part["sme_max_turnover_eur"],
            part["sme_reduction"],
        ),
        part["correlation_multiplier"],
    )
    adjustment = maturity_adjustment(
        part["default_probability"],
        part["maturity_years"],
        part["slope_intercept"],
        part["slope_log"],
        part["reference_maturity_years"],
    )
    share = capital_requirement(
        part["default_probability"],
        part["loss_given_default"],
        correlation[complete],
        adjustment,
        part["confidence_level"],
    )
    # In default an own estimate is held against the best estimate of the loss, for which the provisions stand.
    with np.errstate(divide="ignore", invalid="ignore"):
        provided = np.where(part["ead_usd"] > 0.0, part["provisions_usd"] / part["ead_usd"], 0.0)
    advanced = method[complete] == "advanced"
    share = np.where(defaulted & advanced, np.maximum(part["loss_given_default"] - provided, 0.0), share)
    capital[complete] = share
    weight[complete] = np.maximum(part["rwa_multiplier"] * share * part["scaling_factor"], part["weight_floor"])
    loss_rate[complete] = np.where(
        defaulted & advanced,
        provided,
        part["default_probability"] * part["loss_given_default"],
    )
    return pd.DataFrame(
        {
            "reporting_date": inputs["reporting_date"].to_numpy(),
            "exposure_id": inputs["exposure_id"].to_numpy(),
            "exposure_class": inputs["exposure_class"].to_numpy(),
            "irb_method": method,
            "ead_usd": number["ead_usd"],
            "provisions_usd": number["provisions_usd"],
            "default_probability": np.where(slotted, np.nan, number["default_probability"]),
            "loss_given_default": np.where(slotted, np.nan, number["loss_given_default"]),
            "maturity_years": np.where(slotted, np.nan, number["maturity_years"]),
            "correlation": correlation,
            "capital_requirement": capital,
            "risk_weight": weight,
            "rwa_before_supporting_factor_usd": weight * number["ead_usd"],
            "expected_loss_usd": loss_rate * number["ead_usd"],
            "rule_ids": inputs["rule_ids"].to_numpy(),
        }
    )


def _numbers(column: pd.Series) -> FloatArray:
    return np.asarray(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan))
