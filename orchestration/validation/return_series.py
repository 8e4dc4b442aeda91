"""VaR, ES, components and in-sample backtests of return series, as R's PerformanceAnalytics prints them.

Returns and the VaR of one series are signed as returns (a loss is negative), the VaR of a portfolio and its components
are losses. A key says what is meant, in any order and with any separator: ``VaR100 gaussian 0.95`` (the first 100
rows), ``ES_historical``, ``component_modified_99``, ``first100x3`` (rows and columns).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation.findings import CaseFile, Finding, Tolerances, compare, text_only, with_source
from orchestration.validation.levels import level_of
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json, read_table
from python_models.arrays import FloatArray
from python_models.errors import ModelError
from python_models.market_risk.backtesting import proportion_test
from python_models.market_risk.decomposition import (
    Decomposition,
    comoments,
    component_cornish_fisher_risk,
    component_cornish_fisher_shortfall,
    component_historical_risk,
    component_normal_risk,
    component_normal_shortfall,
)
from python_models.market_risk.historical import expected_shortfall, value_at_risk
from python_models.market_risk.parametric import cornish_fisher_risk, moments, normal_risk

_METHODS: Final = {
    "gaussian": "normal", "normal": "normal", "modified": "modified", "cornish": "modified", "fisher": "modified",
    "cornishfisher": "modified", "cf": "modified", "historical": "historical", "hist": "historical", "hs": "historical",
}  # fmt: skip
_MEASURES: Final = {
    "var": "var", "mvar": "var", "hvar": "var", "es": "es", "mes": "es", "hes": "es", "etl": "es", "cvar": "es",
}  # fmt: skip
_LABELS: Final = {
    "pinned", "in", "test", "baseline", "sample", "portfolio", "x", "w", "weights", "first", "last", "full", "all",
    "rows", "row", "to", "through", "dated",
}  # fmt: skip
_OUTPUTS: Final = {
    "contribution": "contribution", "contributions": "contribution", "contrib": "contribution",
    "pct": "share", "percent": "share", "pctcontribution": "share", "percentage": "share", "share": "share",
    "marginal": "marginal", "marginals": "marginal",
}  # fmt: skip
_DEFAULT_LEVEL: Final = 0.95


@dataclass(frozen=True)
class _Setting:
    """What a figure is of; sections hand it down."""

    table: str | None = None
    columns: tuple[str, ...] = ()
    n_columns: int | None = None
    skip: int = 0
    first: int | None = None
    last: int | None = None
    start: str | None = None
    end: str | None = None
    measure: str | None = None
    method: str | None = None
    level: float = _DEFAULT_LEVEL
    weights: tuple[float, ...] = ()
    is_component: bool = False
    output: str = "total"


@dataclass(frozen=True)
class _Scope:
    file: CaseFile
    tables: dict[str, pd.DataFrame]
    tolerances: Tolerances


_SOURCE: Final = "R PerformanceAnalytics on the EDHEC hedge fund indices"


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    if file.folder != "edhec":
        return None
    if file.path.suffix == ".json" and file.path.stem.split("_")[0] == "expected":
        return "expected"
    return "data" if file.path.suffix in {".csv", ".parquet"} else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute every figure of an expected file from the return tables beside it."""
    content = read_json(file.path)
    paths = sorted(path for path in file.path.parent.iterdir() if path.suffix in {".csv", ".parquet"})
    if not paths:
        raise CaseNotRecognised("needs a table of returns beside it")
    tables = {path.stem: read_table(path) for path in paths}
    # Sections that do not say which rows they mean are about the sample of the section that does.
    samples = [found for key in content if (found := re.match(r"(?:first|last)(\d+)x(\d+)$", key))]
    sample = _Setting()
    if samples:
        sample = _parse(samples[0][0], sample, tables)[0]
    scope = _Scope(file, tables, Tolerances(content.get("tolerance")))
    yield from with_source(_section(scope, "", content, sample), _SOURCE)


