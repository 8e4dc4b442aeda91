"""VaR and ES of portfolios, desks, risk classes and the firm from the scenario P&L the warehouse keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from python_models.frames import rounded
from python_models.market_risk.historical import QUANTILE_RULES, QuantileRule, historical_risks, tail_risks
from python_models.market_risk.scenarios import MONEY_DECIMALS
from python_models.market_risk.scopes import ScopeSeries

DEFAULT_LEVELS: Final = (0.95, 0.975, 0.99)

MEASURE_DTYPES: Final = {
    "business_date": "datetime64[s]",
    "scope_type": "str",
    "scope_id": "str",
    "method": "str",
    "confidence_level": "float64",
    "horizon_days": "int32",
    "quantile_rule": "str",
    "scenarios": "int32",
    "var_usd": "float64",
    "es_usd": "float64",
    "scenario_date": "datetime64[s]",
    "window_start": "datetime64[s]",
    "window_end": "datetime64[s]",
    "note": "str",
}
"""Columns of every frame of VaR and ES besides the historical one: `scenario_date` is missing for a closed form, `note`
says why a figure is missing or what it lacks."""

_DTYPES: Final = {
    "business_date": "datetime64[s]",
    "scope_type": "str",
    "scope_id": "str",
    "horizon_days": "int32",
    "confidence_level": "float64",
    "quantile_rule": "str",
    "scenario_number": "int32",
    "scenario_date": "datetime64[s]",
    "scenario_weight": "float64",
    "var_usd": "float64",
    "es_usd": "float64",
    "scenarios": "int32",
    "window_start": "datetime64[s]",
    "window_end": "datetime64[s]",
}

_INCREMENTAL_DTYPES: Final = {
    "business_date": "datetime64[s]",
    "scope_type": "str",
    "scope_id": "str",
    "horizon_days": "int32",
    "confidence_level": "float64",
    "quantile_rule": "str",
    "member_type": "str",
    "member_id": "str",
    "standalone_var_usd": "float64",
    "incremental_var_usd": "float64",
}


def var_estimates_frame(
    series_of_horizons: Sequence[ScopeSeries],
    levels: Sequence[float] = DEFAULT_LEVELS,
    rules: Sequence[QuantileRule] = QUANTILE_RULES,
) -> pd.DataFrame:
    """Historical VaR and ES of every scope, with the scenarios VaR is read from.

    Parameters
    ----------
    series_of_horizons : sequence of ScopeSeries
        As from `python_models.market_risk.scopes.book_series`.
    levels : sequence of float, in (0.5, 1)
    rules : sequence of quantile rules, see `python_models.market_risk.historical`

    Returns
    -------
    DataFrame ``business_date``, ``scope_type``, ``scope_id``, ``horizon_days``, ``confidence_level``, \
