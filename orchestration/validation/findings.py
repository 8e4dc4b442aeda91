"""One row of the report, and when a figure is close enough."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from python_models.errors import ModelError

DEFAULT_RELATIVE = 1e-6


class Verdict(StrEnum):
    """What became of a file or figure."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_RECOGNISED = "not recognised"
    TEXT = "text"
    DATA = "data"
    DOCUMENTATION = "documentation"
    NOT_COVERED = "not covered yet"


@dataclass(frozen=True)
class Finding:
    """A file, or one figure in it, and what became of it.

    Attributes
    ----------
    file : str
        Path below the case folder.
    field : str
        Where in the file; empty for the file as a whole.
    expected, got : object
        Figures, or texts; None where there is nothing to compare.
    difference : float or None
        ``got - expected``.
    tolerance : str
        How far apart they may be, in words.
    verdict : Verdict
    note : str
    source : str
        Who published the expected figures.
    """

    file: str
    field: str = ""
    expected: Any = None
    got: Any = None
    difference: float | None = None
    tolerance: str = ""
    verdict: Verdict = Verdict.NOT_RECOGNISED
    note: str = ""
    source: str = ""

    @property
    def case(self) -> str:
        """File and field in one."""
        return f"{self.file}: {self.field}" if self.field else self.file


def is_failure(finding: Finding) -> bool:
    """Say whether the finding makes the whole validation fail: a wrong figure, or one nobody understood."""
    return finding.verdict in (Verdict.FAIL, Verdict.NOT_RECOGNISED)


class Printed(float):
    """A number with the digits it was written with, so that they can set the tolerance."""

    def __new__(cls, text: str) -> Printed:
        """Read the number and keep its text."""
        number = super().__new__(cls, text)
        number.text = text.strip()
        return number

    text: str

    @property
    def half_unit(self) -> float:
        """Half a unit of the last digit; 0 for a whole number, whose digits say nothing about rounding."""
        if self == math.floor(self):
            return 0.0
        mantissa, _, exponent = self.text.lower().partition("e")
        decimals = len(mantissa.partition(".")[2])
        return 0.5 * 10.0 ** (int(exponent or 0) - decimals)


@dataclass(frozen=True)
class Tolerance:
    """How far a figure may be from the expected one: the larger of the two bounds.

    Attributes
    ----------
    absolute, relative : float
    words : str
        For the report.
    """

    absolute: float
    relative: float
    words: str

    def allows(self, expected: float, got: float) -> bool:
        """Say whether the figures agree; NaN agrees with nothing."""
        return abs(got - expected) <= max(self.absolute, self.relative * abs(expected)) * (1.0 + 1e-9)


#: For parameters, which are given and not worked out.
EQUAL = Tolerance(0.0, 1e-12, "equal")


def default_tolerance(expected: float) -> Tolerance:
    """1e-6 of the figure, or half a unit of its last printed digit where that is more."""
    half_unit = expected.half_unit if isinstance(expected, Printed) else 0.0
    if half_unit > DEFAULT_RELATIVE * abs(expected):
        return Tolerance(half_unit, 0.0, "printed digits")
    return Tolerance(0.0, DEFAULT_RELATIVE, f"{DEFAULT_RELATIVE:g} relative")


class Tolerances:
    """The tolerances a file states, as text, number or mapping; `default_tolerance` where it states none.

    A text may have several clauses, split by semicolons: ``1e-3 on the R output; 0.05% on Hull's printed``. The first
    counts for every field, a later one for sections whose name has one of its words.
    """

    def __init__(self, stated: object = None) -> None:
        self._clauses = list(_clauses(stated))

    def of(self, path: str, expected: float) -> Tolerance:
        """Find the tolerance of the field at this path."""
        words = set(re.findall(r"[a-z]{4,}", path.lower()))
        for tolerance, about in reversed(self._clauses[1:]):
            if words & about:
                return tolerance
        return self._clauses[0][0] if self._clauses else default_tolerance(expected)


def _clauses(stated: object) -> Iterator[tuple[Tolerance, set[str]]]:
    if isinstance(stated, Mapping):
        absolute = float(stated.get("absolute", stated.get("abs", stated.get("atol", 0.0))))
        relative = float(stated.get("relative", stated.get("rel", stated.get("rtol", 0.0))))
        yield Tolerance(absolute, relative, f"{absolute:g} or {relative:g} relative, stated"), set()
    elif isinstance(stated, int | float):
        yield Tolerance(float(stated), 0.0, f"{float(stated):g}, stated"), set()
    elif isinstance(stated, str):
        for clause in stated.split(";"):
            number = re.search(r"(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(%|relative|rel\b)?", clause)
            if number:
                size, unit = float(number[1]), number[2]
                about = set(re.findall(r"[a-z]{4,}", re.sub(r"\(.*", "", clause).lower()))
                if unit:
                    share = size / 100.0 if unit == "%" else size
                    yield Tolerance(0.0, share, f"{share:g} relative, stated"), about
                else:
                    yield Tolerance(size, 0.0, f"{size:g}, stated"), about


def compare(
    file: str,
    field: str,
    expected: object,
    got: object,
    tolerance: Tolerance | None = None,
    note: str = "",
) -> Finding:
    """Work out a figure and hold it against the expected one.

    Parameters
    ----------
    file, field : str
    expected : number or text
    got : number, text, or a callable that returns one
        An error of the calculation fails the case and is named.
    tolerance : Tolerance, optional
        `default_tolerance` by default; texts must be equal.
    note : str

    Returns
    -------
    Finding
    """
    try:
        ours = got() if callable(got) else got
    except ModelError as error:
        return Finding(file, field, expected, None, verdict=Verdict.FAIL, note=str(error))
    if isinstance(expected, str) or expected is None or isinstance(expected, bool):
        agrees = ours == expected
        return Finding(file, field, expected, ours, None, "equal", Verdict.PASS if agrees else Verdict.FAIL, note)
    if not isinstance(expected, int | float) or not isinstance(ours, int | float):
        return Finding(file, field, expected, ours, note=note or "expected a number or a text")
    allowed = tolerance or default_tolerance(expected)
    agrees = allowed.allows(float(expected), float(ours))
    difference = float(ours) - float(expected)
    verdict = Verdict.PASS if agrees else Verdict.FAIL
    return Finding(file, field, float(expected), float(ours), difference, allowed.words, verdict, note)


def text_only(file: str, field: str, value: object, note: str = "a description, not a figure") -> Finding:
    """Name a field that holds words."""
    return Finding(file, field, expected=value, verdict=Verdict.TEXT, note=note)


def with_source(findings: Iterable[Finding], source: str) -> Iterator[Finding]:
    """Say who published the expected figures."""
    return (replace(finding, source=source) for finding in findings)


@dataclass(frozen=True)
class CaseFile:
    """A file of a case folder.

    Attributes
    ----------
    path : Path
    name : str
        Path below the case folder, for the report.
    """

    path: Path
    name: str

    @property
    def folder(self) -> str:
        """Name of the folder it lies in."""
        return self.path.parent.name

    @property
    def stem(self) -> str:
        """File name up to its last underscore, which is the free part; the whole stem without one."""
        return self.path.stem.rpartition("_")[0] or self.path.stem
