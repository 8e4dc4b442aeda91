"""Expected shortfall for capital, day by day: the book's sensitivities through horizons, stress and IMCC (MAR33)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, FloatArray
from python_models.capital.delta_charges import MONEY_DECIMALS, ParameterValues, parameter_values, rule_value
from python_models.capital.internal_model import imcc, liquidity_horizon_es, stressed_es
from python_models.errors import CapitalError
from python_models.frames import days_of, pivot_long, require_columns, rounded
from python_models.market_risk.historical import QuantileRule, expected_shortfall
from python_models.market_risk.scenarios import RELATIVE_TYPES, delta_gamma_pnl, overlapping_moves

UNCONSTRAINED: Final = "unconstrained"
TOTAL: Final = "imcc"
RULE: Final[QuantileRule] = "linear"

IMCC_DTYPES: Final = {
    "reporting_date": "datetime64[s]",
    "business_date": "datetime64[s]",
    "component": "str",
    "es_full_current_usd": "float64",
    "es_reduced_current_usd": "float64",
    "es_reduced_stressed_usd": "float64",
    "imcc_usd": "float64",
    "stress_start": "datetime64[s]",
    "stress_end": "datetime64[s]",
    "note": "str",
}


class _Rules(NamedTuple):
    """What MAR33 fixes for one reporting date; equal rules give equal figures."""

    level: float
    window: int
    base_days: int
    averaging_days: int
    weight: float
    ladder: tuple[int, ...]

    @classmethod
    def of(cls, values: ParameterValues) -> _Rules:
        horizons = values.get("MAR33.liquidity_horizon")
        if not horizons:
            raise CapitalError("Rule group MAR33.liquidity_horizon has no value on the date; add its rows to the seed.")
        return cls(
            rule_value(values, "MAR33.expected_shortfall_level"),
            int(rule_value(values, "MAR33.observation_days")),
            int(rule_value(values, "MAR33.liquidity_base_horizon_days")),
            int(rule_value(values, "MAR33.averaging_days")),
            rule_value(values, "MAR33.imcc_unconstrained_weight"),
            tuple(sorted({int(days) for days in horizons.values()})),
        )


class _Factors(NamedTuple):
    """Class, horizon and set of every risk factor, in the order of the sensitivities' columns."""

    risk_class: NDArray[np.object_]
    horizon: FloatArray
    is_reduced: NDArray[np.bool_]


class _Book(NamedTuple):
    """Firm-wide sensitivities, shape (dates, factors), and moves of the factors, shape (moves, factors)."""

    names: list[str]
    dates: DateArray
    deltas: FloatArray
    gammas: FloatArray
    move_dates: DateArray
    moves: FloatArray


class _Shortfalls(NamedTuple):
    """Of one date: components, shape (components,), the stressed period, and why there is none."""

    components: list[str]
    full_current: FloatArray
    reduced_current: FloatArray
    reduced_stressed: FloatArray
    charge: FloatArray
    period: tuple[np.datetime64, np.datetime64]
    note: str | None