def _section(scope: _Scope, path: str, section: dict[str, Any], setting: _Setting) -> Iterator[Finding]:
    for key, value in section.items():
        setting = _with_field(key, value, setting)
    columns = {column for table in scope.tables.values() for column in table.columns}
    for key, value in section.items():
        where = f"{path}.{key}" if path else key
        if _with_field(key, value, setting) is not setting:
            yield text_only(scope.file.name, where, "", "a setting")
        elif key in DESCRIPTIVE and not isinstance(value, dict):
            yield text_only(scope.file.name, where, value, "description")
        elif key in columns and is_number(value):
            yield from _figure(scope, where, value, replace(setting, columns=(key,)))
        elif re.match(r"backtest", key, re.IGNORECASE) and isinstance(value, dict):
            yield from _backtest(scope, where, value, _parse(key, setting, scope.tables)[0])
        else:
            inner, unknown = _parse(key, setting, scope.tables)
            names_a_figure = (inner.measure, inner.method) != (setting.measure, setting.method)
            if isinstance(value, dict) and not (unknown and names_a_figure):
                yield from _section(scope, where, value, inner)
            elif unknown:
                for name, leaf in leaves(where, value):
                    yield Finding(
                        scope.file.name, name, leaf, note=f"'{unknown[0]}' is not a measure or method known here"
                    )
            else:
                yield from _figure(scope, where, value, inner)


_SETTINGS: Final = {
    "columns": "columns", "column": "columns", "assets": "columns", "names": "columns",
    "rows": "first", "n": "first", "first": "first", "first_rows": "first", "last": "last", "last_rows": "last",
    "from": "start", "start": "start", "to": "end", "end": "end",
    "data": "table", "file": "table", "dataset": "table", "level": "level", "confidence": "level",
    "method": "method", "measure": "measure", "weights": "weights",
}  # fmt: skip


def _with_field(key: str, value: object, setting: _Setting) -> _Setting:
    """Take a field that says what the figures beside it are of; anything else leaves the setting as it is."""
    name = _SETTINGS.get(key.lower())
    if name is None or isinstance(value, dict):
        return setting
    if name == "columns":
        chosen = tuple(value) if isinstance(value, list) else (value,)
        return replace(setting, columns=tuple(str(column) for column in chosen))
    if name == "weights" and isinstance(value, list):
        return replace(setting, weights=tuple(float(weight) for weight in value), n_columns=len(value))
    if name in {"first", "last"} and is_number(value):
        return replace(setting, first=int(value)) if name == "first" else replace(setting, last=int(value))
    if name == "level" and is_number(value):
        return replace(setting, level=level_of(getattr(value, "text", str(value))))
    if name == "method" and str(value).lower() in _METHODS:
        return replace(setting, method=_METHODS[str(value).lower()])
    if name == "measure" and str(value).lower() in _MEASURES:
        return replace(setting, measure=_MEASURES[str(value).lower()])
    if name == "table":
        return replace(setting, table=str(value).rsplit(".", 1)[0])
    if name == "start":
        return replace(setting, start=str(value))
    return replace(setting, end=str(value)) if name == "end" else setting


def _parse(key: str, setting: _Setting, tables: dict[str, pd.DataFrame]) -> tuple[_Setting, list[str]]:
    """Read a key word by word; words that mean nothing here are returned."""
    words = re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", key)
    unknown: list[str] = []
    weights: list[float] = []
    before = ""
    for word in words:
        low = word.lower()
        if before in {"w", "weights"} and word[0].isdigit():
            weights.append(float(word))
            continue
        if low in _MEASURES:
            setting = replace(setting, measure=_MEASURES[low])
        elif low in _METHODS:
            setting = replace(setting, method=_METHODS[low])
        elif low == "component":
            setting = replace(setting, is_component=True)
        elif low in _OUTPUTS:
            # A share of the contribution is a share.
            output = "share" if setting.output == "share" else _OUTPUTS[low]
            setting = replace(setting, is_component=True, output=output)
        elif low in tables:
            # Another table has other rows than the sample that the file speaks of.
            setting = replace(setting, table=low, skip=0, first=None, last=None)
        elif low in {"full", "all"}:
            setting = replace(setting, skip=0, first=None, last=None)
        elif word[0].isdigit():
            setting = _with_number(word, before, key, setting)
        elif low not in _LABELS:
            unknown.append(word)
        before = low
    if weights:
        total = 100.0 if abs(sum(weights) - 100.0) < 1.0 else 1.0
        shares = tuple(weight / total for weight in weights)
        setting = replace(setting, weights=shares, n_columns=len(shares), is_component=True)
    return setting, unknown


