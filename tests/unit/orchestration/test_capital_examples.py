"""Examples of capital in other shapes than the published file has: each kind is known by its inputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.validation import Verdict, validate


def verdicts(tmp_path: Path, inputs: Any, expected: Any, **more: Any) -> list[Verdict]:
    folder = tmp_path / "basel"
    folder.mkdir(parents=True, exist_ok=True)
    example = {"id": "X", "topic": "an example", "inputs": inputs, "expected": expected, **more}
    (folder / "capital_examples_abc.json").write_text(json.dumps({"examples": [example]}))
    return [each.verdict for each in validate(tmp_path) if each.verdict is not Verdict.TEXT]


CASES: list[tuple[Any, Any]] = [
    ([{"country": "SE", "rwa": 50, "rate": 0.01}, {"country": "US", "rwa": 50, "rate": 0.0}], {"weighted_rate": 0.005}),
    ({"BI_eur_bn": 0.8}, {"BIC_eur_bn": 0.096}),
    ({"BI_eur_m": 2000}, {"BIC_eur_m": 270.0}),
    ({"LC": 20, "BIC": 10}, {"ILM": 1.2411}),
    ({"LC/BIC": 10}, {"ILM": 2.0829}),
    ({"BI_eur_bn": 0.5, "LC_eur_bn": 3}, {"ILM": 1.0, "RWA_eur_bn": 0.75}),
    ({"HLA": 0.035}, {"lev_buffer": 0.0175, "lev_requirement": 0.0475}),
    ({"bucket": 5}, {"HLA": 0.035, "lev_buffer": 0.0175}),
    ({"T1": 40, "exposure": 1000}, {"leverage_ratio": 0.04}),
    ({"CET1": 0.055, "T1": 0.075, "Total": 0.1}, {"conservation": 0.8}),
    ({"CET1": 6.0, "profit": 100}, {"conservation": 0.6, "MDA": 40}),
    (
        {"CET1_before": 1000, "items": {"significant_investments": 141}},
        {"significant_investments_deducted": 41, "recognised": 100, "rwa_250": 250},
    ),
    ({"CET1_net": 85, "items": {"DTA": 8, "MSR": 8, "significant_investments": 8}}, {"limit_15": 15, "recognised": 15}),
    ({"cp": [{"EAD": 100, "M": 1, "w": 0.01, "B": 100, "M_hedge": 1}]}, {"K": 0.0}),
    ({"cp": [{"EAD": 100, "M": 1, "w": 0.01}], "index": [{"w": 0.01, "M": 1, "B": 50}]}, {"K": 1.9682236}),
    ({"long": 100, "short": 40}, {"net_long": 60, "general": 4.8, "specific": 11.2, "total": 16}),
    ({"EUR": 10, "USD": -30}, {"base": 30, "charge": 2.4}),
    ([100, -50, 200], 22.5),
]


@pytest.mark.parametrize(("inputs", "expected"), CASES)
def test_each_kind_is_known_by_its_inputs(tmp_path: Path, inputs: Any, expected: Any) -> None:
    assert set(verdicts(tmp_path, inputs, expected)) == {Verdict.PASS}


def test_a_wrong_figure_fails(tmp_path: Path) -> None:
    assert verdicts(tmp_path, {"BI_eur_bn": 35}, {"BIC_eur_bn": 5.38}) == [Verdict.FAIL]


def test_the_first_bucket_is_not_scaled_with_losses(tmp_path: Path) -> None:
    assert verdicts(tmp_path, {"BI_eur_bn": 1.0, "LC_eur_bn": 9}, {"ILM": 1.0}) == [Verdict.PASS]
    assert verdicts(tmp_path, {"BI_eur_bn": 1.1, "LC_eur_bn": 9}, {"ILM": 1.0}) == [Verdict.FAIL]


def test_a_stated_tolerance_counts(tmp_path: Path) -> None:
    assert verdicts(tmp_path, {"LC": 20, "BIC": 10}, {"ILM": 1.25}, tolerance_rel=0.01) == [Verdict.PASS]
    assert verdicts(tmp_path, {"LC": 20, "BIC": 10}, {"ILM": 1.25}) == [Verdict.FAIL]


def test_inputs_or_figures_that_nobody_knows_are_named(tmp_path: Path) -> None:
    assert verdicts(tmp_path, {"weather": "fine"}, {"charge": 1}) == [Verdict.NOT_RECOGNISED]
    assert verdicts(tmp_path, {"BI_eur_bn": 35}, {"weather": 1}) == [Verdict.NOT_RECOGNISED]
