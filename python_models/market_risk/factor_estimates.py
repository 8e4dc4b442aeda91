"""VaR and ES straight from sensitivities and factor moves: closed-form delta-gamma, and the stressed period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import DegenerateError, FrameError
from python_models.frames import days_of, pivot_long, require_columns, rounded
from python_models.market_risk.estimates import DEFAULT_LEVELS, MEASURE_DTYPES
from python_models.market_risk.historical import QuantileRule, historical_risks, tail_risks
from python_models.market_risk.measures import CORNISH_FISHER_RANGE, NO_RISK, OUTSIDE_DOMAIN, SHORTFALL_IS_VAR
from python_models.market_risk.parametric import (
    Moments,
    cornish_fisher_risk,
    delta_gamma_moments,
    is_in_cornish_fisher_domain,
)
from python_models.market_risk.scenarios import (
    MONEY_DECIMALS,
    RELATIVE_TYPES,
    Exposures,
    delta_gamma_pnl,
    overlapping_moves,
)
from python_models.market_risk.scopes import FIRM_SCOPE_ID

HORIZONS: Final = (1, 10)
STRESSED_WINDOW: Final = 250
SELECTION_LEVEL: Final = 0.975


_Block: TypeAlias = dict[str, Any]
"""One column each: an array with an entry a scope, or one value for all of them."""


class _Moves(NamedTuple):
    """Factor moves of one horizon, shape (dates, factors); `dates` are the last days of the moves."""

    dates: DateArray
    moves: FloatArray

    def up_to(self, date: np.datetime64, count: int) -> _Moves:
        """Keep the last `count` moves that were known on a date; fewer when the history is shorter."""
        end = int(np.searchsorted(self.dates, date, side="right"))
        return _Moves(self.dates[max(end - count, 0) : end], self.moves[max(end - count, 0) : end])


class _ScopeBook(NamedTuple):
    """Sensitivities of every scope on one date, shape (scopes, factors); the factors are those of the exposures."""

    date: np.datetime64
    scope_type: NDArray[np.object_]
    scope_id: NDArray[np.object_]
    deltas: FloatArray
    gammas: FloatArray


class _Setting(NamedTuple):
    exposures: Exposures
    desk_of: NDArray[np.object_]
    risk_class_of: NDArray[np.object_]
    moves: dict[int, _Moves]

    @classmethod
    def of(
        cls,
        sensitivities: pd.DataFrame,
        factor_returns: pd.DataFrame,
        desks: pd.DataFrame,
        dates: DateArray,
    ) -> _Setting:
        key = ("business_date", "portfolio_id", "risk_factor_id", "delta_usd", "gamma_usd")
        require_columns(sensitivities, "sensitivities", key)
        require_columns(
            factor_returns, "factor_returns", ("business_date", "risk_factor_id", "factor_type", "factor_return")
        )
        require_columns(desks, "desks", ("portfolio_id", "desk_id"))
        exposures = Exposures.of(sensitivities, dates)
        desk_of = desks.set_index("portfolio_id")["desk_id"].reindex(exposures.portfolios)
        if desk_of.isna().any():
            raise FrameError(f"Portfolio {desk_of.index[desk_of.isna()][0]} has no desk; add it to the frame 'desks'.")
        types = factor_returns.drop_duplicates("risk_factor_id").set_index("risk_factor_id")["factor_type"]
        risk_class_of = types.reindex(exposures.factors)
        if risk_class_of.isna().any():
            stranger = risk_class_of.index[risk_class_of.isna()][0]
            raise FrameError(f"{stranger} has a sensitivity and no move on any date; deliver its levels.")
        known = factor_returns[factor_returns["risk_factor_id"].isin(exposures.factors)]
        calendar, returns = pivot_long(
            known, "factor_returns", "business_date", "risk_factor_id", "factor_return", list(exposures.factors)
        )
        is_relative = risk_class_of.isin(RELATIVE_TYPES).to_numpy()
        moves = {}
        for horizon in HORIZONS:
            matrix = overlapping_moves(returns, is_relative, horizon)
            moves[horizon] = _Moves(calendar[len(calendar) - len(matrix) :], matrix)
        return cls(exposures, desk_of.to_numpy(dtype=object), risk_class_of.to_numpy(dtype=object), moves)

    def books(self, dates: DateArray) -> Iterator[_ScopeBook]:
        """Yield the books of the dates that have one."""
        for date in dates:
            book = self.book(date)
            if book is not None:
                yield book

    def book(self, date: np.datetime64) -> _ScopeBook | None:
        """Add the portfolios' sensitivities up to every scope; None when no portfolio has any."""
        portfolios, deltas, gammas = self.exposures.on(date)
        if len(portfolios) == 0:
            return None
        names, desk_of = self.exposures.portfolios.to_numpy(dtype=object)[portfolios], self.desk_of[portfolios]
        desks = sorted(set(desk_of))
        firm_delta, firm_gamma = _total(deltas), _total(gammas)
        is_held = (firm_delta != 0.0) | (firm_gamma != 0.0)
        classes = sorted(set(self.risk_class_of[is_held]))
        masks = np.array([self.risk_class_of == name for name in classes]).reshape(len(classes), deltas.shape[1])
        scope_type = ["firm", *["desk"] * len(desks), *["portfolio"] * len(names), *["risk_class"] * len(classes)]
        return _ScopeBook(
            date,
            np.array(scope_type, dtype=object),
            np.array([FIRM_SCOPE_ID, *desks, *names, *classes], dtype=object),
            np.vstack([firm_delta, *(_total(deltas[desk_of == desk]) for desk in desks), deltas, masks * firm_delta]),
            np.vstack([firm_gamma, *(_total(gammas[desk_of == desk]) for desk in desks), gammas, masks * firm_gamma]),
        )


