"""Backtests over the warehouse's tables: the same functions, a row per date and scope."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from python_models.arrays import DateArray, FloatArray
from python_models.errors import BacktestError, FrameError
from python_models.frames import days_of, require_columns, rounded
from python_models.market_risk.backtesting import (
    BacktestResult,
    acerbi_szekely_z2_of_sum,
    christoffersen_independence,
    conditional_coverage,
    kupiec,
    pnl_attribution_statistics,
)

STATISTIC_DECIMALS: Final = 10

_KEY: Final = ["business_date", "scope_type", "scope_id", "confidence_level", "pnl_type"]
_PAIRS: Final = ["n00", "n01", "n10", "n11"]


def var_backtest_frame(counts: pd.DataFrame) -> pd.DataFrame:
    """Test the counted exceptions of every date, scope, level and kind of P&L.

    Parameters
    ----------
    counts : DataFrame ``business_date``, ``scope_type``, ``scope_id``, ``confidence_level``, ``pnl_type``,
        ``observations``, ``exceptions``, ``n00``, ``n01``, ``n10``, ``n11``, ``shortfall_ratio_sum``
        One row per window; `shortfall_ratio_sum` is the sum of loss / expected shortfall over its exceptions, null
        where one of them has no expected shortfall.

    Returns
    -------
    DataFrame with the five key columns, in the order of `counts`, and ``kupiec_statistic``, ``kupiec_p_value``,
    ``independence_statistic``, ``independence_p_value``, ``conditional_coverage_statistic``,
    ``conditional_coverage_p_value``, ``es_z2_statistic``
        Rounded to 10 decimals. Null: independence and conditional coverage of a window of one day, which has no pair;
        Z2 where `shortfall_ratio_sum` is null.

    Raises
    ------
    FrameError
        If a column is missing.
    BacktestError
        As in `python_models.market_risk.backtesting.kupiec`.
    """
    require_columns(counts, "counts", [*_KEY, "observations", "exceptions", *_PAIRS, "shortfall_ratio_sum"])
    result = counts[_KEY].reset_index(drop=True)
    observations, exceptions = (counts[name].to_numpy(dtype=np.float64) for name in ("observations", "exceptions"))
    probability = np.round(1.0 - counts["confidence_level"].to_numpy(dtype=np.float64), 12)
    pairs = counts[_PAIRS].to_numpy(dtype=np.float64)
    has_pairs = pairs.sum(axis=1) > 0.0
    _put(result, "kupiec", np.ones(len(counts), dtype=np.bool_), kupiec(observations, exceptions, probability))
    _put(result, "independence", has_pairs, christoffersen_independence(*pairs[has_pairs].T))
    coverage = conditional_coverage(
        observations[has_pairs], exceptions[has_pairs], probability[has_pairs], *pairs[has_pairs].T
    )
    _put(result, "conditional_coverage", has_pairs, coverage)
    ratios = counts["shortfall_ratio_sum"].to_numpy(dtype=np.float64, na_value=np.nan)
    result["es_z2_statistic"] = rounded(acerbi_szekely_z2_of_sum(ratios, observations, probability), STATISTIC_DECIMALS)
    return result


def pnl_attribution_frame(pnl: pd.DataFrame, observations: int) -> pd.DataFrame:
    """Statistics of the P&L attribution test for every desk and date, over the last days that have both P&Ls.

    Parameters
    ----------
    pnl : DataFrame ``business_date``, ``desk_id``, ``hypothetical_pnl_usd``, ``risk_theoretical_pnl_usd``
        One row per date and desk; null = missing.
    observations : int, at least 2
        Days of a full window.

    Returns
    -------
    DataFrame ``business_date``, ``desk_id``, ``observations``, ``days_left_out``, ``spearman_correlation``,
    ``kolmogorov_smirnov``
        A row per row of `pnl`, sorted by desk and date. `observations` counts the days with both P&Ls among those up to
        the date, at most the window's; `days_left_out` the days since the first of them that lack one. Statistics are
        null below two observations, and the correlation where a P&L never changes; rounded to 10 decimals.

    Raises
    ------
    FrameError
        If a column is missing or a desk has a date twice.
    BacktestError
        If `observations` is below 2.
    """
    key = ["desk_id", "business_date"]
    require_columns(pnl, "pnl", [*key, "hypothetical_pnl_usd", "risk_theoretical_pnl_usd"])
    if observations < 2:
        raise BacktestError(f"A window of {observations} observations has no correlation; give at least 2.")
    if pnl.duplicated(key).any():
        raise FrameError("The frame 'pnl' has a desk twice on a date; give one row per date and desk.")
    parts = [
        _desk_attribution(
            desk,
            days_of(rows["business_date"]),
            rows["hypothetical_pnl_usd"].to_numpy(dtype=np.float64, na_value=np.nan),
            rows["risk_theoretical_pnl_usd"].to_numpy(dtype=np.float64, na_value=np.nan),
            observations,
        )
        for desk, rows in pnl.sort_values(key).groupby("desk_id", sort=True)
    ]
    empty = _desk_attribution("", np.empty(0, dtype="datetime64[D]"), np.empty(0), np.empty(0), observations)
    return pd.concat(parts, ignore_index=True) if parts else empty


def _desk_attribution(
    desk: object, dates: DateArray, hypothetical: FloatArray, theoretical: FloatArray, observations: int
) -> pd.DataFrame:
    complete = np.flatnonzero(np.isfinite(hypothetical) & np.isfinite(theoretical))
    ends = np.searchsorted(complete, np.arange(len(dates)), side="right")
    sizes = np.minimum(ends, observations)
    spearman, distance = np.full(len(dates), np.nan), np.full(len(dates), np.nan)
    for size in np.unique(sizes[sizes >= 2]):
        rows = np.flatnonzero(sizes == size)
        days = complete[ends[rows, None] - size + np.arange(size)]
        figures = pnl_attribution_statistics(hypothetical[days], theoretical[days])
        spearman[rows], distance[rows] = figures.spearman_correlation, figures.kolmogorov_smirnov
    started = ends > 0
    first = np.zeros(len(dates), dtype=np.intp)
    first[started] = complete[(ends - sizes)[started]]
    left_out = np.where(started, np.arange(len(dates)) - first + 1 - sizes, np.arange(len(dates)) + 1)
    return pd.DataFrame(
        {
            "business_date": dates.astype("datetime64[s]"),
            "desk_id": pd.Series([desk] * len(dates), dtype="str"),
            "observations": sizes.astype(np.int32),
            "days_left_out": left_out.astype(np.int32),
            "spearman_correlation": rounded(spearman, STATISTIC_DECIMALS),
            "kolmogorov_smirnov": rounded(distance, STATISTIC_DECIMALS),
        }
    )


def _put(frame: pd.DataFrame, name: str, rows: np.ndarray, result: BacktestResult) -> None:
    for column, values in (("statistic", result.statistic), ("p_value", result.p_value)):
        filled = np.full(len(frame), np.nan)
        filled[rows] = values
        frame[f"{name}_{column}"] = rounded(filled, STATISTIC_DECIMALS)
