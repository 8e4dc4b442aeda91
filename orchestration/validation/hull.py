"""Hull's four-index historical simulation, and any other portfolio of the same indices.

Prices in local currency are turned into USD by the rate in the column to the right: a rate named ``USDxxx`` is USD per
unit and multiplies, one named ``xxxUSD`` is units per USD and divides. Scenario i is the move from row i to row i + 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.special import ndtri

from orchestration.errors import CaseNotRecognised
from orchestration.validation.findings import CaseFile, Finding, Tolerances, compare, text_only, with_source
from orchestration.validation.levels import level_of
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json, read_table
from python_models.arrays import FloatArray
from python_models.market_risk.decomposition import component_normal_risk, component_normal_shortfall
from python_models.market_risk.historical import expected_shortfall, value_at_risk
from python_models.market_risk.parametric import moments
from python_models.market_risk.scenarios import delta_gamma_pnl, historical_scenarios

_MEASURE: Final = re.compile(r"^(VaR|ES)_?(\d+(?:\.\d+)?)(?:_(.+))?$", re.IGNORECASE)
_WORDS: Final = {
    "hs": "order_statistic",
    "historical": "order_statistic",
    "order": "order_statistic",
    "statistic": "order_statistic",
    "quantile": "linear",
    "type7": "linear",
    "linear": "linear",
    "type1": "inverted_cdf",
    "normal": "normal",
    "parametric": "normal",
    "param": "normal",
    "gaussian": "normal",
}
_FILLERS: Final = {"sample", "cov", "zero", "mean", "zeromean"}
_SOURCE: Final = (
    "J. Hull, Risk Management and Financial Institutions, four-index example; figures of R from mlozanoqf/tutorial_pmf"
)


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    if file.folder != "hull":
        return None
    if file.path.suffix == ".json" and file.path.stem.split("_")[0] == "expected":
        return "expected"
    return "data" if file.path.suffix in {".txt", ".csv", ".tsv"} else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute every figure of an expected file from the price table beside it."""
    content = read_json(file.path)
    tables = sorted(path for path in file.path.parent.iterdir() if path.suffix in {".txt", ".csv", ".tsv"})
    if len(tables) != 1:
        raise CaseNotRecognised(f"needs one table of index levels beside it, found {len(tables)}")
    index_returns = _usd_returns(tables[0])
    scope = _Scope(file, index_returns, Tolerances(content.get("tolerance")))
    yield from with_source(_section(scope, "", content, _Setting({}, None, None)), _SOURCE)


class _Scope(NamedTuple):
    file: CaseFile
    returns: dict[str, FloatArray]
    tolerances: Tolerances


class _Setting(NamedTuple):
    """What a section inherits: amounts by index, the number of scenarios, whether the mean is taken as zero."""

    amounts: dict[str, float]
    scenarios: int | None
    zero_mean: bool | None


def _usd_returns(path: Path) -> dict[str, FloatArray]:
    table = read_table(path)
    names = [str(name) for name in table.columns]
    returns = {}
    for number, name in enumerate(names):
        if "USD" in name.upper():
            continue
        prices = table[name].to_numpy(dtype=np.float64)
        rate = names[number + 1] if number + 1 < len(names) and "USD" in names[number + 1].upper() else None
        if rate is not None:
            rates = table[rate].to_numpy(dtype=np.float64)
            prices = prices * rates if rate.upper().startswith("USD") else prices / rates
        returns[name] = prices[1:] / prices[:-1] - 1.0
    return returns


def _section(scope: _Scope, path: str, section: dict[str, Any], setting: _Setting) -> Iterator[Finding]:
    for key, value in section.items():
        if key.lower().startswith("portfolio") and isinstance(value, dict):
            setting = setting._replace(amounts={str(name): float(amount) for name, amount in value.items()})
        elif key in {"n_scenarios", "scenarios", "window"} and is_number(value):
            setting = setting._replace(scenarios=int(value))
    if "printed" in path or "zero_mean" in path:
        setting = setting._replace(zero_mean=True)
    for key, value in section.items():
        where = f"{path}.{key}" if path else key
        is_setting = key.lower().startswith("portfolio") or key in {"n_scenarios", "scenarios", "window"}
        if is_setting or (key in DESCRIPTIVE and not isinstance(value, dict)):
            yield text_only(
                scope.file.name, where, "" if is_setting else value, "a setting" if is_setting else "description"
            )
        elif isinstance(value, dict) and key != "scenario_loss":
            yield from _section(scope, where, value, setting)
        else:
            yield from _field(scope, where, key, value, setting)