def delta_gamma_frame(
    sensitivities: pd.DataFrame,
    factor_returns: pd.DataFrame,
    desks: pd.DataFrame,
    dates: DatesLike,
    levels: Sequence[float] = DEFAULT_LEVELS,
    window: int = 500,
) -> pd.DataFrame:
    """Closed-form delta-gamma VaR and ES of every scope: method ``delta_gamma``.

    Parameters
    ----------
    sensitivities, factor_returns : DataFrame
        As in `python_models.market_risk.scenarios.var_scenario_frame`.
    desks : DataFrame ``portfolio_id``, ``desk_id``
    dates : array_like of dates
        Business dates to calculate.
    levels : sequence of float, in (0.5, 1)
    window : int
        Number of one-day moves in the covariance.

    Returns
    -------
    DataFrame with the columns of `MEASURE_DTYPES`
        One row per date, scope, level and horizon. The factors are normal with mean zero and the sample covariance of
        the last `window` one-day moves, times the horizon in days; the first four moments of
        ``delta'x + x'Gamma x / 2`` go through the Cornish-Fisher expansion. A date whose window is short or has a
        missing move gives null figures and a note.

    Raises
    ------
    FrameError
        If a column is missing, a key appears twice, a portfolio has no desk or a factor no move at all.
    """
    wanted = np.unique(as_days(dates))
    setting = _Setting.of(sensitivities, factor_returns, desks, wanted)
    blocks: list[_Block] = []
    for book in setting.books(wanted):
        history = setting.moves[1].up_to(book.date, window)
        counts = ((book.deltas != 0.0) | (book.gammas != 0.0)).any(axis=0)
        note = _lack(history, window, counts, setting.exposures.factors)
        for horizon in HORIZONS:
            if note is not None:
                blocks += [_missing(book, "delta_gamma", "closed_form", level, horizon, note) for level in levels]
                continue
            covariance = np.atleast_2d(np.cov(history.moves[:, counts], rowvar=False)) * horizon
            moments, notes = _moments(book.deltas[:, counts], book.gammas[:, counts], covariance)
            blocks += [
                _block(
                    book, "delta_gamma", "closed_form", level, horizon, *_cornish_fisher(moments, notes, level), history
                )
                for level in levels
            ]
    return _frame(blocks)


