"""Stress tests and reverse stress tests of the book, by full revaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import elementwise
from scipy.sparse import csr_array

from python_models.arrays import FloatArray
from python_models.errors import FrameError, ScenarioError
from python_models.frames import days_of, require_columns, rounded
from python_models.market_risk.scenarios import MONEY_DECIMALS
from python_models.market_risk.scopes import FIRM_SCOPE_ID
from python_models.pricing.market import market_data
from python_models.pricing.revaluation import Book, BookOnDate

UNIT_DECIMALS: Final = 15
"""A unit may be one won, and a position tens of billions of them: a cent of those is the eleventh significant digit."""
SCALE_DECIMALS: Final = 9
GRID_STEPS: Final = 40
"""Multiples of a scenario that are tried to find where a loss is first reached."""

_CENT: Final = 0.01
_NEAR_ZERO: Final = 0.999
"""Share of the multiple that would take a price to zero up to which a scenario is scaled."""

_VALUATION_DTYPES: Final = {
    "business_date": "datetime64[s]",
    "scenario_id": "str",
    "instrument_id": "str",
    "base_value_usd": "float64",
    "stressed_value_usd": "float64",
    "is_proxied": "bool",
    "is_volatility_floored": "bool",
    "missing_reason": "str",
}
_REVERSE_DTYPES: Final = {
    "business_date": "datetime64[s]",
    "scope_type": "str",
    "scope_id": "str",
    "scenario_id": "str",
    "loss_target_usd": "float64",
    "scale": "float64",
    "loss_at_scale_usd": "float64",
    "is_reached": "boolean",
    "note": "str",
}


class StressInputs(NamedTuple):
    """What both stress tests read.

    Attributes
    ----------
    instruments, curves, spots, volatilities : DataFrame
        As in `python_models.pricing.revaluation.Book.of` and `python_models.pricing.valuation.value_instruments`.
        Every factor that a shock names has a level or a volatility on some date.
    positions : DataFrame ``business_date``, ``portfolio_id``, ``instrument_id``, ``quantity``
        Its dates are the ones that are stressed.
    scenarios : DataFrame ``scenario_id``, ``valid_from``, ``valid_to``
        A scenario is applied on business dates from `valid_from` until before `valid_to`.
    shocks : DataFrame ``scenario_id``, ``risk_factor_id``, ``shock``, ``is_proxied``
        Relative for `EQ:` and `FX:`, absolute for `IR:` and `VOL:`. Null = missing: what depends on it is missing.
    """

    instruments: pd.DataFrame
    curves: pd.DataFrame
    spots: pd.DataFrame
    volatilities: pd.DataFrame
    positions: pd.DataFrame
    scenarios: pd.DataFrame
    shocks: pd.DataFrame


def stress_valuations_frame(inputs: StressInputs) -> pd.DataFrame:
    """Value of every instrument held, today and under every scenario.

    Parameters
    ----------
    inputs : StressInputs

    Returns
    -------
    DataFrame ``business_date``, ``scenario_id``, ``instrument_id``, ``base_value_usd``, ``stressed_value_usd``, \
