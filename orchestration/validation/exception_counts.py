"""Backtests of counts: Kupiec, Christoffersen, traffic light, first failure, binomial, Acerbi-Szekely.

An example names its test in the last part of its id (``ML-POF``) and gives counts beside the figures they lead to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from orchestration.validation.findings import (
    CaseFile,
    Finding,
    Printed,
    Tolerance,
    compare,
    default_tolerance,
    text_only,
)
from orchestration.validation.findings import with_source as _with_source
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json
from python_models.market_risk.backtesting import (
    acerbi_szekely_z2,
    acerbi_szekely_z2_of_sum,
    binomial_test,
    christoffersen_independence,
    conditional_coverage,
    cumulative_probability,
    kupiec,
    time_until_first_failure,
    traffic_light_increase,
)

#: Spellings of the counts that go in.
_INPUTS: Final[Mapping[str, str]] = {
    "n": "n", "observations": "n", "obs": "n", "nobs": "n", "t": "n",
    "x": "x", "failures": "x", "exceptions": "x", "breaches": "x", "violations": "x",
    "p": "p", "pvar": "p", "probability": "p", "tail": "p",
    "level": "level", "varlevel": "level", "confidencelevel": "level",
    "n00": "n00", "n01": "n01", "n10": "n10", "n11": "n11",
    "firstfailure": "first", "first": "first", "tuffdays": "first", "v": "first",
    "sumratio": "ratios", "sumlossovere": "ratios", "ratios": "ratios", "sumlosses": "ratios",
    "observedseverity": "observed_severity", "expectedseverity": "expected_severity",
    "losses": "losses", "es": "shortfalls", "isexception": "hits",
    "testlevel": "testlevel", "missing": "missing", "var": "var",
}  # fmt: skip

#: Spellings of the figures that come out, by test.
_LIKELIHOOD: Final = {"lr", "lratio", "lrstat", "statistic", "stat", "teststatistic", "lrpof", "lratiopof", "lrcci",
                      "lratiocci", "lrcc", "lratiocc", "lrtuff", "lratiotuff", "chi2"}  # fmt: skip
_P_VALUE: Final = {"pvalue", "pval", "pvaluepof", "pvaluecci", "pvaluecc", "pvaluetuff", "pvaluebin"}
_SCORE: Final = {"z", "zscore", "zscorebin", "statistic", "stat", "teststatistic"}
_AMBER: Final = {"amber", "yellow"}
_ZONE_BOUNDS: Final = (0.95, 0.9999)
_SOURCE: Final = "MathWorks, Risk Management Toolbox documentation"


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    return "expected" if file.path.suffix == ".json" and file.stem == "backtest_tests" else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute every example."""
    content = read_json(file.path)
    yield from _with_source(_content(file, content), _SOURCE)


def _content(file: CaseFile, content: dict[str, Any]) -> Iterator[Finding]:
    for key, value in content.items():
        if key in DESCRIPTIVE:
            yield text_only(file.name, key, "", "description")
        elif isinstance(value, list) and all(isinstance(example, dict) for example in value):
            for number, example in enumerate(value):
                yield from _example(file, str(example.get("id", f"{key}[{number}]")), example)
        elif isinstance(value, dict):
            yield from _example(file, key, value)
        else:
            for path, leaf in leaves(key, value):
                yield Finding(file.name, path, leaf, note="not an example of a backtest")


def _example(file: CaseFile, name: str, example: dict[str, Any]) -> Iterator[Finding]:
    kind = re.sub(r"[^A-Z0-9]", "", re.split(r"[-:/ ]", name, maxsplit=1)[-1].upper())
    inputs, rest = _split(example, kind)
    figures = _figures(kind, inputs)
    for field, expected in rest.items():
        where = f"{name} {field}"
        ours = figures.get(_spelling(field))
        if field in {"id", *DESCRIPTIVE}:
            yield text_only(file.name, where, expected)
        elif ours is None:
            note = "no figure of this name follows from the counts given" if figures else "this test is not known"
            for path, leaf in leaves(where, expected):
                yield Finding(file.name, path, leaf, note=note)
        else:
            if isinstance(expected, str):
                expected = "amber" if expected.lower() in _AMBER else expected.lower()
            tolerance = _tolerance(expected, ours, kind, inputs, _spelling(field)) if is_number(expected) else None
            yield compare(file.name, where, expected, ours, tolerance)


