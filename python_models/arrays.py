"""The array types of the calculation room, and dates as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from python_models.errors import DateError

FloatArray: TypeAlias = NDArray[np.float64]
DateArray: TypeAlias = NDArray[np.datetime64]
DatesLike: TypeAlias = ArrayLike | Sequence[date]


def as_days(dates: DatesLike) -> DateArray:
    """Read dates of any resolution as ``datetime64[D]``.

    Parameters
    ----------
    dates : array_like of dates, any shape

    Returns
    -------
    ndarray of datetime64[D], same shape

    Raises
    ------
    DateError
        If a date is missing.
    """
    days = np.asarray(dates, dtype="datetime64[D]")
    if np.isnat(days).any():
        raise DateError("A date is missing; fill it in or leave its row out before calculating.")
    return days
