"""Benford's law over the warehouse's tables: statistics of each population and quarter, and each of its digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from python_models.controls.benford import (
    DIGITS,
    ConformityLimits,
    Digits,
    conformity,
    digit_counts,
    digit_statistics,
    digits_tested,
    distortion_factor,
    expected_proportions,
    mantissa_statistics,
    proportion_limits,
    z_statistics,
)
from python_models.errors import FrameError
from python_models.frames import require_columns

_DECIMALS: Final = 12
_KEY: Final = ["population", "quarter"]
_COLUMNS: Final = [
    *_KEY, "digits", "amounts", "chi_square", "degrees_of_freedom", "chi_square_p_value",
    "mean_absolute_deviation", "conformity", "kolmogorov_smirnov", "mantissa_mean", "mantissa_variance",
    "arc_squared_length", "arc_p_value", "distortion_factor",
]  # fmt: skip
_DIGIT_COLUMNS: Final = [
    *_KEY, "digits", "digit", "observed_amounts", "observed_proportion", "expected_proportion", "lower_limit",
    "upper_limit", "z_statistic", "is_significant",
]  # fmt: skip


def benford_frame(amounts: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Hold the amounts of each population and quarter against the law.

    Parameters
    ----------
    amounts : DataFrame ``population``, ``quarter``, ``amount_usd``
        One row per amount; positive, to the cent.
    parameters : DataFrame ``parameter``, ``value``
        In force: ``BENFORD.<digits>.close``, ``.acceptable`` and ``.marginal`` for first, second and first_two.

    Returns
    -------
    DataFrame with a row per population, quarter and digits, sorted
        ``amounts`` counts them; the columns of `DigitStatistics`, ``conformity``, the columns of `MantissaStatistics`
        and ``distortion_factor``, which are of the amounts and the same for all digits. Rounded to 12 decimals.

    Raises
    ------
    FrameError
        If a column or a limit is missing.
    BenfordError
        As in `python_models.controls.benford.digit_counts`.
    """
    values = _values(parameters)
    limits = {
        digits: ConformityLimits(*(_of(values, f"BENFORD.{digits}.{name}") for name in ConformityLimits._fields))
        for digits in DIGITS
    }
    rows = []
    for key, column in _populations(amounts):
        mantissas = mantissa_statistics(column)
        distortion = distortion_factor(column)
        for digits in DIGITS:
            figures = digit_statistics(digit_counts(column, digits), digits)
            rows.append(
                (
                    *key,
                    digits,
                    figures.amounts,
                    figures.chi_square,
                    figures.degrees_of_freedom,
                    figures.chi_square_p_value,
                    figures.mean_absolute_deviation,
                    conformity(figures.mean_absolute_deviation, limits[digits]),
                    figures.kolmogorov_smirnov,
                    *mantissas,
                    distortion,
                )
            )
    return pd.DataFrame(rows, columns=_COLUMNS).round(_DECIMALS)


def benford_digits_frame(amounts: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Count the leading digits of each population and quarter beside what the law expects.

    Parameters
    ----------
    amounts : DataFrame
        As in `benford_frame`.
    parameters : DataFrame ``parameter``, ``value``
        In force: ``BENFORD.z_critical``, above which a digit is significantly off.

    Returns
    -------
    DataFrame with a row per population, quarter, digits and digit, sorted
        ``observed_amounts``, ``observed_proportion``, ``expected_proportion`` with the ``lower_limit`` and
        ``upper_limit`` between which a proportion is not significantly off, ``z_statistic``, ``is_significant``;
        rounded to 12 decimals.

    Raises
    ------
    FrameError, BenfordError
        As in `benford_frame`.
    """
    critical = _of(_values(parameters), "BENFORD.z_critical")
    parts = [_digits(key, column, digits, critical) for key, column in _populations(amounts) for digits in DIGITS]
    if not parts:
        return pd.DataFrame([], columns=_DIGIT_COLUMNS)
    return pd.concat(parts, ignore_index=True).round(_DECIMALS)


def _digits(key: tuple[str, str], column: np.ndarray, digits: Digits, critical: float) -> pd.DataFrame:
    counts = digit_counts(column, digits)
    z = z_statistics(counts, digits)
    lower, upper = proportion_limits(int(counts.sum()), digits, critical)
    return pd.DataFrame(
        {
            "population": key[0],
            "quarter": key[1],
            "digits": digits,
            "digit": digits_tested(digits),
            "observed_amounts": counts,
            "observed_proportion": counts / counts.sum(),
            "expected_proportion": expected_proportions(digits),
            "lower_limit": lower,
            "upper_limit": upper,
            "z_statistic": z,
            "is_significant": z > critical,
        }
    )


def _populations(amounts: pd.DataFrame) -> Iterator[tuple[tuple[str, str], np.ndarray]]:
    require_columns(amounts, "amounts", [*_KEY, "amount_usd"])
    for key, rows in amounts.groupby(_KEY, sort=True):
        yield (str(key[0]), str(key[1])), rows["amount_usd"].to_numpy(dtype=np.float64, na_value=np.nan)


def _values(parameters: pd.DataFrame) -> dict[str, float]:
    require_columns(parameters, "parameters", ["parameter", "value"])
    return dict(zip(parameters["parameter"].astype(str), parameters["value"].astype(float), strict=True))


def _of(values: dict[str, float], name: str) -> float:
    if name not in values:
        raise FrameError(f"The frame 'parameters' has no row {name} in force; add it to the seed sox_parameters.")
    return values[name]
