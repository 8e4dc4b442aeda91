"""SA-CCR case files made here: forms of a file that are understood, and what is named when it is not."""

import json
from pathlib import Path

import pytest

from orchestration.validation import Verdict, validate

RATES = [
    {"id": "IR1", "cls": "IR", "ccy": "USD", "notional": 10000, "mtm": 30, "S": 0, "E": 10, "M": 10, "delta": 1},
    {"id": "IR2", "cls": "IR", "ccy": "USD", "notional": 10000, "mtm": -20, "S": 0, "E": 4, "M": 4, "delta": -1},
]
SWAPTION = {
    "id": "IR3", "cls": "IR", "ccy": "EUR", "notional": 5000, "mtm": 50, "S": 1, "E": 11, "T": 1, "M": 11,
    "option": "bought receiver swaption (put)", "P": 0.06, "K": 0.05, "vol": 0.5, "delta": -0.2694,
}  # fmt: skip
CREDIT = [
    {"id": "CR1", "cls": "CR_SN", "ref": "Firm A", "rating": "AA-", "notional": 10000, "mtm": 20, "E": 3, "delta": 1},
    {"id": "CR2", "cls": "CR", "issuer": "Firm B", "grade": "BBB", "notional": 10000, "mtm": -40, "E": 6, "delta": -1},
    {"id": "CR3", "cls": "CR_IDX", "name": "CDX.IG 5y", "notional": 10000, "S": 0, "E": 5, "M": 5, "side": "long"},
]
CRUDE = [
    {"id": "CO1", "cls": "CO_OILGAS", "type": "Crude oil (WTI)", "notional": 10000, "mtm": -50, "M": 0.75, "delta": 1},
    {"id": "CO2", "cls": "CO_OILGAS", "type": "Crude oil (Brent)", "notional": 20000, "mtm": -30, "M": 2, "delta": -1},
    {"id": "CO3", "cls": "CO_METAL", "type": "Silver", "notional": 10000, "mtm": 100, "M": 5, "delta": 1},
]
FIRST = {"id": "X-1", "trades": [*RATES, SWAPTION], "expected": {"EAD": 569}, "tolerance_abs": 1}


def findings(folder: Path, *examples: dict, **content: object) -> dict[str, Verdict]:
    path = folder / "basel" / "saccr_examples_xyz.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"examples": [*examples], **content}))
    return {finding.field: finding.verdict for finding in validate(folder)}


def test_an_example_passes_and_a_wrong_figure_fails(tmp_path: Path) -> None:
    assert set(findings(tmp_path, FIRST).values()) == {Verdict.PASS}
    wrong = findings(tmp_path, FIRST | {"expected": {"EAD": 571}})
    assert wrong["X-1 expected.EAD"] is Verdict.FAIL


def test_names_and_indices_with_their_ratings(tmp_path: Path) -> None:
    expected = {"RC": 0, "addon_approx": 282, "multiplier_approx": 0.965, "PFE": 272, "EAD": 381, "addon_CR": 282}
    parts = {"addon_entity": {"Firm A": 105.9, "Firm B": -279.9, "CDX.IG 5y": 168.1}, "D": {"CR1": 27858}}
    found = findings(tmp_path, {"id": "X-2", "trades": CREDIT, "expected": expected | parts, "tolerance_abs": 1})
    assert set(found.values()) == {Verdict.PASS}
    unrated = [CREDIT[0] | {"rating": ""}]
    found = findings(tmp_path, {"id": "X-2", "trades": unrated, "expected": expected})
    assert set(found.values()) == {Verdict.NOT_RECOGNISED}


def test_effective_notionals_of_hedging_sets(tmp_path: Path) -> None:
    expected = {"effective_notional": {"USD": 59270, "IR2": -36254}, "addon_hs": {"USD": 296, "EUR": 50}}
    assert set(findings(tmp_path, FIRST | {"expected": expected}).values()) == {Verdict.PASS}
    expected = {"effective_notional": {"GBP": 1}, "addon_entity": {"Firm Z": 1}}
    found = findings(tmp_path, FIRST | {"expected": expected})
    assert {verdict for field, verdict in found.items() if "expected" in field} == {Verdict.NOT_RECOGNISED}


