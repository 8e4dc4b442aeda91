"""VaR and ES by full revaluation: historical moves, and moves drawn from their covariance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import FrameError
from python_models.frames import days_of, pivot_long, require_columns, rounded
from python_models.market_risk.estimates import DEFAULT_LEVELS, MEASURE_DTYPES
from python_models.market_risk.historical import QUANTILE_RULES, QuantileRule, tail_risks
from python_models.market_risk.monte_carlo import factor_covariance, simulate_factor_moves
from python_models.market_risk.scenarios import MONEY_DECIMALS, RELATIVE_TYPES, overlapping_moves
from python_models.market_risk.scopes import FIRM_SCOPE_ID
from python_models.pricing.market import market_data
from python_models.pricing.revaluation import MIN_VOLATILITY, Book, Holdings

LOWEST_RELATIVE_MOVE: Final = -0.99
"""A drawn move of a price or currency is kept from taking it to zero or below; figures that contain one say so."""

_NEVER: Final = np.datetime64("NaT", "D")

DEFAULT_HORIZONS: Final = (1, 10)
DEFAULT_WINDOW: Final = 500


class RevaluationInputs(NamedTuple):
    """What both methods read.

    Attributes
    ----------
    instruments, curves, spots, volatilities : DataFrame
        As in `python_models.pricing.revaluation.Book.of` and `python_models.pricing.valuation.value_instruments`.
        Every factor of `factor_returns` has a level or a volatility on some date.
    positions : DataFrame ``business_date``, ``portfolio_id``, ``instrument_id``, ``quantity``
    portfolios : DataFrame ``portfolio_id``, ``desk_id``
        Every portfolio; one without positions on a date has a VaR of zero on it.
    factor_returns : DataFrame ``business_date``, ``risk_factor_id``, ``factor_type``, ``factor_return``
        One-day moves: relative for the types `RELATIVE_TYPES`, else absolute. Null = missing.
    """

    instruments: pd.DataFrame
    curves: pd.DataFrame
    spots: pd.DataFrame
    volatilities: pd.DataFrame
    positions: pd.DataFrame
    portfolios: pd.DataFrame
    factor_returns: pd.DataFrame


def historical_full_revaluation_frame(
    inputs: RevaluationInputs,
    dates: DatesLike,
    *,
    levels: Sequence[float] = DEFAULT_LEVELS,
    rules: Sequence[QuantileRule] = QUANTILE_RULES,
    horizons: Sequence[int] = DEFAULT_HORIZONS,
    window: int = DEFAULT_WINDOW,
) -> pd.DataFrame:
    """VaR and ES of portfolios, desks and the firm under the last `window` factor moves, every instrument revalued.

    Parameters
    ----------
    inputs : RevaluationInputs
    dates : array_like of dates
        Business dates to calculate.
    levels : sequence of float, in (0.5, 1)
    rules : sequence of quantile rules, see `python_models.market_risk.historical`
    horizons : sequence of int
        Length of a move in days; more than one gives overlapping moves.
    window : int
        Number of scenarios.

    Returns
    -------
    DataFrame with the columns `MEASURE_DTYPES`
        One row per date, scope, level, horizon and rule; method `historical_full_revaluation`. `var_usd` and `es_usd`
        are losses, positive, rounded to 6 decimals; `scenario_date` is the last date of the move that VaR is read
        from (of two, the one with the greater weight). A figure that cannot be calculated is null with the reason in
        `note`: too little history, an instrument without a value, a move that is missing. A missing portfolio is
        missing in its desk and the firm as well.

    Raises
    ------
    FrameError
        If a column is missing, a key appears twice, or a position's portfolio or instrument is not known.
    LevelError, QuantileRuleError, ScenarioError
        As in `python_models.market_risk.historical.value_at_risk`.
    """
    moves = {days: _FactorMoves.of(inputs.factor_returns, days) for days in horizons}
    blocks: list[_Block] = []
    for day in _days(inputs, dates):
        for days, of_horizon in moves.items():
            label = _Label("historical_full_revaluation", days, window)
            known = of_horizon.last(day.date, window)
            if known is None:
                blocks += _missing(day, label, of_horizon.shortage(day.date, window), levels, rules)
                continue
            pnl = day.scope_pnl(known.moves, of_horizon.factors)
            blocks += _figures(day, label, pnl, levels, rules, known, has_scenario_dates=True)
    return _stacked(blocks)


def monte_carlo_frame(
    inputs: RevaluationInputs,
    dates: DatesLike,
    *,
    seed: int,
    n: int = 5000,
    degrees_of_freedom: Sequence[float | None] = (None, 5.0),
    levels: Sequence[float] = DEFAULT_LEVELS,
    rules: Sequence[QuantileRule] = QUANTILE_RULES,
    horizons: Sequence[int] = DEFAULT_HORIZONS,
    window: int = DEFAULT_WINDOW,
) -> pd.DataFrame:
    """VaR and ES of portfolios, desks and the firm under drawn factor moves, every instrument revalued.

    Parameters
    ----------
    inputs, dates, levels, rules
        As in `historical_full_revaluation_frame`.
    seed : int
        With the date it fixes the draws of the date, whatever other dates are calculated.
    n : int
        Number of draws, half of them mirror images of the others.
    degrees_of_freedom : sequence of float or None
        None draws from the multivariate normal, a number from the multivariate t with the same covariance.
    horizons : sequence of int
        The covariance of one day is multiplied by the days.
    window : int
        The covariance is that of so many one-day moves, with a mean of zero.

    Returns
    -------
    DataFrame with the columns `MEASURE_DTYPES`
        As from `historical_full_revaluation_frame`, methods `monte_carlo_normal` and `monte_carlo_t`, no
        `scenario_date`. `note` says how many draws of a price or currency were kept at `LOWEST_RELATIVE_MOVE`.

    Raises
    ------
    FrameError, LevelError, QuantileRuleError, ScenarioError
        As in `historical_full_revaluation_frame`.
    """
    of_one_day = _FactorMoves.of(inputs.factor_returns, 1)
    blocks: list[_Block] = []
    for day in _days(inputs, dates):
        known = of_one_day.last(day.date, window)
        for freedom in degrees_of_freedom:
            labels = [
                _Label("monte_carlo_normal" if freedom is None else "monte_carlo_t", days, n) for days in horizons
            ]
            if known is None:
                for label in labels:
                    blocks += _missing(day, label, of_one_day.shortage(day.date, window), levels, rules)
                continue
            drawn, factors = _draw(day, of_one_day.factors, known.moves, n, seed, freedom)
            for label in labels:
                # The covariance times the days is the same draws times the root of the days.
                moves, limit = _above_zero(day, np.sqrt(label.horizon_days) * drawn, factors)
                pnl = day.scope_pnl(moves, factors, limit)
                blocks += _figures(day, label, pnl, levels, rules, known, has_scenario_dates=False)
    return _stacked(blocks)


class _Known(NamedTuple):
    """The last moves up to a date, shape (window, factors), with the date on which each ends."""

    dates: DateArray
    moves: FloatArray


class _FactorMoves(NamedTuple):
    """Moves of all factors over one horizon, shape (dates, factors), NaN = missing."""

    factors: list[str]
    dates: DateArray
    moves: FloatArray

    @classmethod
    def of(cls, factor_returns: pd.DataFrame, horizon_days: int) -> _FactorMoves:
        columns = ("business_date", "risk_factor_id", "factor_type", "factor_return")
        require_columns(factor_returns, "factor_returns", columns)
        types = factor_returns.drop_duplicates("risk_factor_id").set_index("risk_factor_id")["factor_type"].sort_index()
        factors = list(types.index)
        dates, one_day = pivot_long(
            factor_returns, "factor_returns", "business_date", "risk_factor_id", "factor_return", factors
        )
        moves = overlapping_moves(one_day, types.isin(RELATIVE_TYPES).to_numpy(), horizon_days)
        return cls(factors, dates[len(dates) - len(moves) :], moves)

    def last(self, date: np.datetime64, window: int) -> _Known | None:
        """Take the `window` moves that end with the date; None where there are fewer."""
        end = int(np.searchsorted(self.dates, date, side="right"))
        if self.shortage(date, window) is not None:
            return None
        return _Known(self.dates[end - window : end], self.moves[end - window : end])

    def shortage(self, date: np.datetime64, window: int) -> str | None:
        """Say why there is no window of moves for the date, if so."""
        end = int(np.searchsorted(self.dates, date, side="right"))
        if end == 0 or self.dates[end - 1] != date:
            return "no factor moves on the date"
        return f"{end} factor moves of {window}" if end < window else None


class _Day(NamedTuple):
    """One date: the portfolios' holdings, and the portfolios (rows) of every scope."""

    date: np.datetime64
    holdings: Holdings
    portfolios: pd.Index
    scopes: list[tuple[str, str, NDArray[np.intp]]]

    def scope_pnl(
        self, moves: FloatArray, factors: Sequence[str], limit: str | None = None
    ) -> tuple[FloatArray, list[str | None]]:
        """P&L of the scopes, shape (scopes, S), and a note each: why it is missing (NaN), or what limits it."""
        result = self.holdings.pnl(moves, factors)
        pnl = np.empty((len(self.scopes), len(moves)))
        notes: list[str | None] = []
        for row, (_, _, members) in enumerate(self.scopes):
            pnl[row] = rounded(result.usd[members].sum(axis=0), MONEY_DECIMALS)
            missing = [code for code in members if result.reasons[code] is not None]
            if missing:
                pnl[row] = np.nan
                notes.append(f"{self.portfolios[missing[0]]} has no P&L: {result.reasons[missing[0]]}")
                continue
            floored = int(result.is_volatility_floored[members].any(axis=0).sum())
            kept = f"scenarios with a volatility kept at {MIN_VOLATILITY:g}: {floored}" if floored else None
            notes.append("; ".join(note for note in (limit, kept) if note) or None)
        return pnl, notes


