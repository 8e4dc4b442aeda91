"""Exposure at default of derivatives under the standardised approach SA-CCR (CRE52): add-ons, replacement cost, EAD.

A trade's signed add-on is its effective notional times the supervisory factor. Within a hedging set those of one entity
are netted and the entities put together with correlations: ``sqrt(A' R A)``, R between maturity buckets for interest
rates and of one common factor for the other classes. The trades' parts of the result sum to it exactly (Euler), so a
netting set's add-on is explained by its trades.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from python_models.arrays import FloatArray
from python_models.credit_risk.parameters import RuleValues
from python_models.credit_risk.trades import margined_maturity_factor, supervisory_duration, unmargined_maturity_factor
from python_models.errors import CapitalError
from python_models.frames import require_columns

#: Asset class of each class of underlyings that CRE52.72 has parameters for.
ASSET_CLASSES: Final = {
    "interest_rate": "interest_rate",
    "foreign_exchange": "foreign_exchange",
    "credit_single_name": "credit",
    "credit_index": "credit",
    "equity_single_name": "equity",
    "equity_index": "equity",
    "commodity": "commodity",
}
#: Seed key of the factor that hedging sets of a kind of transactions multiply the supervisory factor by.
_KIND_RULES: Final = {
    "basis": "CRE52.hedging_set.basis_factor",
    "volatility": "CRE52.hedging_set.volatility_factor",
}
TRADE_COLUMNS: Final = (
    "netting_set_id",
    "trade_id",
    "underlying_class",
    "underlying_grade",
    "hedging_set",
    "entity",
    "transaction_kind",
    "notional",
    "start_years",
    "end_years",
    "maturity_years",
    "delta",
    "market_value",
)
NETTING_SET_COLUMNS: Final = (
    "netting_set_id",
    "is_margined",
    "margin_period_days",
    "threshold",
    "minimum_transfer_amount",
    "independent_collateral",
    "collateral",
)
_HEDGING_SET_KEY: Final = ["netting_set_id", "is_margined_basis", "asset_class", "transaction_kind", "hedging_set"]
_ENTITY_KEY: Final = [*_HEDGING_SET_KEY, "underlying_class", "entity"]


class SaCcr(NamedTuple):
    """Exposures with what they are made of.

    Attributes
    ----------
    trades : DataFrame
        One row per trade and basis (`is_margined_basis`): ``adjusted_notional``, ``maturity_factor``,
        ``supervisory_factor`` and its ``supervisory_rule_id``, ``effective_notional``, ``maturity_bucket`` (1 to 3,
        interest rates only), ``signed_add_on`` and ``add_on_contribution``, whose sum per hedging set is the add-on.
    hedging_sets : DataFrame
        One row per netting set, basis and hedging set with its ``add_on``, not negative.
    netting_sets : DataFrame
        One row per netting set, by its id: ``market_value``, ``collateral``, ``replacement_cost``, ``multiplier``,
        ``aggregate_add_on``, ``pfe``, ``ead``, of the basis that counts (``is_margined_basis``);
        ``ead_unmargined`` and ``ead_margined`` (NaN for an unmargined set), ``is_capped`` where the unmargined one
        counts for a margined set (CRE52.2).
    """

    trades: pd.DataFrame
    hedging_sets: pd.DataFrame
    netting_sets: pd.DataFrame


def supervisory_rule_ids(group: str, underlying_class: pd.Series, underlying_grade: pd.Series) -> pd.Series:
    """Name the row of a group of CRE52.72's table for each underlying: ``group.class`` or ``group.class.grade``."""
    ungraded = group + "." + underlying_class.astype(str)
    return (ungraded + "." + underlying_grade.astype(str)).where(underlying_grade.notna(), ungraded)


def replacement_cost(market_value: ArrayLike, collateral: ArrayLike) -> FloatArray:
    """Cost of replacing an unmargined netting set, ``max(V - C, 0)`` (CRE52.10).

    Parameters
    ----------
    market_value : array_like
        V, positive where the counterparty owes.
    collateral : array_like
        C, net and after haircuts, positive where it is held, negative where it was posted.

    Returns
    -------
    ndarray, not negative
    """
    return np.maximum(_amounts("market value", market_value) - _amounts("collateral", collateral), 0.0)