``quantile_rule``, ``scenario_number``, ``scenario_date``, ``scenario_weight``, ``var_usd``, ``es_usd``, \
``scenarios``, ``window_start``, ``window_end``
        One row per date, scope, horizon, level, rule and tail scenario (two where VaR lies between two scenarios,
        else one). `scope_type` firm, desk, portfolio or risk_class. `var_usd` and `es_usd` are losses, positive,
        rounded to 6 decimals; ``var_usd = -sum(scenario_weight * pnl)`` over the rows of an estimate. `scenarios` is
        n; the window is that of the scenarios' dates. No scenarios give no rows.

    Raises
    ------
    LevelError, QuantileRuleError, ScenarioError
        As in `value_at_risk`.
    """
    parts = [pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _DTYPES.items()})]
    for series in series_of_horizons:
        for risk in tail_risks(series.pnl, levels, rules):
            n_tail = risk.tail.indices.shape[1]
            row = np.repeat(np.arange(len(series.pnl)), n_tail)
            scenario = risk.tail.indices.ravel()
            date = series.date[row]
            parts.append(
                pd.DataFrame(
                    {
                        "business_date": series.dates[date],
                        "scope_type": series.scope_type[row],
                        "scope_id": series.scope_id[row],
                        "horizon_days": series.horizon_days,
                        "confidence_level": risk.level,
                        "quantile_rule": risk.rule,
                        "scenario_number": scenario + 1,
                        "scenario_date": series.scenario_dates[date, scenario],
                        "scenario_weight": np.tile(risk.tail.weights, len(series.pnl)),
                        "var_usd": rounded(risk.value_at_risk, MONEY_DECIMALS)[row],
                        "es_usd": rounded(risk.expected_shortfall, MONEY_DECIMALS)[row],
                        "scenarios": series.pnl.shape[1],
                        "window_start": series.scenario_dates[date, 0],
                        "window_end": series.scenario_dates[date, -1],
                    }
                ).astype(_DTYPES)
            )
    return pd.concat(parts[1:] or parts, ignore_index=True)


def incremental_var_frame(
    series: ScopeSeries,
    desks: pd.DataFrame,
    levels: Sequence[float] = DEFAULT_LEVELS,
    rule: QuantileRule = "order_statistic",
) -> pd.DataFrame:
    """Incremental VaR of the members of the firm and of every desk: ``VaR(scope) - VaR(scope without the member)``.

    Parameters
    ----------
    series : ScopeSeries
        As from `python_models.market_risk.scopes.scope_series`.
    desks : DataFrame ``portfolio_id``, ``desk_id``
    levels : sequence of float, in (0.5, 1)
    rule : quantile rule, see `python_models.market_risk.historical`

    Returns
    -------
    DataFrame ``business_date``, ``scope_type``, ``scope_id``, ``horizon_days``, ``confidence_level``, \
``quantile_rule``, ``member_type``, ``member_id``, ``standalone_var_usd``, ``incremental_var_usd``
        One row per date, scope, horizon, level and member: desks and portfolios of the firm, portfolios of a desk.
        Rounded to 6 decimals; incremental VaR is negative for a member that hedges the others.

    Raises
    ------
    LevelError, QuantileRuleError, ScenarioError
        As in `value_at_risk`.
    """
    parts = [pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _INCREMENTAL_DTYPES.items()})]
    desk_of = dict(zip(desks["portfolio_id"], desks["desk_id"], strict=True))
    names = pd.Index(series.scope_id)
    for scope_type, scope_id in sorted(set(zip(series.scope_type, series.scope_id, strict=True))):
        if scope_type == "portfolio":
            continue
        is_desk_member = (series.scope_type == "portfolio") & (names.map(desk_of).to_numpy() == scope_id)
        members = np.flatnonzero(is_desk_member if scope_type == "desk" else series.scope_type != "firm")
        whole = np.flatnonzero((series.scope_type == scope_type) & (series.scope_id == scope_id))
        of_member = whole[np.searchsorted(series.date[whole], series.date[members])]
        with_members = historical_risks(series.pnl[whole], levels, [rule])
        without = historical_risks(series.pnl[of_member] - series.pnl[members], levels, [rule])
        alone = historical_risks(series.pnl[members], levels, [rule])
        position = np.searchsorted(whole, of_member)
        for total, rest, own in zip(with_members, without, alone, strict=True):
            incremental = total.value_at_risk[position] - rest.value_at_risk
            parts.append(
                pd.DataFrame(
                    {
                        "business_date": series.dates[series.date[members]],
                        "scope_type": scope_type,
                        "scope_id": scope_id,
                        "horizon_days": series.horizon_days,
                        "confidence_level": total.level,
                        "quantile_rule": rule,
                        "member_type": series.scope_type[members],
                        "member_id": series.scope_id[members],
                        "standalone_var_usd": rounded(own.value_at_risk, MONEY_DECIMALS),
                        "incremental_var_usd": rounded(incremental, MONEY_DECIMALS),
                    }
                ).astype(_INCREMENTAL_DTYPES)
            )
    return pd.concat(parts[1:] or parts, ignore_index=True)