``is_proxied``, ``is_volatility_floored``, ``missing_reason``
        One row per date, scenario in force and instrument held by any portfolio. Values are of one unit of quantity,
        USD, rounded to 15 decimals. `is_proxied` marks a value that depends on a proxied shock,
        `is_volatility_floored` an option whose volatility was kept from falling to zero. A value that cannot be
        calculated is null, with the reason.

    Raises
    ------
    FrameError
        If a column is missing, a key appears twice, or a position's instrument is not in the book.
    ScenarioError
        If a shock names an unknown factor, or takes a price or currency to zero or below.
    """
    parts = [pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _VALUATION_DTYPES.items()})]
    for stressed in _stressed_dates(inputs):
        book, shocks = stressed.book, stressed.shocks
        held = np.unique(stressed.positions.indices).astype(np.intp)
        with_base = np.vstack([np.zeros((1, len(shocks.factors))), shocks.moves])
        result = book.revalue(with_base, shocks.factors, held)
        shocked = book.factors.get_indexer(pd.Index(shocks.factors)).astype(np.intp)
        needs = csr_array(book.factor_needs()[held])[:, shocked]
        is_proxied = (needs @ shocks.is_proxied.T.astype(np.float64)) > 0.0
        values = rounded(result.usd, UNIT_DECIMALS)
        n_scenarios = len(shocks.names)
        is_missing = np.isnan(values[:, 1:]) | np.isnan(values[:, :1])
        reasons = np.repeat(result.reasons[:, np.newaxis], n_scenarios, axis=1)
        reasons[~is_missing] = None
        parts.append(
            pd.DataFrame(
                {
                    "business_date": np.full(len(held) * n_scenarios, book.date).astype("datetime64[s]"),
                    "scenario_id": np.repeat(shocks.names.to_numpy(dtype=object), len(held)),
                    "instrument_id": np.tile(book.book.instruments[held].to_numpy(dtype=object), n_scenarios),
                    "base_value_usd": np.tile(values[:, 0], n_scenarios),
                    "stressed_value_usd": values[:, 1:].T.ravel(),
                    "is_proxied": is_proxied.T.ravel(),
                    "is_volatility_floored": result.is_volatility_floored[:, 1:].T.ravel(),
                    "missing_reason": reasons.T.ravel(),
                }
            ).astype(_VALUATION_DTYPES)
        )
    return pd.concat(parts[1:] or parts, ignore_index=True)


def reverse_stress_frame(inputs: StressInputs, portfolios: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Find the smallest multiple of each scenario's shocks at which the firm or a desk loses a given amount.

    Parameters
    ----------
    inputs : StressInputs
    portfolios : DataFrame ``portfolio_id``, ``desk_id``
    targets : DataFrame ``scope_type``, ``scope_id``, ``loss_target_usd``, ``max_scale``, ``valid_from``, ``valid_to``
        `scope_type` firm or desk; a null `scope_id` stands for every scope of the type. Losses are positive;
        `max_scale` is the largest multiple that is tried.

    Returns
    -------
    DataFrame ``business_date``, ``scope_type``, ``scope_id``, ``scenario_id``, ``loss_target_usd``, ``scale``, \
``loss_at_scale_usd``, ``is_reached``, ``note``
        One row per date, scope, target and scenario, in force on the date. `scale` 1.0 is the scenario as it stands,
        rounded to 9 decimals; null where the loss is not reached, with the bound in the note. `loss_at_scale_usd` is
        the loss at `scale`, rounded to 6 decimals. `is_reached` is null where the scope's P&L is missing, with the
        reason.

    Raises
    ------
    FrameError
        If a column is missing, a portfolio has no desk, a target's scope is unknown, or a target is not positive.
    ScenarioError
        As in `stress_valuations_frame`.

    Notes
    -----
    Full revaluation at `GRID_STEPS` equal steps up to the bound finds the first step at which the loss is reached;
    Chandrupatla's method then closes in on the multiple between it and the step before. The bound is `max_scale`, or
    less where a price or currency would fall to zero before.
    """
    require_columns(portfolios, "portfolios", ("portfolio_id", "desk_id"))
    require_columns(
        targets, "targets", ("scope_type", "scope_id", "loss_target_usd", "max_scale", "valid_from", "valid_to")
    )
    if not (targets["loss_target_usd"].astype(float) > 0.0).all() or not (targets["max_scale"].astype(float) > 0).all():
        raise FrameError("A loss target or its largest multiple is not positive; losses are written as positive sums.")
    parts = [pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _REVERSE_DTYPES.items()})]
    for stressed in _stressed_dates(inputs):
        scopes, members = _scope_members(portfolios, stressed.portfolios)
        wanted = _targets_on(targets, scopes, stressed.book.date)
        if len(wanted) and len(stressed.shocks.names):
            parts.append(_reverse_stress(stressed, csr_array(members @ stressed.positions), scopes, wanted))
    return pd.concat(parts[1:] or parts, ignore_index=True)


class _Shocks(NamedTuple):
    """Shocks of the scenarios in force on a date: moves and proxies, shape (scenarios, factors)."""

    names: pd.Index
    factors: list[str]
    moves: FloatArray
    is_proxied: NDArray[np.bool_]


class _StressedDate(NamedTuple):
    """One date: the book, the positions (portfolios by instruments) and the scenarios in force."""

    book: BookOnDate
    portfolios: pd.Index
    positions: csr_array
    shocks: _Shocks