def _with_number(word: str, before: str, key: str, setting: _Setting) -> _Setting:
    """Read a number in a key: rows after first, last or straight after the measure, columns after x, else a level."""
    if before in {"first", "full", "all"}:
        return replace(setting, skip=0, first=int(word), last=None)
    if before in {"rows", "row"}:
        return replace(setting, skip=int(word) - 1, first=None, last=None)
    if before in {"to", "through"}:
        return replace(setting, first=int(word) - setting.skip)
    if before == "last":
        return replace(setting, skip=0, last=int(word), first=None)
    if before == "x":
        return replace(setting, n_columns=int(word))
    rows_after_measure = re.match(rf"(?:VaR|ES|ETL|CVaR){word}(?!\.?\d)", key, re.IGNORECASE)
    has_own_level = len(re.findall(r"\d+(?:\.\d+)?", key)) > 1
    if rows_after_measure and has_own_level and "." not in word:
        return setting if setting.last == int(word) else replace(setting, first=int(word), last=None)
    return replace(setting, level=level_of(word))


def _table(scope: _Scope, setting: _Setting) -> pd.DataFrame:
    """Find the table a setting means: the named one, the one with all its columns, or the folder's own."""
    candidates = [name for name, table in scope.tables.items() if set(setting.columns) <= set(table.columns)]
    name = setting.table or (scope.file.folder if scope.file.folder in candidates or not candidates else candidates[0])
    if name not in scope.tables or not set(setting.columns) <= set(scope.tables[name].columns):
        raise CaseNotRecognised(f"no table beside the file has the columns {', '.join(setting.columns) or name}")
    return scope.tables[name]


def _returns(scope: _Scope, setting: _Setting) -> pd.DataFrame:
    """Choose rows and columns; the first column of a table is its dates."""
    table = _table(scope, setting)
    dates, values = pd.to_datetime(table.iloc[:, 0]), table.iloc[:, 1:]
    chosen = pd.Series(True, index=table.index)
    if setting.start:
        chosen &= dates >= pd.Timestamp(setting.start)
    if setting.end:
        chosen &= dates <= pd.Timestamp(setting.end) + (
            pd.offsets.MonthEnd(0) if len(setting.end) == 7 else pd.Timedelta(0)
        )
    values = values[chosen]
    values = values.iloc[setting.skip :]
    if setting.first is not None:
        values = values.iloc[: setting.first]
    if setting.last is not None:
        values = values.iloc[-setting.last :]
    if setting.columns:
        return values[list(setting.columns)]
    return values.iloc[:, : setting.n_columns or 1]


def _figure(scope: _Scope, where: str, expected: object, setting: _Setting) -> Iterator[Finding]:
    if setting.method is None:
        for name, leaf in leaves(where, expected):
            yield Finding(
                scope.file.name, name, leaf, note="the field names no method: gaussian, modified or historical"
            )
        return
    try:
        ours = _component_figures(scope, setting) if setting.is_component else _single_figures(scope, setting)
    except (ModelError, CaseNotRecognised) as error:
        for name, leaf in leaves(where, expected):
            yield Finding(scope.file.name, name, leaf, note=str(error))
        return
    wanted = expected if isinstance(expected, list) else [expected]
    if len(wanted) != len(ours) or not all(is_number(each) for each in wanted):
        for name, leaf in leaves(where, expected):
            yield Finding(scope.file.name, name, leaf, note=f"{len(ours)} numbers follow from the fields given")
        return
    for number, (figure, got) in enumerate(zip(wanted, ours, strict=True)):
        name = f"{where}[{number}]" if isinstance(expected, list) else where
        yield compare(scope.file.name, name, figure, got, scope.tolerances.of(name, figure))


