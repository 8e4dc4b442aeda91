"""What an example of capital is about, read from the fields of its inputs, and its figures.

They are worked out by the functions the models call, with the parameters of the seeds unless the example brings its
own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from orchestration.errors import CaseNotRecognised
from orchestration.validation.reading import is_number
from orchestration.validation.rules import rule_bands, rule_value
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
from python_models.capital.own_funds import (
    Tiers,
    deduction_above_limit,
    third_party_capital,
    threshold_deductions,
)
from python_models.capital.simplified_market import equity_charge, foreign_exchange_charge
from python_models.credit_risk.cva import standardised_cva_capital, weighted_exposures

Inputs = Mapping[str, Any]
#: What was worked out, by the plain name of a field.
Results = dict[str, float | str]

MONEY_UNITS: Final = {"bn": 1e9, "billion": 1e9, "mn": 1e6, "m": 1e6, "million": 1e6}
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def plain(name: str) -> str:
    """Reduce a field's name to its letters and digits."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def solve(topic: str, inputs: object) -> Results:
    """Work out what an example is about and all that can be said of it.

    Parameters
    ----------
    topic : str
        What the file says that it is about; only a help where the inputs leave it open.
    inputs : object
        As the file has them.

    Returns
    -------
    dict of str to float or str
        Figures by the plain name of a field, under every name that examples give them.

    Raises
    ------
    CaseNotRecognised
        If no kind of example has these inputs.
    """
    for solver in _SOLVERS:
        results = solver(topic.lower(), inputs)
        if results is not None:
            return results
    raise CaseNotRecognised("no kind of example has these inputs")


def _fields(inputs: object) -> dict[str, Any]:
    return {plain(str(key)): value for key, value in inputs.items()} if isinstance(inputs, dict) else {}


