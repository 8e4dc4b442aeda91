"""Case files of Benford's law made here: what is recomputed, what fails, and what is named as not understood."""

import json
from pathlib import Path

import pandas as pd
import pytest

from orchestration.validation import Verdict, validate

#: 0.29 begins with 28 in binary fractions: its chi-square is the published one, its other statistics are exact.
AMOUNTS = [0.29, 31.0, 45.5, 120.0, 199.0, -7.0]


def findings(folder: Path, content: dict, tables: int = 1) -> dict[str, Verdict]:
    cases = folder / "sox"
    cases.mkdir(exist_ok=True)
    (cases / "benford_expected_xyz.json").write_text(json.dumps(content))
    for number in range(tables):
        pd.DataFrame({"Amount": AMOUNTS}).to_parquet(cases / f"payments_{number}.parquet")
    return {finding.case.partition("/")[2]: finding.verdict for finding in validate(folder)}


def test_statistics_of_positive_amounts_are_recomputed(tmp_path: Path) -> None:
    first = {"N": 5, "df": 8, "freq": [0.4, 0.2, 0.2, 0.2, 0, 0, 0, 0, 0], "conformity": "Nonconformity"}
    found = findings(tmp_path, {"source": "here", "first": first, "first_two": {"N": 5, "largest": [["29", 4.93]]}})
    verdicts = {name: verdict for name, verdict in found.items() if ": first" in name}
    assert verdicts.pop("benford_expected_xyz.json: first_two.largest[0].digit") is Verdict.FAIL
    assert verdicts.pop("benford_expected_xyz.json: first_two.largest[0].difference") is Verdict.FAIL
    assert set(verdicts.values()) == {Verdict.PASS}
    assert len(verdicts) == 13
    assert found["payments_0.parquet"] is Verdict.DATA


def test_a_wrong_figure_fails_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    found = findings(tmp_path, {"first": {"N": 6, "median": 1.0}, "third": {"N": 5}})
    assert found["benford_expected_xyz.json: first.N"] is Verdict.FAIL
    assert found["benford_expected_xyz.json: first.median"] is Verdict.NOT_RECOGNISED
    assert found["benford_expected_xyz.json: third.N"] is Verdict.NOT_RECOGNISED


def test_limits_are_those_of_the_seed(tmp_path: Path) -> None:
    limits = {"first": [0.006, 0.012, 0.015], "second": [0.008, 0.010, 0.011], "first_three": [0.1, 0.2, 0.3]}
    found = findings(tmp_path, {"mad_thresholds": limits})
    name = "benford_expected_xyz.json: mad_thresholds"
    assert [found[f"{name}.first.{limit}"] for limit in ("close", "acceptable", "marginal")] == [Verdict.PASS] * 3
    assert found[f"{name}.second.marginal"] is Verdict.FAIL
    assert found[f"{name}.first_three"] is Verdict.TEXT


@pytest.mark.parametrize("tables", [0, 2])
def test_the_payments_must_be_beside_the_file(tmp_path: Path, tables: int) -> None:
    found = findings(tmp_path, {"first": {"N": 5}}, tables)
    assert found["benford_expected_xyz.json"] is Verdict.NOT_RECOGNISED


def test_a_severity_that_the_seed_lacks_fails(tmp_path: Path) -> None:
    (tmp_path / "sox").mkdir()
    words = {"material_weakness": "words", "grave_weakness": "words", "rules": ["a rule"]}
    (tmp_path / "sox" / "deficiency_definitions.json").write_text(json.dumps(words))
    found = {finding.field: finding.verdict for finding in validate(tmp_path)}
    assert found == {"material_weakness": Verdict.PASS, "grave_weakness": Verdict.FAIL, "rules": Verdict.TEXT}