def _single_figures(scope: _Scope, setting: _Setting) -> list[float]:
    """Return minus the risk of one series: R's sign."""
    returns = _returns(scope, replace(setting, n_columns=1) if not setting.columns else setting)
    return [-_risk(returns[column].dropna().to_numpy(dtype=float), setting) for column in returns.columns]


def _risk(returns: FloatArray, setting: _Setting) -> float:
    is_var = (setting.measure or "var") == "var"
    if setting.method == "historical":
        return float((value_at_risk if is_var else expected_shortfall)(returns, setting.level, "linear"))
    closed_form = normal_risk if setting.method == "normal" else cornish_fisher_risk
    risk = closed_form(moments(returns), setting.level)
    return float(risk.value_at_risk if is_var else risk.expected_shortfall)


def _component_figures(scope: _Scope, setting: _Setting) -> list[float]:
    returns = _returns(scope, setting).dropna().to_numpy(dtype=float)
    weights = np.array(setting.weights) if setting.weights else np.full(returns.shape[1], 1.0 / returns.shape[1])
    if len(weights) != returns.shape[1]:
        raise CaseNotRecognised(f"{len(weights)} weights do not fit {returns.shape[1]} columns")
    parts = _decompose(returns, weights, setting)
    return {
        "total": lambda: [float(parts.total)],
        "contribution": lambda: parts.components.tolist(),
        "share": lambda: (parts.components / parts.total).tolist(),
        "marginal": lambda: parts.marginals.tolist(),
    }[setting.output]()


def _decompose(returns: FloatArray, weights: FloatArray, setting: _Setting) -> Decomposition:
    is_var = (setting.measure or "var") == "var"
    if setting.method == "historical":
        parts = component_historical_risk((returns * weights).T, setting.level, "linear")
        total = parts.total.value_at_risk if is_var else parts.total.expected_shortfall
        components = parts.components.value_at_risk if is_var else parts.components.expected_shortfall
        return Decomposition(float(total), components, components / weights)
    joint = comoments(returns.T)
    if setting.method == "normal":
        component = component_normal_risk if is_var else component_normal_shortfall
        return component(weights, joint.covariance, setting.level, mean=joint.mean)
    modified = component_cornish_fisher_risk if is_var else component_cornish_fisher_shortfall
    return modified(weights, joint.covariance, joint.coskewness, joint.cokurtosis, setting.level, mean=joint.mean)


def _backtest(scope: _Scope, where: str, section: dict[str, Any], setting: _Setting) -> Iterator[Finding]:
    """Hold the VaR of the whole series against the series itself: exceptions and the test of their share."""
    setting = replace(setting, skip=0, first=None, last=None, n_columns=1, measure="var")
    for key, value in section.items():
        setting = _with_field(key, value, setting)
    setting = replace(setting, method=setting.method or "historical")
    returns = _returns(scope, setting).iloc[:, 0].dropna().to_numpy(dtype=float)
    threshold = -_risk(returns, setting)
    hits = int((returns < threshold).sum())
    probability = round(1.0 - setting.level, 12)
    ours = {
        "expected": len(returns) * probability,
        "actual": hits,
        "p": float(proportion_test(len(returns), hits, probability).p_value),
        "VaR": threshold,
    }
    spellings = {"var": "VaR", "p_value": "p", "pvalue": "p", "p.value": "p", "exceptions": "actual"}
    for key, value in section.items():
        field = f"{where}.{key}"
        name = key if key in ours else spellings.get(key.lower(), key)
        if _with_field(key, value, setting) is not setting or key.lower() in _SETTINGS:
            yield text_only(scope.file.name, field, "", "a setting")
        elif name in ours and is_number(value):
            yield compare(scope.file.name, field, value, ours[name], scope.tolerances.of(field, value))
        else:
            yield Finding(scope.file.name, field, value, note="no such figure of a backtest is known")
