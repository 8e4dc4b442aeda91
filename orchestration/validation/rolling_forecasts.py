"""Rolling one-day forecasts of VaR and ES, as R's quarks makes them, and their backtests, as R's rugarch tests them.

Every forecast uses the returns of the window before its day. quarks scales to the volatility of the window's last day
(``vwhs``) or of the day after (``fhs``, whose bootstrap is drawn here with every residual once).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation.findings import (
    CaseFile,
    Finding,
    Printed,
    Tolerance,
    Tolerances,
    compare,
    text_only,
    with_source,
)
from orchestration.validation.levels import level_of
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json, read_table
from python_models.arrays import FloatArray
from python_models.errors import ModelError
from python_models.market_risk.backtesting import (
    christoffersen_independence,
    conditional_coverage,
    cumulative_probability,
    kupiec,
)
from python_models.market_risk.historical import expected_shortfall, value_at_risk
from python_models.market_risk.parametric import Risk, moments, normal_risk
from python_models.market_risk.weighting import (
    GarchFit,
    age_weighted_risk,
    filtered_risk,
    fit_garch,
    volatility_scaled_risk,
)

_FOLDERS: Final = {"quarks", "rugarch_sp500"}
_SERIES: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9]+)_(?P<method>plain|age|vwhs|fhs)_(?P<level>[\d.]+)_(?P<window>\d+)_(?P<days>\d+)"
)
_METHODS: Final = ("plain", "age", "vwhs", "fhs", "normal")
_OPTIMISERS: Final = Tolerance(0.0, 0.01, "1 % relative, two optimisers")
_BOOTSTRAP_NOTE: Final = "quarks draws a bootstrap whose seed is not in the file; here every residual counts once"
_BOOTSTRAP: Final = Tolerance(1.0, 0.0, "one breach either way, for the bootstrap")
_BOOTSTRAP_RELATIVE: Final = Tolerance(0.0, 0.1, "10 % relative, for the bootstrap")


@dataclass(frozen=True)
class _Setting:
    """What a forecast is of."""

    method: str = "plain"
    model: str = "EWMA"
    level: float = 0.975
    window: int = 250
    days: int | None = 250
    start: str | None = None
    end: str | None = None
    decay: float | None = None


@dataclass(frozen=True)
class _Forecasts:
    """One row per out-of-sample day; losses positive."""

    dates: pd.Series
    returns: FloatArray
    value_at_risk: FloatArray
    expected_shortfall: FloatArray


_SOURCE: Final = "R quarks and R rugarch on daily index returns"


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    if file.folder not in _FOLDERS:
        return None
    if file.path.suffix == ".json" and file.path.stem.split("_")[0] == "expected":
        return "expected"
    if file.path.suffix == ".csv" and _SERIES.match(file.path.stem):
        return "expected"
    return "data" if file.path.suffix in {".parquet", ".csv"} else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Recompute a series of forecasts, or the figures that follow from one."""
    tables = sorted(
        path
        for path in file.path.parent.iterdir()
        if path.suffix in {".parquet", ".csv"} and not _SERIES.match(path.stem) and not path.stem.startswith("expected")
    )
    if not tables:
        raise CaseNotRecognised("needs a table of prices or returns beside it")
    if file.path.suffix == ".csv":
        yield from _series(file, tables)
        return
    content = read_json(file.path)
    text = " ".join(str(content.get(key, "")) for key in ("source", "convention", "note"))
    tolerances = Tolerances(content.get("tolerance"))
    setting = _from_text(text, _Setting())
    findings = _section(file, tables, "", content, setting, tolerances)
    yield from with_source(findings, _SOURCE)


def _from_text(text: str, setting: _Setting) -> _Setting:
    """Take level, window, days and last date from the words of the file."""
    level = re.search(r"(\d{2}(?:\.\d+)?)\s*%", text)
    window = re.search(r"window\s+(?:of\s+)?(\d+)", text)
    days = re.search(r"(\d+)\s+(?:out-of-sample|oos)", text)
    end = re.search(r"up to (\d{4}-\d{2}-\d{2})", text)
    return replace(
        setting,
        level=level_of(level[1]) if level else setting.level,
        window=int(window[1]) if window else setting.window,
        days=int(days[1]) if days else setting.days,
        end=end[1] if end else setting.end,
    )


