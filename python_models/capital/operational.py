"""Operational risk: the standardised approach (Basel OPE25) and the basic indicator approach it replaced."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from python_models.capital.bands import Band, band_of, banded_amount
from python_models.errors import CapitalError


@dataclass(frozen=True)
class BusinessIndicator:
    """The business indicator and its parts, averaged over the years.

    Attributes
    ----------
    interest_component, services_component, financial_component : float
    """

    interest_component: float
    services_component: float
    financial_component: float

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return self.interest_component + self.services_component + self.financial_component


def business_indicator(
    *,
    interest_income: ArrayLike,
    interest_expense: ArrayLike,
    interest_earning_assets: ArrayLike,
    dividend_income: ArrayLike,
    other_operating_income: ArrayLike,
    other_operating_expense: ArrayLike,
    fee_income: ArrayLike,
    fee_expense: ArrayLike,
    trading_book_result: ArrayLike,
    banking_book_result: ArrayLike,
    interest_margin_cap: float,
) -> BusinessIndicator:
    """Work out the business indicator (OPE25.4, OPE25.5): absolute values year by year, then the mean of the years.

    ``ILDC = min(mean |II - IE|, cap * mean IEA) + mean DI``; ``SC = max(mean OOI, mean OOE) + max(mean FI, mean FE)``;
    ``FC = mean |net P&L TB| + mean |net P&L BB|``.

    Parameters
    ----------
    interest_income, interest_expense, interest_earning_assets, dividend_income : array_like, shape (years,)
    other_operating_income, other_operating_expense, fee_income, fee_expense : array_like, shape (years,)
        One amount a year, income and expense positive, one currency.
    trading_book_result, banking_book_result : array_like, shape (years,)
        Net profit or loss, a loss negative.
    interest_margin_cap : float
        Share of interest-earning assets that caps the interest margin, as a decimal.

    Returns
    -------
    BusinessIndicator, currency of the inputs

    Raises
    ------
    CapitalError
        If an amount is missing or the years differ in number.
    """
    years = [
        np.asarray(values, dtype=np.float64)
        for values in (
            interest_income,
            interest_expense,
            interest_earning_assets,
            dividend_income,
            other_operating_income,
            other_operating_expense,
            fee_income,
            fee_expense,
            trading_book_result,
            banking_book_result,
        )
    ]
    if any(values.ndim != 1 or values.shape != years[0].shape or not len(values) for values in years):
        raise CapitalError("Every item of the business indicator needs an amount for each of the same years.")
    if not all(np.isfinite(values).all() for values in years):
        raise CapitalError("An item of the business indicator is missing for a year; missing is not zero.")
    income, expense, assets, dividends, other_in, other_out, fees_in, fees_out, trading, banking = years
    margin = min(float(np.abs(income - expense).mean()), interest_margin_cap * float(assets.mean()))
    return BusinessIndicator(
        interest_component=margin + float(dividends.mean()),
        services_component=max(float(other_in.mean()), float(other_out.mean()))
        + max(float(fees_in.mean()), float(fees_out.mean())),
        financial_component=float(np.abs(trading).mean()) + float(np.abs(banking).mean()),
    )


def business_indicator_component(indicator: float, marginal_coefficients: Sequence[Band]) -> float:
    """Charge each part of the business indicator with the coefficient of its bucket (OPE25.7).

    Parameters
    ----------
    indicator : float
        Zero or more, in the currency of the buckets' edges (EUR).
    marginal_coefficients : sequence of Band
        Coefficient of each bucket, as decimals.

    Returns
    -------
    float
        Same currency.

    Raises
    ------
    CapitalError
        If the indicator is missing or negative, or the buckets do not cover every amount once.
    """
    return banded_amount(indicator, marginal_coefficients)


def bucket_of(indicator: float, marginal_coefficients: Sequence[Band]) -> int:
    """Find the bucket of a business indicator, 1 the lowest; an indicator on an edge is in the lower (OPE25.7)."""
    return band_of(indicator, marginal_coefficients)[0]


def loss_component(annual_losses: ArrayLike, multiple: float) -> float:
    """Multiply the mean annual loss (OPE25.8).

    Parameters
    ----------
    annual_losses : array_like, shape (years,)
        Losses of each year net of recoveries, zero in a year without, one currency.
    multiple : float
        15 under the Basel standard.

    Returns
    -------
    float

    Raises
    ------
    CapitalError
        If there is no year, or an amount is missing.
    """
    losses = np.asarray(annual_losses, dtype=np.float64)
    if losses.ndim != 1 or not len(losses) or not np.isfinite(losses).all():
        raise CapitalError(
            "The loss component needs the loss of each year; a year without losses is zero, not missing."
        )
    return multiple * float(losses.mean())


def internal_loss_multiplier(loss: float, indicator_component: float, exponent: float) -> float:
    """Scale the charge with the bank's own losses: ``ln(e - 1 + (LC / BIC)^exponent)`` (OPE25.8).

    Parameters
    ----------
    loss : float
        Loss component, zero or more.
    indicator_component : float
        Business indicator component, positive, same currency.
    exponent : float
        0.8 under the Basel standard.

    Returns
    -------
    float
        1 where the two are equal.

    Raises
    ------
    CapitalError
        If one of them is missing, the loss component negative or the indicator component not positive.
    """
    if not loss >= 0.0 or not indicator_component > 0.0:
        raise CapitalError("The internal loss multiplier needs a loss component of zero or more and a positive BIC.")
    return math.log(math.e - 1.0 + (loss / indicator_component) ** exponent)


def basic_indicator_charge(gross_income: ArrayLike, coefficient: float) -> float:
    """Work out the basic indicator approach: the mean of the years with positive gross income, times the coefficient.

    Basel II paragraphs 649 to 651 (OPE20 until 2022): years without positive gross income are left out of sum and
    count.

    Parameters
    ----------
    gross_income : array_like, shape (years,)
        A loss negative, one currency.
    coefficient : float
        15 % under Basel II, as a decimal.

    Returns
    -------
    float
        0 when no year was positive.

    Raises
    ------
    CapitalError
        If there is no year, or an amount is missing.
    """
    income = np.asarray(gross_income, dtype=np.float64)
    if income.ndim != 1 or not len(income) or not np.isfinite(income).all():
        raise CapitalError("The basic indicator approach needs the gross income of each year; one is missing.")
    positive = income[income > 0.0]
    return coefficient * float(positive.mean()) if len(positive) else 0.0
