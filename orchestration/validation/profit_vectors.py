"""Quantiles and shortfalls that the Open Source Risk Engine prints for vectors of P&L.

Its rule is the inverted distribution: the k-th smallest P&L with k = ceil(n p), and the mean of those k, signed as P&L.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation.findings import CaseFile, Finding, Printed, compare, with_source
from orchestration.validation.reading import read_table
from python_models.arrays import FloatArray
from python_models.market_risk.historical import pnl_quantile, pnl_tail_mean

_KEYS: Final = ("Portfolio", "RiskClass", "RiskType")
_COLUMN: Final = re.compile(r"^(Quantile|ExpectedShortfall)_(\d*\.?\d+)$")
_MEASURES: Final = {"Quantile": pnl_quantile, "ExpectedShortfall": pnl_tail_mean}
_SOURCE: Final = "OpenSourceRisk/Engine, historical simulation VaR (modified BSD)"


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    if file.folder != "ore" or file.path.suffix != ".csv":
        return None
    first = file.path.stem.split("_")[0]
    return {"expected": "expected", "historical": "data"}.get(first)


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute every printed column of every row from the P&L vectors beside it."""
    vectors = sorted(file.path.parent.glob("historical_*.csv"))
    if not vectors:
        raise CaseNotRecognised("needs a file historical_*.csv with the P&L beside it")
    pnl = pd.concat([_vectors(path) for path in vectors], ignore_index=True)
    yield from with_source(_rows(file, pnl), _SOURCE)


def _rows(file: CaseFile, pnl: pd.DataFrame) -> Iterator[Finding]:
    with file.path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            key = tuple(row.get(name) or "" for name in _KEYS)
            label = "/".join(key)
            vector = _vector(pnl, key)
            for column, text in row.items():
                if column in _KEYS:
                    continue
                field = f"{label} {column}"
                known = _COLUMN.match(column or "")
                if known is None or not text:
                    yield Finding(file.name, field, text, note="no such column of a VaR report is known")
                elif vector is None:
                    yield Finding(file.name, field, text, note="no P&L of this portfolio and risk class beside it")
                else:
                    measure, probability = _MEASURES[known[1]], float(known[2])
                    yield compare(
                        file.name,
                        field,
                        Printed(text),
                        partial(_figure, measure, vector, probability),
                    )


def _figure(measure: Callable[..., FloatArray], pnl: FloatArray, probability: float) -> float:
    return float(measure(pnl, probability, "inverted_cdf"))


def _vectors(path: Path) -> pd.DataFrame:
    table = read_table(path)
    lacking = {*_KEYS, "PLAmount"} - set(table.columns)
    if lacking:
        raise CaseNotRecognised(f"{path.name} lacks the column {sorted(lacking)[0]}")
    return table


def _vector(pnl: pd.DataFrame, key: tuple[str, ...]) -> FloatArray | None:
    """P&L of the rows with this key; where no row says 'All', the sum over all of them by date."""
    rows = pnl
    summed = False
    for name, wanted in zip(_KEYS, key, strict=True):
        same = rows[rows[name] == wanted]
        if len(same):
            rows = same
        elif wanted == "All":
            summed = True
        else:
            return None
    if summed:
        by_date = rows.groupby(["PLDate1", "PLDate2"], sort=True)["PLAmount"].sum()
        return by_date.to_numpy(dtype=float)
    return rows["PLAmount"].to_numpy(dtype=float)
