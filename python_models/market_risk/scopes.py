"""Scenario P&L of everything that has a VaR: portfolios, desks, the firm, and the firm's risk classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray
from python_models.errors import FrameError
from python_models.frames import require_columns, rounded
from python_models.market_risk.scenarios import MONEY_DECIMALS, ScenarioPnl, scenario_pnl

FIRM_SCOPE_ID: Final = "FIRM"


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
    scenarios: ScenarioPnl, desks: pd.DataFrame, risk_classes: ScenarioPnl | None = None, *, horizon_days: int = 1
) -> ScopeSeries:
    """Add the portfolios' scenario P&L up to desks and the firm.

    Parameters
    ----------
    scenarios : ScenarioPnl
    desks : DataFrame ``portfolio_id``, ``desk_id``
        The desk of every portfolio.
    risk_classes : ScenarioPnl or None
        The firm's P&L, with risk classes in place of portfolios, on the same dates.
    horizon_days : int
        Of the P&L.

    Returns
    -------
    ScopeSeries
        Scopes in the order firm, desks, portfolios, risk classes, each by name, each in date order. Sums are rounded to
        6 decimals.

    Raises
    ------
    FrameError
        If a column is missing, a portfolio has no desk or two, or the risk classes have other dates.
    """
    require_columns(desks, "desks", ("portfolio_id", "desk_id"))
    if desks["portfolio_id"].duplicated().any():
        raise FrameError("The frame 'desks' names a portfolio twice; give one desk per portfolio.")
    desk_of = desks.set_index("portfolio_id")["desk_id"].reindex(scenarios.portfolios)
    if desk_of.isna().any():
        raise FrameError(f"Portfolio {desk_of.index[desk_of.isna()][0]} has no desk; add it to the frame 'desks'.")
    everyone = np.arange(len(scenarios.portfolios))
    scopes = [("firm", FIRM_SCOPE_ID, everyone)]
    scopes += [("desk", desk, np.flatnonzero(desk_of == desk)) for desk in sorted(desk_of.unique())]
    scopes += [("portfolio", name, everyone[n : n + 1]) for n, name in enumerate(scenarios.portfolios)]
    parts = [_summed(scenarios, *scope) for scope in scopes]
    if risk_classes is not None:
        if not np.array_equal(risk_classes.dates, scenarios.dates):
            raise FrameError("Risk classes and portfolios have scenarios on other dates; take both from one run.")
        parts += [_summed(risk_classes, "risk_class", n, np.array([k])) for k, n in enumerate(risk_classes.portfolios)]
    date, scope_type, scope_id, pnl = (np.concatenate(column) for column in zip(*parts, strict=True))
    return ScopeSeries(horizon_days, scenarios.dates, scenarios.scenario_dates, date, scope_type, scope_id, pnl)


def book_series(
    sensitivities: pd.DataFrame,
    risk_class_sensitivities: pd.DataFrame,
    factor_returns: pd.DataFrame,
    desks: pd.DataFrame,
    dates: DatesLike,
    *,
    window: int = 500,
    horizons: Sequence[int] = (1, 10),
) -> list[ScopeSeries]:
    """P&L vectors of every scope over several horizons, straight from the sensitivities.

    Parameters
    ----------
    sensitivities, factor_returns, dates, window
        As in `python_models.market_risk.scenarios.scenario_pnl`.
    risk_class_sensitivities : DataFrame ``business_date``, ``risk_class``, ``risk_factor_id``, ``delta_usd``, \
``gamma_usd``
        Of the whole firm; a class is the factors of one type.
    desks : DataFrame ``portfolio_id``, ``desk_id``
    horizons : sequence of int, days

    Returns
    -------
    list of ScopeSeries, one per horizon

    Raises
    ------
    FrameError
        As in `scenario_pnl` and `scope_series`.
    """
    require_columns(risk_class_sensitivities, "risk_class_sensitivities", ("risk_class",))
    by_class = risk_class_sensitivities.rename(columns={"risk_class": "portfolio_id"})
    return [
        scope_series(
            scenario_pnl(sensitivities, factor_returns, dates, window, horizon_days=horizon),
            desks,
            scenario_pnl(by_class, factor_returns, dates, window, horizon_days=horizon),
            horizon_days=horizon,
        )
        for horizon in horizons
    ]


def _summed(
    scenarios: ScenarioPnl, scope_type: str, scope_id: str, members: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.object_], FloatArray]:
    """Date positions, labels and vectors of one scope: its members added up, scenario by scenario."""
    date = np.flatnonzero(scenarios.is_present[:, members].any(axis=1))
    pnl = rounded(scenarios.pnl[np.ix_(date, members)].sum(axis=1), MONEY_DECIMALS)
    return date, np.full(len(date), scope_type, dtype=object), np.full(len(date), scope_id, dtype=object), pnl
