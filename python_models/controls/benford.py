"""Benford's law: how the leading digits of amounts are distributed, and how far from it.

Source: M. J. Nigrini, Benford's Law: Applications for Forensic Accounting, Auditing, and Fraud Detection (Wiley, 2012),
chapters 1, 5 to 8; the mantissa arc test is of J. Alexander, Remarks on the Use of Benford's Law (2009).
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from python_models.arrays import FloatArray
from python_models.errors import BenfordError

Digits: TypeAlias = Literal["first", "second", "first_two"]
Conformity: TypeAlias = Literal[
    "close_conformity", "acceptable_conformity", "marginally_acceptable_conformity", "nonconformity"
]
IntArray: TypeAlias = NDArray[np.int64]

DIGITS: Final[tuple[Digits, ...]] = ("first", "second", "first_two")

_POWERS: Final = 10 ** np.arange(19, dtype=np.int64)
_LOWEST_COLLAPSED: Final = 10.0


class ConformityLimits(NamedTuple):
    """Greatest mean absolute deviation of each class; what is above the last does not conform.

    Attributes
    ----------
    close, acceptable, marginal : float, ascending
    """

    close: float
    acceptable: float
    marginal: float


class DigitStatistics(NamedTuple):
    """How far digits are from Benford's law.

    Attributes
    ----------
    amounts : int
    chi_square : float
        Pearson's statistic over the counts.
    degrees_of_freedom : int
        Number of digits less 1.
    chi_square_p_value : float
        Probability of a larger statistic if the law holds.
    mean_absolute_deviation : float
        Mean over the digits of the distance between observed and expected proportion.
    kolmogorov_smirnov : float
        Greatest distance between the cumulated proportions.
    """

    amounts: int
    chi_square: float
    degrees_of_freedom: int
    chi_square_p_value: float
    mean_absolute_deviation: float
    kolmogorov_smirnov: float


class MantissaStatistics(NamedTuple):
    """Fractional parts of the logarithms, which are uniform on [0, 1) under the law.

    Attributes
    ----------
    mean, variance : float
        1/2 and 1/12 under the law; sample variance, NaN below two amounts.
    arc_squared_length : float
        Squared distance from the origin of the centre of the mantissas on the unit circle; 0 under the law.
    arc_p_value : float
        Probability of a longer one if they are uniform.
    """

    mean: float
    variance: float
    arc_squared_length: float
    arc_p_value: float


def digits_tested(digits: Digits) -> IntArray:
    """List the digits of a test: 1 to 9, 0 to 9, or 10 to 99."""
    bounds = {"first": (1, 10), "second": (0, 10), "first_two": (10, 100)}
    return np.arange(*bounds[digits], dtype=np.int64)


def expected_proportions(digits: Digits) -> FloatArray:
    """Proportion of each digit under the law, in the order of `digits_tested`; they sum to 1."""
    if digits == "second":
        return expected_proportions("first_two").reshape(9, 10).sum(axis=0)
    return np.log10(1.0 + 1.0 / digits_tested(digits))


def leading_digits(amounts: ArrayLike, digits: Digits, decimals: int = 2) -> IntArray:
    """Read the leading digits of amounts as they are written.

    Parameters
    ----------
    amounts : array_like of float, shape (n,), positive
    digits : 'first', 'second' or 'first_two'
    decimals : int
        Decimals that the amounts have. Digits are those of whole units of the last one, so that 0.29 begins with 29 and
        not with the 28 of its binary fraction times 100. An amount of one digit has 0 as its second.

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    BenfordError
        If an amount is missing, infinite, not positive or less than a unit of its last decimal, or too large.
    """
    units = _units(amounts, decimals)
    width = np.searchsorted(_POWERS, units, side="right")
    pairs = np.where(width > 1, units // _POWERS[np.maximum(width - 2, 0)], units * 10)
    return {"first": pairs // 10, "second": pairs % 10, "first_two": pairs}[digits]


def digit_counts(amounts: ArrayLike, digits: Digits, decimals: int = 2) -> IntArray:
    """Count the amounts by leading digits, in the order of `digits_tested`; parameters as of `leading_digits`."""
    tested = digits_tested(digits)
    found = leading_digits(amounts, digits, decimals)
    return np.bincount(found - tested[0], minlength=len(tested)).astype(np.int64)


def digit_statistics(counts: ArrayLike, digits: Digits) -> DigitStatistics:
    """Measure how far counted digits are from the law.

    Parameters
    ----------
    counts : array_like of int, in the order of `digits_tested`
    digits : 'first', 'second' or 'first_two'

    Raises
    ------
    BenfordError
        If there is not one count for each digit, or nothing was counted.
    """
    observed, total, expected = _checked(counts, digits)
    gaps = observed - total * expected
    chi_square = float(np.sum(gaps**2 / (total * expected)))
    freedom = len(expected) - 1
    return DigitStatistics(
        amounts=int(total),
        chi_square=chi_square,
        degrees_of_freedom=freedom,
        chi_square_p_value=float(stats.chi2.sf(chi_square, freedom)),
        mean_absolute_deviation=float(np.mean(np.abs(gaps)) / total),
        kolmogorov_smirnov=float(np.max(np.abs(np.cumsum(gaps))) / total),
    )


def z_statistics(counts: ArrayLike, digits: Digits) -> FloatArray:
    """Distance of each digit's proportion in standard deviations, not negative, with continuity correction.

    Parameters
    ----------
    counts : array_like of int, in the order of `digits_tested`
    digits : 'first', 'second' or 'first_two'

    Returns
    -------
    ndarray of float64
        The correction of half an amount counts only where it is less than the distance.

    Raises
    ------
    BenfordError
        As in `digit_statistics`.
    """
    observed, total, expected = _checked(counts, digits)
    distance = np.abs(observed / total - expected)
    correction = 0.5 / total
    corrected = np.where(correction < distance, distance - correction, distance)
    return corrected / np.sqrt(expected * (1.0 - expected) / total)


def proportion_limits(amounts: int, digits: Digits, critical: float) -> tuple[FloatArray, FloatArray]:
    """Proportions of each digit beyond which `z_statistics` is above a critical value, lower and upper.

    Parameters
    ----------
    amounts : int
        How many amounts were counted; above 0.
    digits : 'first', 'second' or 'first_two'
    critical : float
        Critical value of the z statistic.

    Returns
    -------
    tuple of ndarray of float64
        In the order of `digits_tested`, within 0 and 1. The continuity correction widens both by half an amount.
    """
    expected = expected_proportions(digits)
    width = critical * np.sqrt(expected * (1.0 - expected) / amounts) + 0.5 / amounts
    return np.maximum(expected - width, 0.0), np.minimum(expected + width, 1.0)


def conformity(mean_absolute_deviation: float, limits: ConformityLimits) -> Conformity:
    """Name the class of a mean absolute deviation; a deviation at a limit is still in the class below it.

    Raises
    ------
    BenfordError
        If the limits do not ascend.
    """
    if not 0.0 < limits.close < limits.acceptable < limits.marginal:
        raise BenfordError(f"The limits {tuple(limits)} do not ascend; give close, acceptable and marginal.")
    if mean_absolute_deviation <= limits.close:
        return "close_conformity"
    if mean_absolute_deviation <= limits.acceptable:
        return "acceptable_conformity"
    if mean_absolute_deviation <= limits.marginal:
        return "marginally_acceptable_conformity"
    return "nonconformity"


def mantissa_statistics(amounts: ArrayLike) -> MantissaStatistics:
    """Measure the mantissas of positive amounts.

    Parameters
    ----------
    amounts : array_like of float, shape (n,), positive

    Raises
    ------
    BenfordError
        If there is no amount, or one is missing, infinite or not positive.
    """
    logarithms = np.log10(_positive(amounts))
    mantissas = logarithms - np.floor(logarithms)
    angles = 2.0 * np.pi * mantissas
    squared_length = float(np.mean(np.cos(angles)) ** 2 + np.mean(np.sin(angles)) ** 2)
    return MantissaStatistics(
        mean=float(np.mean(mantissas)),
        variance=float(np.var(mantissas, ddof=1)) if len(mantissas) > 1 else float("nan"),
        arc_squared_length=squared_length,
        arc_p_value=float(np.exp(-squared_length * len(mantissas))),
    )


def collapsed_mean(amounts: ArrayLike) -> float:
    """Mean of the amounts from 10 on, each moved by a power of ten into [10, 100); NaN where there is none."""
    values = _positive(amounts)
    values = values[values >= _LOWEST_COLLAPSED]
    if not len(values):
        return float("nan")
    return float(np.mean(10.0 * values / 10.0 ** np.floor(np.log10(values))))


def distortion_factor(amounts: ArrayLike) -> float:
    """Relative distance of the collapsed mean from that of a Benford set of as many amounts; negative: understated.

    Parameters
    ----------
    amounts : array_like of float, shape (n,), positive
        Amounts below 10 are left out.

    Returns
    -------
    float
        As a decimal; NaN where no amount is 10 or more.

    Raises
    ------
    BenfordError
        As in `mantissa_statistics`.
    """
    values = _positive(amounts)
    size = int(np.sum(values >= _LOWEST_COLLAPSED))
    if not size:
        return float("nan")
    expected = 90.0 / (size * (10.0 ** (1.0 / size) - 1.0))
    return collapsed_mean(values) / expected - 1.0


def _positive(amounts: ArrayLike) -> FloatArray:
    values = np.asarray(amounts, dtype=np.float64).ravel()
    if not len(values):
        raise BenfordError("There is no amount whose digits could be read; leave the population out.")
    if not np.isfinite(values).all() or (values <= 0.0).any():
        raise BenfordError(
            "An amount is missing, infinite, zero or negative; only positive amounts have a first digit."
        )
    return values


def _units(amounts: ArrayLike, decimals: int) -> IntArray:
    scaled = np.round(_positive(amounts) * 10.0**decimals)
    if (scaled < 1.0).any():
        raise BenfordError(f"An amount is less than a unit of its {decimals} decimals; state more decimals.")
    if (scaled >= float(_POWERS[-1])).any():
        raise BenfordError(f"An amount has more than 18 digits with {decimals} decimals; state fewer decimals.")
    return scaled.astype(np.int64)


def _checked(counts: ArrayLike, digits: Digits) -> tuple[FloatArray, float, FloatArray]:
    observed = np.asarray(counts, dtype=np.float64)
    expected = expected_proportions(digits)
    if observed.shape != expected.shape:
        raise BenfordError(f"The test of {digits} digits has {len(expected)} counts, not {observed.size}.")
    total = float(observed.sum())
    if total <= 0.0:
        raise BenfordError("Nothing was counted; leave the population out.")
    return observed, total, expected