def margined_replacement_cost(
    market_value: ArrayLike,
    collateral: ArrayLike,
    threshold: ArrayLike,
    minimum_transfer_amount: ArrayLike,
    independent_collateral: ArrayLike,
) -> FloatArray:
    """Greatest cost that no margin call prevents, ``max(V - C, TH + MTA - NICA, 0)`` (CRE52.18).

    Parameters
    ----------
    market_value, collateral : array_like
        As in `replacement_cost`, the collateral with the net variation margin.
    threshold, minimum_transfer_amount : array_like
        TH and MTA of the counterparty, not negative.
    independent_collateral : array_like
        NICA, without what was posted to a bankruptcy-remote account.

    Returns
    -------
    ndarray, not negative
    """
    uncalled = (
        _amounts("threshold", threshold)
        + _amounts("minimum transfer amount", minimum_transfer_amount)
        - _amounts("independent collateral", independent_collateral)
    )
    return np.maximum(replacement_cost(market_value, collateral), uncalled)


def agreement_replacement_cost(market_values: ArrayLike, collateral: float) -> float:
    """Cost of replacing the netting sets that one margin agreement covers (CRE52.75).

    ``max(sum max(V, 0) - max(C, 0), 0) + max(sum min(V, 0) - min(C, 0), 0)``

    Parameters
    ----------
    market_values : array_like, shape (n,)
        V of each netting set.
    collateral : float
        C of the agreement, net: positive where held.

    Returns
    -------
    float, not negative
    """
    values = _amounts("market value", market_values)
    held, owed = np.maximum(values, 0.0).sum(), np.minimum(values, 0.0).sum()
    return float(max(held - max(collateral, 0.0), 0.0) + max(owed - min(collateral, 0.0), 0.0))


def allocated_collateral(agreements: ArrayLike, market_values: ArrayLike, collateral: ArrayLike) -> FloatArray:
    """Share an agreement's collateral among its netting sets so that replacement costs add up to CRE52.75's.

    Collateral held goes to the sets of positive value in proportion to it, collateral posted to those of negative
    value; where there is none of that sign, each set gets the same.

    Parameters
    ----------
    agreements : array_like, shape (n,)
        Agreement of each netting set.
    market_values : array_like, shape (n,)
        V of each netting set.
    collateral : array_like, shape (n,)
        C of its whole agreement.

    Returns
    -------
    ndarray, shape (n,), its sum per agreement is C
    """
    values, total = _amounts("market value", market_values), _amounts("collateral", collateral)
    position, names = pd.factorize(np.asarray(agreements, dtype=object))
    matching = np.where(total >= 0.0, np.maximum(values, 0.0), np.maximum(-values, 0.0))
    of_agreement = _sums(position, matching, len(names))[position]
    count = np.bincount(position, minlength=len(names))[position]
    share = np.divide(matching, of_agreement, out=1.0 / count, where=of_agreement > 0.0)
    return np.asarray(total * share, dtype=np.float64)


def multiplier(
    market_value: ArrayLike, collateral: ArrayLike, add_on: ArrayLike, *, floor: float, denominator: float
) -> FloatArray:
    """Share of the add-on that counts, ``min(1, F + (1 - F) exp((V - C) / (2 (1 - F) AddOn)))`` (CRE52.23).

    Parameters
    ----------
    market_value, collateral : array_like
        V and C as in `replacement_cost`.
    add_on : array_like
        Aggregate add-on, not negative; where it is 0 the share is 1.
    floor : float
        F, 0.05.
    denominator : float
        The 2 of the exponent.

    Returns
    -------
    ndarray, broadcast shape, from the floor to 1
    """
    net = _amounts("market value", market_value) - _amounts("collateral", collateral)
    amount = _amounts("add-on", add_on)
    net, amount = np.broadcast_arrays(net, amount)
    scale = denominator * (1.0 - floor) * amount
    # Above 0 the share is 1 whatever the exponent, which could overflow.
    exponent = np.divide(np.minimum(net, 0.0), scale, out=np.zeros(net.shape), where=amount > 0.0)
    return np.minimum(1.0, floor + (1.0 - floor) * np.exp(exponent))


def floored_margin_periods(
    margin_period_days: ArrayLike, trade_count: ArrayLike, is_cleared: ArrayLike, rules: RuleValues
) -> FloatArray:
    """Apply the floors under the margin period of risk (CRE52.50, CRE52.51, CRE54).

    Parameters
    ----------
    margin_period_days : array_like
        Estimated margin period of risk in business days.
    trade_count : array_like of int
        Trades of the netting set: above 5,000 bilateral ones the floor is higher.
    is_cleared : array_like of bool
        Whether a central counterparty is the counterparty.
    rules : RuleValues
        ``CRE52.margin_period``.

    Returns
    -------
    ndarray, business days
    """
    days, count = _amounts("margin period of risk", margin_period_days), np.asarray(trade_count, dtype=np.float64)
    bilateral = np.where(
        count > rules["CRE52.margin_period.large_set_above"],
        rules["CRE52.margin_period.large_set_floor"],
        rules["CRE52.margin_period.bilateral_floor"],
    )
    floor = np.where(np.asarray(is_cleared, dtype=np.bool_), rules["CRE52.margin_period.cleared_floor"], bilateral)
    return np.maximum(days, floor)


