"""The supervisor's table of zones: zone, multiplier and cumulative probability of each count of exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from orchestration.validation.findings import (
    EQUAL,
    CaseFile,
    Finding,
    Printed,
    Tolerance,
    compare,
    text_only,
    with_source,
)
from orchestration.validation.parameters import plus_factor, zones
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json
from python_models.market_risk.backtesting import cumulative_probability, traffic_light

_OBSERVATIONS: Final = 250
_PROBABILITY: Final = 0.01
_SOURCE: Final = "Basel Committee, MAR32 and MAR99, and the plus factors of January 1996; probabilities are binomial"


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    return "expected" if file.path.suffix == ".json" and file.path.stem.startswith("backtest_traffic") else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Hold every row against the seed and the binomial distribution."""
    content = read_json(file.path)
    yield from with_source(_content(file, content), _SOURCE)


def _content(file: CaseFile, content: dict[str, Any]) -> Iterator[Finding]:
    observations = int(content.get("observations", _OBSERVATIONS))
    probability = float(content.get("probability", content.get("p", _PROBABILITY)))
    for key, value in content.items():
        if key in DESCRIPTIVE:
            yield text_only(file.name, key, value, "description")
        elif key in {"observations", "probability", "p"} and is_number(value):
            yield text_only(file.name, key, "", "a setting")
        elif key == "rows" and isinstance(value, list):
            for number, row in enumerate(value):
                yield from _row(file, number, row, observations, probability)
        else:
            for path, leaf in leaves(key, value):
                yield Finding(file.name, path, leaf, note="not a row of the table")


def _row(file: CaseFile, number: int, row: object, observations: int, probability: float) -> Iterator[Finding]:
    if not isinstance(row, dict) or not is_number(row.get("exceptions")):
        yield Finding(file.name, f"rows[{number}]", str(row), note="a row names its exceptions")
        return
    exceptions = int(row["exceptions"])
    zone, multiplier = traffic_light(exceptions, zones())
    ours = {
        "zone": lambda: str(zone),
        "multiplier_mar32": lambda: float(multiplier),
        "multiplier": lambda: float(multiplier),
        "cum_prob_pct": lambda: 100.0 * float(cumulative_probability(observations, exceptions, probability)),
        "cum_prob": lambda: float(cumulative_probability(observations, exceptions, probability)),
        "plus_factor_basel2_5": lambda: plus_factor(exceptions),
        "plus_factor": lambda: plus_factor(exceptions),
    }
    for field, expected in row.items():
        where = f"{exceptions} exceptions {field}"
        if field == "exceptions":
            continue
        if field not in ours:
            yield Finding(file.name, where, expected, note="no such column of the table is known")
        else:
            if isinstance(expected, str):
                expected = {"yellow": "amber"}.get(expected.lower(), expected.lower())
            yield compare(file.name, where, expected, ours[field], _tolerance(field, expected))


def _tolerance(field: str, expected: object) -> Tolerance | None:
    if field.startswith(("multiplier", "plus_factor")):
        return EQUAL
    if field.startswith("cum_prob") and isinstance(expected, Printed):
        # 100.0 and 99.6 stand in a column of two decimals of a per cent.
        unit = 0.005 if field.endswith("pct") else 0.00005
        return Tolerance(max(unit, expected.half_unit if expected.half_unit < unit else 0.0), 0.0, "printed digits")
    return None
