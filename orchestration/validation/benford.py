"""Benford's law on published payments, and the names of deficiencies: through the functions and seeds of the marts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.lib.environment import DBT_PROJECT
from orchestration.validation.findings import EQUAL, CaseFile, Finding, compare, text_only, with_source
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json, read_table
from python_models.arrays import FloatArray
from python_models.controls.benford import (
    DIGITS,
    ConformityLimits,
    Digits,
    collapsed_mean,
    conformity,
    digit_counts,
    digit_statistics,
    digits_tested,
    expected_proportions,
    mantissa_statistics,
)

_SOURCE: Final = "Nigrini (2012), corporate payments of 2010, as analysed by the R package benford.analysis 0.1.5"
_DIGITS: Final[dict[str, Digits]] = {str(digits): digits for digits in DIGITS}
_WORDS: Final = DESCRIPTIVE | {"filter"}
_AMOUNT: Final = "Amount"
# The package measures distortion from the mean of a large Benford set and divides by the same with two digits swapped.
_PUBLISHED_MEAN: Final = 39.0865
_PUBLISHED_DIVISOR: Final = 39.0685


class _Case(NamedTuple):
    file: CaseFile
    amounts: FloatArray


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    if file.path.suffix == ".json" and file.path.stem.startswith(("benford_expected", "deficiency_definitions")):
        return "expected"
    is_data = file.path.suffix == ".parquet" and any(file.path.parent.glob("benford_expected*.json"))
    return "data" if is_data else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute every statistic of the file from the payments beside it, or look its definitions up in the seed."""
    content = read_json(file.path)
    if file.path.stem.startswith("deficiency_definitions"):
        yield from with_source(_severities(file, content), "PCAOB AS 2201")
    else:
        yield from with_source(_content(_Case(file, _payments(file.path.parent)), content), _SOURCE)


def _payments(folder: Path) -> FloatArray:
    tables = [read_table(path) for path in sorted(folder.glob("*.parquet"))]
    found = [table for table in tables if _AMOUNT in table.columns]
    if len(found) != 1:
        raise CaseNotRecognised(
            f"needs one table of payments with a column {_AMOUNT} beside it; there are {len(found)}"
        )
    amounts = found[0][_AMOUNT].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(amounts[amounts > 0.0], dtype=np.float64)


def _content(case: _Case, content: dict[str, Any]) -> Iterator[Finding]:
    for key, value in content.items():
        if key in _WORDS:
            yield text_only(case.file.name, key, value)
        elif key in _DIGITS and isinstance(value, dict):
            yield from _statistics(case, _DIGITS[key], value)
        elif key == "mad_thresholds" and isinstance(value, dict):
            yield from _thresholds(case.file, value)
        else:
            for path, leaf in leaves(key, value):
                yield Finding(case.file.name, path, leaf, note="a file has statistics by digits, and thresholds")


def _statistics(case: _Case, digits: Digits, given: dict[str, Any]) -> Iterator[Finding]:
    counts = digit_counts(case.amounts, digits)
    figures = digit_statistics(counts, digits)
    mantissas = mantissa_statistics(case.amounts)
    published = digit_statistics(_published_counts(case.amounts, digits), digits)
    distortion = 100.0 * (collapsed_mean(case.amounts) - _PUBLISHED_MEAN) / _PUBLISHED_DIVISOR
    ours: dict[str, tuple[object, str]] = {
        "N": (figures.amounts, ""),
        "chisq": (
            published.chi_square,
            f"digits of the binary product, as published; digits as written give {figures.chi_square:.5f}",
        ),
        "df": (figures.degrees_of_freedom, ""),
        "MAD": (figures.mean_absolute_deviation, ""),
        "conformity": (_words(conformity(figures.mean_absolute_deviation, _limits(digits))), ""),
        "mantissa_mean": (mantissas.mean, ""),
        "mantissa_var": (mantissas.variance, ""),
        "arc_L2": (mantissas.arc_squared_length, ""),
        "KS_D": (figures.kolmogorov_smirnov, ""),
        "distortion": (distortion, f"per cent, divided by {_PUBLISHED_DIVISOR} as published"),
    }
    for key, value in given.items():
        where = f"{digits}.{key}"
        if key in ours:
            yield compare(case.file.name, where, value, ours[key][0], note=ours[key][1])
        elif key == "freq" and isinstance(value, list) and len(value) == len(counts):
            for digit, expected, count in zip(digits_tested(digits), value, counts, strict=True):
                yield compare(case.file.name, f"{where}.{digit}", expected, float(count / figures.amounts))
        elif key == "largest" and isinstance(value, list):
            yield from _largest(case, where, value, digits)
        else:
            for path, leaf in leaves(where, value):
                yield Finding(case.file.name, path, leaf, note="no such statistic of digits is known")