def stressed_frame(
    sensitivities: pd.DataFrame,
    factor_returns: pd.DataFrame,
    desks: pd.DataFrame,
    dates: DatesLike,
    levels: Sequence[float] = DEFAULT_LEVELS,
    rules: Sequence[QuantileRule] = ("order_statistic", "linear"),
) -> pd.DataFrame:
    """VaR and ES of every scope under the worst period there was for the firm: method ``stressed``.

    Parameters
    ----------
    sensitivities, factor_returns, desks
        As in `delta_gamma_frame`; the sensitivities reach back to the first date of the month of the first of `dates`.
    dates : array_like of dates
        Business dates to calculate.
    levels : sequence of float, in (0.5, 1)
    rules : sequence of quantile rules, see `python_models.market_risk.historical`

    Returns
    -------
    DataFrame with the columns of `MEASURE_DTYPES`
        One row per date, scope, level, rule and horizon; the window columns name the stressed period.

    Raises
    ------
    FrameError
        As in `delta_gamma_frame`.

    Notes
    -----
    On the first date of each month with sensitivities the period is chosen anew: of all runs of `STRESSED_WINDOW`
    one-day moves known by then, the one in which the firm's book of that date has the largest expected shortfall at
    97.5 % (the earliest of equals); MAR33.7 asks for such a period and its review. It holds for the whole month.
    """
    wanted = np.unique(as_days(dates))
    held = np.unique(days_of(sensitivities["business_date"]))
    setting = _Setting.of(sensitivities, factor_returns, desks, held)
    month_of = {
        month: held[held.astype("datetime64[M]") == month][0] for month in np.unique(wanted.astype("datetime64[M]"))
    }
    chosen = {month: _stressed_period(setting, first) for month, first in month_of.items()}
    blocks: list[_Block] = []
    for book in setting.books(wanted):
        end = chosen[book.date.astype("datetime64[M]")]
        counts = ((book.deltas != 0.0) | (book.gammas != 0.0)).any(axis=0)
        for horizon in HORIZONS:
            period = None if end is None else setting.moves[horizon].up_to(end, STRESSED_WINDOW)
            note = (
                f"fewer than {STRESSED_WINDOW} complete factor moves to choose a stressed period from"
                if period is None
                else _lack(period, STRESSED_WINDOW, counts, setting.exposures.factors)
            )
            if period is None or note is not None:
                blocks += [
                    _missing(book, "stressed", rule, level, horizon, note or "") for level in levels for rule in rules
                ]
                continue
            pnl = rounded(delta_gamma_pnl(book.deltas, book.gammas, period.moves), MONEY_DECIMALS)
            for risk in tail_risks(pnl, levels, rules):
                blocks.append(
                    _block(
                        book,
                        "stressed",
                        risk.rule,
                        risk.level,
                        horizon,
                        risk.value_at_risk,
                        risk.expected_shortfall,
                        None,
                        period,
                        period.dates[risk.tail.indices[:, int(np.argmax(risk.tail.weights))]],
                    )
                )
    return _frame(blocks)


def _stressed_period(setting: _Setting, date: np.datetime64) -> np.datetime64 | None:
    """Last date of the run of moves in which the firm's book of a date has the largest expected shortfall."""
    book = setting.book(date)
    if book is None:
        return None
    history = setting.moves[1].up_to(date, len(setting.moves[1].dates))
    is_held = (book.deltas[0] != 0.0) | (book.gammas[0] != 0.0)
    is_known: NDArray[np.bool_] = np.all(np.isfinite(history.moves[:, is_held]), axis=1)
    if len(is_known) < STRESSED_WINDOW:
        return None
    pnl = np.full(len(is_known), np.nan)
    (pnl[is_known],) = delta_gamma_pnl(
        book.deltas[:1, is_held], book.gammas[:1, is_held], history.moves[is_known][:, is_held]
    )
    windows = np.lib.stride_tricks.sliding_window_view(pnl, STRESSED_WINDOW)
    complete = np.flatnonzero(np.isfinite(windows).all(axis=1))
    if len(complete) == 0:
        return None
    (risk,) = historical_risks(windows[complete], [SELECTION_LEVEL], ["linear"])
    worst = complete[int(np.argmax(risk.expected_shortfall))]
    return history.dates[worst + STRESSED_WINDOW - 1]