def imcc_frame(
    sensitivities: pd.DataFrame, factor_returns: pd.DataFrame, factors: pd.DataFrame, parameters: pd.DataFrame
) -> pd.DataFrame:
    """Work out the internally modelled charge of each reporting date and of the days before it that are averaged.

    Parameters
    ----------
    sensitivities : DataFrame ``business_date``, ``risk_factor_id``, ``delta_usd``, ``gamma_usd``
        Of the whole firm, USD per unit move of the factor.
    factor_returns : DataFrame ``business_date``, ``risk_factor_id``, ``factor_type``, ``factor_return``
        One-day moves, all the history there is.
    factors : DataFrame ``reporting_date``, ``risk_factor_id``, ``risk_class``, ``liquidity_horizon_days``, \
``is_in_reduced_set``
    parameters : DataFrame ``reporting_date``, ``rule_group``, ``parameter_key``, ``value``
        In force on each reporting date.

    Returns
    -------
    DataFrame with the columns of `IMCC_DTYPES`
        Per reporting date and each of its last 60 dates with sensitivities (MAR33.41), one row for `unconstrained`,
        one per risk class, and `imcc` with their weighted sum. Figures are positive, over the base horizon raised to
        each factor's liquidity horizon; null with a note where moves are missing.

    Raises
    ------
    FrameError
        If a column is missing or a key appears twice.
    CapitalError
        If a rule has no value, naming it, or a factor with a sensitivity has no horizon.

    Notes
    -----
    P&L is delta and gamma times overlapping moves over the base horizon of 10 days (MAR33.4). Expected shortfall is the
    mean of the losses at least as large as VaR read by linear interpolation. The stressed period is the run of twelve
    months in which the reduced set of the firm has the largest expected shortfall over the base horizon; it is chosen
    on the first date with sensitivities of each month and holds for the month (MAR33.7).
    """
    require_columns(
        factors,
        "factors",
        ("reporting_date", "risk_factor_id", "risk_class", "liquidity_horizon_days", "is_in_reduced_set"),
    )
    require_columns(parameters, "parameters", ("reporting_date",))
    parameter_days, factor_days = days_of(parameters["reporting_date"]), days_of(factors["reporting_date"])
    blocks: list[dict[str, NDArray[np.object_]]] = []
    books: dict[int, _Book] = {}
    periods: dict[tuple[object, ...], np.datetime64 | None] = {}
    known: dict[tuple[object, ...], _Shortfalls] = {}
    for day in np.unique(factor_days):
        rules = _Rules.of(parameter_values(parameters[parameter_days == day]))
        if rules.base_days not in books:
            books[rules.base_days] = _book(sensitivities, factor_returns, rules.base_days)
        book = books[rules.base_days]
        of_factor = _factors(factors[factor_days == day], book)
        end = int(np.searchsorted(book.dates, day, side="right"))
        for row in range(max(end - rules.averaging_days, 0), end):
            month = book.dates[row].astype("datetime64[M]")
            setting = (rules, of_factor.horizon.tobytes(), of_factor.is_reduced.tobytes(), tuple(of_factor.risk_class))
            if (month, setting) not in periods:
                first = int(np.flatnonzero(book.dates.astype("datetime64[M]") == month)[0])
                periods[month, setting] = _stressed_period(book, first, of_factor, rules)
            if (row, setting) not in known:
                known[row, setting] = _shortfalls(book, row, of_factor, rules, periods[month, setting])
            found = known[row, setting]
            total = (
                np.nan if np.isnan(found.charge).any() else float(imcc(found.charge[0], found.charge[1:], rules.weight))
            )
            blocks.append(_block(day, book.dates[row], found, total))
    return pd.DataFrame(
        {
            name: pd.Series(np.concatenate([block[name] for block in blocks]) if blocks else [], dtype=dtype)
            for name, dtype in IMCC_DTYPES.items()
        }
    )


def _book(sensitivities: pd.DataFrame, factor_returns: pd.DataFrame, base_days: int) -> _Book:
    require_columns(sensitivities, "sensitivities", ("business_date", "risk_factor_id", "delta_usd", "gamma_usd"))
    require_columns(
        factor_returns, "factor_returns", ("business_date", "risk_factor_id", "factor_type", "factor_return")
    )
    names = sorted({*sensitivities["risk_factor_id"]})
    dates, deltas = pivot_long(sensitivities, "sensitivities", "business_date", "risk_factor_id", "delta_usd", names)
    _, gammas = pivot_long(sensitivities, "sensitivities", "business_date", "risk_factor_id", "gamma_usd", names)
    known = factor_returns[factor_returns["risk_factor_id"].isin(names)]
    calendar, returns = pivot_long(known, "factor_returns", "business_date", "risk_factor_id", "factor_return", names)
    types = known.drop_duplicates("risk_factor_id").set_index("risk_factor_id")["factor_type"]
    moves = overlapping_moves(returns, types.reindex(names).isin(RELATIVE_TYPES).to_numpy(), base_days)
    # A factor without a row on a date is not held on it.
    return _Book(
        names, dates, np.nan_to_num(deltas), np.nan_to_num(gammas), calendar[len(calendar) - len(moves) :], moves
    )


def _factors(factors: pd.DataFrame, book: _Book) -> _Factors:
    described = factors.set_index("risk_factor_id").reindex(book.names)
    if described["liquidity_horizon_days"].isna().any():
        stranger = described.index[described["liquidity_horizon_days"].isna()][0]
        raise CapitalError(f"Risk factor {stranger} has no liquidity horizon; give its category one (MAR33.12).")
    return _Factors(
        described["risk_class"].to_numpy(dtype=object),
        described["liquidity_horizon_days"].to_numpy(dtype=np.float64),
        described["is_in_reduced_set"].to_numpy(dtype=np.bool_),
    )


def _stressed_period(book: _Book, row: int, factors: _Factors, rules: _Rules) -> np.datetime64 | None:
    """Last date of the worst run of moves for the reduced set; the earliest of equals, None without a whole run."""
    end = int(np.searchsorted(book.move_dates, book.dates[row], side="right"))
    is_held = factors.is_reduced & ((book.deltas[row] != 0.0) | (book.gammas[row] != 0.0))
    moves = book.moves[:end, is_held]
    is_known = np.isfinite(moves).all(axis=1)
    pnl = np.full(end, np.nan)
    if not is_held.any() or is_known.sum() < rules.window:
        return None
    (pnl[is_known],) = delta_gamma_pnl(
        book.deltas[row : row + 1, is_held], book.gammas[row : row + 1, is_held], moves[is_known]
    )
    windows = np.lib.stride_tricks.sliding_window_view(pnl, rules.window)
    complete = np.flatnonzero(np.isfinite(windows).all(axis=1))
    if len(complete) == 0:
        return None
    worst = complete[int(np.argmax(expected_shortfall(windows[complete], rules.level, RULE)))]
    return np.datetime64(book.move_dates[worst + rules.window - 1])


