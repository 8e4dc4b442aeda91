"""The table of Basel parameters against the seeds: right numbers pass, wrong and unknown ones are named."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.validation import Verdict, validate


def verdicts(tmp_path: Path, content: dict[str, Any]) -> dict[str, Verdict]:
    folder = tmp_path / "basel"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "basel_parameters.json").write_text(json.dumps(content))
    return {each.field: each.verdict for each in validate(tmp_path) if each.verdict is not Verdict.TEXT}


@pytest.mark.parametrize(
    "content",
    [
        {"ratios": {"CET1": 0.045, "GSIB": [0.01, 0.015, 0.02, 0.025, 0.035]}},
        {
            "ratios": {
                "conservation_CET1_bands_no_other_buffers": [["4.5-5.125", 1.0], ["5.125-5.75", 0.8], [">7.0", 0]]
            }
        },
        {"CRE20": {"sovereign": {"BB+..B-": 1}, "rre_income": [[0.5, 0.3], [9, 1.05]]}},
        {
            "CRE20": {
                "bank_ECRA": {"base": [0.2, 0.3, 0.5, 1, 1.5]},
                "cre_general": [[0.6, "min(60%,cpty)"], [9, "cpty"]],
            }
        },
        {"CRE20": {"rre_split": {"secured_share_of_value": 0.55, "rw": 0.2}}},
        {"LEV": {"min": 0.03, "gsib_addon": "50% of HLA"}},
        {"OPE25": {"alpha": [[1, 0.12], [30, 0.15], [None, 0.18]], "ilm_check": {"2": 1.24109}}},
        {"MAR32": {"amber": [5, 9], "red": 10, "desk_limits": {"0.99": 12}, "PLA_KS": [0.09, 0.12]}},
    ],
)
def test_numbers_of_the_seeds_pass(tmp_path: Path, content: dict[str, Any]) -> None:
    assert set(verdicts(tmp_path, content).values()) == {Verdict.PASS}


def test_a_wrong_number_fails_and_is_named(tmp_path: Path) -> None:
    found = verdicts(tmp_path, {"ratios": {"CET1": 0.046}, "OPE25": {"alpha": [[2, 0.12], [30, 0.15], [None, 0.18]]}})
    assert found["ratios.CET1"] is Verdict.FAIL
    assert found["OPE25.alpha[0] bound"] is Verdict.FAIL


def test_each_end_of_a_conservation_band_is_looked_at(tmp_path: Path) -> None:
    found = verdicts(tmp_path, {"ratios": {"conservation_CET1_bands_no_other_buffers": [["4.5-5.2", 1.0]]}})
    assert sorted(found.values()) == [Verdict.FAIL, Verdict.PASS]


def test_a_number_that_no_rule_holds_is_named(tmp_path: Path) -> None:
    found = verdicts(tmp_path, {"ratios": {"CET2": 0.05}, "LCR": {"outflow": {"coop_banks": 0.25}}})
    assert found == {"ratios.CET2": Verdict.NOT_RECOGNISED, "LCR.outflow.coop_banks": Verdict.NOT_COVERED}
