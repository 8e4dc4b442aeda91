"""VaR and ES by full revaluation: historical moves, and moves drawn from their covariance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import FrameError, ScenarioError
from python_models.frames import days_of, pivot_long, require_columns, rounded
from python_models.market_risk.estimates import DEFAULT_LEVELS, MEASURE_DTYPES
from python_models.market_risk.historical import QUANTILE_RULES, QuantileRule, TailRisk, tail_risks
from python_models.market_risk.monte_carlo import factor_covariance, simulate_factor_moves
from python_models.market_risk.scenarios import MONEY_DECIMALS, RELATIVE_TYPES, overlapping_moves
from python_models.market_risk.scopes import FIRM_SCOPE_ID
from python_models.pricing.market import market_data
from python_models.pricing.revaluation import MIN_VOLATILITY, Book, Holdings

LOWEST_RELATIVE_MOVE: Final = -0.99
"""A drawn move of a price or currency is kept from taking it to zero or below; figures that contain one say so."""

DEFAULT_HORIZONS: Final = (1, 10)
DEFAULT_WINDOW: Final = 500


class RevaluationInputs(NamedTuple):
    """What both methods read.

    Attributes
    ----------
    instruments, curves, spots, volatilities : DataFrame
        As in `python_models.pricing.revaluation.Book.of` and `python_models.pricing.valuation.value_instruments`.
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
    history = _History.of(inputs.factor_returns)
    over_days = {days: history.over(days) for days in horizons}
    blocks: list[pd.DataFrame] = []
    for day in _days(inputs, dates):
        for days, moves in over_days.items():
            method = _Method("historical_full_revaluation", days, window, levels, rules)
            drawn = moves.last(day.date, window)
            blocks.append(
                _estimates(day, method, drawn, None if drawn is None else drawn.moves, moves.count(day.date))
            )
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
    moves = _History.of(inputs.factor_returns).over(1)
    blocks: list[pd.DataFrame] = []
    for day in _days(inputs, dates):
        known = moves.last(day.date, window)
        draws = None if known is None else _Draws.of(day, known)
        for freedom in degrees_of_freedom:
            for days in horizons:
                name = "monte_carlo_normal" if freedom is None else "monte_carlo_t"
                method = _Method(name, days, window, levels, rules)
                drawn = None if draws is None else draws.make(n, (seed, _ordinal(day.date)), freedom, days)
                blocks.append(_estimates(day, method, known, drawn, moves.count(day.date)))
    return _stacked(blocks)