_SETTINGS: Final = {
    "level": "level", "confidence": "level", "p": "level", "alpha": "level", "window": "window", "nwin": "window",
    "days": "days", "nout": "days", "out_of_sample": "days", "from": "start", "start": "start", "to": "end",
    "end": "end", "until": "end", "method": "method", "model": "model", "lambda": "decay", "decay": "decay",
}  # fmt: skip


def _with_field(key: str, value: object, setting: _Setting) -> _Setting:
    name = _SETTINGS.get(key.lower())
    if name is None or isinstance(value, dict | list):
        return setting
    if name == "level" and is_number(value):
        return replace(setting, level=level_of(getattr(value, "text", str(value))))
    if name == "window" and is_number(value):
        return replace(setting, window=int(value))
    if name == "days" and is_number(value):
        return replace(setting, days=int(value))
    if name == "decay" and is_number(value):
        return replace(setting, decay=float(value))
    if name == "method" and str(value).lower() in _METHODS:
        return replace(setting, method=str(value).lower())
    if name == "model" and str(value).upper() in {"EWMA", "GARCH", "SGARCH"}:
        return replace(setting, model=str(value).upper().removeprefix("S"))
    if name == "start":
        return replace(setting, start=str(value))
    return replace(setting, end=str(value)) if name == "end" else setting


def _with_key(key: str, setting: _Setting) -> _Setting | None:
    """Read a section's name: a method, and perhaps a model, level and window, as in ``vwhs_garch_99_500``."""
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)?", key.lower())
    numbers = [word for word in words if word[0].isdigit()]
    for word in words:
        if word in _METHODS:
            setting = replace(setting, method=word)
        elif word in {"hs", "historical"}:
            setting = replace(setting, method="plain")
        elif word in {"ewma", "garch", "sgarch"}:
            setting = replace(setting, model=word.upper().removeprefix("S"))
        elif not word[0].isdigit() and word not in {"filtered", "vartest", "var", "test", "backtest", "rolling"}:
            return None
    if numbers:
        setting = replace(setting, level=level_of(numbers[0]))
    if len(numbers) > 1:
        setting = replace(setting, window=int(numbers[1]))
    return replace(setting, days=int(numbers[2])) if len(numbers) > 2 else setting


def _section(
    file: CaseFile, tables: list[Path], path: str, section: dict[str, Any], setting: _Setting, tolerances: Tolerances
) -> Iterator[Finding]:
    for key, value in section.items():
        setting = _with_field(key, value, setting)
    forecasts: _Forecasts | None = None
    fit: GarchFit | None = None
    for key, value in section.items():
        where = f"{path}.{key}" if path else key
        spelling = re.sub(r"[^a-z0-9]", "", key.lower())
        if key in DESCRIPTIVE and not isinstance(value, dict):
            yield text_only(file.name, where, value, "description")
        elif isinstance(value, dict):
            inner = _with_key(key, setting)
            if spelling in {"fit", "garch", "garchfit", "coef", "coefficients", "expected"}:
                inner = setting
            if inner is None:
                for name, leaf in leaves(where, value):
                    yield Finding(
                        file.name, name, leaf, note=f"'{key}' is not a method of rolling forecasts known here"
                    )
            else:
                yield from _section(file, tables, where, value, inner, tolerances)
        elif _SETTINGS.get(key.lower()):
            yield text_only(file.name, where, "", "a setting")
        elif is_number(value) and spelling in _FIT:
            fit = fit or fit_garch(_returns(tables, setting)[1])
            stated = tolerances.of(where, value)
            tolerance = stated if "stated" in stated.words else _OPTIMISERS
            yield compare(
                file.name,
                where,
                value,
                float(getattr(fit, _FIT[spelling])),
                tolerance,
            )
        elif is_number(value) and spelling in _FIGURES:
            if forecasts is None:
                try:
                    forecasts = _forecast(tables, setting)
                except (ModelError, CaseNotRecognised) as error:
                    yield Finding(file.name, where, value, note=str(error))
                    continue
            tolerance = tolerances.of(where, value)
            is_drawn = setting.method == "fhs"
            if is_drawn and "stated" not in tolerance.words:
                tolerance = _BOOTSTRAP if isinstance(value, int) else _BOOTSTRAP_RELATIVE
            figures = _backtest(forecasts, setting)
            yield compare(
                file.name,
                where,
                value,
                figures[_FIGURES[spelling]],
                tolerance,
                _BOOTSTRAP_NOTE if is_drawn else "",
            )
        else:
            for name, leaf in leaves(where, value):
                yield Finding(file.name, name, leaf, note="no such figure of a rolling forecast is known")


