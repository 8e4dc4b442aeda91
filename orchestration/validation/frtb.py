"""FRTB: parameters against our seeds, liquidity horizons and IMCC, and the equity delta charge."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation import arithmetic
from orchestration.validation.findings import (
    EQUAL,
    CaseFile,
    Finding,
    Printed,
    Tolerances,
    Verdict,
    compare,
    text_only,
    with_source,
)
from orchestration.validation.parameters import (
    equity_delta_parameters,
    liquidity_horizons,
    parameter_values,
    risk_category,
)
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json
from python_models.capital.internal_model import imcc, liquidity_horizon_es, stressed_es
from python_models.capital.sensitivities import CORRELATION_SCENARIOS, EquityDelta, equity_delta

#: Fields of a parameter file that hold the values of one parameter of the seed by key.
_BY_KEY: Final[Mapping[str, str]] = {
    "equity_rw": "equity_risk_weight",
    "equity_corr": "equity_correlation",
    "equity_gamma": "equity_gamma",
}
_SINGLE: Final[Mapping[str, str]] = {
    "girr_inflation_xccy_rw": "girr_inflation_and_basis_risk_weight",
    "girr_gamma": "girr_gamma",
    "fx_rw": "fx_risk_weight",
    "fx_gamma": "fx_gamma",
    "liquid_div": "girr_liquid_currency_divisor",
}
_FORMULA_TEXTS: Final = {"lh_formula", "girr_rho"}
_SOURCE: Final = "Basel Committee, MAR21 and MAR33, as tabulated and worked in tomanizer/frtb-capital (Apache-2.0)"


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    is_ours = file.path.suffix == ".json" and file.path.stem.startswith("frtb_")
    return "expected" if is_ours else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute a charge when the file has sensitivities, else hold its parameters and examples against ours."""
    content = read_json(file.path)
    findings = _charge(file, content) if "sensitivities" in content else _parameters(file, content)
    yield from with_source(findings, _SOURCE)


def _parameters(file: CaseFile, content: dict[str, Any]) -> Iterator[Finding]:
    values = parameter_values()
    for key, value in content.items():
        if key in DESCRIPTIVE or key in _FORMULA_TEXTS:
            note = "a formula in words; its figures are checked apart" if key in _FORMULA_TEXTS else "description"
            yield text_only(file.name, key, str(value), note)
        elif key in _BY_KEY and isinstance(value, dict):
            for name, figure in value.items():
                yield _against(file, f"{key}.{name}", figure, values[_BY_KEY[key]], name)
        elif key in _SINGLE:
            figure = (
                Printed(f"{arithmetic.evaluate(arithmetic.parse(value)):.15g}") if isinstance(value, str) else value
            )
            yield _against(file, key, figure, values[_SINGLE[key]], "all")
        elif key == "girr_tenors" and isinstance(value, list):
            tenors = sorted(float(tenor) for tenor in values["girr_risk_weight"])
            yield compare(file.name, key, _numbers(value), _numbers(tenors))
        elif key == "girr_rw" and isinstance(value, list):
            for tenor, figure in zip(content.get("girr_tenors", []), value, strict=False):
                yield _against(file, f"{key}[{tenor}]", figure, values["girr_risk_weight"], f"{float(tenor):g}")
            if len(value) != len(content.get("girr_tenors", [])):
                yield Finding(file.name, key, len(value), note="as many weights as girr_tenors has tenors are needed")
        elif key == "equity_repo_rw" and isinstance(value, str):
            yield from _repo_weights(file, key, value)
        elif key == "scenarios" and isinstance(value, dict):
            yield from _scenarios(file, value)
        elif key == "lh" and isinstance(value, dict):
            for name, figure in value.items():
                yield _against(file, f"{key}.{name}", figure, liquidity_horizons(), risk_category(name))
        elif key.startswith("lh_check") and isinstance(value, dict):
            yield from _horizon_example(file, key, value)
        elif key.startswith("imcc_check") and isinstance(value, dict):
            yield from _imcc_example(file, key, value)
        elif key.startswith(("stressed", "es_check")) and isinstance(value, dict):
            yield from _stressed_example(file, key, value)
        else:
            for path, leaf in leaves(key, value):
                yield Finding(file.name, path, leaf, note="no such parameter is in the seeds")


def _numbers(values: list[Any]) -> str:
    return ", ".join(f"{float(value):g}" for value in values)


def _against(file: CaseFile, where: str, figure: object, ours: Mapping[str, float], key: str) -> Finding:
    if key not in ours:
        return Finding(file.name, where, figure, note=f"'{key}' is not in the seed")
    return compare(file.name, where, figure, ours[key], EQUAL)


