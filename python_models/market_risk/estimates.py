"""VaR and ES of portfolios, desks and the firm from the scenario P&L the warehouse keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, FloatArray
from python_models.errors import FrameError
from python_models.frames import days_of, require_columns, rounded
from python_models.market_risk.historical import QUANTILE_RULES, QuantileRule, tail_risks
from python_models.market_risk.scenarios import MONEY_DECIMALS

DEFAULT_LEVELS: Final = (0.95, 0.99)
FIRM_SCOPE_ID: Final = "FIRM"

_DTYPES: Final = {
    "business_date": "datetime64[s]",
    "scope_type": "str",
    "scope_id": "str",
    "confidence_level": "float64",
    "quantile_rule": "str",
    "scenario_number": "int32",
    "scenario_date": "datetime64[s]",
    "scenario_weight": "float64",
    "var_usd": "float64",
    "es_usd": "float64",
    "scenarios": "int32",
}


def var_estimates_frame(
    scenario_pnl: pd.DataFrame,
    desks: pd.DataFrame,
    levels: Sequence[float] = DEFAULT_LEVELS,
    rules: Sequence[QuantileRule] = QUANTILE_RULES,
) -> pd.DataFrame:
    """VaR and ES of every portfolio, desk and the firm, with the scenarios VaR is read from.

    Parameters
    ----------
    scenario_pnl : DataFrame ``business_date``, ``portfolio_id``, ``scenario_number``, ``scenario_date``, ``pnl_usd``
        As from `python_models.market_risk.scenarios.var_scenario_frame`:
        on a date every portfolio has the same scenarios 1 .. n.
    desks : DataFrame ``portfolio_id``, ``desk_id``
        The desk of every portfolio.
    levels : sequence of float, in (0.5, 1)
    rules : sequence of quantile rules, see `python_models.market_risk.historical`

    Returns
    -------
    DataFrame ``business_date``, ``scope_type``, ``scope_id``, ``confidence_level``, ``quantile_rule``,
    ``scenario_number``, ``scenario_date``, ``scenario_weight``, ``var_usd``, ``es_usd``, ``scenarios``
        One row per date, scope, level, rule and tail scenario (two where VaR lies between two scenarios, else one).
        `scope_type` firm, desk or portfolio; the firm's `scope_id` is `FIRM_SCOPE_ID`. `var_usd` and `es_usd` are
        losses, positive, rounded to 6 decimals; ``var_usd = -sum(scenario_weight * pnl)`` over the rows of an
        estimate. `scenarios` is n. No scenarios give no rows.

    Raises
    ------
    FrameError
        If a column is missing, a portfolio has no desk or two, or a scenario is missing or given twice.
    LevelError, QuantileRuleError, ScenarioError
        As in `value_at_risk`.
    """
    require_columns(
        scenario_pnl,
        "scenario_pnl",
        ("business_date", "portfolio_id", "scenario_number", "scenario_date", "pnl_usd"),
    )
    require_columns(desks, "desks", ("portfolio_id", "desk_id"))
    if desks["portfolio_id"].duplicated().any():
        raise FrameError("The frame 'desks' names a portfolio twice; give one desk per portfolio.")
    if scenario_pnl.empty:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _DTYPES.items()})
    cube = _PnlCube.of(scenario_pnl)
    desk_of = desks.set_index("portfolio_id")["desk_id"].reindex(cube.portfolios)
    if desk_of.isna().any():
        raise FrameError(f"Portfolio {desk_of.index[desk_of.isna()][0]} has no desk; add it to the frame 'desks'.")
    series = _scope_series(cube, desk_of)
    parts = []
    for risk in tail_risks(series.pnl, levels, rules):
        n_tail = risk.tail.indices.shape[1]
        row = np.repeat(np.arange(len(series.pnl)), n_tail)
        scenario = risk.tail.indices.ravel()
        parts.append(
            pd.DataFrame(
                {
                    "business_date": cube.dates[series.date[row]],
                    "scope_type": series.scope_type[row],
                    "scope_id": series.scope_id[row],
                    "confidence_level": risk.level,
                    "quantile_rule": risk.rule,
                    "scenario_number": scenario + 1,
                    "scenario_date": cube.scenario_dates[series.date[row], scenario],
                    "scenario_weight": np.tile(risk.tail.weights, len(series.pnl)),
                    "var_usd": rounded(risk.value_at_risk, MONEY_DECIMALS)[row],
                    "es_usd": rounded(risk.expected_shortfall, MONEY_DECIMALS)[row],
                    "scenarios": series.pnl.shape[1],
                }
            )
        )
    return pd.concat(parts, ignore_index=True).astype(_DTYPES)


class _PnlCube(NamedTuple):
    """Scenario P&L, shape (dates, portfolios, scenarios); 0 where a portfolio has none on a date (`present`)."""

    dates: DateArray
    portfolios: pd.Index
    scenario_dates: DateArray
    present: NDArray[np.bool_]
    pnl: FloatArray

    @classmethod
    def of(cls, scenario_pnl: pd.DataFrame) -> _PnlCube:
        dates, date = np.unique(days_of(scenario_pnl["business_date"]), return_inverse=True)
        portfolio, portfolios = pd.factorize(scenario_pnl["portfolio_id"], sort=True)
        scenario = scenario_pnl["scenario_number"].to_numpy(dtype=np.int64) - 1
        size = int(scenario.max(initial=-1)) + 1
        shape = (len(dates), len(portfolios), size)
        if (portfolio < 0).any() or (scenario < 0).any() or np.isnat(dates).any():
            raise FrameError(
                "The frame 'scenario_pnl' has a row without date, portfolio or a scenario number from 1 on."
            )
        counts = np.bincount((date * shape[1] + portfolio) * size + scenario, minlength=int(np.prod(shape)))
        counts = counts.reshape(shape)
        present = np.any(counts, axis=2)
        uneven = np.argwhere(present & (counts != 1).any(axis=2))
        if len(uneven):
            day, series = uneven[0]
            raise FrameError(
                f"{portfolios[series]} does not have each of the {size} scenarios once on {dates[day]}; "
                "take the scenarios from one run of var_scenario_frame."
            )
        pnl = np.zeros(shape)
        pnl[date, portfolio, scenario] = scenario_pnl["pnl_usd"].to_numpy(dtype=np.float64, na_value=np.nan)
        scenario_dates = np.empty((len(dates), size), dtype="datetime64[D]")
        scenario_dates[date, scenario] = days_of(scenario_pnl["scenario_date"])
        return cls(dates, pd.Index(portfolios), scenario_dates, present, pnl)


class _ScopeSeries(NamedTuple):
    """One row of scenario P&L per date and scope that has any: shape (n, scenarios)."""

    date: NDArray[np.intp]
    scope_type: NDArray[np.object_]
    scope_id: NDArray[np.object_]
    pnl: FloatArray


def _scope_series(cube: _PnlCube, desk_of: pd.Series) -> _ScopeSeries:
    """Add the portfolios up to desks and the firm, scenario by scenario."""
    everyone = np.arange(len(cube.portfolios))
    scopes = [("firm", FIRM_SCOPE_ID, everyone)]
    scopes += [("desk", desk, np.flatnonzero(desk_of == desk)) for desk in sorted(desk_of.unique())]
    scopes += [("portfolio", name, everyone[number : number + 1]) for number, name in enumerate(cube.portfolios)]
    rows = []
    for scope_type, scope_id, members in scopes:
        date = np.flatnonzero(cube.present[:, members].any(axis=1))
        pnl = rounded(cube.pnl[np.ix_(date, members)].sum(axis=1), MONEY_DECIMALS)
        labels = np.full(len(date), scope_type, dtype=object), np.full(len(date), scope_id, dtype=object)
        rows.append(_ScopeSeries(date, *labels, pnl))
    return _ScopeSeries(*(np.concatenate(column) for column in zip(*rows, strict=True)))