def saccr_exposures(trades: pd.DataFrame, netting_sets: pd.DataFrame, rules: RuleValues) -> SaCcr:
    """Work out the exposure at default of netting sets, ``alpha (RC + multiplier AddOn)`` (CRE52.1).

    Parameters
    ----------
    trades : DataFrame with `TRADE_COLUMNS`
        One row per trade. ``underlying_class`` a key of `ASSET_CLASSES`; ``underlying_grade`` the rating of a single
        name (``aa``), the quality of a credit index (``investment_grade``) or the kind of commodity (``oil_gas``),
        else missing; ``hedging_set`` the currency, the pair, the commodity's set or the basis, any constant for credit
        and equity; ``entity`` the name, index or commodity type, any constant for the other classes;
        ``transaction_kind`` outright, basis or volatility; ``notional`` of one currency for all: before duration for
        interest rates and credit, adjusted for the others, not negative; periods in years, ``start_years`` and
        ``end_years`` only for interest rates and credit; ``delta`` the signed supervisory delta; ``market_value``
        positive where the counterparty owes.
    netting_sets : DataFrame with `NETTING_SET_COLUMNS`
        One row per netting set; amounts in the currency of the trades. The terms of margining are only used where
        ``is_margined``; a set without trades has no add-on.
    rules : RuleValues
        Groups ``CRE52.*``.

    Returns
    -------
    SaCcr

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        If a trade's netting set is unknown or listed twice, a class or kind is unknown, or a figure is missing.
    """
    require_columns(trades, "trades", TRADE_COLUMNS)
    require_columns(netting_sets, "netting_sets", NETTING_SET_COLUMNS)
    sets = netting_sets.sort_values("netting_set_id", kind="stable").reset_index(drop=True)
    if sets["netting_set_id"].duplicated().any():
        twice = sets.loc[sets["netting_set_id"].duplicated(), "netting_set_id"].iloc[0]
        raise CapitalError(f"Netting set {twice} is given twice; keep one row per netting set.")
    position = pd.Index(sets["netting_set_id"]).get_indexer(pd.Index(trades["netting_set_id"]))
    if (position < 0).any():
        stranger = trades["netting_set_id"].iloc[int(np.flatnonzero(position < 0)[0])]
        raise CapitalError(f"Netting set {stranger} has trades but no terms; add it to the netting sets.")
    is_margined = sets["is_margined"].to_numpy(dtype=np.bool_)
    priced = _trade_terms(trades, rules)
    value = _sums(position, _amounts("market value", trades["market_value"]), len(sets))

    unmargined = _contributions(
        priced.assign(
            is_margined_basis=False,
            maturity_factor=unmargined_maturity_factor(
                trades["maturity_years"],
                floor_days=rules["CRE52.maturity_factor.floor"],
                business_days_per_year=rules["CRE52.maturity_factor.year"],
            ),
        ),
        rules,
    )
    of_margined = is_margined[position]
    periods = sets["margin_period_days"].to_numpy(dtype=np.float64, na_value=np.nan)[position[of_margined]]
    margined = _contributions(
        priced[of_margined].assign(
            is_margined_basis=True,
            maturity_factor=margined_maturity_factor(
                periods,
                multiplier=rules["CRE52.maturity_factor.margined_multiple"],
                business_days_per_year=rules["CRE52.maturity_factor.year"],
            ),
        ),
        rules,
    )
    exposures = _chosen(
        _exposures(sets, value, _of_sets(unmargined[1], sets), np.zeros(len(sets), dtype=np.bool_), rules),
        _exposures(sets, value, _of_sets(margined[1], sets), is_margined, rules),
        is_margined,
    )
    return SaCcr(
        pd.concat([unmargined[0], margined[0]], ignore_index=True),
        pd.concat([unmargined[1], margined[1]], ignore_index=True),
        pd.concat([sets[["netting_set_id"]], exposures], axis=1),
    )