def _repo_weights(file: CaseFile, key: str, formula: str) -> Iterator[Finding]:
    parameters = equity_delta_parameters()
    expression = arithmetic.parse(formula)
    for bucket, spot in parameters.spot_weights.items():
        yield compare(
            file.name,
            f"{key}[{bucket}]",
            arithmetic.evaluate(expression, {"spot": spot}),
            parameters.repo_weights[bucket],
        )


def _scenarios(file: CaseFile, given: dict[str, Any]) -> Iterator[Finding]:
    """Hold the written rule of a scenario against ours on a grid of correlations; the row shows the worst."""
    grid = np.linspace(0.0, 1.0, 101)
    for name, formula in given.items():
        where = f"scenarios.{name}"
        if name not in CORRELATION_SCENARIOS or not isinstance(formula, str):
            yield Finding(file.name, where, formula, note="scenarios are low, medium and high")
            continue
        expression = arithmetic.parse(formula)
        expected = np.array([arithmetic.evaluate(expression, {"rho": float(rho)}) for rho in grid])
        ours = CORRELATION_SCENARIOS[name](grid)  # type: ignore[index]
        worst = int(np.argmax(np.abs(ours - expected)))
        note = f"largest difference of {len(grid)} correlations, at {grid[worst]:g}"
        yield compare(file.name, where, float(expected[worst]), float(ours[worst]), note=note)


def _horizon_example(file: CaseFile, key: str, example: dict[str, Any]) -> Iterator[Finding]:
    ladder = sorted({*liquidity_horizons().values()})
    given = {int(found[1]): float(value) for name, value in example.items() if (found := re.match(r"ES_?(\d+)$", name))}
    for name, value in example.items():
        where = f"{key}.{name}"
        if re.match(r"ES_?\d+$", name):
            yield text_only(file.name, where, "", "a setting")
        elif name in {"expected", "value"}:
            shortfalls = [given.get(days, 0.0) for days in ladder]
            figure = _last_number(value) if isinstance(value, str) else value
            yield compare(file.name, where, figure, partial(_horizon_es, shortfalls, ladder))
        elif name in DESCRIPTIVE:
            yield text_only(file.name, where, value)
        else:
            yield Finding(file.name, where, value, note="an example has ES10, ES20, ... and expected")
    if not {*given} <= {*ladder}:
        yield Finding(
            file.name, key, sorted({*given} - {*ladder}), verdict=Verdict.FAIL, note="not a liquidity horizon"
        )


def _horizon_es(shortfalls: list[float], ladder: list[int]) -> float:
    return float(liquidity_horizon_es(shortfalls, ladder))


def _last_number(text: str) -> Printed:
    """Take the figure after the last equals sign; a formula is worked out."""
    last = text.rpartition("=")[2].strip()
    if re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", last):
        return Printed(last)
    return Printed(f"{arithmetic.evaluate(arithmetic.parse(last)):.15g}")


def _imcc_example(file: CaseFile, key: str, example: dict[str, Any]) -> Iterator[Finding]:
    """Take the charges apart that the formula writes out, or read them from fields, and add them up ourselves."""
    weight = parameter_values()["imcc_unconstrained_weight"]["all"]
    formula = next((value for value in example.values() if isinstance(value, str) and "sqrt" in value), None)
    if is_number(example.get("unconstrained")) and isinstance(example.get("constrained"), list):
        whole, parts = float(example["unconstrained"]), [float(each) for each in example["constrained"]]
    elif formula is not None:
        whole, parts = _charges(formula.rpartition("=")[0] or formula, weight)
    else:
        raise CaseNotRecognised(f"{key} writes no charges out")
    for name, value in example.items():
        where = f"{key}.{name}"
        if name in {"unconstrained", "constrained"}:
            yield text_only(file.name, where, "", "a setting")
        elif name in {"expected", "value"}:
            figure = _last_number(value) if isinstance(value, str) else value
            yield compare(file.name, where, figure, lambda: float(imcc(whole, parts, weight)))
        elif name in DESCRIPTIVE:
            yield text_only(file.name, where, value)
        else:
            yield Finding(file.name, where, value, note="an example has a formula and its value")


def _charges(formula: str, weight: float) -> tuple[float, list[float]]:
    """Read ``w * C + (1 - w) * (C_1 + C_2 + ...)``: the charge with diversification and those without."""
    found = []
    for term in arithmetic.terms(arithmetic.parse(formula)):
        if not (isinstance(term, ast.BinOp) and isinstance(term.op, ast.Mult)):
            raise CaseNotRecognised(f"'{formula}' is not a weighted sum of two charges")
        found.append((arithmetic.evaluate(term.left), term.right))
    if len(found) != 2 or abs(found[0][0] - weight) > 1e-12 or abs(found[0][0] + found[1][0] - 1.0) > 1e-12:
        raise CaseNotRecognised(f"'{formula}' does not weigh its two charges with {weight:g} and {1 - weight:g}")
    return arithmetic.evaluate(found[0][1]), [arithmetic.evaluate(each) for each in arithmetic.terms(found[1][1])]