def _moments(deltas: FloatArray, gammas: FloatArray, covariance: FloatArray) -> tuple[Moments, NDArray[np.object_]]:
    """Moments of every scope, and what its reader must know; zeros without risk, NaN where they are not defined."""
    figures = np.zeros((4, len(deltas)))
    notes = np.full(len(deltas), None, dtype=object)
    at_risk = np.flatnonzero((deltas != 0.0).any(axis=1) | (gammas != 0.0).any(axis=1))
    notes[np.setdiff1d(np.arange(len(deltas)), at_risk)] = NO_RISK
    try:
        if len(at_risk):
            figures[:, at_risk] = delta_gamma_moments(deltas[at_risk], gammas[at_risk], covariance)
    except DegenerateError:
        for scope in at_risk:
            try:
                figures[:, scope] = delta_gamma_moments(deltas[scope], gammas[scope], covariance)
            except DegenerateError as error:
                figures[:, scope], notes[scope] = np.nan, str(error)
    is_outside = ~is_in_cornish_fisher_domain(Moments(*figures), within=CORNISH_FISHER_RANGE) & pd.isna(notes)
    figures[:, is_outside], notes[is_outside] = np.nan, OUTSIDE_DOMAIN
    return Moments(*figures), notes


def _cornish_fisher(
    moments: Moments, notes: NDArray[np.object_], level: float
) -> tuple[FloatArray, FloatArray, NDArray[np.object_]]:
    """VaR, ES and note of every scope; NaN where its moments are not defined."""
    var, es, notes = np.full(len(notes), np.nan), np.full(len(notes), np.nan), notes.copy()
    is_defined = np.isfinite(moments.mean)
    if is_defined.any():
        defined = Moments(*(figure[is_defined] for figure in moments))
        var[is_defined], es[is_defined] = cornish_fisher_risk(defined, level)
        expansion = cornish_fisher_risk(defined, level, operational=False)
        is_raised = is_defined.copy()
        is_raised[is_defined] = expansion.expected_shortfall < es[is_defined]
        notes[is_raised & pd.isna(notes)] = SHORTFALL_IS_VAR
    return var, es, notes


def _lack(history: _Moves, window: int, counts: NDArray[np.bool_], factors: pd.Index) -> str | None:
    """Say why moves cannot be used, if they cannot."""
    if len(history.dates) < window:
        return f"{len(history.dates)} factor moves of {window}"
    missing = np.argwhere(~np.isfinite(history.moves[:, counts]))
    if len(missing):
        day, factor = missing[0]
        return f"no move of {factors[counts][factor]} on {history.dates[day]}"
    return None


def _missing(book: _ScopeBook, method: str, rule: str, level: float, horizon: int, note: str) -> _Block:
    """Rows of null figures that say why."""
    nothing = np.full(len(book.scope_id), np.nan)
    none = _Moves(np.array([], dtype="datetime64[D]"), np.empty((0, 0)))
    return _block(book, method, rule, level, horizon, nothing, nothing, note, none)


def _block(
    book: _ScopeBook,
    method: str,
    rule: str,
    level: float,
    horizon: int,
    var: FloatArray,
    es: FloatArray,
    note: NDArray[np.object_] | str | None,
    history: _Moves,
    scenario_dates: DateArray | None = None,
) -> _Block:
    """Rows of one date, level, rule and horizon, a row a scope."""
    unknown = np.datetime64("NaT", "D")
    columns: _Block = {
        "business_date": book.date,
        "scope_type": book.scope_type,
        "scope_id": book.scope_id,
        "method": method,
        "confidence_level": level,
        "horizon_days": horizon,
        "quantile_rule": rule,
        "scenarios": len(history.dates),
        "var_usd": rounded(var, MONEY_DECIMALS),
        "es_usd": rounded(es, MONEY_DECIMALS),
        "scenario_date": unknown if scenario_dates is None else scenario_dates,
        "window_start": history.dates[0] if len(history.dates) else unknown,
        "window_end": history.dates[-1] if len(history.dates) else unknown,
        "note": note,
    }
    return columns


def _frame(blocks: list[_Block]) -> pd.DataFrame:
    """Join the blocks column by column: thousands of small frames would take longer than the figures in them."""
    sizes = [len(block["scope_id"]) for block in blocks]
    columns = {}
    for name, dtype in MEASURE_DTYPES.items():
        parts = [
            np.full(size, block[name]) if np.ndim(block[name]) == 0 else block[name]
            for size, block in zip(sizes, blocks, strict=True)
        ]
        columns[name] = pd.Series(np.concatenate(parts) if parts else [], dtype=dtype)
    return pd.DataFrame(columns)


def _total(matrix: FloatArray) -> FloatArray:
    """Add the rows one after the other, so that the sum has the same bits whatever else is in the call."""
    total: FloatArray = np.add.accumulate(matrix, axis=0)[-1]
    return total