def _stressed_dates(inputs: StressInputs) -> Iterator[_StressedDate]:
    """Prepare one date after the other, so that memory does not grow with the dates."""
    require_columns(inputs.positions, "positions", ("business_date", "portfolio_id", "instrument_id", "quantity"))
    require_columns(inputs.scenarios, "scenarios", ("scenario_id", "valid_from", "valid_to"))
    all_shocks = _all_shocks(inputs.scenarios, inputs.shocks)
    starts, ends = days_of(inputs.scenarios["valid_from"]), days_of(inputs.scenarios["valid_to"])
    in_order = np.argsort(inputs.scenarios["scenario_id"].to_numpy(dtype=object))
    starts, ends = starts[in_order], ends[in_order]
    book = Book.of(inputs.instruments)
    days = days_of(inputs.positions["business_date"])
    dates = np.unique(days)
    market = market_data(
        inputs.curves, inputs.spots, inputs.volatilities, dates, book.terms, only_dates_with_curve=False
    )
    portfolios = pd.Index(np.unique(inputs.positions["portfolio_id"].to_numpy(dtype=object)))
    for date in dates:
        in_force = np.flatnonzero((starts <= date) & (date < ends))
        yield _StressedDate(
            book.on(date, market),
            portfolios,
            book.positions(inputs.positions[days == date], portfolios),
            _Shocks(
                all_shocks.names[in_force],
                all_shocks.factors,
                all_shocks.moves[in_force],
                all_shocks.is_proxied[in_force],
            ),
        )


def _all_shocks(scenarios: pd.DataFrame, shocks: pd.DataFrame) -> _Shocks:
    """Spread the shocks over scenarios (sorted by name) and factors; one that is not given is missing."""
    require_columns(shocks, "shocks", ("scenario_id", "risk_factor_id", "shock", "is_proxied"))
    if scenarios["scenario_id"].duplicated().any() or scenarios["scenario_id"].isna().any():
        raise FrameError("The frame 'scenarios' names a scenario twice or not at all; keep one row per scenario_id.")
    names = pd.Index(np.sort(scenarios["scenario_id"].to_numpy(dtype=object)))
    factors = pd.Index(np.unique(shocks["risk_factor_id"].to_numpy(dtype=object)))
    row, column = names.get_indexer(pd.Index(shocks["scenario_id"])), factors.get_indexer(shocks["risk_factor_id"])
    if (row < 0).any():
        stranger = shocks["scenario_id"].iloc[int(np.flatnonzero(row < 0)[0])]
        raise ScenarioError(f"The shocks are of a scenario '{stranger}' that is not known; add it to the scenarios.")
    if pd.DataFrame({"row": row, "column": column}).duplicated().any():
        raise FrameError("The frame 'shocks' has a factor of a scenario twice; keep one row per scenario and factor.")
    moves = np.full((len(names), len(factors)), np.nan)
    moves[row, column] = shocks["shock"].to_numpy(dtype=np.float64, na_value=np.nan)
    is_proxied = np.zeros(moves.shape, dtype=np.bool_)
    is_proxied[row, column] = shocks["is_proxied"].to_numpy(dtype=np.bool_)
    return _Shocks(names, list(factors), moves, is_proxied)


def _scope_members(portfolios: pd.DataFrame, present: pd.Index) -> tuple[pd.DataFrame, csr_array]:
    """Name the firm and the desks, and mark the portfolios that belong to each: shape (scopes, portfolios)."""
    desk_of = portfolios.drop_duplicates("portfolio_id").set_index("portfolio_id")["desk_id"]
    desk = desk_of.reindex(present)
    if desk.isna().any():
        raise FrameError(
            f"Portfolio {present[desk.isna().to_numpy()][0]} has no desk; add it to the frame 'portfolios'."
        )
    desks = np.unique(desk_of.to_numpy(dtype=object))
    scopes = pd.DataFrame({"scope_type": ["firm", *["desk"] * len(desks)], "scope_id": [FIRM_SCOPE_ID, *desks]})
    members = np.vstack([np.ones((1, len(present))), desks[:, np.newaxis] == desk.to_numpy(dtype=object)])
    return scopes, csr_array(members.astype(np.float64))


def _targets_on(targets: pd.DataFrame, scopes: pd.DataFrame, date: np.datetime64) -> pd.DataFrame:
    """List the targets in force: ``scope`` (row of the scopes), ``loss_target_usd``, ``max_scale``."""
    in_force = (days_of(targets["valid_from"]) <= date) & (date < days_of(targets["valid_to"]))
    rows: list[dict[str, Any]] = []
    for target in targets[in_force].to_dict("records"):
        has_type = (scopes["scope_type"] == target["scope_type"]).to_numpy()
        has_id = (scopes["scope_id"] == target["scope_id"]).to_numpy() | pd.isna(target["scope_id"])
        fits = has_type & has_id
        if not fits.any():
            raise FrameError(
                f"A loss target is for the {target['scope_type']} '{target['scope_id']}', which is not known; "
                "targets are for the firm and for desks."
            )
        rows += [
            {
                "scope": scope,
                "loss_target_usd": float(target["loss_target_usd"]),
                "max_scale": float(target["max_scale"]),
            }
            for scope in np.flatnonzero(fits)
        ]
    return pd.DataFrame(rows, columns=["scope", "loss_target_usd", "max_scale"]).sort_values(
        ["scope", "loss_target_usd"], ignore_index=True
    )


