"""Capital buffers (Basel RBC30, RBC40, LEV40): countercyclical rate, conservation, the leverage ratio's buffer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from python_models.capital.bands import Band, band_of
from python_models.errors import CapitalError


def weighted_buffer_rate(private_credit_rwa: ArrayLike, national_rates: ArrayLike) -> float:
    """Weigh national countercyclical buffer rates with where the bank's private credit is (RBC30.10 to RBC30.14).

    Parameters
    ----------
    private_credit_rwa : array_like, shape (n,)
        Risk-weighted assets of exposures to the private sector, by country, zero or more, one currency.
    national_rates : array_like, shape (n,)
        Rate in force in each country, as a decimal.

    Returns
    -------
    float
        The bank's rate, as a decimal; 0 for a bank without private credit.

    Raises
    ------
    CapitalError
        If an amount or rate is missing or negative, or they differ in number.
    """
    amounts = np.asarray(private_credit_rwa, dtype=np.float64)
    rates = np.asarray(national_rates, dtype=np.float64)
    if amounts.ndim != 1 or amounts.shape != rates.shape:
        raise CapitalError(f"Risk-weighted assets {amounts.shape} and buffer rates {rates.shape} do not fit.")
    if not (np.isfinite(amounts).all() and np.isfinite(rates).all()):
        raise CapitalError("A country's risk-weighted assets or buffer rate is missing; give its rate, be it zero.")
    if (amounts < 0.0).any() or (rates < 0.0).any():
        raise CapitalError("Risk-weighted assets and buffer rates are zero or more.")
    total = float(amounts.sum())
    return float((amounts * rates).sum() / total) if total > 0.0 else 0.0


@dataclass(frozen=True)
class Conservation:
    """What a bank must keep of its earnings.

    Attributes
    ----------
    available_ratio : float
        CET1 left for the buffers once it has met the minima of CET1, Tier 1 and total capital, as a decimal of the
        risk-weighted assets; negative when a minimum is not met.
    share_of_buffer : float
        `available_ratio` over the combined buffer; 1 and more when the buffer is met.
    quarter : int or None
        Quarter of the buffer, 1 the lowest; None above the buffer.
    conservation_ratio : float
        Least share of earnings to keep, as a decimal; 0 above the buffer.
    rule_id : str
        Row of the seed that says so.
    """

    available_ratio: float
    share_of_buffer: float
    quarter: int | None
    conservation_ratio: float
    rule_id: str


def available_for_buffers(
    cet1_ratio: float, tier_1_ratio: float, total_ratio: float, minima: tuple[float, float, float]
) -> float:
    """Work out the CET1 that is left once it has met all minima, as a share of risk-weighted assets (RBC30.2, RBC30.4).

    CET1 first makes good what Additional Tier 1 and Tier 2 lack for the minima of Tier 1 and of total capital.

    Parameters
    ----------
    cet1_ratio, tier_1_ratio, total_ratio : float
        As decimals, each including the one before.
    minima : tuple of three floats
        Minimum of CET1, Tier 1 and total capital, as decimals.

    Returns
    -------
    float
        Decimal; negative when a minimum is not met.

    Raises
    ------
    CapitalError
        If a ratio is missing, or Tier 1 is less than CET1 or total capital less than Tier 1.
    """
    ratios = (cet1_ratio, tier_1_ratio, total_ratio)
    if not np.isfinite([*ratios, *minima]).all():
        raise CapitalError("A capital ratio or its minimum is missing.")
    if not cet1_ratio <= tier_1_ratio <= total_ratio:
        raise CapitalError("Tier 1 includes CET1, and total capital includes Tier 1: the ratios must not fall.")
    return float(min(ratio - minimum for ratio, minimum in zip(ratios, minima, strict=True)))


def conservation(available_ratio: float, combined_buffer: float, bands: Sequence[Band]) -> Conservation:
    """Say how much of its earnings a bank must keep (RBC30.4).

    Parameters
    ----------
    available_ratio : float
        From `available_for_buffers`.
    combined_buffer : float
        Conservation, countercyclical and systemic buffers together, as a decimal of risk-weighted assets.
    bands : sequence of Band
        Share of earnings to keep by the share of the buffer that is met; the last band is that of a met buffer.

    Returns
    -------
    Conservation

    Raises
    ------
    CapitalError
        If a figure is missing, the buffer negative, or the bands do not cover every share.
    """
    if not (np.isfinite(available_ratio) and np.isfinite(combined_buffer)) or combined_buffer < 0.0:
        raise CapitalError("The CET1 that is left for the buffers, or the buffer itself, is missing or negative.")
    if combined_buffer > 0.0:
        share = available_ratio / combined_buffer
    else:
        share = float("-inf") if available_ratio < 0.0 else float("inf")
    number, band = band_of(share, bands)
    return Conservation(
        available_ratio=available_ratio,
        share_of_buffer=share,
        quarter=None if number == len(bands) else number,
        conservation_ratio=band.value,
        rule_id=band.rule_id,
    )


def maximum_distributable_amount(distributable_profit: float, conservation_ratio: float) -> float:
    """Work out what may be paid in dividends, buy-backs, bonuses and AT1 coupons (RBC30.4).

    Parameters
    ----------
    distributable_profit : float
        Earnings before distributions; a loss leaves nothing to pay.
    conservation_ratio : float
        Share to keep, as a decimal.

    Returns
    -------
    float
        Currency of the earnings, zero or more.

    Raises
    ------
    CapitalError
        If the earnings are missing or the share is not between 0 and 1.
    """
    if not np.isfinite(distributable_profit) or not 0.0 <= conservation_ratio <= 1.0:
        raise CapitalError("The earnings are missing, or the share of them to keep is not between 0 and 1.")
    return float(max(distributable_profit, 0.0) * (1.0 - conservation_ratio))


@dataclass(frozen=True)
class LeverageRequirement:
    """What the leverage ratio must be.

    Attributes
    ----------
    minimum, buffer, requirement : float
        Decimals of the exposure measure; the last is the sum of the others.
    """

    minimum: float
    buffer: float
    requirement: float


def leverage_requirement(
    minimum: float,
    systemic_add_on: float,
    systemic_share: float,
    countercyclical_rate: float = 0.0,
    countercyclical_share: float = 0.0,
) -> LeverageRequirement:
    """Add the leverage ratio's buffer to its minimum (LEV20, LEV40.2).

    Parameters
    ----------
    minimum : float
        Minimum of Tier 1 over the exposure measure, as a decimal.
    systemic_add_on : float
        Higher loss absorbency of the risk-based framework, as a decimal of risk-weighted assets; 0 without one.
    systemic_share : float
        Part of it that is the leverage ratio's buffer: one half under the Basel standard.
    countercyclical_rate, countercyclical_share : float
        The bank's countercyclical buffer, and the part of it that counts: none under the Basel standard.

    Returns
    -------
    LeverageRequirement

    Raises
    ------
    CapitalError
        If a figure is missing or negative.
    """
    figures = (minimum, systemic_add_on, systemic_share, countercyclical_rate, countercyclical_share)
    if not np.isfinite(figures).all() or min(figures) < 0.0:
        raise CapitalError("The leverage ratio's minimum, add-ons and shares are zero or more; one is missing.")
    buffer = systemic_add_on * systemic_share + countercyclical_rate * countercyclical_share
    return LeverageRequirement(minimum=minimum, buffer=buffer, requirement=minimum + buffer)