def _days(inputs: RevaluationInputs, dates: DatesLike) -> Iterator[_Day]:
    """Prepare one date after the other, so that memory does not grow with the dates."""
    require_columns(inputs.positions, "positions", ("business_date", "portfolio_id", "instrument_id", "quantity"))
    require_columns(inputs.portfolios, "portfolios", ("portfolio_id", "desk_id"))
    if inputs.portfolios["portfolio_id"].duplicated().any() or inputs.portfolios["desk_id"].isna().any():
        raise FrameError("The frame 'portfolios' names a portfolio twice or without a desk; give one desk each.")
    wanted = np.unique(as_days(dates))
    book = Book.of(inputs.instruments)
    market = market_data(
        inputs.curves, inputs.spots, inputs.volatilities, wanted, book.terms, only_dates_with_curve=False
    )
    sorted_portfolios = inputs.portfolios.sort_values("portfolio_id")
    portfolios = pd.Index(sorted_portfolios["portfolio_id"].astype("str"))
    desk = sorted_portfolios["desk_id"].to_numpy(dtype=object)
    everyone = np.arange(len(portfolios))
    scopes = [("firm", FIRM_SCOPE_ID, everyone)]
    scopes += [("desk", name, np.flatnonzero(desk == name)) for name in np.unique(desk)]
    scopes += [("portfolio", name, everyone[row : row + 1]) for row, name in enumerate(portfolios)]
    days = days_of(inputs.positions["business_date"])
    for date in wanted:
        positions = book.positions(inputs.positions[days == date], portfolios)
        yield _Day(date, book.on(date, market).holdings(positions), portfolios, scopes)


