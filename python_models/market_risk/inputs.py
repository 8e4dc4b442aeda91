"""What every measure of market risk asks of its P&L and its level before it calculates."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import FloatArray
from python_models.errors import DegenerateError, LevelError, ScenarioError

_LEVEL_DECIMALS: Final = 12
_ROUNDING: Final = 1e-12
_SMALLEST_RANGE: Final = 1e-60


def as_pnl(pnl: ArrayLike, minimum: int = 1) -> FloatArray:
    """Read P&L of one series or several.

    Parameters
    ----------
    pnl : array_like, shape (n,) or (n_series, n)
        Gains positive, any unit.
    minimum : int
        Fewest observations the caller can work with.

    Returns
    -------
    ndarray of float64, same shape

    Raises
    ------
    ScenarioError
        If the shape is another, a P&L is NaN or infinite, or there are fewer observations than `minimum`.
    """
    values = np.asarray(pnl, dtype=np.float64)
    if values.ndim not in (1, 2) or values.shape[-1] == 0:
        raise ScenarioError(f"P&L has the shape {values.shape}; give scenarios on the last axis, at least one.")
    if not np.isfinite(values).all():
        raise ScenarioError(
            "The P&L of a scenario is missing or infinite; a scenario without P&L is not a gain of zero."
        )
    if values.shape[-1] < minimum:
        raise ScenarioError(f"{values.shape[-1]} observation(s) are too few; this measure needs at least {minimum}.")
    return values


def as_varying_pnl(pnl: ArrayLike, minimum: int = 2) -> FloatArray:
    """Read P&L for a measure that divides by its volatility.

    Parameters, returns
        As in `as_pnl`.

    Raises
    ------
    ScenarioError
        As in `as_pnl`.
    DegenerateError
        If all observations of a series are the same.
    """
    values = as_pnl(pnl, minimum)
    constant = np.atleast_1d(is_constant(values))
    if constant.any():
        raise DegenerateError(
            f"All observations of series {int(np.flatnonzero(constant)[0])} are the same; "
            "its volatility is zero, so leave it out."
        )
    return values


def is_constant(pnl: FloatArray) -> NDArray[np.bool_]:
    """Whether the observations of each series are the same but for rounding.

    Parameters
    ----------
    pnl : ndarray, shape (n,) or (n_series, n)

    Returns
    -------
    ndarray of bool, shape () or (n_series,)
        True where the range is not more than 1e-12 of the greatest amount, or so small that its powers vanish.
    """
    greatest, least = pnl.max(axis=-1), pnl.min(axis=-1)
    smallest_range = np.maximum(_ROUNDING * np.maximum(np.abs(greatest), np.abs(least)), _SMALLEST_RANGE)
    return np.asarray(greatest - least <= smallest_range)


def as_written(probability: float) -> Decimal:
    """Take a probability as the decimal it is written as.

    Parameters
    ----------
    probability : float, in (0, 1)

    Raises
    ------
    LevelError
        If it is outside.
    """
    if not 0.0 < probability < 1.0:
        raise LevelError(f"The probability {probability} is not between 0 and 1; write 1 % as 0.01.")
    return Decimal(repr(round(float(probability), _LEVEL_DECIMALS)))


def tail_probability(level: float) -> Decimal:
    """One minus a confidence level, in decimals: exactly 0.01 for 0.99.

    Parameters
    ----------
    level : float, in (0.5, 1)

    Raises
    ------
    LevelError
        If it is outside.
    """
    if not 0.5 < level < 1.0:
        raise LevelError(f"The confidence level {level} is not between 0.5 and 1; write 99 % as 0.99.")
    return 1 - as_written(level)