def _trade_terms(trades: pd.DataFrame, rules: RuleValues) -> pd.DataFrame:
    """Work out adjusted notional, supervisory factor, correlation and maturity bucket of every trade."""
    names, kinds = trades["underlying_class"], trades["transaction_kind"]
    for what, given, known in (
        ("underlying class", names, {*ASSET_CLASSES}),
        ("kind", kinds, {"outright", *_KIND_RULES}),
    ):
        strange = sorted({*given.astype(str)} - known)
        if strange:
            raise CapitalError(f"A trade has the {what} '{strange[0]}'; known are {', '.join(sorted(known))}.")
    asset_class = names.map(ASSET_CLASSES)
    if trades[["hedging_set", "entity"]].isna().to_numpy().any():
        raise CapitalError("A trade lacks its hedging set or its entity; without them nothing can be netted.")
    is_lasting = asset_class.isin(["interest_rate", "credit"]).to_numpy()
    notional = _amounts("notional", trades["notional"])
    if (notional < 0.0).any():
        raise CapitalError("A notional is negative; its direction belongs in the delta.")
    end = trades["end_years"].to_numpy(dtype=np.float64, na_value=np.nan)
    start = trades["start_years"].to_numpy(dtype=np.float64, na_value=np.nan)
    duration = np.ones(len(trades))
    duration[is_lasting] = supervisory_duration(
        start[is_lasting],
        end[is_lasting],
        rate=rules["CRE52.duration.rate"],
        floor_years=rules["CRE52.maturity_factor.floor"] / rules["CRE52.maturity_factor.year"],
    )
    is_rate = (asset_class == "interest_rate").to_numpy()
    bucket = np.where(
        end < rules["CRE52.maturity_bucket.first_below"],
        1.0,
        np.where(end <= rules["CRE52.maturity_bucket.second_up_to"], 2.0, 3.0),
    )
    bucket = np.where(is_rate, bucket, np.nan)
    factor_ids = supervisory_rule_ids("CRE52.sf", names, trades["underlying_grade"])
    factor = rules.of(factor_ids)
    for kind, rule_id in _KIND_RULES.items():
        of_kind = (kinds == kind).to_numpy()
        if of_kind.any():
            factor[of_kind] *= rules[rule_id]
    correlation = np.ones(len(trades))
    is_diversified = asset_class.isin(["credit", "equity", "commodity"]).to_numpy()
    correlation[is_diversified] = rules.of("CRE52.correlation." + names[is_diversified].astype(str))
    return trades[[*TRADE_COLUMNS]].assign(
        asset_class=asset_class,
        adjusted_notional=notional * duration,
        supervisory_factor=factor,
        supervisory_rule_id=factor_ids,
        correlation=correlation,
        maturity_bucket=bucket,
        hedging_set=trades["hedging_set"]
        .astype(str)
        .where(~asset_class.isin(["credit", "equity"]) | (kinds == "basis"), "all"),
        entity=np.where(
            is_rate, np.char.add("bucket ", np.nan_to_num(bucket).astype(int).astype(str)), trades["entity"]
        ),
    )


