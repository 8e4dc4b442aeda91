"""Historical scenarios and the P&L they give: arrays, and the frame the warehouse keeps of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import FrameError, ScenarioError
from python_models.frames import days_of, pivot_long, require_columns, rounded

MONEY_DECIMALS = 6
RELATIVE_TYPES: Final = ("equity", "fx")
"""Factor types whose moves are relative; those of rates and volatilities are absolute."""


class ScenarioPnl(NamedTuple):
    """P&L of d dates, p portfolios and n scenarios, and the dates for which there is none.

    Attributes
    ----------
    dates : ndarray of datetime64[D], shape (d,), sorted
    portfolios : Index, p sorted names
    scenario_dates : ndarray of datetime64[D], shape (d, n), oldest first
    is_present : ndarray of bool, shape (d, p)
        Whether a portfolio has sensitivities on a date; without, its P&L is 0 and counts for nothing.
    pnl : ndarray, shape (d, p, n), gains positive
    omitted : DataFrame ``business_date``, ``reason``
    """

    dates: DateArray
    portfolios: pd.Index
    scenario_dates: DateArray
    is_present: NDArray[np.bool_]
    pnl: FloatArray
    omitted: pd.DataFrame


def historical_scenarios(returns: ArrayLike, as_of_index: int, window: int) -> FloatArray:
    """Take the factor moves of the `window` dates up to and including one date.

    Parameters
    ----------
    returns : array_like, shape (n_dates, n_factors), oldest first
        NaN = missing; it is passed on, never turned into zero.
    as_of_index : int
        Row of the date the scenarios are for.
    window : int, >= 1

    Returns
    -------
    ndarray, shape (window, n_factors), oldest first: scenario 1 is row 0

    Raises
    ------
    ScenarioError
        If there are not `window` dates: VaR on a shorter window is another figure, so none is made.
    """
    matrix = np.asarray(returns, dtype=np.float64)
    if window < 1 or not 0 <= as_of_index < len(matrix):
        raise ScenarioError(
            f"Row {as_of_index} with a window of {window} is outside the {len(matrix)} dates of returns."
        )
    if as_of_index + 1 < window:
        raise ScenarioError(
            f"{as_of_index + 1} dates of returns are fewer than the window of {window}; give more history."
        )
    return matrix[as_of_index + 1 - window : as_of_index + 1]


def overlapping_moves(returns: ArrayLike, is_relative: ArrayLike, horizon_days: int) -> FloatArray:
    """Compound moves over one day into overlapping moves over several.

    Parameters
    ----------
    returns : array_like, shape (n_dates, n_factors), oldest first
        One-day moves; NaN = missing, and every window that holds one is missing.
    is_relative : array_like of bool, shape (n_factors,)
        True for relative moves, which compound; absolute ones add up.
    horizon_days : int, >= 1

    Returns
    -------
    ndarray, shape (max(n_dates - horizon_days + 1, 0), n_factors)
        Row 0 is the move over the first `horizon_days` dates.

    Raises
    ------
    ScenarioError
        If the horizon is below one day.
    """
    matrix = np.asarray(returns, dtype=np.float64)
    if horizon_days < 1:
        raise ScenarioError(f"A horizon of {horizon_days} days is not possible; give at least 1.")
    if horizon_days == 1:
        return matrix
    if horizon_days > len(matrix):
        return matrix[:0]
    windows = np.lib.stride_tricks.sliding_window_view(matrix, horizon_days, axis=0)
    moves: FloatArray = np.where(is_relative, np.prod(1.0 + windows, axis=-1) - 1.0, np.sum(windows, axis=-1))
    return moves


def delta_gamma_pnl(deltas: ArrayLike, gammas: ArrayLike, returns: ArrayLike) -> FloatArray:
    """P&L to second order: ``sum over factors of delta * r + gamma * r^2 / 2``.

    Parameters
    ----------
    deltas, gammas : array_like, shape (n_portfolios, n_factors)
        Value change per unit move of a factor, and its own derivative, any currency.
    returns : array_like, shape (n_scenarios, n_factors)
        Moves in the unit of the sensitivities (relative for prices and currencies, absolute for rates and
        volatilities).
        A factor without any sensitivity may be NaN.

    Returns
    -------
    ndarray, shape (n_portfolios, n_scenarios), gains positive

    Raises
    ------
    ScenarioError
        If the shapes do not fit, or a move or sensitivity that counts is missing or infinite.

    Notes
    -----
    Factors without any sensitivity are left out before the matrix product, so that they change no bit of the result and
    one date gives the same P&L alone as among a thousand.
    """
    delta, gamma, move = (np.asarray(given, dtype=np.float64) for given in (deltas, gammas, returns))
    if delta.ndim != 2 or move.ndim != 2 or delta.shape != gamma.shape or delta.shape[1] != move.shape[1]:
        raise ScenarioError(
            f"Deltas {delta.shape}, gammas {gamma.shape} and returns {move.shape} do not fit; factors come last."
        )
    if not (np.isfinite(delta).all() and np.isfinite(gamma).all()):
        raise ScenarioError("A sensitivity is missing or infinite; value the instrument again before its risk.")
    has_delta, has_gamma = (delta != 0.0).any(axis=0), (gamma != 0.0).any(axis=0)
    if not np.isfinite(move[:, has_delta | has_gamma]).all():
        raise ScenarioError("A factor with a sensitivity has a missing or infinite move; a missing move is not zero.")
    pnl: FloatArray = _columns(delta, has_delta) @ _columns(move, has_delta).T
    if has_gamma.any():
        pnl += 0.5 * _columns(gamma, has_gamma) @ np.square(_columns(move, has_gamma)).T
    return pnl


def _columns(matrix: FloatArray, wanted: NDArray[np.bool_]) -> FloatArray:
    """Keep some columns, in memory as one block: a product of the same numbers then has the same bits."""
    return np.ascontiguousarray(matrix if wanted.all() else matrix[:, wanted])


def scenario_pnl(
    sensitivities: pd.DataFrame,
    factor_returns: pd.DataFrame,
    dates: DatesLike,
    window: int = 500,
    *,
    horizon_days: int = 1,
) -> ScenarioPnl:
    """P&L of every portfolio under the last `window` factor moves, for every date: method ``historical_delta_gamma``.

    Parameters
    ----------
    sensitivities : DataFrame ``business_date``, ``portfolio_id``, ``risk_factor_id``, ``delta_usd``, ``gamma_usd``
        USD per unit move of the factor; translation into USD included. A portfolio without a row on a date has no
        scenarios on it: give an empty portfolio one row with zeros when its VaR of zero is wanted.
    factor_returns : DataFrame ``business_date``, ``risk_factor_id``, ``factor_type``, ``factor_return``
        One-day moves: relative for the types `RELATIVE_TYPES`, else absolute. Its dates are the scenario calendar.
        Null = missing.
    dates : array_like of dates
        Business dates to calculate; dates of `sensitivities` outside them are left alone.
    window : int
        Number of scenarios.
    horizon_days : int
        Length of a move; more than one day gives overlapping moves (`overlapping_moves`).

    Returns
    -------
    ScenarioPnl
        `scenario_dates` are the last dates of the moves; the last one is the date itself. `pnl` is rounded to 6
        decimals. `omitted` holds every wanted date without scenarios, with the reason. A date is complete or absent:
        when one factor that some portfolio depends on lacks one move in the window, no portfolio has scenarios on that
        date, so the firm's figure never leaves a portfolio out in silence.

    Raises
    ------
    FrameError
        If a column is missing, a key appears twice, or a sensitivity is null.
    """
    key = ("business_date", "portfolio_id", "risk_factor_id")
    require_columns(sensitivities, "sensitivities", (*key, "delta_usd", "gamma_usd"))
    require_columns(
        factor_returns, "factor_returns", ("business_date", "risk_factor_id", "factor_type", "factor_return")
    )
    if window < 1:
        raise ScenarioError(f"A window of {window} scenarios is not possible; give at least 1.")
    wanted = np.unique(as_days(dates))
    exposures = Exposures.of(sensitivities, wanted)
    factors = sorted(set(factor_returns["risk_factor_id"].unique()) | set(exposures.factors))
    calendar, returns = pivot_long(
        factor_returns, "factor_returns", "business_date", "risk_factor_id", "factor_return", factors
    )
    types = factor_returns.drop_duplicates("risk_factor_id").set_index("risk_factor_id")["factor_type"]
    is_relative = types.reindex(factors).isin(RELATIVE_TYPES).to_numpy()
    returns = overlapping_moves(returns, is_relative, horizon_days)
    calendar = calendar[len(calendar) - len(returns) :]
    columns = pd.Index(factors).get_indexer(pd.Index(exposures.factors))

    chosen: list[tuple[np.datetime64, DateArray, NDArray[np.intp], FloatArray]] = []
    omitted: list[tuple[np.datetime64, str]] = []
    for date in wanted:
        portfolios, deltas, gammas = exposures.on(date)
        as_of = int(np.searchsorted(calendar, date))
        counts = ((deltas != 0.0) | (gammas != 0.0)).any(axis=0)
        reason = None
        if len(portfolios) == 0:
            reason = "no portfolio has sensitivities on the date"
        elif as_of == len(calendar) or calendar[as_of] != date:
            reason = "no factor returns on the date"
        elif as_of + 1 < window:
            reason = f"{as_of + 1} scenarios of {window}"
        else:
            moves = historical_scenarios(returns, as_of, window)[:, columns]
            reason = _missing_move(moves[:, counts], exposures.factors[counts], calendar[as_of + 1 - window :])
        if reason is not None:
            omitted.append((date, reason))
            continue
        pnl = rounded(delta_gamma_pnl(deltas, gammas, moves), MONEY_DECIMALS)
        chosen.append((date, calendar[as_of + 1 - window : as_of + 1], portfolios, pnl))
    is_present = np.zeros((len(chosen), len(exposures.portfolios)), dtype=np.bool_)
    cube = np.zeros((*is_present.shape, window))
    for row, (_, _, portfolios, pnl) in enumerate(chosen):
        is_present[row, portfolios] = True
        cube[row, portfolios] = pnl
    return ScenarioPnl(
        np.array([date for date, *_ in chosen], dtype="datetime64[D]"),
        exposures.portfolios,
        np.array([dates for _, dates, *_ in chosen], dtype="datetime64[D]").reshape(len(chosen), window),
        is_present,
        cube,
        pd.DataFrame(
            {
                "business_date": np.array([date for date, _ in omitted], dtype="datetime64[s]"),
                "reason": pd.array([reason for _, reason in omitted], dtype="str"),
            }
        ),
    )


def scenario_pnl_frame(scenarios: ScenarioPnl) -> pd.DataFrame:
    """Lay scenario P&L out in long form, as the warehouse keeps it.

    Parameters
    ----------
    scenarios : ScenarioPnl

    Returns
    -------
    DataFrame ``business_date``, ``portfolio_id``, ``scenario_number``, ``scenario_date``, ``pnl_usd``
        `scenario_number` 1 (oldest) to n. Sorted by date, portfolio, scenario.
    """
    date, portfolio = np.nonzero(scenarios.is_present)
    window = scenarios.pnl.shape[2]
    return pd.DataFrame(
        {
            "business_date": np.repeat(scenarios.dates.astype("datetime64[s]")[date], window),
            "portfolio_id": pd.Series(scenarios.portfolios.astype("str").take(np.repeat(portfolio, window)).array),
            "scenario_number": np.tile(np.arange(1, window + 1, dtype=np.int32), len(date)),
            "scenario_date": scenarios.scenario_dates[date].ravel(),
            "pnl_usd": scenarios.pnl[date, portfolio].ravel(),
        }
    )


class Exposures(NamedTuple):
    """Sensitivities as codes into sorted names, ordered by date: one date is a slice.

    Attributes
    ----------
    portfolios, factors : Index, sorted names
    dates : ndarray of datetime64[D], shape (n,), sorted
    portfolio, factor : ndarray of int, shape (n,), positions in the names
    delta, gamma : ndarray, shape (n,), USD per unit move
    """

    portfolios: pd.Index
    factors: pd.Index
    dates: DateArray
    portfolio: NDArray[np.intp]
    factor: NDArray[np.intp]
    delta: FloatArray
    gamma: FloatArray

    @classmethod
    def of(cls, sensitivities: pd.DataFrame, wanted: DateArray) -> Exposures:
        """Check and sort the rows of the wanted dates."""
        days = days_of(sensitivities["business_date"])
        rows = np.flatnonzero(np.isin(days, wanted))
        rows = rows[np.argsort(days[rows], kind="stable")]
        chosen = sensitivities.iloc[rows]
        portfolio, portfolios = pd.factorize(chosen["portfolio_id"], sort=True)
        factor, factors = pd.factorize(chosen["risk_factor_id"], sort=True)
        delta = chosen["delta_usd"].to_numpy(dtype=np.float64, na_value=np.nan)
        gamma = chosen["gamma_usd"].to_numpy(dtype=np.float64, na_value=np.nan)
        if (portfolio < 0).any() or (factor < 0).any() or not (np.isfinite(delta) & np.isfinite(gamma)).all():
            raise FrameError(
                "The frame 'sensitivities' has a row without portfolio, risk factor, delta or gamma; value it again."
            )
        keys = pd.DataFrame({"date": days[rows], "portfolio": portfolio, "factor": factor})
        if keys.duplicated().any():
            twice = chosen.iloc[int(np.flatnonzero(keys.duplicated())[0])]
            raise FrameError(
                f"The frame 'sensitivities' has {twice['risk_factor_id']} of {twice['portfolio_id']} twice on "
                f"{twice['business_date']}; sum them before."
            )
        return cls(pd.Index(portfolios), pd.Index(factors), days[rows], portfolio, factor, delta, gamma)

    def on(self, date: np.datetime64) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
        """Codes of the portfolios on the date, and their deltas and gammas, shape (portfolios, all factors)."""
        begin, end = np.searchsorted(self.dates, date, side="left"), np.searchsorted(self.dates, date, side="right")
        present, row = np.unique(self.portfolio[begin:end], return_inverse=True)
        deltas = np.zeros((len(present), len(self.factors)))
        gammas = np.zeros_like(deltas)
        deltas[row, self.factor[begin:end]] = self.delta[begin:end]
        gammas[row, self.factor[begin:end]] = self.gamma[begin:end]
        return present, deltas, gammas


def _missing_move(moves: FloatArray, factors: pd.Index, dates: DateArray) -> str | None:
    """Name the first missing move, if any."""
    missing = np.argwhere(~np.isfinite(moves))
    if len(missing) == 0:
        return None
    scenario, factor = missing[0]
    return f"no move of {factors[factor]} on {dates[scenario]}"
