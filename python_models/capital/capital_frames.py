"""Own funds, buffers, leverage and operational risk over the warehouse's tables: the same functions, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from python_models.capital.bands import Band
from python_models.capital.buffers import (
    available_for_buffers,
    conservation,
    leverage_requirement,
    maximum_distributable_amount,
    weighted_buffer_rate,
)
from python_models.capital.operational import (
    basic_indicator_charge,
    bucket_of,
    business_indicator,
    business_indicator_component,
    internal_loss_multiplier,
    loss_component,
)
from python_models.capital.own_funds import Tiers, deduction_above_limit, third_party_capital, threshold_deductions
from python_models.capital.simplified_market import equity_charge, foreign_exchange_charge
from python_models.credit_risk.parameters import RuleValues
from python_models.errors import CapitalError
from python_models.frames import require_columns

_TIERS: Final = ("cet1", "t1", "total")
_PARAMETERS: Final = ("reporting_date", "rule_group", "rule_id", "above", "up_to", "value")
_INDICATOR_ITEMS: Final[Mapping[str, str]] = {
    "interest_income": "interest_income",
    "interest_expense": "interest_expense",
    "interest_earning_assets": "interest_earning_assets",
    "dividend_income": "dividend_income",
    "other_operating_income": "other_operating_income",
    "other_operating_expense": "other_operating_expense",
    "fee_income": "fee_income",
    "fee_expense": "fee_expense",
    "trading_book_result": "net_pnl_trading_book",
    "banking_book_result": "net_pnl_banking_book",
}


class _Rules:
    """Values and bands of the rules in force, by reporting date."""

    def __init__(self, parameters: pd.DataFrame) -> None:
        require_columns(parameters, "parameters", _PARAMETERS)
        self._rows = {_day(day): rows for day, rows in parameters.groupby("reporting_date")}

    def values(self, day: date) -> RuleValues:
        if day not in self._rows:
            raise CapitalError(f"No rule is in force on {day}; add rows for the jurisdiction and date to the seeds.")
        return RuleValues.of_frame(self._rows[day])

    def bands(self, day: date, rule_group: str) -> list[Band]:
        self.values(day)
        rows = self._rows[day]
        found = rows[rows["rule_group"] == rule_group].sort_values("above", na_position="first")
        if found.empty:
            raise CapitalError(f"The rule group {rule_group} is not in force on {day}; add its rows to the seed.")
        return [
            Band(_edge(row["above"]), _edge(row["up_to"]), float(row["value"]), str(row["rule_id"]))
            for row in found.to_dict("records")
        ]


def _edge(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _day(value: Any) -> date:  # noqa: ANN401
    return pd.Timestamp(value).date()


def _by_date(frame: pd.DataFrame) -> Iterator[tuple[date, pd.DataFrame]]:
    for day, rows in frame.groupby("reporting_date", sort=True):
        yield _day(day), rows


def _joined(rule_ids: Iterator[str] | list[str]) -> str:
    return "; ".join(sorted({*rule_ids} - {""}))


def third_party_capital_frame(subsidiaries: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Work out what counts of the capital that subsidiaries issued to others (CAP10.20 to CAP10.26).

    Parameters
    ----------
    subsidiaries : DataFrame ``reporting_date``, ``subsidiary_id``, ``is_bank``, ``rwa``, ``group_rwa_of_subsidiary``
        and ``<tier>_issued``, ``<tier>_third_party`` for cet1, at1 and t2; USD.
    parameters : DataFrame ``reporting_date``, ``rule_group``, ``rule_id``, ``above``, ``up_to``, ``value``

    Returns
    -------
    DataFrame
        A row per date, subsidiary and tier (CET1, AT1, T2): issued to third parties, their surplus, what is included.

    Raises
    ------
    CapitalError
        If a rule is not in force, or a subsidiary's figures do not fit.
    """
    rules, results = _Rules(parameters), []
    buffer_id, minimum_ids = "RBC30.conservation_buffer.rate", [f"RBC20.minimum.{tier}" for tier in _TIERS]
    for day, rows in _by_date(subsidiaries):
        values = rules.values(day)
        requirement = Tiers(*(values[rule] + values[buffer_id] for rule in minimum_ids))
        for row in rows.to_dict("records"):
            theirs = Tiers.of_instruments(*(float(row[f"{tier}_third_party"]) for tier in ("cet1", "at1", "t2")))
            found = third_party_capital(
                min(float(row["rwa"]), float(row["group_rwa_of_subsidiary"])),
                requirement,
                Tiers.of_instruments(*(float(row[f"{tier}_issued"]) for tier in ("cet1", "at1", "t2"))),
                theirs,
                is_bank=bool(row["is_bank"]),
            )
            for tier, gross, included in (
                ("CET1", theirs.cet1, found.included.cet1),
                ("AT1", theirs.additional_tier_1, found.included.additional_tier_1),
                ("T2", theirs.tier_2, found.included.tier_2),
            ):
                results.append(
                    {
                        "reporting_date": day,
                        "subsidiary_id": row["subsidiary_id"],
                        "tier": tier,
                        "third_party_usd": gross,
                        "included_usd": included,
                        "rule_ids": _joined([buffer_id, *minimum_ids]),
                    }
                )
    columns = ["reporting_date", "subsidiary_id", "tier", "third_party_usd", "included_usd", "rule_ids"]
    return pd.DataFrame(results, columns=columns)


