"""Reading case files: JSON and CSV with the digits as written, price and return tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation.findings import Printed

DESCRIPTIVE = frozenset(
    {"source", "convention", "conventions", "tolerance", "tolerances", "note", "notes", "comment", "description",
     "basis", "title", "licence", "license", "formulas", "formula", "url"}
)  # fmt: skip


def read_json(path: Path) -> dict[str, Any]:
    """Read an object; its decimal numbers keep the digits they are written with.

    Raises
    ------
    CaseNotRecognised
        If the file is not JSON, or not an object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Printed)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CaseNotRecognised(f"not readable as JSON: {error}") from error
    if not isinstance(content, dict):
        raise CaseNotRecognised("not a JSON object with named fields")
    return content


def read_table(path: Path) -> pd.DataFrame:
    """Read a table of any of the formats that data sets come in.

    Raises
    ------
    CaseNotRecognised
        If the file is no table.
    """
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        if path.suffix in {".txt", ".tsv"}:
            return pd.read_csv(path, sep=r"\s+|\t", engine="python")
        return pd.read_csv(path, na_values=["NA"])
    except (ValueError, OSError) as error:
        raise CaseNotRecognised(f"not readable as a table: {error}") from error


def is_number(value: object) -> TypeGuard[int | float]:
    """Say whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Walk to every number or text below a value, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(f"{path}[{number}]", inner)
    else:
        yield path, value
