"""Trades and netting sets of SA-CCR examples, read from the forms that files write them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation.reading import DESCRIPTIVE, is_number
from python_models.credit_risk.parameters import RuleValues
from python_models.credit_risk.saccr import ASSET_CLASSES, supervisory_rule_ids
from python_models.credit_risk.trades import margin_period, option_delta, tranche_delta

NETTING_SET: Final = "netting set"
#: How files write the classes of CRE52.72: class and, where the name settles it, grade.
CLASSES: Final[Mapping[str, tuple[str, str | None]]] = {
    "IR": ("interest_rate", None),
    "FX": ("foreign_exchange", None),
    "CR_SN": ("credit_single_name", None),
    "CR_IDX": ("credit_index", None),
    "CR_IDX_IG": ("credit_index", "investment_grade"),
    "CR_IDX_SG": ("credit_index", "speculative_grade"),
    "EQ_SN": ("equity_single_name", None),
    "EQ_IDX": ("equity_index", None),
    "CO_ELEC": ("commodity", "electricity"),
    "CO_OILGAS": ("commodity", "oil_gas"),
    "CO_METAL": ("commodity", "metals"),
    "CO_METALS": ("commodity", "metals"),
    "CO_AGRI": ("commodity", "agricultural"),
    "CO_OTHER": ("commodity", "other"),
}
_INDEX_GRADES: Final = {"IG": "investment_grade", "SG": "speculative_grade", "HY": "speculative_grade"}
#: Grades of the classes that have them: a figure for the class holds for each.
GRADES: Final[Mapping[str, list[str | None]]] = {
    "credit_single_name": ["aaa", "aa", "a", "bbb", "bb", "b", "ccc"],
    "credit_index": ["investment_grade", "speculative_grade"],
}
#: Hedging sets of commodities where a trade does not name its own (CRE52.45(5)).
_COMMODITY_SETS: Final = {
    "electricity": "Energy",
    "oil_gas": "Energy",
    "metals": "Metals",
    "agricultural": "Agricultural",
}
_TRADE_FIELDS: Final = {
    "id", "cls", "class", "ccy", "currency", "pair", "notional", "mtm", "V", "S", "E", "M", "T", "delta", "option", "P",
    "K", "vol", "lambda", "shift", "hedging_set", "hs", "type", "kind", "rating", "grade", "quality", "ref",
    "reference", "entity", "name", "issuer", "index", "underlying", "attachment", "detachment", "A", "D", "direction",
    "side", "position", "buy_sell", "desc", "instrument", "product",
}  # fmt: skip
#: Figures of a trade that a file may print beside its terms, and where ours are.
TRADE_FIGURES: Final = {
    "SF": "supervisory_factor",
    "MF": "maturity_factor",
    "bucket": "maturity_bucket",
    "rho": "correlation",
    "d": "adjusted_notional",
    "adjusted_notional": "adjusted_notional",
    "effective_notional": "effective_notional",
}
_FREQUENCIES: Final = {"daily": 1.0, "weekly": 5.0, "biweekly": 10.0, "fortnightly": 10.0, "monthly": 20.0}
PERIOD: Final = re.compile(r"(mpor|margin_?period|re_?margin|margin_?freq|frequency)", re.IGNORECASE)


def trade_terms(given: dict[str, Any], rules: RuleValues) -> dict[str, Any]:
    """Read a trade as `saccr_exposures` wants it.

    Raises
    ------
    CaseNotRecognised
        If its class or a field is not known, or its notional, maturity, rating or direction is missing.
    """
    underlying, grade = underlying_of(given)
    strange = sorted({*given} - _TRADE_FIELDS - {*TRADE_FIGURES} - DESCRIPTIVE - {"alt", "topic", "page", "desc"})
    if strange:
        raise CaseNotRecognised(f"trade {given['id']} has the field '{strange[0]}', which is not known")
    maturity = given.get("M", given.get("E"))
    if not is_number(given.get("notional")) or not is_number(maturity):
        raise CaseNotRecognised(f"trade {given['id']} needs a notional and a maturity M")
    delta = _delta(given, rules)
    end = given.get("E", maturity)
    kind = str(given.get("kind", "")).lower()
    return {
        "netting_set_id": NETTING_SET,
        "trade_id": given["id"],
        "underlying_class": underlying,
        "underlying_grade": grade,
        "hedging_set": _hedging_set(given, underlying, grade),
        "entity": _entity(given, underlying),
        "transaction_kind": "basis" if "basis" in kind else "volatility" if "vol" in kind else "outright",
        "notional": float(given["notional"]),
        "start_years": float(given.get("S", 0.0)),
        "end_years": float(end),
        "maturity_years": float(maturity),
        "delta": delta,
        "market_value": float(given.get("mtm", given.get("V", 0.0))),
    }


def netting_set(example: dict[str, Any], rules: RuleValues) -> pd.DataFrame:
    """Read the terms of the one netting set of an example; margined where terms of margining are given."""
    is_margined = bool(example.get("margined", any(name in example for name in ("TH", "MTA", "NICA"))))
    return pd.DataFrame(
        {
            "netting_set_id": [NETTING_SET],
            "is_margined": [is_margined],
            "margin_period_days": [_margin_period(example, rules) if is_margined else np.nan],
            "threshold": [amount(example, "TH", "threshold")],
            "minimum_transfer_amount": [amount(example, "MTA")],
            "independent_collateral": [amount(example, "NICA", "ICA")],
            "collateral": [amount(example, "collateral", "C")],
        }
    )


def underlying_of(given: dict[str, Any]) -> tuple[str, str | None]:
    """Read the class and grade of a trade's underlying as the seed names them."""
    written = str(given.get("cls", given.get("class", ""))).upper()
    rating = next((str(given[key]) for key in ("rating", "grade", "quality") if given.get(key)), "")
    if written in {"CR", "CREDIT"}:
        written = "CR_IDX" if rating.upper() in _INDEX_GRADES or "index" in given else "CR_SN"
    elif written in {"EQ", "EQUITY"}:
        written = "EQ_IDX" if "index" in given else "EQ_SN"
    if written not in CLASSES:
        raise CaseNotRecognised(f"trade {given['id']} has the class '{written}', which is not known")
    underlying, of_class = CLASSES[written]
    if underlying == "credit_index" and not rating and of_class is None:
        name = _entity(given, underlying).upper()
        rating = next((grade for grade in _INDEX_GRADES if grade in re.split(r"[^A-Z]", name)), "")
    grade = grade_of(underlying, rating, of_class)
    if underlying in GRADES and not grade:
        raise CaseNotRecognised(f"trade {given['id']} needs the rating of its name or index")
    return underlying, grade


