"""SA-CCR and CVA for all reporting dates: frames of the warehouse in, frames with the figures of the marts out."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from python_models.arrays import FloatArray
from python_models.credit_risk.cva import (
    diversified_shares,
    effective_maturity,
    reduced_cva_capital,
    standalone_cva_capital,
    standardised_cva_capital,
    weighted_exposures,
)
from python_models.credit_risk.parameters import RuleValues
from python_models.credit_risk.saccr import (
    allocated_collateral,
    floored_margin_periods,
    replacement_cost,
    saccr_exposures,
)
from python_models.credit_risk.trades import currency_notional
from python_models.errors import CapitalError
from python_models.frames import require_columns, rounded

_MONEY_DECIMALS: Final = 6
_TRADE_COLUMNS: Final = (
    "reporting_date", "exposure_set_id", "trade_id", "underlying_class", "underlying_grade", "hedging_set", "entity",
    "transaction_kind", "first_leg_usd", "second_leg_usd", "first_currency", "second_currency", "start_years",
    "end_years", "maturity_years", "delta", "market_value_usd",
)  # fmt: skip
_SET_COLUMNS: Final = (
    "reporting_date", "exposure_set_id", "margin_agreement_id", "is_margined", "is_qualifying_ccp",
    "margin_period_days", "threshold_usd", "minimum_transfer_amount_usd", "independent_collateral_usd",
    "variation_margin_usd",
)  # fmt: skip
_EXPOSURE_COLUMNS: Final = (
    "reporting_date", "counterparty_lei", "ead_usd", "effective_maturity_years", "reduced_weight",
    "standardised_weight",
)  # fmt: skip
#: Rules every exposure uses, whatever its trades.
_COMMON_RULES: Final = (
    "CRE52.exposure.alpha",
    "CRE52.maturity_factor.calendar_year",
    "CRE52.maturity_factor.floor",
    "CRE52.maturity_factor.year",
    "CRE52.multiplier.denominator",
    "CRE52.multiplier.floor",
)
_CLASS_RULES: Final = {
    "interest_rate": (
        "CRE52.bucket_correlation.adjacent",
        "CRE52.bucket_correlation.distant",
        "CRE52.duration.rate",
        "CRE52.maturity_bucket.first_below",
        "CRE52.maturity_bucket.second_up_to",
    ),
    "credit": ("CRE52.duration.rate",),
}


class CounterpartyExposures(NamedTuple):
    """Exposures of all dates.

    Attributes
    ----------
    trades : DataFrame
        One row per ``reporting_date``, ``exposure_set_id`` and ``trade_id``, on the basis that counts for its set:
        ``notional_usd``, ``adjusted_notional_usd``, ``supervisory_factor``, ``supervisory_rule_id``,
        ``maturity_factor``, ``maturity_bucket``, ``effective_notional_usd``, ``signed_add_on_usd`` and
        ``add_on_contribution_usd``.
    netting_sets : DataFrame
        One row per ``reporting_date`` and ``exposure_set_id``: the parts of the exposure in USD, the terms used, the
        replacement cost that the leverage ratio takes, and ``rule_ids``.
    """

    trades: pd.DataFrame
    netting_sets: pd.DataFrame


def counterparty_exposures(
    trades: pd.DataFrame, netting_sets: pd.DataFrame, parameters: pd.DataFrame, domestic_currency: str
) -> CounterpartyExposures:
    """Work out SA-CCR exposures date by date with the rules in force on each.

    Parameters
    ----------
    trades : DataFrame
        One row per reporting_date and trade. ``first_leg_usd`` is the notional, of foreign exchange the first
        currency's leg beside ``second_leg_usd``; ``delta`` signed; ``market_value_usd`` positive where the counterparty
        owes; periods in years from the reporting date.
    netting_sets : DataFrame
        One row per reporting_date and ``exposure_set_id``, the set that is calculated; sets that stand under one
        ``margin_agreement_id`` without a netting opinion share its collateral (CRE52.75). Amounts in USD, net
        collateral positive where held.
    parameters : DataFrame ``reporting_date``, ``rule_id``, ``value``
    domestic_currency : str
        Currency whose leg of a foreign exchange trade has no risk.

    Returns
    -------
    CounterpartyExposures
        Rows by date, set and trade; amounts rounded to 6 decimals. Empty without trades.

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        As in `saccr_exposures`, or if a date has no parameters.
    """
    require_columns(trades, "trades", _TRADE_COLUMNS)
    require_columns(netting_sets, "netting_sets", _SET_COLUMNS)
    rules_of_date = _rules_by_date(parameters)
    sets_of_date = dict(tuple(netting_sets.groupby("reporting_date", sort=True)))
    trade_frames, set_frames = [], []
    for date, of_date in trades.groupby("reporting_date", sort=True):
        if date not in rules_of_date:
            raise CapitalError(f"There are no parameters of CRE52 for {date}; add their rows to the seeds.")
        held = of_date.sort_values(["exposure_set_id", "trade_id"], kind="stable").reset_index(drop=True)
        sets = sets_of_date.get(date, netting_sets.iloc[:0])
        sets = sets[sets["exposure_set_id"].isin(held["exposure_set_id"])]
        of_trades, of_sets = _of_date(held, sets, rules_of_date[date], domestic_currency)
        trade_frames.append(of_trades.assign(reporting_date=date))
        set_frames.append(of_sets.assign(reporting_date=date))
    if not trade_frames:
        return CounterpartyExposures(
            pd.DataFrame(columns=["reporting_date", *_TRADE_RESULTS]),
            pd.DataFrame(columns=["reporting_date", *_SET_RESULTS]),
        )
    return CounterpartyExposures(
        pd.concat(trade_frames, ignore_index=True)[["reporting_date", *_TRADE_RESULTS]],
        pd.concat(set_frames, ignore_index=True)[["reporting_date", *_SET_RESULTS]],
    )


_TRADE_RESULTS: Final = (
    "exposure_set_id", "trade_id", "asset_class", "hedging_set", "maturity_bucket", "is_margined_basis",
    "notional_usd", "adjusted_notional_usd", "supervisory_factor", "supervisory_rule_id", "maturity_factor",
    "effective_notional_usd", "signed_add_on_usd", "add_on_contribution_usd",
)  # fmt: skip
_SET_RESULTS: Final = (
    "exposure_set_id", "trade_count", "is_margined", "is_margined_basis", "is_capped", "margin_period_days",
    "effective_maturity_years", "market_value_usd", "collateral_usd", "replacement_cost_usd", "multiplier",
    "aggregate_add_on_usd", "pfe_usd", "ead_usd", "ead_unmargined_usd", "alpha", "variation_margin_usd",
    "replacement_cost_leverage_usd", "rule_ids",
)  # fmt: skip


def _of_date(
    trades: pd.DataFrame, sets: pd.DataFrame, rules: RuleValues, domestic_currency: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    sets = sets.sort_values("exposure_set_id", kind="stable").reset_index(drop=True)
    position = pd.Index(sets["exposure_set_id"]).get_indexer(pd.Index(trades["exposure_set_id"]))
    if (position < 0).any():
        stranger = trades["exposure_set_id"].iloc[int(np.flatnonzero(position < 0)[0])]
        raise CapitalError(f"Netting set {stranger} has trades but no terms; add it to the netting sets.")
    count = np.bincount(position, minlength=len(sets))
    value = np.zeros(len(sets))
    np.add.at(value, position, _floats(trades["market_value_usd"]))
    margin, independent = _floats(sets["variation_margin_usd"]), _floats(sets["independent_collateral_usd"])
    agreements = sets["margin_agreement_id"].fillna(sets["exposure_set_id"])
    is_margined = sets["is_margined"].to_numpy(dtype=np.bool_)
    periods = np.full(len(sets), np.nan)
    periods[is_margined] = floored_margin_periods(
        _floats(sets["margin_period_days"])[is_margined],
        count[is_margined],
        sets["is_qualifying_ccp"].to_numpy(dtype=np.bool_)[is_margined],
        rules,
    )
    notional = _notional(trades, domestic_currency)
    result = saccr_exposures(
        trades.assign(
            netting_set_id=trades["exposure_set_id"],
            notional=notional,
            market_value=_floats(trades["market_value_usd"]),
        ),
        pd.DataFrame(
            {
                "netting_set_id": sets["exposure_set_id"],
                "is_margined": is_margined,
                "margin_period_days": periods,
                "threshold": _floats(sets["threshold_usd"]),
                "minimum_transfer_amount": _floats(sets["minimum_transfer_amount_usd"]),
                "independent_collateral": independent,
                "collateral": allocated_collateral(agreements, value, margin + independent),
            }
        ),
        rules,
    )
    found, cash = result.netting_sets, allocated_collateral(agreements, value, margin)
    floor = np.where(
        is_margined, np.nan_to_num(periods) / rules["CRE52.maturity_factor.year"], rules["MAR50.maturity.floor"]
    )
    money = {
        column: rounded(_floats(found[column.removesuffix("_usd")]), _MONEY_DECIMALS)
        for column in (
            "market_value_usd",
            "collateral_usd",
            "replacement_cost_usd",
            "aggregate_add_on_usd",
            "pfe_usd",
            "ead_usd",
            "ead_unmargined_usd",
        )
    }
    of_sets = pd.DataFrame(
        {
            "exposure_set_id": sets["exposure_set_id"],
            "trade_count": count,
            "is_margined": is_margined,
            "is_margined_basis": found["is_margined_basis"],
            "is_capped": found["is_capped"],
            "margin_period_days": periods,
            "effective_maturity_years": effective_maturity(
                trades["maturity_years"], notional, position, len(sets), floor
            ),
            "multiplier": found["multiplier"],
            "alpha": rules["CRE52.exposure.alpha"],
            "variation_margin_usd": rounded(cash, _MONEY_DECIMALS),
            # Of the collateral the leverage ratio takes cash variation margin only (LEV30).
            "replacement_cost_leverage_usd": rounded(replacement_cost(value, cash), _MONEY_DECIMALS),
            **money,
        }
    )
    return _chosen_trades(result.trades, of_sets), of_sets.assign(rule_ids=_rule_ids(result.trades, of_sets))


def _notional(trades: pd.DataFrame, domestic_currency: str) -> FloatArray:
    first = np.abs(_floats(trades["first_leg_usd"]))
    notional = first.copy()
    is_currency = (trades["underlying_class"] == "foreign_exchange").to_numpy()
    of_currency = trades[is_currency]
    notional[is_currency] = currency_notional(
        first[is_currency],
        _floats(of_currency["second_leg_usd"]),
        (of_currency["first_currency"] == domestic_currency).to_numpy(),
        (of_currency["second_currency"] == domestic_currency).to_numpy(),
    )
    return notional


def _chosen_trades(trades: pd.DataFrame, sets: pd.DataFrame) -> pd.DataFrame:
    """Keep each trade's row on the basis that counts for its set."""
    basis = sets.set_index("exposure_set_id")["is_margined_basis"].astype(bool)
    of_basis = trades["netting_set_id"].map(basis).to_numpy(dtype=np.bool_)
    kept = trades[trades["is_margined_basis"].to_numpy(dtype=np.bool_) == of_basis]
    kept = kept.sort_values(["netting_set_id", "trade_id"], kind="stable").reset_index(drop=True)
    amounts = {
        f"{column}_usd": rounded(_floats(kept[column]), _MONEY_DECIMALS)
        for column in ("notional", "adjusted_notional", "effective_notional", "signed_add_on", "add_on_contribution")
    }
    return kept.rename(columns={"netting_set_id": "exposure_set_id"}).assign(**amounts)