def _largest(case: _Case, where: str, given: list[Any], digits: Digits) -> Iterator[Finding]:
    counts = digit_counts(case.amounts, digits)
    gaps = np.abs(counts - counts.sum() * expected_proportions(digits))
    order = np.argsort(-gaps, kind="stable")
    for number, pair in enumerate(given):
        if not isinstance(pair, list) or len(pair) != 2 or number >= len(order):
            yield Finding(case.file.name, f"{where}[{number}]", str(pair), note="a digit and its difference")
            continue
        place = int(order[number])
        yield compare(case.file.name, f"{where}[{number}].digit", pair[0], str(digits_tested(digits)[place]))
        yield compare(case.file.name, f"{where}[{number}].difference", pair[1], float(gaps[place]))


def _published_counts(amounts: FloatArray, digits: Digits) -> FloatArray:
    """Count digits of amount times power of ten in binary fractions, cut off: 0.29 begins with 28."""
    exponents = np.floor(np.log10(amounts)).astype(int)
    smallest, largest = int(exponents.min()), int(exponents.max())
    # Powers read from their decimal text are the nearest binary fractions; computed ones are not always.
    powers = np.array([float(f"1e{1 - exponent}") for exponent in range(smallest, largest + 1)])
    pairs = np.trunc(powers[exponents - smallest] * amounts).astype(int)
    found = {"first": pairs // 10, "second": pairs % 10, "first_two": pairs}[digits]
    tested = digits_tested(digits)
    return np.bincount(found - tested[0], minlength=len(tested)).astype(np.float64)


def _thresholds(file: CaseFile, given: dict[str, Any]) -> Iterator[Finding]:
    for digits, values in given.items():
        where = f"mad_thresholds.{digits}"
        if digits not in _DIGITS:
            yield text_only(file.name, where, str(values), "limits of digits that the warehouse does not test")
            continue
        for name, expected, ours in zip(ConformityLimits._fields, values, _limits(_DIGITS[digits]), strict=True):
            yield compare(file.name, f"{where}.{name}", expected, ours, EQUAL, f"BENFORD.{digits}.{name}")


def _limits(digits: Digits) -> ConformityLimits:
    rows = _seed("sox_parameters")
    values = rows[rows["valid_to"].isna()].set_index("parameter")["value"]
    return ConformityLimits(*(float(values[f"BENFORD.{digits}.{name}"]) for name in ConformityLimits._fields))


def _severities(file: CaseFile, content: dict[str, Any]) -> Iterator[Finding]:
    severities = set(_seed("sox_severities")["severity"])
    for key, value in content.items():
        if key in DESCRIPTIVE or key == "rules":
            yield text_only(file.name, key, str(value))
        elif is_number(value):
            yield Finding(file.name, key, value, note="a definition is in words")
        else:
            yield compare(file.name, key, key, key if key in severities else None, note="a severity of the seed")


def _seed(name: str) -> pd.DataFrame:
    return pd.read_csv(DBT_PROJECT / "seeds" / "sox" / f"{name}.csv")


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
