"""SA-CCR examples: replacement cost, add-ons, multiplier and exposure through the functions and seeds of the marts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from orchestration.errors import CaseNotRecognised
from orchestration.validation.findings import (
    EQUAL,
    CaseFile,
    Finding,
    Tolerance,
    compare,
    default_tolerance,
    text_only,
    with_source,
)
from orchestration.validation.parameters import basel_rules
from orchestration.validation.reading import DESCRIPTIVE, is_number, leaves, read_json
from python_models.credit_risk.parameters import RuleValues
from python_models.credit_risk.saccr import (
    ASSET_CLASSES,
    SaCcr,
    agreement_replacement_cost,
    margined_replacement_cost,
    multiplier,
    replacement_cost,
    saccr_exposures,
    supervisory_rule_ids,
)
from python_models.credit_risk.trades import margin_period, option_delta, tranche_delta

_SOURCE: Final = "Basel Committee, BCBS 279, annex 4, and CBUAE guidance"
_NETTING_SET: Final = "netting set"
#: How files write the classes of CRE52.72: class and, where the name settles it, grade.
_CLASSES: Final[Mapping[str, tuple[str, str | None]]] = {
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
_SHORT_CLASSES: Final = {
    "IR": "interest_rate",
    "FX": "foreign_exchange",
    "CR": "credit",
    "CREDIT": "credit",
    "EQ": "equity",
    "EQUITY": "equity",
    "CO": "commodity",
    "COMMODITY": "commodity",
}
_INDEX_GRADES: Final = {"IG": "investment_grade", "SG": "speculative_grade", "HY": "speculative_grade"}
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
_EXAMPLE_FIELDS: Final = {
    "id", "kind", "margined", "collateral", "V", "C", "TH", "threshold", "MTA", "NICA", "ICA", "trades", "expected",
    "independent_recalc", "tolerance_abs", "tolerance_rel", "tolerance", "addon", "AddOn", "alpha", "floor",
}  # fmt: skip
_WORDS: Final = DESCRIPTIVE | {"alt", "topic", "page", "ref_page", "desc", "csa", "CSA"}
_FREQUENCIES: Final = {"daily": 1.0, "weekly": 5.0, "biweekly": 10.0, "fortnightly": 10.0, "monthly": 20.0}
#: A list of trades, or the examples whose trades are put together.
_TRADES: Final = re.compile(r"(trades.*|combines?|combined|combination.*|includes?|examples|of|from)$")
_PERIOD: Final = re.compile(r"(mpor|margin_?period|re_?margin|margin_?freq|frequency)", re.IGNORECASE)


#: Figures of a trade that a file may print beside its terms, and where ours are.
_TRADE_FIGURES: Final = {
    "SF": "supervisory_factor",
    "MF": "maturity_factor",
    "bucket": "maturity_bucket",
    "rho": "correlation",
    "d": "adjusted_notional",
    "adjusted_notional": "adjusted_notional",
    "effective_notional": "effective_notional",
}


def role(file: CaseFile) -> str | None:
    """Say what the file is to this family."""
    is_ours = file.path.suffix == ".json" and file.path.stem.startswith("saccr_examples")
    return "expected" if is_ours else None


def check(file: CaseFile) -> Iterator[Finding]:
    """Hold the file's parameters against the seed and recompute every example."""
    yield from with_source(_content(file, read_json(file.path)), _SOURCE)


def _content(file: CaseFile, content: dict[str, Any]) -> Iterator[Finding]:
    rules = basel_rules("counterparty")
    for key, value in content.items():
        if key in _WORDS:
            yield text_only(file.name, key, value)
        elif key == "parameters" and isinstance(value, dict):
            yield from _parameters(file, value, rules)
        elif key == "examples" and isinstance(value, list):
            trades = _trades_of_all(file, value)
            for number, example in enumerate(value):
                yield from _example(file, number, example, trades, rules)
        else:
            for path, leaf in leaves(key, value):
                yield Finding(file.name, path, leaf, note="a file has parameters and examples")


# Parameters ----------------------------------------------------------------------------------------------------------