def _reverse_stress(
    stressed: _StressedDate, positions: csr_array, scopes: pd.DataFrame, targets: pd.DataFrame
) -> pd.DataFrame:
    """Solve all targets of all scenarios of a date at once; `positions` are of scopes by instruments."""
    book, shocks, holdings = stressed.book, stressed.shocks, stressed.book.holdings(positions)
    n_targets, n_scenarios = len(targets), len(shocks.names)
    scope = np.repeat(targets["scope"].to_numpy(dtype=np.intp), n_scenarios)
    loss_target = np.repeat(targets["loss_target_usd"].to_numpy(), n_scenarios)
    wanted_bound = np.repeat(targets["max_scale"].to_numpy(), n_scenarios)
    scenario = np.tile(np.arange(n_scenarios), n_targets)

    falls = np.nanmin(np.where(book.is_relative(shocks.factors), shocks.moves, 0.0), axis=1, initial=0.0)
    zero_price = np.divide(-_NEAR_ZERO, falls, out=np.full(n_scenarios, np.inf), where=falls < 0.0)
    bound = np.minimum(wanted_bound, zero_price[scenario])

    def losses(scale: FloatArray, of_scenario: NDArray[np.intp]) -> FloatArray:
        return -holdings.pnl(scale[:, np.newaxis] * shocks.moves[of_scenario], shocks.factors).usd

    def excess(scale: FloatArray, row: NDArray[np.intp]) -> FloatArray:
        return losses(scale, scenario[row])[scope[row], np.arange(len(row))] - loss_target[row]

    # Targets of a scope share the grid of a scenario where they share the bound.
    grids, of_grid = np.unique(np.stack([scenario.astype(np.float64), bound]), axis=1, return_inverse=True)
    steps = np.linspace(0.0, 1.0, GRID_STEPS + 1)
    scales = grids[1][:, np.newaxis] * steps
    on_grid = losses(scales.ravel(), np.repeat(grids[0].astype(np.intp), len(steps))).reshape(-1, *scales.shape)
    on_grid = on_grid[scope, of_grid.ravel()]
    is_missing = np.isnan(on_grid).any(axis=1)
    reached = on_grid >= loss_target[:, np.newaxis]
    is_reached = reached.any(axis=1) & ~is_missing
    step = np.argmax(reached, axis=1)

    scale = np.full(len(scope), np.nan)
    loss = np.full(len(scope), np.nan)
    open_rows = np.flatnonzero(is_reached)
    if len(open_rows):
        root = elementwise.find_root(
            excess,
            (bound[open_rows] * steps[step[open_rows] - 1], bound[open_rows] * steps[step[open_rows]]),
            args=(open_rows,),
            tolerances={"xatol": 10.0 ** -(SCALE_DECIMALS + 1), "xrtol": 0.0, "fatol": _CENT, "frtol": 0.0},
        )
        scale[open_rows] = rounded(root.x, SCALE_DECIMALS)
        loss[open_rows] = excess(scale[open_rows], open_rows) + loss_target[open_rows]

    reasons = holdings.pnl(shocks.moves, shocks.factors).reasons
    notes = np.full(len(scope), None, dtype=object)
    for row in np.flatnonzero(~is_reached):
        if is_missing[row]:
            notes[row] = f"missing: {reasons[scope[row]]}"
        elif bound[row] < wanted_bound[row]:
            notes[row] = f"not reached up to {bound[row]:.3f} times the shocks, where a price would fall to zero"
        else:
            notes[row] = f"not reached up to {bound[row]:g} times the shocks"
    return pd.DataFrame(
        {
            "business_date": np.full(len(scope), book.date).astype("datetime64[s]"),
            "scope_type": scopes["scope_type"].to_numpy(dtype=object)[scope],
            "scope_id": scopes["scope_id"].to_numpy(dtype=object)[scope],
            "scenario_id": shocks.names.to_numpy(dtype=object)[scenario],
            "loss_target_usd": loss_target,
            "scale": scale,
            "loss_at_scale_usd": rounded(loss, MONEY_DECIMALS),
            "is_reached": pd.Series(is_reached).astype("boolean").mask(is_missing),
            "note": notes,
        }
    ).astype(_REVERSE_DTYPES)
