"""Worked examples of capital: buffers, own funds, operational risk, leverage, CVA and the simplified charges.

What an example is about is read from its inputs (`capital_solvers`), not from its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from orchestration.errors import CaseNotRecognised
from orchestration.validation.capital_solvers import MONEY_UNITS, Results, plain, solve
from orchestration.validation.findings import (
    CaseFile,
    Finding,
    Tolerance,
    Tolerances,
    compare,
    text_only,
    with_source,
)
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json

_META: Final = {"id", "name", "topic", "inputs", "expected", "tolerancerel", "toleranceabs", "tolerance"}
_SOURCE: Final = "worked examples of supervisors, each named by its file"


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    is_ours = file.path.suffix == ".json" and file.path.stem.startswith("capital_examples")
    return "expected" if is_ours else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute every example of the file."""
    content = read_json(file.path)
    for key, value in content.items():
        if key in DESCRIPTIVE:
            yield text_only(file.name, key, value)
        elif key in {"examples", "cases"} and isinstance(value, list):
            for number, example in enumerate(value):
                yield from _example(file, number, example)
        else:
            yield Finding(file.name, key, note="a file of examples has the field examples")


def _example(file: CaseFile, number: int, example: object) -> Iterator[Finding]:
    where = f"examples[{number}]"
    if not isinstance(example, dict) or "inputs" not in example or "expected" not in example:
        yield Finding(file.name, where, note="an example has inputs and expected")
        return
    where = str(example.get("id", where))
    source = str(example.get("source", _SOURCE))
    yield from with_source(_figures(file, where, example), source)


def _figures(file: CaseFile, where: str, example: dict[str, Any]) -> Iterator[Finding]:
    for key, value in example.items():
        if plain(key) not in _META:
            yield text_only(file.name, f"{where} {key}", str(value))
    try:
        results = solve(str(example.get("topic", "")), example["inputs"])
    except CaseNotRecognised as error:
        yield Finding(file.name, where, note=str(error))
        return
    expected = example["expected"]
    for path, figure in leaves("", expected):
        name = plain(path)
        field = f"{where} {path}".strip()
        got = _find(results, name)
        if got is None:
            yield Finding(file.name, field, figure, note=f"known of this kind: {', '.join(sorted(results))}")
            continue
        if isinstance(figure, str) and is_number(got):
            yield text_only(file.name, field, figure)
            continue
        yield compare(file.name, field, figure, _in_unit(name, figure, got), _tolerance(example, path, figure))


def _find(results: Results, name: str) -> float | str | None:
    if name in results:
        return results[name]
    if not name and len(results) == 1:
        return next(iter(results.values()))
    if not name:
        return results.get("charge")
    scaled = re.fullmatch(r"bufferon[a-z]*?(\d+)", name)
    if scaled and "weightedrate" in results:
        return float(results["weightedrate"]) * float(scaled[1])
    for unit, size in MONEY_UNITS.items():
        stem = re.sub(rf"(eur|usd)?{unit}$", "", name)
        if stem != name and stem in results and is_number(results[stem]):
            return float(results[stem]) / size
    stem = re.sub(r"(pct|percent|ratio|usd|eur)$", "", name)
    return results.get(stem)


def _in_unit(name: str, figure: object, got: float | str) -> float | str:
    """Give a share in per cent when the name says so."""
    if is_number(got) and is_number(figure) and name.endswith(("pct", "percent")):
        return 100.0 * float(got)
    return got


def _tolerance(example: dict[str, Any], path: str, figure: object) -> Tolerance | None:
    stated = {plain(key): value for key, value in example.items()}
    relative, absolute = stated.get("tolerancerel"), stated.get("toleranceabs")
    if is_number(relative) or is_number(absolute):
        bounds = {"relative": relative or 0.0, "absolute": absolute or 0.0}
        return Tolerances(bounds).of(path, float(figure) if is_number(figure) else 0.0)
    if "tolerance" in stated and is_number(figure):
        return Tolerances(stated["tolerance"]).of(path, float(figure))
    return None