def _contributions(trades: pd.DataFrame, rules: RuleValues) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Signed add-ons of the trades, add-ons of their hedging sets, and each trade's part of its hedging set's."""
    effective = (
        trades["adjusted_notional"].to_numpy()
        * _amounts("delta", trades["delta"])
        * trades["maturity_factor"].to_numpy()
    )
    signed = effective * trades["supervisory_factor"].to_numpy()
    frame = trades.assign(effective_notional=effective, signed_add_on=signed)
    entity = frame.groupby(_ENTITY_KEY, sort=True, dropna=False).ngroup().to_numpy()
    entities = (
        frame.groupby(_ENTITY_KEY, sort=True, dropna=False)
        .agg(amount=("signed_add_on", "sum"), correlation=("correlation", "first"), bucket=("maturity_bucket", "first"))
        .reset_index()
    )
    hedging_set = entities.groupby(_HEDGING_SET_KEY, sort=True, dropna=False).ngroup().to_numpy()
    hedging_sets = entities.groupby(_HEDGING_SET_KEY, sort=True, dropna=False).size().reset_index(name="entity_count")
    add_on, gradient = _aggregated(entities, hedging_set, len(hedging_sets), rules)
    frame["add_on_contribution"] = signed * gradient[entity]
    return frame, hedging_sets.assign(add_on=add_on)


def _aggregated(
    entities: pd.DataFrame, hedging_set: NDArray[np.integer[Any]], count: int, rules: RuleValues
) -> tuple[FloatArray, FloatArray]:
    """Add-on of every hedging set, and its derivative after the amount of every entity."""
    amount = entities["amount"].to_numpy(dtype=np.float64)
    rho = entities["correlation"].to_numpy(dtype=np.float64)
    bucket = entities["bucket"].to_numpy(dtype=np.float64)
    is_rate = np.isfinite(bucket)
    # Of the common factor each entity carries rho; the rest is its own.
    common = _sums(hedging_set, np.where(is_rate, 0.0, rho * amount), count)
    own = _sums(hedging_set, np.where(is_rate, 0.0, (1.0 - rho**2) * amount**2), count)
    squared = common**2 + own
    half_slope = rho * common[hedging_set] + (1.0 - rho**2) * amount

    by_bucket = np.zeros((count, 3))
    number = np.where(is_rate, bucket - 1.0, 0.0).astype(np.intp)
    by_bucket[hedging_set[is_rate], number[is_rate]] = amount[is_rate]
    if is_rate.any():
        near, far = rules["CRE52.bucket_correlation.adjacent"], rules["CRE52.bucket_correlation.distant"]
        weighted = by_bucket @ np.array([[1.0, near, far], [near, 1.0, near], [far, near, 1.0]])
        squared = squared + (by_bucket * weighted).sum(axis=1)
        half_slope = np.where(is_rate, weighted[hedging_set, number], half_slope)
    add_on = np.sqrt(np.maximum(squared, 0.0))
    of_entity = add_on[hedging_set]
    return add_on, np.divide(half_slope, of_entity, out=np.zeros(len(amount)), where=of_entity > 0.0)


def _of_sets(hedging_sets: pd.DataFrame, sets: pd.DataFrame) -> FloatArray:
    """Aggregate add-on of every netting set (CRE52.25)."""
    position = pd.Index(sets["netting_set_id"]).get_indexer(pd.Index(hedging_sets["netting_set_id"]))
    return _sums(position, hedging_sets["add_on"], len(sets))


def _exposures(
    sets: pd.DataFrame, value: FloatArray, add_on: FloatArray, is_margined: NDArray[np.bool_], rules: RuleValues
) -> pd.DataFrame:
    """Exposure of every netting set on one basis; where a set is not margined, that of the unmargined formula."""
    collateral = _amounts("collateral", sets["collateral"])
    cost = replacement_cost(value, collateral)
    terms = sets.loc[is_margined]
    cost[is_margined] = margined_replacement_cost(
        value[is_margined],
        collateral[is_margined],
        terms["threshold"].to_numpy(dtype=np.float64, na_value=np.nan),
        terms["minimum_transfer_amount"].to_numpy(dtype=np.float64, na_value=np.nan),
        terms["independent_collateral"].to_numpy(dtype=np.float64, na_value=np.nan),
    )
    share = multiplier(
        value,
        collateral,
        add_on,
        floor=rules["CRE52.multiplier.floor"],
        denominator=rules["CRE52.multiplier.denominator"],
    )
    pfe = share * add_on
    return pd.DataFrame(
        {
            "market_value": value,
            "collateral": collateral,
            "replacement_cost": cost,
            "multiplier": share,
            "aggregate_add_on": add_on,
            "pfe": pfe,
            "ead": rules["CRE52.exposure.alpha"] * (cost + pfe),
        }
    )


def _chosen(unmargined: pd.DataFrame, margined: pd.DataFrame, is_margined: NDArray[np.bool_]) -> pd.DataFrame:
    """Take the margined exposure of margined sets, but not more than the unmargined one (CRE52.2)."""
    is_capped = is_margined & (unmargined["ead"] < margined["ead"]).to_numpy()
    takes_margined = is_margined & ~is_capped
    chosen = margined.where(pd.Series(takes_margined), unmargined)
    return chosen.assign(
        is_margined_basis=takes_margined,
        ead_unmargined=unmargined["ead"],
        ead_margined=margined["ead"].where(pd.Series(is_margined)),
        is_capped=is_capped,
    )


def _amounts(what: str, given: ArrayLike) -> FloatArray:
    found = np.asarray(given, dtype=np.float64)
    if not np.isfinite(found).all():
        raise CapitalError(f"A {what} is missing or infinite; a missing one is not zero.")
    return found


def _sums(position: NDArray[np.integer[Any]], weights: ArrayLike, count: int) -> FloatArray:
    return np.asarray(
        np.bincount(position, weights=np.asarray(weights, dtype=np.float64), minlength=count), dtype=np.float64
    )