def _parameters(file: CaseFile, given: dict[str, Any], rules: RuleValues) -> Iterator[Finding]:
    for path, leaf in leaves("", given):
        where = f"parameters.{path}"
        if path.rpartition(".")[2] in _WORDS:
            yield text_only(file.name, where, leaf)
            continue
        ids = _rule_ids(path)
        if not ids or not is_number(leaf):
            yield Finding(file.name, where, leaf, note="no such parameter is in the seeds")
            continue
        ours = [rules[rule_id] for rule_id in ids]
        differing = next((value for value in ours if value != float(leaf)), ours[0])
        yield compare(file.name, where, leaf, differing, EQUAL, "; ".join(ids))


def _rule_ids(path: str) -> list[str]:
    """Name the rows of the seed that a parameter of the file stands for."""
    group, _, name = path.partition(".")
    single = {
        "alpha": "CRE52.exposure.alpha",
        "floor": "CRE52.multiplier.floor",
        "basis_factor": "CRE52.hedging_set.basis_factor",
        "vol_factor": "CRE52.hedging_set.volatility_factor",
        "volatility_factor": "CRE52.hedging_set.volatility_factor",
    }
    if not name:
        return [single[group]] if group in single else []
    if group == "IR_bucket_corr":
        return [f"CRE52.bucket_correlation.{'distant' if set(name) >= {'1', '3'} else 'adjacent'}"]
    seed_group = {"SF": "CRE52.sf", "rho": "CRE52.correlation", "option_vol": "CRE52.option_volatility"}.get(group)
    if seed_group is None:
        return []
    key, _, grade = name.partition(".")
    if seed_group == "CRE52.correlation":
        found = "commodity" if key == "CO" else _CLASSES.get(key, ("", None))[0]
        return [f"{seed_group}.{found}"] if found else []
    if key == "CO_other":
        return [f"{seed_group}.commodity.{each}" for each in ("oil_gas", "metals", "agricultural", "other")]
    underlying, of_class = _CLASSES.get(key, ("", None))
    if not underlying:
        return []
    grades = [_grade(underlying, grade, of_class)] if grade or of_class else _GRADES.get(underlying, [None])
    return supervisory_rule_ids(seed_group, pd.Series([underlying] * len(grades)), pd.Series(grades, dtype=object))


#: Grades of the classes that have them: a figure for the class holds for each.
_GRADES: Final[Mapping[str, list[str | None]]] = {
    "credit_single_name": ["aaa", "aa", "a", "bbb", "bb", "b", "ccc"],
    "credit_index": ["investment_grade", "speculative_grade"],
}


def _grade(underlying: str, written: str, of_class: str | None) -> str | None:
    if of_class is not None:
        return of_class
    if underlying == "credit_index":
        grade = _INDEX_GRADES.get(written.upper(), written.lower().replace(" ", "_"))
        return grade if grade in _GRADES[underlying] else None
    if underlying == "credit_single_name":
        return written.rstrip("+-").lower()
    return None


# Examples ------------------------------------------------------------------------------------------------------------