#: Spellings of a fitted GARCH(1,1).
_FIT: Final = {
    "mu": "mean", "mean": "mean", "omega": "omega", "alpha": "alpha", "alpha1": "alpha", "beta": "beta",
    "beta1": "beta", "loglik": "log_likelihood", "loglikelihood": "log_likelihood", "llh": "log_likelihood",
    "likelihood": "log_likelihood",
}  # fmt: skip

#: Spellings of what follows from forecasts and returns.
_FIGURES: Final = {
    "varbreaches": "var_breaches", "breaches": "var_breaches", "esbreaches": "es_breaches",
    "actualexceed": "var_breaches", "actual": "var_breaches", "exceptions": "var_breaches",
    "violations": "var_breaches",
    "expectedexceed": "expected", "expected": "expected",
    "uclrstat": "uc", "kupiec": "uc", "pof": "uc", "uclrp": "uc_p", "puc": "uc_p", "ucp": "uc_p",
    "cclrstat": "cc", "cc": "cc", "cclrp": "cc_p", "pcc": "cc_p", "ccp": "cc_p",
    "indlrstat": "ind", "ind": "ind", "indlrp": "ind_p", "pind": "ind_p", "indp": "ind_p",
    "trafficlightp": "cumulative", "cumprob": "cumulative", "ptl": "cumulative",
    "n00": "n00", "n01": "n01", "n10": "n10", "n11": "n11", "observations": "observations",
    "varlast": "var_last", "eslast": "es_last", "varfirst": "var_first", "esfirst": "es_first",
    "varmean": "var_mean", "esmean": "es_mean", "meanvar": "var_mean", "meanes": "es_mean",
}  # fmt: skip


def _backtest(forecasts: _Forecasts, setting: _Setting) -> dict[str, float]:
    hits = -forecasts.returns > forecasts.value_at_risk
    n, x, p = len(hits), int(hits.sum()), round(1.0 - setting.level, 12)
    yesterday, today = hits[:-1], hits[1:]
    pairs = [int((before & after).sum()) for before in (~yesterday, yesterday) for after in (~today, today)]
    coverage, independence = kupiec(n, x, p), christoffersen_independence(*pairs)
    both = conditional_coverage(n, x, p, *pairs)
    return {
        "observations": n,
        "var_breaches": x,
        "es_breaches": int((-forecasts.returns > forecasts.expected_shortfall).sum()),
        "expected": n * p,
        "uc": float(coverage.statistic),
        "uc_p": float(coverage.p_value),
        "ind": float(independence.statistic),
        "ind_p": float(independence.p_value),
        "cc": float(both.statistic),
        "cc_p": float(both.p_value),
        "cumulative": float(cumulative_probability(n, x, p)),
        **dict(zip(("n00", "n01", "n10", "n11"), pairs, strict=True)),
        "var_first": float(forecasts.value_at_risk[0]),
        "es_first": float(forecasts.expected_shortfall[0]),
        "var_last": float(forecasts.value_at_risk[-1]),
        "es_last": float(forecasts.expected_shortfall[-1]),
        "var_mean": float(forecasts.value_at_risk.mean()),
        "es_mean": float(forecasts.expected_shortfall.mean()),
    }