def test_a_share_is_not_checked_with_a_tolerance_in_money(tmp_path: Path) -> None:
    example = {"id": "X-2", "trades": CREDIT, "expected": {"multiplier": 0.975}, "tolerance_abs": 1}
    assert findings(tmp_path, example)["X-2 expected.multiplier"] is Verdict.FAIL


@pytest.mark.parametrize(
    "parts", [{"trades": "X-1 + X-3"}, {"trades_from": ["X-1", "X-3"]}, {"combines": "X-1 and X-3"}]
)
@pytest.mark.parametrize("period", [{"MPOR_days": 14}, {"remargining": "weekly"}, {"margin_frequency": 5}])
def test_a_margined_example_made_of_two(tmp_path: Path, parts: dict, period: dict) -> None:
    third = {
        "id": "X-3",
        "trades": CRUDE,
        "expected": {"addon_hs": {"Energy": 2041.15, "Metals": 1800}},
        "tolerance_abs": 1,
    }
    terms = {"id": "X-5", "margined": True, "TH": 0, "MTA": 5, "NICA": 150, "collateral": 200}
    expected = {"RC": 0, "addon": 1401, "multiplier": 0.958, "EAD": 1879, "addon_class": {"CO": 1277.9, "IR": 123.1}}
    found = findings(tmp_path, FIRST, third, terms | parts | period | {"expected": expected, "tolerance_abs": 1})
    assert set(found.values()) == {Verdict.PASS}


def test_a_printed_delta_is_held_against_the_options_terms(tmp_path: Path) -> None:
    found = findings(tmp_path, FIRST | {"trades": [*RATES, SWAPTION | {"delta": -0.27}]})
    assert found["X-1 trade IR3.delta"] is Verdict.PASS
    found = findings(tmp_path, FIRST | {"trades": [*RATES, SWAPTION | {"delta": 0.2694}]})
    assert found["X-1 trade IR3.delta"] is Verdict.FAIL


def test_amounts_in_place_of_trades(tmp_path: Path) -> None:
    example = {"id": "RC-9", "kind": "RC margined", "V": -50, "C": -60, "TH": 0, "MTA": 0, "NICA": -10}
    assert findings(tmp_path, example | {"expected": {"RC": 10}}) == {"RC-9 expected.RC": Verdict.PASS}
    unmargined = {"id": "RC-9", "kind": "RC unmargined", "V": 80, "C": 90, "addon": 100}
    expected = {"RC": 0, "multiplier": 0.951, "EAD": 133.2}
    assert set(findings(tmp_path, unmargined | {"expected": expected}).values()) == {Verdict.PASS}
    agreement = {"id": "RC-9", "kind": "RC of one agreement for two sets", "V": [10, -7], "C": 4}
    assert set(findings(tmp_path, agreement | {"expected": {"RC": 6}}).values()) == {Verdict.PASS}


def test_parameters_are_held_against_the_seed(tmp_path: Path) -> None:
    given = {
        "alpha": 1.4,
        "SF": {"IR": 0.005, "CR_IDX": {"SG": 0.0106}},
        "rho": {"CO": 0.4},
        "option_vol": {"CO_other": 0.7},
    }
    assert set(findings(tmp_path, FIRST, parameters=given).values()) == {Verdict.PASS}
    found = findings(tmp_path, FIRST, parameters={"alpha": 1.5, "gamma": 1, "SF": {"CR_SN": {"D": 1}}})
    assert found["parameters.alpha"] is Verdict.FAIL
    assert found["parameters.gamma"] is Verdict.NOT_RECOGNISED


@pytest.mark.parametrize(
    "change",
    [
        {"wrong_way_risk": 1},
        {"expected": {"EAD": 569, "LGD": 1}},
        {"trades": [RATES[0] | {"cls": "WEATHER"}]},
        {"trades": [RATES[0] | {"barrier": 1}]},
        {"trades": "X-7"},
        {"trades": [SWAPTION | {"option": "swaption"}]},
    ],
)
def test_what_is_not_understood_is_named(tmp_path: Path, change: dict) -> None:
    assert Verdict.NOT_RECOGNISED in findings(tmp_path, FIRST | change).values()