def _draw(
    day: _Day, factors: list[str], known: FloatArray, n: int, seed: int, degrees_of_freedom: float | None
) -> tuple[FloatArray, list[str]]:
    """Draw one-day moves of the factors that the positions depend on; one with a missing move is left out."""
    book = day.holdings.book
    needed = set(book.factors[day.holdings.needed_factors()])
    is_known = np.asarray(np.isfinite(known).all(axis=0))
    columns = [column for column, factor in enumerate(factors) if factor in needed and is_known[column]]
    if not columns:
        return np.empty((n, 0)), []
    moves = simulate_factor_moves(
        factor_covariance(known[:, columns]),
        n,
        seed=(seed, int(day.date.astype("datetime64[D]").astype(np.int64))),
        degrees_of_freedom=degrees_of_freedom,
    )
    return moves, [factors[column] for column in columns]


def _above_zero(day: _Day, moves: FloatArray, factors: list[str]) -> tuple[FloatArray, str | None]:
    """Keep relative moves from taking a price to zero or below, and say how many were kept."""
    too_low = day.holdings.book.is_relative(factors) & (moves < LOWEST_RELATIVE_MOVE)
    kept = int(too_low.sum())
    note = f"drawn moves of prices kept at {LOWEST_RELATIVE_MOVE:g}: {kept}" if kept else None
    return np.where(too_low, LOWEST_RELATIVE_MOVE, moves), note