def _shortfalls(
    book: _Book, row: int, factors: _Factors, rules: _Rules, stressed_end: np.datetime64 | None
) -> _Shortfalls:
    components = [UNCONSTRAINED, *sorted({*factors.risk_class})]
    nothing = np.full(len(components), np.nan)
    never = (np.datetime64("NaT"), np.datetime64("NaT"))
    is_held = (book.deltas[row] != 0.0) | (book.gammas[row] != 0.0)
    if not is_held.any():
        none = np.zeros(len(components))
        return _Shortfalls(components, none, none, none, none, never, "no risk is held")
    if stressed_end is None:
        note = f"fewer than {rules.window} complete moves to choose a stressed period from"
        return _Shortfalls(components, nothing, nothing, nothing, nothing, never, note)
    current = _window(book, book.dates[row], rules.window)
    stressed = _window(book, stressed_end, rules.window)
    for dates, end, needed in (
        (current, book.dates[row], is_held),
        (stressed, stressed_end, is_held & factors.is_reduced),
    ):
        if len(book.moves[dates]) < rules.window or not np.isfinite(book.moves[dates][:, needed]).all():
            note = f"fewer than {rules.window} complete moves up to {end}"
            return _Shortfalls(components, nothing, nothing, nothing, nothing, never, note)
    everything = np.ones(len(factors.is_reduced), dtype=np.bool_)
    full_current, reduced_current, reduced_stressed = (
        _by_component(book, row, factors, rules, components, dates, chosen)
        for dates, chosen in ((current, everything), (current, factors.is_reduced), (stressed, factors.is_reduced))
    )
    period = (book.move_dates[stressed][0], book.move_dates[stressed][-1])
    lacking = np.flatnonzero((reduced_current == 0.0) & (full_current > 0.0))
    if len(lacking):
        note = f"the reduced set has no shortfall in {components[lacking[0]]} while the full set has one"
        return _Shortfalls(components, full_current, reduced_current, reduced_stressed, nothing, period, note)
    charge = stressed_es(reduced_stressed, full_current, reduced_current)
    return _Shortfalls(components, full_current, reduced_current, reduced_stressed, charge, period, None)


def _window(book: _Book, end: np.datetime64, length: int) -> slice:
    last = int(np.searchsorted(book.move_dates, end, side="right"))
    return slice(max(last - length, 0), last)


def _by_component(
    book: _Book,
    row: int,
    factors: _Factors,
    rules: _Rules,
    components: list[str],
    dates: slice,
    chosen: NDArray[np.bool_],
) -> FloatArray:
    """Shortfall of every component, each factor at its horizon: a P&L a component and step of the ladder."""
    masks = np.array(
        [
            chosen & (factors.horizon >= days) & ((name == UNCONSTRAINED) | (factors.risk_class == name))
            for name in components
            for days in rules.ladder
        ]
    )
    pnl = delta_gamma_pnl(
        masks * book.deltas[row], masks * book.gammas[row], _known(book.moves[dates], masks, book, row)
    )
    # Where even the tail gains there is no loss to hold capital for.
    shortfall = np.maximum(expected_shortfall(pnl, rules.level, RULE), 0.0)
    return liquidity_horizon_es(shortfall.reshape(len(components), -1), rules.ladder, float(rules.base_days))


def _known(moves: FloatArray, masks: NDArray[np.bool_], book: _Book, row: int) -> FloatArray:
    """Put zeros for the moves of factors without a sensitivity, which may be missing."""
    is_used = masks.any(axis=0) & ((book.deltas[row] != 0.0) | (book.gammas[row] != 0.0))
    return np.where(is_used, moves, 0.0)


def _block(
    reporting_date: np.datetime64, date: np.datetime64, found: _Shortfalls, total: float
) -> dict[str, NDArray[np.object_]]:
    """Rows of one date: the components and their weighted sum."""
    size = len(found.components) + 1
    columns: dict[str, Any] = {
        "reporting_date": reporting_date,
        "business_date": date,
        "component": [*found.components, TOTAL],
        "es_full_current_usd": [*rounded(found.full_current, MONEY_DECIMALS), np.nan],
        "es_reduced_current_usd": [*rounded(found.reduced_current, MONEY_DECIMALS), np.nan],
        "es_reduced_stressed_usd": [*rounded(found.reduced_stressed, MONEY_DECIMALS), np.nan],
        "imcc_usd": [*rounded(found.charge, MONEY_DECIMALS), round(total, MONEY_DECIMALS)],
        "stress_start": found.period[0],
        "stress_end": found.period[1],
        "note": found.note,
    }
    return {
        name: np.full(size, value, dtype=object) if np.ndim(value) == 0 else np.array(value, dtype=object)
        for name, value in columns.items()
    }