def own_funds_deduction_frame(items: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Deduct holdings, servicing rights and tax assets above shares of CET1 (CAP30.22 and CAP30.32 to CAP30.34).

    Parameters
    ----------
    items : DataFrame ``reporting_date``, ``item_code``, ``treatment``, ``amount_usd``
        Items with treatment holdings_limit and threshold, as positive amounts; other rows are what CET1 consists of
        before them, deductions negative.
    parameters : DataFrame as in `third_party_capital_frame`

    Returns
    -------
    DataFrame
        A row per date and item with a limit: CET1 it was measured against, deducted alone and with others, recognised.

    Raises
    ------
    CapitalError
        If a rule is not in force or an item has no threshold.
    """
    rules, results = _Rules(parameters), []
    prefix = "CAP30.threshold."
    for day, rows in _by_date(items):
        values = rules.values(day)
        amounts = dict(zip(rows["item_code"], rows["amount_usd"].astype(float), strict=True))
        kinds = dict(zip(rows["item_code"], rows["treatment"], strict=True))
        cet1 = sum(amount for code, amount in amounts.items() if kinds[code] not in {"holdings_limit", "threshold"})
        for code in sorted(code for code, kind in kinds.items() if kind == "holdings_limit"):
            rule_id = "CAP30.insignificant_holdings.limit"
            deducted = deduction_above_limit(amounts[code], cet1, values[rule_id])
            results.append(_limited(day, code, cet1, (deducted, 0.0), 0.0, rule_id))
            cet1 -= deducted
        codes = sorted(code for code, kind in kinds.items() if kind == "threshold")
        limits = {code: values[prefix + code] for code in codes}
        joint = prefix + "joint"
        found = threshold_deductions(cet1, {code: amounts[code] for code in codes}, limits, values[joint])
        weight = prefix + "risk_weight"
        for code, item in found.items():
            rule_ids = _joined([prefix + code, joint, weight])
            deducted_by = (item.over_individual_limit, item.over_joint_limit)
            results.append(_limited(day, code, cet1, deducted_by, values[weight], rule_ids))
    columns = [
        "reporting_date",
        "item_code",
        "cet1_before_usd",
        "over_individual_limit_usd",
        "over_joint_limit_usd",
        "risk_weight",
        "rule_ids",
    ]
    return pd.DataFrame(results, columns=columns)


def _limited(
    day: date, code: str, cet1: float, deducted: tuple[float, float], risk_weight: float, rule_ids: str
) -> dict[str, Any]:
    return {
        "reporting_date": day,
        "item_code": code,
        "cet1_before_usd": cet1,
        "over_individual_limit_usd": deducted[0],
        "over_joint_limit_usd": deducted[1],
        "risk_weight": risk_weight or None,
        "rule_ids": rule_ids,
    }


def countercyclical_rate_frame(countries: pd.DataFrame) -> pd.DataFrame:
    """Weigh the national buffer rates of every date (RBC30.10 to RBC30.14).

    Parameters
    ----------
    countries : DataFrame ``reporting_date``, ``private_credit_rwa_usd``, ``applied_rate``

    Returns
    -------
    DataFrame
        A row per date: ``countercyclical_rate``.

    Raises
    ------
    CapitalError
        If an amount or rate is missing.
    """
    results = [
        {
            "reporting_date": day,
            "countercyclical_rate": weighted_buffer_rate(
                rows["private_credit_rwa_usd"].astype(float), rows["applied_rate"].astype(float)
            ),
        }
        for day, rows in _by_date(countries)
    ]
    return pd.DataFrame(results, columns=["reporting_date", "countercyclical_rate"])


def conservation_frame(positions: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Say for every date how much of its earnings the bank must keep (RBC30.4).

    Parameters
    ----------
    positions : DataFrame ``reporting_date``, ``cet1_usd``, ``t1_usd``, ``total_usd``, ``rwa_usd``,
        ``combined_buffer_rate``, ``distributable_profit_usd``
    parameters : DataFrame as in `third_party_capital_frame`

    Returns
    -------
    DataFrame
        A row per date; the quarter and the maximum distributable amount are null above the buffer.

    Raises
    ------
    CapitalError
        If a rule is not in force, or a figure is missing.
    """
    rules, results = _Rules(parameters), []
    for day, rows in _by_date(positions):
        values = rules.values(day)
        (row,) = rows.to_dict("records")
        rwa = float(row["rwa_usd"])
        cet1, tier_1, total = (float(row[f"{tier}_usd"]) / rwa for tier in _TIERS)
        minimum_ids = [f"RBC20.minimum.{tier}" for tier in _TIERS]
        minima = (values[minimum_ids[0]], values[minimum_ids[1]], values[minimum_ids[2]])
        available = available_for_buffers(cet1, tier_1, total, minima)
        bands = rules.bands(day, "RBC30.earnings_retention")
        found = conservation(available, float(row["combined_buffer_rate"]), bands)
        is_restricted = found.quarter is not None
        profit = row["distributable_profit_usd"]
        payable = maximum_distributable_amount(float(profit), found.conservation_ratio) if is_restricted else None
        results.append(
            {
                "reporting_date": day,
                "available_ratio": found.available_ratio,
                "share_of_buffer": found.share_of_buffer if abs(found.share_of_buffer) != float("inf") else None,
                "buffer_quarter": found.quarter,
                "conservation_ratio": found.conservation_ratio,
                "maximum_distributable_usd": payable,
                "rule_ids": _joined([found.rule_id, *minimum_ids]),
            }
        )
    columns = [
        "reporting_date",
        "available_ratio",
        "share_of_buffer",
        "buffer_quarter",
        "conservation_ratio",
        "maximum_distributable_usd",
        "rule_ids",
    ]
    return pd.DataFrame(results, columns=columns)


def leverage_requirement_frame(buffers: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Say for every date what the leverage ratio must be (LEV20, LEV40).

    Parameters
    ----------
    buffers : DataFrame ``reporting_date``, ``systemic_rate``, ``countercyclical_rate``
    parameters : DataFrame as in `third_party_capital_frame`

    Returns
    -------
    DataFrame
        A row per date: ``minimum_ratio``, ``buffer_ratio``, ``required_ratio``, ``rule_ids``.

    Raises
    ------
    CapitalError
        If a rule is not in force, or a rate is missing.
    """
    rules, results = _Rules(parameters), []
    rule_ids = ["LEV20.minimum.ratio", "LEV40.buffer.systemic_share", "LEV40.buffer.countercyclical_share"]
    for row in buffers.sort_values("reporting_date").to_dict("records"):
        day = _day(row["reporting_date"])
        values = rules.values(day)
        found = leverage_requirement(
            values[rule_ids[0]],
            float(row["systemic_rate"]),
            values[rule_ids[1]],
            float(row["countercyclical_rate"]),
            values[rule_ids[2]],
        )
        results.append(
            {
                "reporting_date": day,
                "minimum_ratio": found.minimum,
                "buffer_ratio": found.buffer,
                "required_ratio": found.requirement,
                "rule_ids": _joined(rule_ids),
            }
        )
    columns = ["reporting_date", "minimum_ratio", "buffer_ratio", "required_ratio", "rule_ids"]
    return pd.DataFrame(results, columns=columns)


def operational_risk_frame(
    income: pd.DataFrame, losses: pd.DataFrame, rates: pd.DataFrame, parameters: pd.DataFrame
) -> pd.DataFrame:
    """Charge operational risk by the standardised approach and by the basic indicator approach (OPE25, OPE20).

    Parameters
    ----------
    income : DataFrame ``reporting_date``, ``fiscal_year``, ``item_code``, ``amount_usd``
        The closed financial years that count on each date.
    losses : DataFrame ``reporting_date``, ``loss_year``, ``net_loss_eur``
        A row for each year that has loss data, also without a loss.
    rates : DataFrame ``reporting_date``, ``usd_per_eur``
    parameters : DataFrame as in `third_party_capital_frame`

    Returns
    -------
    DataFrame
        A row per date and approach; the buckets and the loss multiplier are null for the basic indicator approach. A
        multiplier that is set to 1 says why in its note.

    Raises
    ------
    CapitalError
        If a rule is not in force, or an item of the income statement is missing for a year.
    """
    rules, results = _Rules(parameters), []
    euros = {_day(row["reporting_date"]): float(row["usd_per_eur"]) for row in rates.to_dict("records")}
    annual = dict(_by_date(losses))
    for day, rows in _by_date(income):
        values, usd_per_eur = rules.values(day), euros[day]
        years = rows.pivot_table(index="fiscal_year", columns="item_code", values="amount_usd", aggfunc="sum")
        years = years.astype(float).sort_index()
        results.append(
            _standardised(day, years, annual.get(day, losses.iloc[:0]), usd_per_eur, values, rules)
            | {"is_headline": values["OPE25.approach.is_in_force"] == 1.0}
        )
        results.append(
            _basic_indicator(day, years, values) | {"is_headline": values["OPE25.approach.is_in_force"] != 1.0}
        )
    columns = [
        "reporting_date",
        "approach",
        "first_fiscal_year",
        "last_fiscal_year",
        "interest_component_usd",
        "services_component_usd",
        "financial_component_usd",
        "business_indicator_usd",
        "business_indicator_eur",
        "bucket",
        "indicator_component_usd",
        "loss_years",
        "loss_component_usd",
        "loss_multiplier",
        "capital_usd",
        "rwa_usd",
        "is_headline",
        "note",
        "rule_ids",
    ]
    return pd.DataFrame(results, columns=columns)


def _items(years: pd.DataFrame, day: date) -> dict[str, pd.Series]:
    missing = [code for code in _INDICATOR_ITEMS.values() if code not in years.columns]
    if missing:
        raise CapitalError(f"The income statement lacks {', '.join(missing)} for {day}; deliver the item.")
    return {argument: years[code] for argument, code in _INDICATOR_ITEMS.items()}


def _last_years(years: pd.DataFrame, count: float, day: date) -> pd.DataFrame:
    if len(years) < count:
        raise CapitalError(f"{len(years)} of {count:g} financial years are closed on {day}; deliver those before.")
    return years.iloc[-int(count) :]


def _standardised(
    day: date, years: pd.DataFrame, losses: pd.DataFrame, usd_per_eur: float, values: RuleValues, rules: _Rules
) -> dict[str, Any]:
    used = _last_years(years, values["OPE25.business_indicator.years"], day)
    indicator = business_indicator(
        **_items(used, day), interest_margin_cap=values["OPE25.business_indicator.interest_margin_cap"]
    )
    buckets = rules.bands(day, "OPE25.marginal_coefficient")
    in_euros = indicator.total / usd_per_eur
    component = business_indicator_component(in_euros, buckets)
    bucket = bucket_of(in_euros, buckets)
    wanted, least = values["OPE25.loss_component.years"], values["OPE25.loss_component.minimum_years"]
    latest = losses.sort_values("loss_year").iloc[-int(wanted) :]
    loss = (
        loss_component(latest["net_loss_eur"].astype(float), values["OPE25.loss_component.multiple"])
        if len(latest)
        else None
    )
    notes = [] if len(latest) >= wanted else [f"{len(latest)} of {wanted:g} years of losses are known"]
    if values["OPE25.loss_multiplier.is_applied"] != 1.0:
        notes.append("the jurisdiction sets the multiplier to 1")
        multiplier = 1.0
    elif bucket == 1:
        notes.append("the multiplier is 1 in the first bucket")
        multiplier = 1.0
    elif loss is None or len(latest) < least:
        notes.append(f"fewer than {least:g} years of losses: the multiplier is 1")
        multiplier = 1.0
    else:
        multiplier = internal_loss_multiplier(loss, component, values["OPE25.loss_multiplier.exponent"])
    capital = component * multiplier * usd_per_eur
    rule_ids = [
        "OPE25.business_indicator.interest_margin_cap",
        "OPE25.business_indicator.years",
        "OPE25.capital.rwa_multiple",
        "OPE25.loss_component.multiple",
        "OPE25.loss_component.threshold",
        "OPE25.loss_component.years",
        "OPE25.loss_multiplier.exponent",
        "OPE25.loss_multiplier.is_applied",
        *(band.rule_id for band in buckets[:bucket]),
    ]
    return {
        "reporting_date": day,
        "approach": "standardised",
        "first_fiscal_year": int(used.index[0]),
        "last_fiscal_year": int(used.index[-1]),
        "interest_component_usd": indicator.interest_component,
        "services_component_usd": indicator.services_component,
        "financial_component_usd": indicator.financial_component,
        "business_indicator_usd": indicator.total,
        "business_indicator_eur": in_euros,
        "bucket": bucket,
        "indicator_component_usd": component * usd_per_eur,
        "loss_years": len(latest),
        "loss_component_usd": None if loss is None else loss * usd_per_eur,
        "loss_multiplier": multiplier,
        "capital_usd": capital,
        "rwa_usd": values["OPE25.capital.rwa_multiple"] * capital,
        "note": "; ".join(notes) or None,
        "rule_ids": _joined(rule_ids),
    }


def _basic_indicator(day: date, years: pd.DataFrame, values: RuleValues) -> dict[str, Any]:
    used = _last_years(years, values["OPE20.basic_indicator.years"], day)
    items = _items(used, day)
    gross_income = (
        items["interest_income"]
        - items["interest_expense"]
        + items["dividend_income"]
        + items["fee_income"]
        - items["fee_expense"]
        + items["other_operating_income"]
        + items["trading_book_result"]
    )
    capital = basic_indicator_charge(gross_income, values["OPE20.basic_indicator.alpha"])
    rule_ids = ["OPE20.basic_indicator.alpha", "OPE20.basic_indicator.years", "OPE25.capital.rwa_multiple"]
    return {
        "reporting_date": day,
        "approach": "basic_indicator",
        "first_fiscal_year": int(used.index[0]),
        "last_fiscal_year": int(used.index[-1]),
        "capital_usd": capital,
        "rwa_usd": values["OPE25.capital.rwa_multiple"] * capital,
        "note": f"years with positive gross income: {int((gross_income > 0).sum())} of {len(gross_income)}",
        "rule_ids": _joined(rule_ids),
    }


def simplified_market_frame(equities: pd.DataFrame, currencies: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Charge equity and foreign exchange by the simplified standardised approach, for comparison (MAR40).

    Parameters
    ----------
    equities : DataFrame ``reporting_date``, ``market``, ``long_usd``, ``short_usd``
        Net positions by issuer, added up by market; short positions as positive amounts.
    currencies : DataFrame ``reporting_date``, ``currency``, ``net_usd``
        Net open position in each currency but the reporting one, short negative; gold is XAU.
    parameters : DataFrame as in `third_party_capital_frame`

    Returns
    -------
    DataFrame
        A row per date, risk class and market: ``general_usd``, ``specific_usd``, ``capital_usd`` (scaled), ``rwa_usd``.

    Raises
    ------
    CapitalError
        If a rule is not in force, or a position is missing.
    """
    rules, results = _Rules(parameters), []
    for day, rows in _by_date(equities):
        values = rules.values(day)
        for row in rows.sort_values("market").to_dict("records"):
            charge = equity_charge(
                float(row["long_usd"]),
                float(row["short_usd"]),
                values["MAR40.equity.general_risk"],
                values["MAR40.equity.specific_risk"],
            )
            results.append(
                _simplified(
                    day, "equity", str(row["market"]), (charge.general, charge.specific), "MAR40.equity", values
                )
            )
    for day, rows in _by_date(currencies):
        values = rules.values(day)
        is_gold = rows["currency"] == "XAU"
        open_positions = rows["net_usd"].astype(float)
        charge_fx = foreign_exchange_charge(
            open_positions[~is_gold], float(open_positions[is_gold].sum()), values["MAR40.foreign_exchange.weight"]
        )
        results.append(
            _simplified(day, "foreign_exchange", "all", (charge_fx.charge, 0.0), "MAR40.foreign_exchange", values)
        )
    columns = [
        "reporting_date",
        "risk_class",
        "market",
        "general_usd",
        "specific_usd",
        "capital_usd",
        "rwa_usd",
        "rule_ids",
    ]
    return pd.DataFrame(results, columns=columns)


def _simplified(
    day: date, risk_class: str, market: str, parts: tuple[float, float], group: str, values: RuleValues
) -> dict[str, Any]:
    capital = sum(parts) * values[f"{group}.scaling_factor"]
    return {
        "reporting_date": day,
        "risk_class": risk_class,
        "market": market,
        "general_usd": parts[0],
        "specific_usd": parts[1],
        "capital_usd": capital,
        "rwa_usd": capital * values["MAR40.capital.rwa_multiple"],
        "rule_ids": _joined([rule for rule in values if rule.startswith(group + ".")] + ["MAR40.capital.rwa_multiple"]),
    }