class _Label(NamedTuple):
    """What a block of figures is called."""

    method: str
    horizon_days: int
    scenarios: int


class _Block(NamedTuple):
    """Figures of all scopes of a date for one label, level and rule."""

    day: _Day
    label: _Label
    level: float
    rule: str
    value_at_risk: FloatArray
    expected_shortfall: FloatArray
    scenario_dates: DateArray
    window: tuple[np.datetime64, np.datetime64]
    notes: list[str | None]


def _missing(
    day: _Day, label: _Label, reason: str | None, levels: Sequence[float], rules: Sequence[QuantileRule]
) -> list[_Block]:
    """Blocks without figures, with the reason."""
    nothing, never = np.full(len(day.scopes), np.nan), np.full(len(day.scopes), _NEVER)
    return [
        _Block(day, label, level, rule, nothing, nothing, never, (_NEVER, _NEVER), [reason] * len(day.scopes))
        for level in levels
        for rule in rules
    ]


def _figures(
    day: _Day,
    label: _Label,
    scope_pnl: tuple[FloatArray, list[str | None]],
    levels: Sequence[float],
    rules: Sequence[QuantileRule],
    known: _Known,
    *,
    has_scenario_dates: bool,
) -> list[_Block]:
    """One block per level and rule; null figures for a scope without P&L."""
    pnl, notes = scope_pnl
    is_whole = np.asarray(np.isfinite(pnl).all(axis=1))
    blocks = []
    for risk in tail_risks(np.where(is_whole[:, np.newaxis], pnl, 0.0), levels, rules):
        scenario_dates = np.full(len(pnl), _NEVER)
        if has_scenario_dates:
            read_from = risk.tail.indices[:, int(np.argmax(risk.tail.weights))]
            scenario_dates[is_whole] = known.dates[read_from[is_whole]]
        blocks.append(
            _Block(
                day,
                label,
                risk.level,
                risk.rule,
                np.where(is_whole, rounded(risk.value_at_risk, MONEY_DECIMALS), np.nan),
                np.where(is_whole, rounded(risk.expected_shortfall, MONEY_DECIMALS), np.nan),
                scenario_dates,
                (known.dates[0], known.dates[-1]),
                notes,
            )
        )
    return blocks


def _stacked(blocks: list[_Block]) -> pd.DataFrame:
    """Put all blocks into one frame, one row per scope of each."""
    if not blocks:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in MEASURE_DTYPES.items()})
    sizes = [len(block.notes) for block in blocks]

    def each(values: list[Any]) -> NDArray[Any]:
        return np.repeat(np.array(values), sizes)

    return pd.DataFrame(
        {
            "business_date": each([block.day.date for block in blocks]),
            "scope_type": [scope_type for block in blocks for scope_type, _, _ in block.day.scopes],
            "scope_id": [scope_id for block in blocks for _, scope_id, _ in block.day.scopes],
            "method": each([block.label.method for block in blocks]),
            "confidence_level": each([block.level for block in blocks]),
            "horizon_days": each([block.label.horizon_days for block in blocks]),
            "quantile_rule": each([block.rule for block in blocks]),
            "scenarios": each([block.label.scenarios for block in blocks]),
            "var_usd": np.concatenate([block.value_at_risk for block in blocks]),
            "es_usd": np.concatenate([block.expected_shortfall for block in blocks]),
            "scenario_date": np.concatenate([block.scenario_dates for block in blocks]),
            "window_start": each([block.window[0] for block in blocks]),
            "window_end": each([block.window[1] for block in blocks]),
            "note": [note for block in blocks for note in block.notes],
        }
    ).astype(MEASURE_DTYPES)