def _split(example: dict[str, Any], kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what goes in from what comes out. In a summary the level goes in, expected and ratio come out."""
    inputs: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for field, value in example.items():
        meaning = _INPUTS.get(_spelling(field))
        # A traffic light's Probability is the cumulative one that comes out.
        comes_out = kind.startswith("TL") and _spelling(field) == "probability"
        if meaning is None or comes_out or isinstance(value, str):
            rest[field] = value
        else:
            inputs[meaning] = value
    if "level" in inputs and "p" not in inputs:
        inputs["p"] = round(1.0 - float(inputs["level"]), 12)
    return inputs, rest


def _spelling(field: str) -> str:
    return re.sub(r"[^a-z0-9]", "", field.lower())


def _figures(kind: str, given: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """Figures that follow from the counts, by every name they go by."""
    n: Any = given.get("n")
    x: Any = given.get("x")
    p: Any = given.get("p")
    pairs: list[Any] = [given.get(name) for name in ("n00", "n01", "n10", "n11")]
    has_counts = n is not None and x is not None and p is not None
    has_pairs = all(count is not None for count in pairs)
    figures: dict[str, Callable[[], Any]] = {}

    def both(statistic: set[str], test: Callable[[], Any]) -> None:
        figures.update({name: lambda: float(test().statistic) for name in statistic})
        figures.update({name: lambda: float(test().p_value) for name in _P_VALUE})

    if kind.startswith("POF") and has_counts:
        both(_LIKELIHOOD, lambda: kupiec(n, x, p))
    elif kind.startswith("CCI") and has_pairs:
        both(_LIKELIHOOD, lambda: christoffersen_independence(*pairs))
    elif kind.startswith("CC") and has_counts and has_pairs:
        both(_LIKELIHOOD, lambda: conditional_coverage(n, x, p, *pairs))
        figures["lratiopof"] = figures["lrpof"] = lambda: float(kupiec(n, x, p).statistic)
        figures["pvaluepof"] = lambda: float(kupiec(n, x, p).p_value)
        figures["lratiocci"] = figures["lrcci"] = lambda: float(christoffersen_independence(*pairs).statistic)
        figures["pvaluecci"] = lambda: float(christoffersen_independence(*pairs).p_value)
    elif kind.startswith("TUFF") and given.get("first") is not None and p is not None:
        both(_LIKELIHOOD, lambda: time_until_first_failure(given["first"], p))
    elif kind.startswith("BIN") and has_counts:
        both(_SCORE, lambda: binomial_test(n, x, p))
    elif kind.startswith("TL") and has_counts:
        figures |= _traffic_light(n, x, p)
    elif kind.startswith(("ASZ2", "AS", "ES", "UNCONDITIONAL", "Z2")):
        figures |= _shortfall(given)
    if has_counts:
        figures |= {
            "observed": lambda: 1.0 - float(x) / float(n),
            "observedlevel": lambda: 1.0 - float(x) / float(n),
            "expected": lambda: float(n) * float(p),
            "expectedfailures": lambda: float(n) * float(p),
        }
        figures.setdefault("ratio", lambda: float(x) / (float(n) * float(p)))
    decision = figures.get("pvalue")
    if decision is not None:
        # A test rejects below 5 % unless the example says another test level.
        size = round(1.0 - float(given.get("testlevel", 0.95)), 12)

        def verdict() -> str:
            return "reject" if decision() < size else "accept"

        figures |= dict.fromkeys(("decision", "result", kind.lower()), verdict)
    return figures


def _traffic_light(n: int, x: int, p: float) -> dict[str, Callable[[], Any]]:
    def at_most() -> float:
        return float(cumulative_probability(n, x, p))

    def at_least() -> float:
        return 1.0 - float(cumulative_probability(n, x - 1, p)) if x > 0 else 1.0

    def zone() -> str:
        return ("green", "amber", "red")[int(np.searchsorted(_ZONE_BOUNDS, at_most(), side="right"))]

    def increase() -> float:
        inside = {"green": 0.0, "red": 1.0}
        return inside[zone()] if zone() in inside else float(traffic_light_increase(n, x, p))

    return {
        **dict.fromkeys(("tl", "zone", "result", "light"), zone),
        **dict.fromkeys(("prob", "probability", "cumprob", "cumulativeprobability"), at_most),
        **dict.fromkeys(("typei", "type1", "typeierror", "type1error"), at_least),
        **dict.fromkeys(("increase", "plusfactor", "scalingincrease"), increase),
    }


def _shortfall(given: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """Z2 from the series, from the sum of loss / ES, or from mean severities where ES / VaR is the same on all days."""
    n, x, p = given.get("n"), given.get("x"), given.get("p")
    names = ("teststatistic", "statistic", "stat", "z2", "asz2", "z")
    if p is None:
        return {}
    if all(name in given for name in ("losses", "shortfalls")):
        losses, shortfalls = np.array(given["losses"], float), np.array(given["shortfalls"], float)
        hits = np.array(given.get("hits", losses > np.array(given.get("var", np.inf), float)), bool)
        return dict.fromkeys(names, lambda: float(acerbi_szekely_z2(losses, shortfalls, hits, float(p))))
    if n is None:
        return {}
    if "ratios" in given:
        total = float(np.sum(np.array(given["ratios"], float)))
        return dict.fromkeys(names, lambda: float(acerbi_szekely_z2_of_sum(total, n, p)))
    if x is not None and "observed_severity" in given and "expected_severity" in given:
        total = float(x) * float(given["observed_severity"]) / float(given["expected_severity"])
        figures = dict.fromkeys(names, lambda: float(acerbi_szekely_z2_of_sum(total, n, p)))
        figures["ratio"] = lambda: float(given["observed_severity"]) / float(given["expected_severity"])
        return figures
    return {}


def _tolerance(expected: float, ours: Callable[[], Any], kind: str, given: dict[str, Any], field: str) -> Tolerance:
    """Allow the printed digits of the figure, and what the rounding of printed inputs can move it by."""
    tolerance = default_tolerance(expected)
    moved = 0.0
    for name in ("observed_severity", "expected_severity", "ratios"):
        value = given.get(name)
        if isinstance(value, Printed):
            shifted = _figures(kind, given | {name: float(value) + value.half_unit}).get(field)
            moved += abs(shifted() - ours()) if shifted else 0.0
    if moved == 0.0:
        return tolerance
    total = max(tolerance.absolute, tolerance.relative * abs(float(expected))) + moved
    return Tolerance(total, 0.0, "printed digits of figure and inputs")