def _series(file: CaseFile, tables: list[Path]) -> Iterator[Finding]:
    """Hold a printed series against ours, column by column: the largest difference is the row."""
    printed = pd.read_csv(file.path, dtype=str)
    name = _SERIES.match(file.path.stem)
    if name is None or "date" not in printed.columns:
        raise CaseNotRecognised("a series of forecasts needs a column date and a name like dax_plain_975_250_250")
    dates = pd.to_datetime(printed["date"])
    setting = _Setting(
        method=name["method"],
        level=level_of(name["level"]),
        window=int(name["window"]),
        days=len(printed),
        end=str(dates.max().date()),
    )
    if "garch" in file.path.stem.lower():
        setting = replace(setting, model="GARCH")
    named = [path for path in tables if path.stem.split("_")[0].lower() == name["name"].lower()]
    forecasts = _forecast(named or tables, setting)
    ours = {"ret": forecasts.returns, "VaR": forecasts.value_at_risk, "ES": forecasts.expected_shortfall}
    same_dates = forecasts.dates.reset_index(drop=True).equals(dates.reset_index(drop=True))
    yield compare(
        file.name, "date", f"{len(dates)} dates", lambda: f"{len(dates)} dates" if same_dates else "other dates"
    )
    for column in printed.columns:
        if column == "date":
            continue
        if column not in ours:
            yield Finding(file.name, column, note="no such column of a forecast is known")
            continue
        figures = printed[column].map(lambda text: Printed(text) if isinstance(text, str) else Printed("nan")).tolist()
        worst = int(np.argmax(np.abs(ours[column] - np.array(figures, dtype=float))))
        note = f"largest difference of {len(figures)}, on {dates[worst].date()}"
        tolerance = None
        if setting.method == "fhs" and column != "ret":
            tolerance, note = _BOOTSTRAP_RELATIVE, f"{note}; {_BOOTSTRAP_NOTE}"
        yield from with_source(
            [
                compare(
                    file.name,
                    column,
                    figures[worst],
                    float(ours[column][worst]),
                    tolerance,
                    note,
                )
            ],
            _SOURCE,
        )


def _returns(tables: list[Path], setting: _Setting) -> tuple[pd.Series, FloatArray]:
    """Dates and returns: logarithmic from closing prices, or as given."""
    table = read_table(tables[0])
    columns = {str(column).lower(): column for column in table.columns}
    date = next((columns[name] for name in ("ref_date", "date", "index") if name in columns), None)
    if date is None:
        raise CaseNotRecognised(f"{tables[0].name} has no column of dates")
    dates = pd.to_datetime(table[date])
    closes = next((columns[name] for name in ("price_close", "price.close", "close") if name in columns), None)
    if closes is not None:
        kept = table[closes].notna()
        if setting.end:
            kept &= dates <= pd.Timestamp(setting.end)
        prices = table.loc[kept, closes].to_numpy(dtype=float)
        return dates[kept].iloc[1:], np.diff(np.log(prices))
    if "ret" not in columns:
        raise CaseNotRecognised(f"{tables[0].name} has neither closing prices nor returns")
    kept = table[columns["ret"]].notna()
    if setting.start:
        kept &= dates >= pd.Timestamp(setting.start)
    if setting.end:
        kept &= dates <= pd.Timestamp(setting.end)
    return dates[kept], table.loc[kept, columns["ret"]].to_numpy(dtype=float)


def _forecast(tables: list[Path], setting: _Setting) -> _Forecasts:
    dates, returns = _returns(tables, setting)
    days = len(returns) - setting.window if setting.days is None else setting.days
    if days < 1 or setting.window + days > len(returns):
        raise CaseNotRecognised(
            f"{len(returns)} returns do not hold a window of {setting.window} and {days} days after"
        )
    windows = np.lib.stride_tricks.sliding_window_view(returns[-setting.window - days : -1], setting.window)
    risk = _risks(windows, setting)
    return _Forecasts(dates.iloc[-days:], returns[-days:], risk.value_at_risk, risk.expected_shortfall)


def _risks(windows: FloatArray, setting: _Setting) -> Risk:
    """Work out VaR and ES of windows of shape (days, window)."""
    level = setting.level
    if setting.method == "age":
        risk = age_weighted_risk(windows, level, setting.decay or 0.98)
    elif setting.method == "normal":
        risk = normal_risk(moments(windows), level)
    elif setting.method == "plain":
        risk = Risk(value_at_risk(windows, level, "linear"), expected_shortfall(windows, level, "linear"))
    elif setting.model == "GARCH":
        return _garch_risks(windows, setting)
    else:
        scale_to = "last_day" if setting.method == "vwhs" else "next_day"
        risk = volatility_scaled_risk(windows, level, setting.decay or 0.94, "linear", scale_to=scale_to)  # type: ignore[arg-type]
    return risk


def _garch_risks(windows: FloatArray, setting: _Setting) -> Risk:
    figures = np.empty((len(windows), 2))
    for day, window in enumerate(windows):
        fit = fit_garch(window)
        risk = filtered_risk(window, setting.level, fit, "linear", demean=False)
        # vwhs scales to the volatility of the last day instead of the next.
        scale = np.sqrt(fit.variances[-2] / fit.variances[-1]) if setting.method == "vwhs" else 1.0
        figures[day] = risk.value_at_risk * scale, risk.expected_shortfall * scale
    return Risk(figures[:, 0], figures[:, 1])
