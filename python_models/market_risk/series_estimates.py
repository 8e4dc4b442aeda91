"""VaR and ES of every scope by the statistical methods, from the scenario P&L the warehouse keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DatesLike, FloatArray, as_days
from python_models.errors import FrameError, ModelError
from python_models.frames import rounded
from python_models.market_risk.estimates import DEFAULT_LEVELS, MEASURE_DTYPES
from python_models.market_risk.measures import METHODS, Method, series_measures
from python_models.market_risk.scenarios import MONEY_DECIMALS
from python_models.market_risk.scopes import ScopeSeries
from python_models.market_risk.weighting import GarchShape, fit_garch, garch_shape

ONE_DAY_METHODS: Final[tuple[Method, ...]] = ("volatility_scaled", "filtered")
"""Methods that follow volatility from day to day: they need one-day P&L and scale to a longer horizon."""


def series_estimates_frame(
    series_of_horizons: Sequence[ScopeSeries],
    dates: DatesLike,
    levels: Sequence[float] = DEFAULT_LEVELS,
) -> pd.DataFrame:
    """Weighted, filtered and parametric VaR and ES of every scope, over every horizon in the P&L.

    Parameters
    ----------
    series_of_horizons : sequence of ScopeSeries
        As from `python_models.market_risk.scopes.book_series`, from the first date of the month of the first of `dates`
        on; the one-day horizon is among them.
    dates : array_like of dates
        Business dates to calculate.
    levels : sequence of float, in (0.5, 1)

    Returns
    -------
    DataFrame with the columns of `MEASURE_DTYPES`
        One row per date, scope, method (those of `python_models.market_risk.measures`), level and horizon.

    Raises
    ------
    FrameError
        If the one-day horizon is missing.
    LevelError
        If a level is outside its range.

    Notes
    -----
    The GARCH(1,1) of ``filtered`` is fitted to a scope's vector on the first date of each month on which it has risk,
    and holds for the month: persistence and reaction are kept, the mean and the level of variance are each date's own.
    """
    series_of = {series.horizon_days: series for series in series_of_horizons}
    if series_of and 1 not in series_of:
        raise FrameError("There is no one-day P&L; volatility is followed from day to day, so give that horizon too.")
    wanted = np.unique(as_days(dates))
    parts = [pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in MEASURE_DTYPES.items()})]
    for horizon, series in series_of.items():
        chosen = series.take(_rows(series, wanted))
        methods = [method for method in METHODS if method not in ONE_DAY_METHODS]
        parts.append(_measured(chosen, series_measures(chosen.pnl, levels, horizon_days=horizon, methods=methods)))
    if series_of:
        one_day = series_of[1]
        garch = _monthly_garch(one_day)
        rows = _rows(one_day, wanted)
        chosen, shapes = one_day.take(rows), GarchShape(*(parameter[rows] for parameter in garch))
        for horizon in series_of:
            measures = series_measures(chosen.pnl, levels, horizon_days=horizon, methods=ONE_DAY_METHODS, garch=shapes)
            parts.append(_measured(chosen._replace(horizon_days=horizon), measures))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _rows(series: ScopeSeries, wanted: NDArray[np.datetime64]) -> NDArray[np.intp]:
    return np.flatnonzero(np.isin(series.dates[series.date], wanted))


def _monthly_garch(series: ScopeSeries) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Parameters of every vector: alpha, beta and omega's share, NaN where the month's fit failed."""
    shapes = np.full((3, len(series.pnl)), np.nan)
    keys = pd.DataFrame(
        {
            "scope_type": series.scope_type,
            "scope_id": series.scope_id,
            "month": series.dates[series.date].astype("datetime64[M]").astype(np.int64),
            "has_risk": (series.pnl != 0.0).any(axis=1),
        }
    )
    for _, group in keys.groupby(["scope_type", "scope_id", "month"], sort=False):
        rows = group.index.to_numpy()
        at_risk = rows[group["has_risk"].to_numpy()]
        if len(at_risk) == 0:
            continue
        first = at_risk[np.argmin(series.date[at_risk])]
        try:
            fit = fit_garch(series.pnl[first])
        except ModelError:
            continue
        if fit.converged:
            shapes[:, rows] = np.array(garch_shape(fit), dtype=np.float64)[:, np.newaxis]
    return shapes[0], shapes[1], shapes[2]


def _measured(series: ScopeSeries, measures: pd.DataFrame) -> pd.DataFrame:
    """Put dates and scopes beside the measures of their vectors."""
    row = measures["series"].to_numpy()
    date = series.date[row]
    return pd.DataFrame(
        {
            "business_date": series.dates[date],
            "scope_type": series.scope_type[row],
            "scope_id": series.scope_id[row],
            "method": measures["method"],
            "confidence_level": measures["confidence_level"],
            "horizon_days": series.horizon_days,
            "quantile_rule": measures["quantile_rule"],
            "scenarios": series.pnl.shape[1],
            "var_usd": rounded(measures["var"].to_numpy(), MONEY_DECIMALS),
            "es_usd": rounded(measures["es"].to_numpy(), MONEY_DECIMALS),
            "scenario_date": np.datetime64("NaT", "s"),
            "window_start": series.scenario_dates[date, 0],
            "window_end": series.scenario_dates[date, -1],
            "note": measures["note"],
        }
    ).astype(MEASURE_DTYPES)