def grade_of(underlying: str, written: str, of_class: str | None) -> str | None:
    """Read a rating or quality as the seed names it; None where there is none."""
    if of_class is not None:
        return of_class
    if underlying == "credit_index":
        grade = _INDEX_GRADES.get(written.upper(), written.lower().replace(" ", "_"))
        return grade if grade in GRADES[underlying] else None
    if underlying == "credit_single_name":
        return written.rstrip("+-").lower()
    return None


def _hedging_set(given: dict[str, Any], underlying: str, grade: str | None) -> str:
    named = given.get("hedging_set", given.get("hs"))
    if named is not None:
        return str(named)
    if underlying == "commodity":
        return _COMMODITY_SETS.get(str(grade), "Other")
    if underlying == "foreign_exchange":
        written = str(given.get("pair", given.get("ccy", given.get("currency", ""))))
        return "".join(sorted(re.findall(r"[A-Z]{3}", written.upper())))
    if underlying == "interest_rate":
        return str(given.get("ccy", given.get("currency", "")))
    return "all"


def _entity(given: dict[str, Any], underlying: str) -> str:
    """Name, index or commodity type; what stands in brackets is a grade of the same commodity."""
    keys = ("ref", "reference", "entity", "issuer", "name", "index", "underlying", "type")
    if ASSET_CLASSES[underlying] in {"interest_rate", "foreign_exchange"}:
        return "all"
    named = next((str(given[key]) for key in keys if isinstance(given.get(key), str)), str(given["id"]))
    return without_brackets(named) if underlying == "commodity" else named