def _first(fields: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401
    return next((fields[name] for name in names if name in fields), None)


def _number(fields: Mapping[str, Any], *names: str) -> float | None:
    value = _first(fields, *names)
    return float(value) if is_number(value) else None


def _countercyclical(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    rows = inputs if isinstance(inputs, list) else _first(fields, "exposures", "countries", "positions")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return None
    countries = [_fields(row) for row in rows]
    amounts = [_number(row, "rwa", "exposure", "amount", "privatecreditrwa", "credit") for row in countries]
    rates = [_number(row, "rate", "ccyb", "ccybrate", "bufferrate", "buffer") for row in countries]
    if None in amounts or None in rates:
        return None
    rate = weighted_buffer_rate([float(each or 0.0) for each in amounts], [float(each or 0.0) for each in rates])
    results: Results = dict.fromkeys(("weightedrate", "rate", "ccyb", "bankrate", "bufferrate"), rate)
    total = _number(fields, "totalrwa", "totalriskexposure", "rwa", "totalriskexposureamount")
    if total is not None:
        results |= {"buffer": rate * total, "bufferamount": rate * total}
    return results


def _tiers(values: Inputs, *, are_instruments: bool) -> Tiers:
    fields = _fields(values)
    common = _number(fields, "cet1")
    if common is None:
        raise CaseNotRecognised("a tier list has CET1")
    first, total = _number(fields, "t1", "tier1"), _number(fields, "tc", "total", "totalcapital")
    if not are_instruments and first is not None and total is not None:
        return Tiers(common, first, total)
    additional = _number(fields, "at1") or (0.0 if first is None else first - common)
    second = _number(fields, "t2", "tier2") or (0.0 if total is None else total - common - additional)
    return Tiers.of_instruments(common, additional, second)


def _minority(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    issued = _first(fields, "issued", "subsidiary", "subsidiarycapital")
    theirs = _first(fields, "thirdparty", "thirdparties", "minority")
    rwa = _number(fields, "srwa", "rwa", "subsidiaryrwa")
    if not isinstance(issued, dict) or not isinstance(theirs, dict) or rwa is None:
        return None
    group_rwa = _number(fields, "grouprwa", "consolidatedrwa", "grouprwaofsubsidiary")
    required = _first(fields, "minplusccb", "minimumplusccb", "requirement", "requirements")
    if required is None:
        buffer = rule_value("RBC30.conservation_buffer.rate")
        requirement = Tiers(*(rule_value(f"RBC20.minimum.{tier}") + buffer for tier in ("cet1", "t1", "total")))
    else:
        requirement = _tiers(required, are_instruments=False)
    result = third_party_capital(
        rwa if group_rwa is None else min(rwa, group_rwa),
        requirement,
        _tiers(issued, are_instruments=True),
        _tiers(theirs, are_instruments=True),
        is_bank=bool(_first(fields, "isbank")) if "isbank" in fields else True,
    )
    results: Results = {}
    for name, tiers in (
        ("surplus", result.surplus),
        ("surplusthird", result.surplus_of_third_parties),
        ("surplusthirdparty", result.surplus_of_third_parties),
        ("included", result.included),
    ):
        results |= _by_tier(name, tiers)
    parent = fields.get("parent")
    if isinstance(parent, dict):
        own = _tiers(parent, are_instruments=True)
        results |= _by_tier(
            "consolidated",
            Tiers(
                own.cet1 + result.included.cet1,
                own.tier_1 + result.included.tier_1,
                own.total + result.included.total,
            ),
        )
    return results


def _by_tier(name: str, tiers: Tiers) -> Results:
    values = {
        "cet1": tiers.cet1,
        "at1": tiers.additional_tier_1,
        "t1": tiers.tier_1,
        "t2": tiers.tier_2,
        "tc": tiers.total,
        "total": tiers.total,
    }
    return {f"{name}{tier}": value for tier, value in values.items()}


#: Names that examples give to the items with thresholds.
_THRESHOLD_ITEMS: Final[Mapping[str, str]] = {
    "significantinvestments": "significant_financial_holdings_cet1",
    "significantinvestment": "significant_financial_holdings_cet1",
    "significantholdings": "significant_financial_holdings_cet1",
    "significant": "significant_financial_holdings_cet1",
    "siginv": "significant_financial_holdings_cet1",
    "si": "significant_financial_holdings_cet1",
    "fi": "significant_financial_holdings_cet1",
    "investments": "significant_financial_holdings_cet1",
    "msr": "mortgage_servicing_rights",
    "msrs": "mortgage_servicing_rights",
    "mortgageservicingrights": "mortgage_servicing_rights",
    "dta": "deferred_tax_temporary_differences",
    "dtas": "deferred_tax_temporary_differences",
    "dtatemporary": "deferred_tax_temporary_differences",
    "dtatemp": "deferred_tax_temporary_differences",
    "dtatemporarydifferences": "deferred_tax_temporary_differences",
    "deferredtax": "deferred_tax_temporary_differences",
    "deferredtaxassets": "deferred_tax_temporary_differences",
}
_CET1_BEFORE: Final = (
    "cet1before", "cet1", "cet1afterdeductions", "cet1afteradjustments", "cet1prethreshold", "cet1beforethreshold",
    "cet1beforethresholds", "cet1afterregulatorydeductions", "cet1afterotherdeductions", "commonequity",
)  # fmt: skip
_CET1_IN_FULL: Final = ("cet1aftersfulldeduction", "cet1afterfulldeduction", "cet1netall", "cet1net", "cet1netofall")


def _thresholds(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    nested = fields.get("items")
    named = {**fields, **(_fields(nested) if isinstance(nested, dict) else {})}
    items = {_THRESHOLD_ITEMS[name]: float(named[name]) for name in _THRESHOLD_ITEMS if is_number(named.get(name))}
    before, in_full = _number(fields, *_CET1_BEFORE), _number(fields, *_CET1_IN_FULL)
    if in_full is not None and before is None:
        before = in_full + sum(items.values())
    small = _number(fields, "insignificantinvestments", "insignificantholdings", "insignificant")
    if before is None or (not items and small is None):
        return None
    joint = _number(fields, "joint", "jointlimit", "aggregatelimit") or rule_value("CAP30.threshold.joint")
    individual = _number(fields, "individual", "individuallimit", "limit")
    results: Results = {}
    if small is not None:
        limit = rule_value("CAP30.insignificant_holdings.limit") if individual is None else individual
        results["insignificantdeducted"] = results["deducted"] = deduction_above_limit(small, before, limit)
    if not items:
        return results
    limits = {name: rule_value(f"CAP30.threshold.{name}") if individual is None else individual for name in items}
    found = threshold_deductions(before, items, limits, joint)
    weight = rule_value("CAP30.threshold.risk_weight")
    for alias, name in _THRESHOLD_ITEMS.items():
        if name in found:
            item = found[name]
            results |= {
                f"{alias}deducted": item.deducted,
                f"{alias}deduction": item.deducted,
                f"{alias}recognised": item.recognised,
                f"{alias}recognized": item.recognised,
                f"deducted{alias}": item.deducted,
                f"deduction{alias}": item.deducted,
                f"recognised{alias}": item.recognised,
                f"individual{alias}": item.over_individual_limit,
                f"individualdeduction{alias}": item.over_individual_limit,
                f"deduct10{alias}": item.over_individual_limit,
                f"over10{alias}": item.over_individual_limit,
            }
    over_own = sum(item.over_individual_limit for item in found.values())
    over_joint = sum(item.over_joint_limit for item in found.values())
    kept = sum(item.recognised for item in found.values())
    cet1 = before - over_own - over_joint
    names: Mapping[str, float] = {
        "individualdeduction individualdeductions deduct10 over10": over_own,
        "jointdeduction aggregatededuction excess deduct15 over15 deduct1765": over_joint,
        "deducted deduction totaldeduction totaldeducted deductions": over_own + over_joint,
        "recognised recognized recognisedtotal totalrecognised kept": kept,
        "limit10 individuallimit limitindividual cap10": before * next(iter(limits.values())),
        "limit15 limit1765 jointlimit aggregatelimit cap1765 cap15 maximum maxrecognised": max(
            joint / (1.0 - joint) * (before - sum(items.values())), 0.0
        ),
        "cet1 cet1after finalcet1 cet1final": cet1,
        "rwa rwa250 riskweighted": weight * kept,
    }
    return results | {alias: value for aliases, value in names.items() for alias in aliases.split()}


def _money(fields: Mapping[str, Any], name: str) -> float | None:
    """Read an amount in units of the currency, whatever unit its name states."""
    for key, value in fields.items():
        match = re.fullmatch(rf"{name}(?:eur|usd)?({'|'.join(MONEY_UNITS)})?(?:eur|usd)?", key)
        if match and is_number(value):
            return float(value) * MONEY_UNITS.get(match[1] or "", 1.0)
    return None


_INDICATOR_ITEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "interest_income": ("ii", "interestincome"),
    "interest_expense": ("ie", "interestexpense"),
    "interest_earning_assets": ("iea", "interestearningassets"),
    "dividend_income": ("di", "dividendincome", "dividends"),
    "other_operating_income": ("ooi", "otheroperatingincome"),
    "other_operating_expense": ("ooe", "otheroperatingexpense", "otheroperatingexpenses"),
    "fee_income": ("fi", "feeincome"),
    "fee_expense": ("fe", "feeexpense"),
    "trading_book_result": ("tb", "pnltb", "netpltb", "netpnltb", "tradingbook", "netpnltradingbook", "pltb"),
    "banking_book_result": ("bb", "pnlbb", "netplbb", "netpnlbb", "bankingbook", "netpnlbankingbook", "plbb"),
}


def _operational(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    indicator, component = _money(fields, "bi"), _money(fields, "bic")
    losses, share = _money(fields, "lc"), _number(fields, "lcbic", "ratio", "lcoverbic")
    buckets = rule_bands("OPE25.marginal_coefficient")
    results: Results = {}
    if all(_first(fields, *names) is not None for names in _INDICATOR_ITEMS.values()):
        years = {
            item: value if isinstance(value, list) else [value]
            for item, names in _INDICATOR_ITEMS.items()
            if (value := _first(fields, *names)) is not None
        }
        parts = business_indicator(
            **years, interest_margin_cap=rule_value("OPE25.business_indicator.interest_margin_cap")
        )
        indicator = parts.total
        results |= {
            "ildc": parts.interest_component,
            "sc": parts.services_component,
            "fc": parts.financial_component,
            "bi": parts.total,
        }
    annual = _first(fields, "annuallosses", "losses")
    mean = _money(fields, "(?:meanannualloss|averageannualloss|avgannualloss|annualloss)")
    multiple = rule_value("OPE25.loss_component.multiple")
    if isinstance(annual, list):
        losses = loss_component(annual, multiple)
    elif losses is None and mean is not None:
        losses = loss_component([mean], multiple)
    if indicator is not None:
        component = business_indicator_component(indicator, buckets)
        results["bucket"] = bucket_of(indicator, buckets)
    if component is not None:
        results["bic"] = component
    if losses is not None:
        results["lc"] = losses
    if share is not None and component is None and losses is None:
        component, losses = 1.0, share
    multiplier = _multiplier(indicator, component, losses, is_first=results.get("bucket") == 1)
    given = _number(fields, "ilm")
    multiplier = given if given is not None else multiplier
    if multiplier is not None:
        results["ilm"] = multiplier
        if component is not None and share is None:
            capital = component * multiplier
            results |= dict.fromkeys(("orc", "capital", "charge", "k", "operationalriskcapital"), capital)
            results["rwa"] = rule_value("OPE25.capital.rwa_multiple") * capital
    return results or None


def _multiplier(
    indicator: float | None, component: float | None, losses: float | None, *, is_first: bool
) -> float | None:
    if indicator is not None and is_first:
        return 1.0
    if component is None or losses is None:
        return None
    return internal_loss_multiplier(losses, component, rule_value("OPE25.loss_multiplier.exponent"))


def _leverage(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    add_on = _number(fields, "hla", "gsibbuffer", "gsibaddon", "higherlossabsorbency", "gsib")
    bucket = _number(fields, "bucket", "gsibbucket")
    results: Results = {}
    if bucket is not None and add_on is None and set(fields) <= {"bucket", "gsibbucket"}:
        add_on = rule_value(f"RBC40.higher_loss_absorbency.bucket_{bucket:.0f}")
        results |= dict.fromkeys(("hla", "addon", "buffer", "gsibbuffer", "surcharge"), add_on)
    tier_1 = _number(fields, "t1", "tier1", "tier1capital")
    exposure = _number(fields, "exposure", "exposuremeasure", "totalexposure", "leverageexposure")
    if add_on is None and (tier_1 is None or exposure is None):
        return None
    minimum = _number(fields, "min", "minimum")
    requirement = leverage_requirement(
        rule_value("LEV20.minimum.ratio") if minimum is None else minimum,
        add_on or 0.0,
        rule_value("LEV40.buffer.systemic_share"),
    )
    results |= {"levbuffer": requirement.buffer, "leveragebuffer": requirement.buffer}
    results |= dict.fromkeys(("levrequirement", "leveragerequirement", "requirement"), requirement.requirement)
    if tier_1 is not None and exposure:
        results |= dict.fromkeys(("ratio", "leverage", "lr", "leverageratio"), tier_1 / exposure)
        results["surplus"] = tier_1 - requirement.requirement * exposure
    return results


_KEPT_NAMES: Final = (
    "conservation",
    "conservationratio",
    "minimumconservationratio",
    "minconservation",
    "retention",
    "keep",
    "kept",
    "sharekept",
    "earningsretention",
)


def _conservation(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    capital = fields.get("capital")
    named = {**fields, **(_fields(capital) if isinstance(capital, dict) else {})}
    common = _number(named, "cet1", "cet1ratio", "cet1pct", "cet1capital")
    if common is None:
        return None
    rwa = _number(fields, "rwa", "totalrwa")
    unit = 1.0 / rwa if rwa else (0.01 if common > 0.3 else 1.0)
    additional, second = _number(named, "at1", "at1ratio"), _number(named, "t2", "tier2", "t2ratio")
    first = _number(named, "t1", "tier1", "t1ratio", "tier1ratio")
    total = _number(named, "total", "tc", "totalratio", "totalcapital", "car", "tcr")
    floors = _first(fields, "min", "minimum", "minima", "minimums")
    if isinstance(floors, dict):
        required = _tiers(floors, are_instruments=False)
        minima = (required.cet1, required.tier_1, required.total)
    else:
        minima = (
            rule_value("RBC20.minimum.cet1"),
            rule_value("RBC20.minimum.t1"),
            rule_value("RBC20.minimum.total"),
        )
    if max(minima) > 0.3:
        minima = (minima[0] / 100.0, minima[1] / 100.0, minima[2] / 100.0)
    # A tier the example does not mention is held to be large enough.
    ratio = common * unit
    first_ratio = (
        first * unit if first is not None else ratio + (additional * unit if additional is not None else
        max(minima[1] - minima[0], 0.0))
    )  # fmt: skip
    total_ratio = (
        total * unit if total is not None else first_ratio + (second * unit if second is not None else
        max(minima[2] - minima[1], 0.0))
    )  # fmt: skip
    names = ("combinedbuffer", "buffer", "cbr", "bufferrequirement", "combinedbufferrequirement")
    parts = ("ccb", "conservationbuffer", "ccyb", "countercyclicalbuffer", "gsib", "dsib", "hla", "systemicbuffer")
    combined = _number(fields, *names)
    if combined is None:
        found = [_number(fields, part) for part in parts]
        combined = sum(each for each in found if each is not None)
        if _number(fields, "ccb", "conservationbuffer") is None:
            combined += rule_value("RBC30.conservation_buffer.rate")
    combined = combined / 100.0 if combined > 0.3 else combined
    available = available_for_buffers(ratio, first_ratio, total_ratio, minima)
    result = conservation(available, combined, rule_bands("RBC30.earnings_retention"))
    results: Results = dict.fromkeys(_KEPT_NAMES, result.conservation_ratio)
    results |= dict.fromkeys(
        ("payout", "maxpayout", "distributableshare", "factor", "mdafactor", "distributionallowed"),
        1.0 - result.conservation_ratio,
    )
    results |= {alias: float(result.quarter or 0) for alias in ("quarter", "quartile", "band")}
    results |= dict.fromkeys(("available", "cet1available", "availablecet1", "cet1forbuffers"), available)
    results |= {"combinedbuffer": combined, "shareofbuffer": result.share_of_buffer}
    profit = _number(
        fields, "profit", "profits", "earnings", "distributableprofit", "distributableprofits", "netprofit",
        "distributableprofit12m", "distributableitems",
    )  # fmt: skip
    if profit is not None:
        payable = maximum_distributable_amount(profit, result.conservation_ratio)
        results |= dict.fromkeys(("mda", "maximumdistributableamount", "distributable"), payable)
    return results


def _valuation_adjustment(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    rows = inputs if isinstance(inputs, list) else _first(fields, "cp", "counterparties", "cps")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return None
    parties = [_fields(row) for row in rows]
    exposures = [_number(row, "ead", "exposure") for row in parties]
    years = [_number(row, "m", "maturity") for row in parties]
    weights = [_number(row, "w", "weight", "rw") for row in parties]
    if None in exposures or None in years or None in weights:
        return None
    hedge_names = ("b", "hedge", "hedgenotional", "bhedge", "hedgeb", "cds", "cdsnotional")
    hedges = [_number(row, *hedge_names) or 0.0 for row in parties]
    hedge_years = [
        _number(row, "mh", "mhedge", "hedgem", "hedgematurity", "bm", "mb") or year or 0.0
        for row, year in zip(parties, years, strict=True)
    ]
    capital = standardised_cva_capital(
        [float(each or 0.0) for each in exposures],
        [float(each or 0.0) for each in years],
        [float(each or 0.0) for each in weights],
        hedges=hedges,
        hedge_maturities_years=hedge_years,
        index_hedge=_index_hedge(_first(fields, "index", "indexhedge", "indexhedges", "ind", "indices")),
        discount_rate=rule_value("CVA.standardised.discount_rate"),
        systematic_share=rule_value("CVA.standardised.systematic_share"),
        confidence_multiplier=rule_value("CVA.standardised.confidence_multiplier"),
        horizon_years=rule_value("CVA.standardised.horizon"),
    )
    rwa = rule_value("OPE25.capital.rwa_multiple") * capital
    return {"k": capital, "capital": capital, "charge": capital, "rwa": rwa}


def _index_hedge(given: object) -> float:
    """Add up weight, maturity and discounted notional of the indices."""
    rows = [] if given is None else given if isinstance(given, list) else [given]
    rate, total = rule_value("CVA.standardised.discount_rate"), 0.0
    for row in rows:
        terms = _fields(row)
        figures = (_number(terms, "w", "weight"), _number(terms, "m", "maturity"), _number(terms, "b", "notional"))
        if None in figures:
            raise CaseNotRecognised("an index hedge has w, M and B")
        weight, years, notional = (float(figure or 0.0) for figure in figures)
        total += float(weighted_exposures([notional], [years], [weight], discount_rate=rate)[0])
    return total


def _equity(topic: str, inputs: object) -> Results | None:
    fields = _fields(inputs)
    long, short = _number(fields, "long", "grosslong"), _number(fields, "short", "grossshort")
    if long is None or short is None:
        return None
    charge = equity_charge(
        abs(long), abs(short), rule_value("MAR40.equity.general_risk"), rule_value("MAR40.equity.specific_risk")
    )
    results: Results = {"general": charge.general, "specific": charge.specific}
    results |= dict.fromkeys(("total", "charge", "capital"), charge.total)
    results |= {"net": abs(charge.net), "netshort": max(-charge.net, 0.0), "netlong": max(charge.net, 0.0)}
    results |= {"gross": abs(long) + abs(short), "rwa": rule_value("MAR40.capital.rwa_multiple") * charge.total}
    return results


def _foreign_exchange(topic: str, inputs: object) -> Results | None:
    if not isinstance(inputs, dict):
        return None
    nested = next((inputs[key] for key in inputs if plain(key) in {"positions", "currencies"}), None)
    positions = {**inputs, **nested} if isinstance(nested, dict) else inputs
    metals = {"gold", "xau"}
    currencies = {
        key: float(value)
        for key, value in positions.items()
        if is_number(value) and _CURRENCY.fullmatch(key) and plain(key) not in metals
    }
    gold = sum(float(value) for key, value in positions.items() if plain(key) in metals and is_number(value))
    if not currencies:
        return None
    result = foreign_exchange_charge(list(currencies.values()), gold, rule_value("MAR40.foreign_exchange.weight"))
    results: Results = {"base": result.base, "netopenposition": result.base, "nop": result.base}
    results |= {"charge": result.charge, "capital": result.charge, "total": result.charge}
    results["long"] = results["sumlong"] = sum(max(value, 0.0) for value in currencies.values())
    results["short"] = results["sumshort"] = sum(max(-value, 0.0) for value in currencies.values())
    results["rwa"] = rule_value("MAR40.capital.rwa_multiple") * result.charge
    return results


def _basic_indicator(topic: str, inputs: object) -> Results | None:
    income = inputs if isinstance(inputs, list) else _first(_fields(inputs), "grossincome", "gi", "income")
    if not isinstance(income, list) or not income or not all(is_number(each) for each in income):
        return None
    charge = basic_indicator_charge(income, rule_value("OPE20.basic_indicator.alpha"))
    return {"charge": charge, "capital": charge, "k": charge, "rwa": rule_value("OPE25.capital.rwa_multiple") * charge}


#: Asked in turn: the ones whose inputs have the most telling names first.
_SOLVERS: Final[tuple[Callable[[str, object], Results | None], ...]] = (
    _minority,
    _countercyclical,
    _valuation_adjustment,
    _thresholds,
    _equity,
    _leverage,
    _operational,
    _conservation,
    _basic_indicator,
    _foreign_exchange,
)