def _trades_of_all(file: CaseFile, examples: list[Any]) -> dict[str, list[dict[str, Any]]]:
    """Trades by example, of this file and of its neighbours: a combined example may only name its parts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(file.path.parent.glob("saccr_examples*.json")):
        for each in examples if path == file.path else read_json(path).get("examples", []):
            if isinstance(each, dict) and isinstance(each.get("trades"), list):
                trades = [trade for trade in each["trades"] if isinstance(trade, dict)]
                if trades:
                    found.setdefault(str(each.get("id")), trades)
    return found


def _example(
    file: CaseFile, number: int, example: object, trades: Mapping[str, list[dict[str, Any]]], rules: RuleValues
) -> Iterator[Finding]:
    if not isinstance(example, dict):
        yield Finding(file.name, f"examples[{number}]", str(example), note="an example is an object with named fields")
        return
    where = str(example.get("id", f"examples[{number}]"))
    for key, value in example.items():
        if key in _WORDS:
            yield text_only(file.name, f"{where} {key}", value)
        elif key not in _EXAMPLE_FIELDS and not _PERIOD.search(key) and not _TRADES.match(key):
            for path, leaf in leaves(f"{where} {key}", value):
                yield Finding(file.name, path, leaf, note="no such field of an SA-CCR example is known")
    for key, rule_id in (("alpha", "CRE52.exposure.alpha"), ("floor", "CRE52.multiplier.floor")):
        if is_number(example.get(key)):
            yield compare(
                file.name, f"{where} {key}", example[key], partial(rules.__getitem__, rule_id), EQUAL, rule_id
            )
    given = _given_trades(example, trades)
    if given:
        yield from _option_findings(file, where, given, rules)
        result = saccr_exposures(
            pd.DataFrame([_trade(each, rules) for each in given]), _netting_set(example, rules), rules
        )
        yield from _trade_figures(file, where, given, result)
        ours = partial(_figure, result)
    else:
        ours = partial(_amount_figure, example, rules)
    yield from _expected(file, f"{where} expected", example.get("expected"), ours, _stated(example))
    yield from _expected(file, f"{where} independent_recalc", example.get("independent_recalc", {}), ours, None)


def _given_trades(example: dict[str, Any], trades: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for key, value in example.items():
        if not _TRADES.match(key):
            continue
        for each in value if isinstance(value, list) else re.split(r"\s*[+,;&]\s*|\s+and\s+", str(value)):
            if isinstance(each, dict):
                found.append(each)
                continue
            matches = [name for name in trades if name == str(each) or name.endswith(f"-{each}")]
            if len(matches) != 1:
                raise CaseNotRecognised(f"{example.get('id')} refers to trades of '{each}', which no example here has")
            found.extend(trades[matches[0]])
    return [{**each, "id": f"{number} {each.get('id', '')}".strip()} for number, each in enumerate(found)]


def _stated(example: dict[str, Any]) -> Tolerance | None:
    absolute, relative = example.get("tolerance_abs", 0.0), example.get("tolerance_rel", 0.0)
    if is_number(example.get("tolerance")):
        absolute = example["tolerance"]
    if not absolute and not relative:
        return None
    words = " or ".join(
        text for text, size in ((f"{absolute:g}", absolute), (f"{relative:g} relative", relative)) if size
    )
    return Tolerance(float(absolute), float(relative), f"{words}, stated")


def _expected(
    file: CaseFile,
    where: str,
    expected: object,
    ours: Callable[[str, str | None], float | None],
    stated: Tolerance | None,
) -> Iterator[Finding]:
    if not isinstance(expected, dict):
        yield Finding(file.name, where, str(expected), note="an example has an object of expected figures")
        return
    for key, value in expected.items():
        if key in _WORDS:
            yield text_only(file.name, f"{where}.{key}", value)
            continue
        parts = value.items() if isinstance(value, dict) else [(None, value)]
        for name, figure in parts:
            path = f"{where}.{key}" if name is None else f"{where}.{key}.{name}"
            got = ours(key, name)
            if got is None or not is_number(figure):
                yield Finding(file.name, path, figure, note="no such figure of an SA-CCR exposure is known")
                continue
            # A tolerance in money says nothing about a share.
            is_share = _plain(key) in {"multiplier", "delta", "mf", "maturityfactor"}
            tolerance = default_tolerance(figure) if stated is None or is_share else stated
            yield compare(file.name, path, figure, got, tolerance)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]|approx|rounded|aggregate|total", "", name.lower())


def _figure(result: SaCcr, key: str, name: str | None) -> float | None:
    """Find a figure of the exposure by the name the file gives it."""
    whole = result.netting_sets.iloc[0]
    plain = _plain(key)
    if name is None:
        column = {
            "rc": "replacement_cost",
            "replacementcost": "replacement_cost",
            "addon": "aggregate_add_on",
            "multiplier": "multiplier",
            "pfe": "pfe",
            "ead": "ead",
            "eadunmargined": "ead_unmargined",
            "eadmargined": "ead_margined",
            "v": "market_value",
            "c": "collateral",
        }.get(plain)
        if column is not None:
            return float(whole[column])
    basis = bool(whole["is_margined_basis"])
    sets = result.hedging_sets[result.hedging_sets["is_margined_basis"] == basis]
    trades = result.trades[result.trades["is_margined_basis"] == basis]
    short = re.fullmatch(r"addon_?(ir|fx|cr|credit|eq|equity|co|commodity)", key.lower())
    if name is None and short:
        return float(sets.loc[sets["asset_class"] == _SHORT_CLASSES[short[1].upper()], "add_on"].sum())
    if name is None:
        return None
    if plain in {"addonhs", "addonhedgingset", "addonhedgingsets", "addonclass", "addonassetclass", "addon"}:
        prefix, _, rest = name.partition("_" if "_" in name else " ")
        of_class = sets["asset_class"] == _SHORT_CLASSES.get(prefix.upper(), prefix.lower())
        chosen = sets["hedging_set"].str.lower() == name.lower()
        if not chosen.any():
            chosen = of_class & (sets["hedging_set"].str.lower() == rest.lower()) if rest else of_class
        return float(sets.loc[chosen, "add_on"].sum()) if chosen.any() else None
    column = {
        "d": "effective_notional",
        "effectivenotional": "effective_notional",
        "en": "effective_notional",
        "adjustednotional": "adjusted_notional",
        "mf": "maturity_factor",
        "maturityfactor": "maturity_factor",
        "delta": "delta",
        "sf": "supervisory_factor",
    }.get(plain)
    of_trade = trades[trades["trade_id"].str.partition(" ")[2] == name]
    return float(of_trade.iloc[0][column]) if column is not None and len(of_trade) == 1 else None


def _amount_figure(example: dict[str, Any], rules: RuleValues, key: str, name: str | None) -> float | None:
    """Find a figure of an example that has amounts in place of trades."""
    value, collateral = example.get("V"), example.get("C", example.get("collateral", 0.0))
    add_on = example.get("addon", example.get("AddOn"))
    if name is not None or not is_number(collateral):
        return None
    if isinstance(value, list):
        return agreement_replacement_cost(value, float(collateral)) if _plain(key) == "rc" else None
    if not is_number(value):
        return None
    has_terms = any(term in example for term in ("TH", "threshold", "MTA", "NICA"))
    kind = str(example.get("kind", "")).lower()
    if has_terms and "unmargined" not in kind and example.get("margined") is not False:
        cost = float(
            margined_replacement_cost(
                value,
                collateral,
                _amount(example, "TH", "threshold"),
                _amount(example, "MTA"),
                _amount(example, "NICA"),
            )
        )
    else:
        cost = float(replacement_cost(value, collateral))
    figures = {"rc": cost, "replacementcost": cost, "v": float(value), "c": float(collateral)}
    if is_number(add_on):
        share = float(
            multiplier(
                value,
                collateral,
                add_on,
                floor=rules["CRE52.multiplier.floor"],
                denominator=rules["CRE52.multiplier.denominator"],
            )
        )
        pfe = share * float(add_on)
        figures |= {
            "addon": float(add_on),
            "multiplier": share,
            "pfe": pfe,
            "ead": rules["CRE52.exposure.alpha"] * (cost + pfe),
        }
    return figures.get(_plain(key))


def _amount(example: dict[str, Any], *names: str) -> float:
    return next((float(example[name]) for name in names if is_number(example.get(name))), 0.0)


def _netting_set(example: dict[str, Any], rules: RuleValues) -> pd.DataFrame:
    is_margined = bool(example.get("margined", any(name in example for name in ("TH", "MTA", "NICA"))))
    return pd.DataFrame(
        {
            "netting_set_id": [_NETTING_SET],
            "is_margined": [is_margined],
            "margin_period_days": [_margin_period(example, rules) if is_margined else np.nan],
            "threshold": [_amount(example, "TH", "threshold")],
            "minimum_transfer_amount": [_amount(example, "MTA")],
            "independent_collateral": [_amount(example, "NICA", "ICA")],
            "collateral": [_amount(example, "collateral", "C")],
        }
    )


def _margin_period(example: dict[str, Any], rules: RuleValues) -> float:
    """Read the margin period of risk, or work it out from how often margin is called; daily where nothing is said."""
    calls = 1.0
    for key, value in example.items():
        if not _PERIOD.search(key):
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


# Trades --------------------------------------------------------------------------------------------------------------


def _trade(given: dict[str, Any], rules: RuleValues) -> dict[str, Any]:
    underlying, grade = _underlying(given)
    strange = sorted({*given} - _TRADE_FIELDS - {*_TRADE_FIGURES} - _WORDS)
    if strange:
        raise CaseNotRecognised(f"trade {given['id']} has the field '{strange[0]}', which is not known")
    maturity = given.get("M", given.get("E"))
    if not is_number(given.get("notional")) or not is_number(maturity):
        raise CaseNotRecognised(f"trade {given['id']} needs a notional and a maturity M")
    delta = _delta(given, rules)
    end = given.get("E", maturity)
    kind = str(given.get("kind", "")).lower()
    return {
        "netting_set_id": _NETTING_SET,
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


def _underlying(given: dict[str, Any]) -> tuple[str, str | None]:
    written = str(given.get("cls", given.get("class", ""))).upper()
    rating = next((str(given[key]) for key in ("rating", "grade", "quality") if given.get(key)), "")
    if written in {"CR", "CREDIT"}:
        written = "CR_IDX" if rating.upper() in _INDEX_GRADES or "index" in given else "CR_SN"
    elif written in {"EQ", "EQUITY"}:
        written = "EQ_IDX" if "index" in given else "EQ_SN"
    if written not in _CLASSES:
        raise CaseNotRecognised(f"trade {given['id']} has the class '{written}', which is not known")
    underlying, of_class = _CLASSES[written]
    if underlying == "credit_index" and not rating and of_class is None:
        name = _entity(given, underlying).upper()
        rating = next((grade for grade in _INDEX_GRADES if grade in re.split(r"[^A-Z]", name)), "")
    grade = _grade(underlying, rating, of_class)
    if underlying in _GRADES and not grade:
        raise CaseNotRecognised(f"trade {given['id']} needs the rating of its name or index")
    return underlying, grade


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
    return re.sub(r"\s*\(.*\)\s*$", "", named).strip() if underlying == "commodity" else named


def _delta(given: dict[str, Any], rules: RuleValues) -> float:
    computed = _computed_delta(given, rules)
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


def _trade_figures(file: CaseFile, where: str, given: list[dict[str, Any]], result: SaCcr) -> Iterator[Finding]:
    """Hold the figures that are printed beside a trade's terms against ours."""
    basis = bool(result.netting_sets.iloc[0]["is_margined_basis"])
    ours = result.trades[result.trades["is_margined_basis"] == basis].set_index("trade_id")
    for each in given:
        for key, column in _TRADE_FIGURES.items():
            if is_number(each.get(key)):
                path = f"{where} trade {each['id'].partition(' ')[2] or each['id']}.{key}"
                yield compare(file.name, path, each[key], float(ours.loc[each["id"], column]))


def _computed_delta(given: dict[str, Any], rules: RuleValues) -> float | None:
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
    return float(option_delta(is_bought, is_call, given["P"], given["K"], given["T"], _volatility(given, rules), shift))


def _volatility(given: dict[str, Any], rules: RuleValues) -> float:
    underlying, grade = _underlying(given)
    (rule_id,) = supervisory_rule_ids(
        "CRE52.option_volatility", pd.Series([underlying]), pd.Series([grade], dtype=object)
    )
    return rules[rule_id]


def _option_findings(file: CaseFile, where: str, trades: list[dict[str, Any]], rules: RuleValues) -> Iterator[Finding]:
    """Hold the deltas and volatilities that are printed beside an option's terms against ours."""
    for given in trades:
        path = f"{where} trade {given['id'].partition(' ')[2] or given['id']}"
        if is_number(given.get("vol")):
            yield compare(file.name, f"{path}.vol", given["vol"], partial(_volatility, given, rules), EQUAL)
        computed = _computed_delta(given, rules)
        if computed is not None and is_number(given.get("delta")):
            yield compare(file.name, f"{path}.delta", given["delta"], computed)
