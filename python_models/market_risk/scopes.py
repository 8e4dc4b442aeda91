"""Scenario P&L of everything that has a VaR: portfolios, desks, the firm, and the firm's risk classes."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, FloatArray
from python_models.errors import FrameError
from python_models.frames import days_of, require_columns, rounded
from python_models.market_risk.scenarios import MONEY_DECIMALS

FIRM_SCOPE_ID: Final = "FIRM"

_KEY: Final = ("business_date", "horizon_days", "scenario_number", "scenario_date", "pnl_usd")


class ScopeSeries(NamedTuple):
    """One P&L vector per date and scope, for one horizon.

    Attributes
    ----------
    horizon_days : int
    dates : ndarray of datetime64[D], shape (d,), sorted, distinct
    scenario_dates : ndarray of datetime64[D], shape (d, scenarios)
    date : ndarray of int, shape (n,)
        Position of each vector's date in `dates`.
    scope_type, scope_id : ndarray of object, shape (n,)
    pnl : ndarray, shape (n, scenarios), oldest scenario first, gains positive
    """

    horizon_days: int
    dates: DateArray
    scenario_dates: DateArray
    date: NDArray[np.intp]
    scope_type: NDArray[np.object_]
    scope_id: NDArray[np.object_]
    pnl: FloatArray

    def take(self, rows: NDArray[np.intp]) -> ScopeSeries:
        """Keep some of the vectors."""
        return self._replace(
            date=self.date[rows], scope_type=self.scope_type[rows], scope_id=self.scope_id[rows], pnl=self.pnl[rows]
        )


def scope_series(
    scenario_pnl: pd.DataFrame, desks: pd.DataFrame, risk_class_pnl: pd.DataFrame | None = None
) -> list[ScopeSeries]:
    """Add scenario P&L up to desks and the firm.

    Parameters
    ----------
    scenario_pnl : DataFrame ``business_date``, ``portfolio_id``, ``horizon_days``, ``scenario_number``, \
``scenario_date``, ``pnl_usd``
        As from `python_models.market_risk.scenarios.var_scenario_frame`, with the horizon beside it: on a date every
        portfolio has the same scenarios 1 .. n.
    desks : DataFrame ``portfolio_id``, ``desk_id``
        The desk of every portfolio.
    risk_class_pnl : DataFrame or None
        As `scenario_pnl`, of the whole firm, with ``risk_class`` in place of ``portfolio_id``.

    Returns
    -------
    list of ScopeSeries, one per horizon, shortest first; empty without scenarios
        Scopes in the order firm, desks, portfolios, risk classes, each by name, each in date order.

    Raises
    ------
    FrameError
        If a column is missing, a portfolio has no desk or two, or a scenario is missing or given twice.
    """
    require_columns(scenario_pnl, "scenario_pnl", ("portfolio_id", *_KEY))
    require_columns(desks, "desks", ("portfolio_id", "desk_id"))
    if desks["portfolio_id"].duplicated().any():
        raise FrameError("The frame 'desks' names a portfolio twice; give one desk per portfolio.")
    if risk_class_pnl is not None:
        require_columns(risk_class_pnl, "risk_class_pnl", ("risk_class", *_KEY))
    series = []
    for horizon in sorted(scenario_pnl["horizon_days"].unique()):
        cube = _PnlCube.of(scenario_pnl[scenario_pnl["horizon_days"] == horizon], "portfolio_id")
        desk_of = desks.set_index("portfolio_id")["desk_id"].reindex(cube.names)
        if desk_of.isna().any():
            raise FrameError(f"Portfolio {desk_of.index[desk_of.isna()][0]} has no desk; add it to the frame 'desks'.")
        everyone = np.arange(len(cube.names))
        scopes = [("firm", FIRM_SCOPE_ID, everyone)]
        scopes += [("desk", desk, np.flatnonzero(desk_of == desk)) for desk in sorted(desk_of.unique())]
        scopes += [("portfolio", name, everyone[number : number + 1]) for number, name in enumerate(cube.names)]
        parts = [_summed(cube, *scope) for scope in scopes]
        if risk_class_pnl is not None:
            classes = _PnlCube.of(risk_class_pnl[risk_class_pnl["horizon_days"] == horizon], "risk_class")
            if not np.array_equal(classes.dates, cube.dates):
                raise FrameError("Risk classes and portfolios have scenarios on other dates; take both from one run.")
            parts += [_summed(classes, "risk_class", name, np.array([n])) for n, name in enumerate(classes.names)]
        date, scope_type, scope_id, pnl = (np.concatenate(column) for column in zip(*parts, strict=True))
        series.append(ScopeSeries(int(horizon), cube.dates, cube.scenario_dates, date, scope_type, scope_id, pnl))
    return series


class _PnlCube(NamedTuple):
    """Scenario P&L, shape (dates, names, scenarios); 0 where a portfolio has none on a date (`present`)."""

    dates: DateArray
    names: pd.Index
    scenario_dates: DateArray
    present: NDArray[np.bool_]
    pnl: FloatArray

    @classmethod
    def of(cls, scenario_pnl: pd.DataFrame, name_column: str) -> _PnlCube:
        dates, date = np.unique(days_of(scenario_pnl["business_date"]), return_inverse=True)
        name, names = pd.factorize(scenario_pnl[name_column], sort=True)
        scenario = scenario_pnl["scenario_number"].to_numpy(dtype=np.int64) - 1
        size = int(scenario.max(initial=-1)) + 1
        shape = (len(dates), len(names), size)
        if (name < 0).any() or (scenario < 0).any() or np.isnat(dates).any():
            raise FrameError(
                f"The frame of scenario P&L has a row without date, {name_column} or a scenario number from 1 on."
            )
        counts = np.bincount((date * shape[1] + name) * size + scenario, minlength=int(np.prod(shape)))
        counts = counts.reshape(shape)
        present = np.any(counts, axis=2)
        uneven = np.argwhere(present & (counts != 1).any(axis=2))
        if len(uneven):
            day, series = uneven[0]
            raise FrameError(
                f"{names[series]} does not have each of the {size} scenarios once on {dates[day]}; "
                "take the scenarios from one run of var_scenario_frame."
            )
        pnl = np.zeros(shape)
        pnl[date, name, scenario] = scenario_pnl["pnl_usd"].to_numpy(dtype=np.float64, na_value=np.nan)
        scenario_dates = np.empty((len(dates), size), dtype="datetime64[D]")
        scenario_dates[date, scenario] = days_of(scenario_pnl["scenario_date"])
        return cls(dates, pd.Index(names), scenario_dates, present, pnl)


def _summed(
    cube: _PnlCube, scope_type: str, scope_id: str, members: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.object_], FloatArray]:
    """Date positions, labels and vectors of one scope: its members added up, scenario by scenario."""
    date = np.flatnonzero(cube.present[:, members].any(axis=1))
    pnl = rounded(cube.pnl[np.ix_(date, members)].sum(axis=1), MONEY_DECIMALS)
    return date, np.full(len(date), scope_type, dtype=object), np.full(len(date), scope_id, dtype=object), pnl
