"""SA-CCR examples: replacement cost, add-ons, multiplier and exposure through the functions and seeds of the marts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

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
from orchestration.validation.saccr_trades import (
    CLASSES,
    GRADES,
    PERIOD,
    TRADE_FIGURES,
    amount,
    computed_delta,
    grade_of,
    netting_set,
    option_volatility,
    trade_terms,
    without_brackets,
)
from python_models.credit_risk.parameters import RuleValues
from python_models.credit_risk.saccr import (
    SaCcr,
    agreement_replacement_cost,
    margined_replacement_cost,
    multiplier,
    replacement_cost,
    saccr_exposures,
    supervisory_rule_ids,
)

_SOURCE: Final = "Basel Committee, BCBS 279, annex 4, and CBUAE guidance"
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
_EXAMPLE_FIELDS: Final = {
    "id", "kind", "margined", "collateral", "V", "C", "TH", "threshold", "MTA", "NICA", "ICA", "trades", "expected",
    "independent_recalc", "tolerance_abs", "tolerance_rel", "tolerance", "addon", "AddOn", "alpha", "floor",
}  # fmt: skip
_WORDS: Final = DESCRIPTIVE | {"alt", "topic", "page", "ref_page", "desc", "csa", "CSA"}
#: A list of trades, or the examples whose trades are put together.
_TRADES: Final = re.compile(r"(trades.*|combines?|combined|combination.*|includes?|examples|of|from)$")


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
        found = "commodity" if key == "CO" else CLASSES.get(key, ("", None))[0]
        return [f"{seed_group}.{found}"] if found else []
    if key == "CO_other":
        return [f"{seed_group}.commodity.{each}" for each in ("oil_gas", "metals", "agricultural", "other")]
    underlying, of_class = CLASSES.get(key, ("", None))
    if not underlying:
        return []
    grades = [grade_of(underlying, grade, of_class)] if grade or of_class else GRADES.get(underlying, [None])
    names = supervisory_rule_ids(seed_group, pd.Series([underlying] * len(grades)), pd.Series(grades, dtype=object))
    return [str(name) for name in names]


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
        elif key not in _EXAMPLE_FIELDS and not PERIOD.search(key) and not _TRADES.match(key):
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
            pd.DataFrame([trade_terms(each, rules) for each in given]), netting_set(example, rules), rules
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
    if plain in {"addonentity", "addonname", "addonref", "addontype", "addoncomtype"}:
        of_entity = trades["entity"].str.lower() == without_brackets(name).lower()
        return float(trades.loc[of_entity, "signed_add_on"].sum()) if of_entity.any() else None
    of_set = sets["hedging_set"].str.lower() == name.lower()
    if plain in {"en", "effectivenotional", "enhs"} and of_set.any():
        factors = {*trades.loc[trades["hedging_set"].str.lower() == name.lower(), "supervisory_factor"]}
        return float(sets.loc[of_set, "add_on"].sum() / factors.pop()) if len(factors) == 1 else None
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
                amount(example, "TH", "threshold"),
                amount(example, "MTA"),
                amount(example, "NICA"),
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


# Printed terms --------------------------------------------------------------------------------------------------------


def _trade_figures(file: CaseFile, where: str, given: list[dict[str, Any]], result: SaCcr) -> Iterator[Finding]:
    """Hold the figures that are printed beside a trade's terms against ours."""
    basis = bool(result.netting_sets.iloc[0]["is_margined_basis"])
    ours = result.trades[result.trades["is_margined_basis"] == basis].set_index("trade_id")
    for each in given:
        for key, column in TRADE_FIGURES.items():
            if is_number(each.get(key)):
                path = f"{where} trade {each['id'].partition(' ')[2] or each['id']}.{key}"
                yield compare(file.name, path, each[key], float(ours.loc[each["id"], column]))


def _option_findings(file: CaseFile, where: str, trades: list[dict[str, Any]], rules: RuleValues) -> Iterator[Finding]:
    """Hold the deltas and volatilities that are printed beside an option's terms against ours."""
    for given in trades:
        path = f"{where} trade {given['id'].partition(' ')[2] or given['id']}"
        if is_number(given.get("vol")):
            yield compare(file.name, f"{path}.vol", given["vol"], partial(option_volatility, given, rules), EQUAL)
        computed = computed_delta(given, rules)
        if computed is not None and is_number(given.get("delta")):
            yield compare(file.name, f"{path}.delta", given["delta"], computed)