def without_brackets(name: str) -> str:
    """Drop what stands in brackets at the end of a name."""
    return re.sub(r"\s*\(.*\)\s*$", "", name).strip()


def _delta(given: dict[str, Any], rules: RuleValues) -> float:
    computed = computed_delta(given, rules)
    if computed is not None:
        return computed
    if is_number(given.get("delta")):
        return float(given["delta"])
    side = next((str(given[key]).lower() for key in ("direction", "side", "position", "buy_sell") if key in given), "")
    if re.match(r"long|buy|bought|pay", side):
        return 1.0
    if re.match(r"short|sell|sold|receive", side):
        return -1.0
    raise CaseNotRecognised(f"trade {given['id']} has neither a delta nor a direction")


def computed_delta(given: dict[str, Any], rules: RuleValues) -> float | None:
    """Work out the delta of an option or tranche whose terms are given; None for other trades."""
    lower, upper = given.get("attachment", given.get("A")), given.get("detachment", given.get("D"))
    if is_number(lower) and is_number(upper):
        side = str(given.get("direction", given.get("side", ""))).lower()
        is_bought = bool(re.match(r"long|buy|bought|purchased", side)) if side else float(given.get("delta", 1.0)) > 0.0
        slope, numerator = rules["CRE52.tranche_delta.slope"], rules["CRE52.tranche_delta.numerator"]
        return float(tranche_delta(is_bought, lower, upper, numerator=numerator, slope=slope))
    if "option" not in given or not all(is_number(given.get(key)) for key in ("P", "K", "T")):
        return None
    words = str(given["option"]).lower()
    is_bought, is_sold = (
        bool(re.search(pattern, words)) for pattern in (r"bought|long|buy", r"sold|short|sell|written")
    )
    is_call, is_put = (bool(re.search(pattern, words)) for pattern in (r"call|payer|cap\b", r"put|receiver|floor\b"))
    if is_bought == is_sold or is_call == is_put:
        raise CaseNotRecognised(f"trade {given['id']}: '{given['option']}' does not say bought or sold, call or put")
    shift = given.get("lambda", given.get("shift", 0.0))
    return float(
        option_delta(is_bought, is_call, given["P"], given["K"], given["T"], option_volatility(given, rules), shift)
    )


def option_volatility(given: dict[str, Any], rules: RuleValues) -> float:
    """Supervisory volatility of the trade's underlying."""
    underlying, grade = underlying_of(given)
    (rule_id,) = supervisory_rule_ids(
        "CRE52.option_volatility", pd.Series([underlying]), pd.Series([grade], dtype=object)
    )
    return rules[rule_id]


def _margin_period(example: dict[str, Any], rules: RuleValues) -> float:
    """Read the margin period of risk, or work it out from how often margin is called; daily where nothing is said."""
    calls = 1.0
    for key, value in example.items():
        if not PERIOD.search(key):
            continue
        if re.search(r"mpor|margin_?period", key, re.IGNORECASE):
            if not is_number(value):
                raise CaseNotRecognised(f"{key} is not a number of business days: {value}")
            years = float(value) if re.search(r"year|_y$", key, re.IGNORECASE) else None
            return years * rules["CRE52.maturity_factor.year"] if years is not None else float(value)
        if is_number(value):
            calls = float(value)
        elif str(value).lower() in _FREQUENCIES:
            calls = _FREQUENCIES[str(value).lower()]
        else:
            raise CaseNotRecognised(f"{key} is not a frequency of margin calls: {value}")
    return float(margin_period(calls, rules["CRE52.margin_period.bilateral_floor"]))


def amount(example: dict[str, Any], *names: str) -> float:
    """Take the first of some fields that is a number; 0 where none is."""
    return next((float(example[name]) for name in names if is_number(example.get(name))), 0.0)