def _field(scope: _Scope, where: str, key: str, value: object, setting: _Setting) -> Iterator[Finding]:
    expected = _figures(scope, key, value, setting)
    if expected is None:
        for path, leaf in leaves(where, value):
            yield Finding(
                scope.file.name, path, expected=leaf, note="no such figure of a historical simulation is known"
            )
        return
    for path, figure, ours in expected:
        name = f"{where}{path}"
        tolerance = scope.tolerances.of(name, figure) if is_number(figure) else None
        yield compare(scope.file.name, name, figure, ours, tolerance)


def _figures(scope: _Scope, key: str, value: object, setting: _Setting) -> list[tuple[str, Any, Any]] | None:
    """Pair every expected figure of a field with ours: its path inside the field, expected, got."""
    returns = _matrix(scope, setting)
    amounts = np.array([list(setting.amounts.values())], dtype=np.float64)
    pnl = delta_gamma_pnl(amounts, np.zeros_like(amounts), returns)[0]
    if key == "worst" and isinstance(value, list):
        order = np.argsort(pnl, kind="stable")
        pairs: list[tuple[str, Any, Any]] = []
        for rank, (scenario, loss) in enumerate(value):
            number = int(order[rank]) + 1
            pairs.append((f"[{rank}].scenario", scenario, type(scenario)(number)))
            pairs.append((f"[{rank}].loss", loss, float(-pnl[order[rank]])))
        return pairs
    if key == "scenario_loss" and isinstance(value, dict):
        return [(f".{number}", loss, float(-pnl[int(number) - 1])) for number, loss in value.items()]
    if key in {"sd", "sd_pct"} and isinstance(value, list):
        scale = 100.0 if key == "sd_pct" else 1.0
        deviations = moments(returns.T, population=False).standard_deviation * scale
        return [(f"[{number}]", each, float(deviations[number])) for number, each in enumerate(value)]
    if key in {"corr_upper", "corr", "correlation"} and isinstance(value, list):
        matrix = np.atleast_2d(np.corrcoef(returns.T))
        ours = matrix[np.triu_indices(len(matrix), 1)] if key == "corr_upper" else matrix.ravel()
        flat = [leaf for _, leaf in leaves("", value)]
        return [(f"[{number}]", each, float(ours[number])) for number, each in enumerate(flat)]
    if not is_number(value):
        return None
    if key in {"variance", "param_var_sample_cov", "variance_sample_cov", "variance_zero_mean"}:
        zero_mean = bool(setting.zero_mean) or key.endswith("zero_mean")
        one_deviation = component_normal_risk(amounts[0], _covariance(returns, zero_mean), 0.99).total / ndtri(0.99)
        return [("", value, float(one_deviation**2))]
    measure = _MEASURE.match(key)
    if measure is None:
        return None
    rest = (measure[3] or "").lower()
    risk = _risk(measure[1].lower(), level_of(measure[2]), rest, amounts[0], returns, pnl, setting)
    return None if risk is None else [("", value, risk)]


def _risk(
    measure: str, level: float, rest: str, amounts: FloatArray, returns: FloatArray, pnl: FloatArray, setting: _Setting
) -> float | None:
    horizon, rule = 1, "normal" if setting.zero_mean else "order_statistic"
    for word in filter(None, rest.split("_")):
        days = re.fullmatch(r"(\d+)d", word)
        if days:
            horizon = int(days[1])
        elif word in _WORDS:
            rule = _WORDS[word]
        elif word not in _FILLERS:
            return None
    if rule == "normal":
        zero_mean = bool(setting.zero_mean) or "zero" in rest
        component = component_normal_risk if measure == "var" else component_normal_shortfall
        figure = component(amounts, _covariance(returns, zero_mean), level).total
    else:
        historical = value_at_risk if measure == "var" else expected_shortfall
        figure = float(historical(pnl, level, rule))  # type: ignore[arg-type]
    return float(figure * np.sqrt(horizon))


def _matrix(scope: _Scope, setting: _Setting) -> FloatArray:
    """Take the returns of the portfolio's indices over the first scenarios, shape (scenarios, indices)."""
    if not setting.amounts:
        raise CaseNotRecognised("names no portfolio: give amounts by index, for example portfolio_kusd")
    columns = []
    for name in setting.amounts:
        matches = [column for column in scope.returns if column.lower().startswith(name.lower())]
        if len(matches) != 1:
            raise CaseNotRecognised(f"the index {name} is not a column of the table of levels")
        columns.append(scope.returns[matches[0]])
    every = np.column_stack(columns)
    scenarios = setting.scenarios or len(every)
    return historical_scenarios(every, as_of_index=scenarios - 1, window=scenarios)


def _covariance(returns: FloatArray, zero_mean: bool) -> FloatArray:
    return returns.T @ returns / len(returns) if zero_mean else np.atleast_2d(np.cov(returns.T))