def _stressed_example(file: CaseFile, key: str, example: dict[str, Any]) -> Iterator[Finding]:
    names = {re.sub(r"[^a-z]", "", name.lower()): value for name, value in example.items()}
    inputs = [names.get(name) for name in ("esrs", "esfc", "esrc")]
    if not all(is_number(value) for value in inputs):
        raise CaseNotRecognised(f"{key} needs ES_RS, ES_FC and ES_RC")
    reduced_stressed, full, reduced = (float(value) for value in inputs)  # type: ignore[arg-type]
    for name, value in example.items():
        where = f"{key}.{name}"
        if name in {"expected", "value"}:
            figure = _last_number(value) if isinstance(value, str) else value
            yield compare(file.name, where, figure, lambda: float(stressed_es(reduced_stressed, full, reduced)))
        else:
            yield text_only(file.name, where, "", "a setting")


def _charge(file: CaseFile, content: dict[str, Any]) -> Iterator[Finding]:
    """Recompute an equity delta charge and its parts."""
    rows = content["sensitivities"]
    frame = pd.DataFrame(
        {
            "id": [row.get("sensitivity_id", str(number)) for number, row in enumerate(rows)],
            "bucket": [str(row["bucket"]) for row in rows],
            "issuer": [str(row["qualifier"]) for row in rows],
            "factor": [str(row["risk_factor"]).lower() for row in rows],
            "sensitivity_usd": [float(row["amount"]) for row in rows],
        }
    )
    result = equity_delta(frame, equity_delta_parameters())
    tolerances = Tolerances(content.get("tolerance"))
    for key, value in content.items():
        if key == "sensitivities":
            yield text_only(file.name, key, f"{len(rows)} sensitivities", "a setting")
        elif key in DESCRIPTIVE:
            yield text_only(file.name, key, value, "description")
        elif key == "expected" and isinstance(value, dict):
            for field, expected in value.items():
                yield from _expected_charge(file, field, expected, result, frame, tolerances)
        else:
            for path, leaf in leaves(key, value):
                yield Finding(file.name, path, leaf, note="not part of a delta charge")


def _expected_charge(
    file: CaseFile, field: str, expected: object, result: EquityDelta, frame: pd.DataFrame, tolerances: Tolerances
) -> Iterator[Finding]:
    where = f"expected.{field}"
    charge = result.charge

    def figure(name: str, wanted: object, ours: object) -> Finding:
        tolerance = tolerances.of(name, float(wanted)) if is_number(wanted) else None
        return compare(file.name, name, wanted, ours, tolerance)

    if field == "scenario_totals" and isinstance(expected, dict):
        for scenario, total in expected.items():
            yield figure(f"{where}.{scenario}", total, {**charge.totals}.get(scenario.lower()))
    elif field == "selected":
        for number, each in enumerate(_objects(expected)):
            for name, value in each.items():
                ours = {
                    "selected_capital": charge.capital,
                    "selected_scenario": charge.selected.upper(),
                    "risk_class": "EQUITY",
                    "risk_measure": "DELTA",
                }.get(name)
                yield figure(f"{where}[{number}].{name}", value, ours)
    elif field == "weighted":
        parameters = equity_delta_parameters()
        by_id: dict[str, dict[str, Any]] = {str(row["id"]): row for row in frame.to_dict("records")}  # type: ignore[misc]
        for each in _objects(expected):
            name = str(each.get("sensitivity_id"))
            if name not in by_id:
                yield Finding(file.name, f"{where}.{name}", name, note="no sensitivity of this id")
                continue
            row = by_id[name]
            weights = parameters.spot_weights if row["factor"] == "spot" else parameters.repo_weights
            weight = weights[row["bucket"]]
            ours = {"risk_weight": weight, "scaled_amount": float(row["sensitivity_usd"]) * weight}
            for part, value in each.items():
                if part != "sensitivity_id":
                    yield figure(f"{where}.{name}.{part}", value, ours.get(part))
    elif field.startswith("kb") or field in {"buckets", "bucket_charges"}:
        scenario = next((name for name in charge.totals if name in field), charge.selected)
        parts = charge.buckets[scenario]
        for each in _objects(expected):
            name = str(each.get("bucket_id", each.get("bucket")))
            if name not in result.bucket_ids:
                yield Finding(file.name, f"{where}.{name}", name, note="no sensitivity lies in this bucket")
                continue
            number = result.bucket_ids.index(name)
            ours = {"kb": float(parts.k[number]), "sb": float(parts.s[number])}
            for part, value in each.items():
                if part not in {"bucket_id", "bucket"}:
                    yield figure(f"{where}.{name}.{part}", value, ours.get(part))
    else:
        for path, leaf in leaves(where, expected):
            yield Finding(file.name, path, leaf, note="no such part of a delta charge is known")


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Walk to the objects in lists of lists."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