def _rule_ids(trades: pd.DataFrame, sets: pd.DataFrame) -> list[str]:
    used = trades.groupby("netting_set_id", sort=True).agg(
        factors=("supervisory_rule_id", set), classes=("asset_class", set), names=("underlying_class", set)
    )
    found = []
    for name, is_margined in zip(sets["exposure_set_id"], sets["is_margined_basis"], strict=True):
        ids = {*_COMMON_RULES, *used.loc[name, "factors"]}
        for asset_class in used.loc[name, "classes"]:
            ids.update(_CLASS_RULES.get(asset_class, ()))
        ids.update(
            f"CRE52.correlation.{each}"
            for each in used.loc[name, "names"]
            if each not in {"interest_rate", "foreign_exchange"}
        )
        if is_margined:
            ids.add("CRE52.maturity_factor.margined_multiple")
        found.append("; ".join(sorted(ids)))
    return found


def cva_contributions(exposures: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Work out CVA capital of both methods, and what each counterparty adds to it.

    Parameters
    ----------
    exposures : DataFrame
        One row per reporting_date and netting set: ``counterparty_lei``, ``ead_usd``, ``effective_maturity_years``,
        ``reduced_weight`` and ``standardised_weight`` as shares. Exposures to qualifying central counterparties are
        left out before (MAR50.5).
    parameters : DataFrame ``reporting_date``, ``rule_id``, ``value``

    Returns
    -------
    DataFrame
        One row per ``reporting_date``, ``method`` (reduced_basic, standardised) and ``counterparty_lei``:
        ``ead_usd``, ``standalone_usd`` and ``capital_usd``, rounded to 6 decimals; ``capital_usd`` sums to the capital
        of the date and method.

    Raises
    ------
    FrameError
        If a column is missing.
    CapitalError
        If a figure is missing or negative, or a date has no parameters.
    """
    require_columns(exposures, "exposures", _EXPOSURE_COLUMNS)
    rules_of_date = _rules_by_date(parameters)
    frames = []
    for date, of_date in exposures.groupby("reporting_date", sort=True):
        if date not in rules_of_date:
            raise CapitalError(f"There are no parameters of CVA for {date}; add their rows to the seeds.")
        frames.append(_cva_of_date(of_date, rules_of_date[date]).assign(reporting_date=date))
    columns = ["reporting_date", "method", "counterparty_lei", "ead_usd", "standalone_usd", "capital_usd"]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def _cva_of_date(exposures: pd.DataFrame, rules: RuleValues) -> pd.DataFrame:
    # Sums of the same figures in the same order have the same last digit.
    exposures = exposures.sort_values(["counterparty_lei", "ead_usd", "effective_maturity_years"], kind="stable")
    ead, years = _floats(exposures["ead_usd"]), _floats(exposures["effective_maturity_years"])
    names, reduced = standalone_cva_capital(
        ead,
        years,
        _floats(exposures["reduced_weight"]),
        exposures["counterparty_lei"],
        alpha=rules["CRE52.exposure.alpha"],
        discount_rate=rules["MAR50.reduced.discount_rate"],
    )
    position = np.searchsorted(names.astype(str), exposures["counterparty_lei"].to_numpy(dtype=str))
    total_ead, standardised = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(total_ead, position, ead)
    rate, share = rules["CVA.standardised.discount_rate"], rules["CVA.standardised.systematic_share"]
    weight = _floats(exposures["standardised_weight"])
    np.add.at(standardised, position, weighted_exposures(ead, years, weight, discount_rate=rate))
    correlation, scalar = rules["MAR50.reduced.correlation"], rules["MAR50.reduced.discount_scalar"]
    multiplier, horizon = rules["CVA.standardised.confidence_multiplier"], rules["CVA.standardised.horizon"]
    of_standardised = standardised_cva_capital(
        standardised,
        np.ones(len(names)),
        np.ones(len(names)),
        discount_rate=0.0,
        systematic_share=share,
        confidence_multiplier=multiplier,
        horizon_years=horizon,
    )
    of_reduced = reduced_cva_capital(reduced, correlation=correlation, discount_scalar=scalar)
    methods = (
        ("reduced_basic", scalar * reduced, of_reduced * diversified_shares(reduced, correlation)),
        (
            "standardised",
            multiplier * np.sqrt(horizon) * standardised,
            of_standardised * diversified_shares(standardised, share),
        ),
    )
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "method": method,
                    "counterparty_lei": names,
                    "ead_usd": rounded(total_ead, _MONEY_DECIMALS),
                    "standalone_usd": rounded(alone, _MONEY_DECIMALS),
                    "capital_usd": rounded(capital, _MONEY_DECIMALS),
                }
            )
            for method, alone, capital in methods
        ],
        ignore_index=True,
    )


def _rules_by_date(parameters: pd.DataFrame) -> dict[object, RuleValues]:
    require_columns(parameters, "parameters", ("reporting_date", "rule_id", "value"))
    return {date: RuleValues.of_frame(rows) for date, rows in parameters.groupby("reporting_date", sort=True)}


def _floats(column: pd.Series) -> FloatArray:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)
