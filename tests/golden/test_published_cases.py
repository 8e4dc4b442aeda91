"""Every published case passes within its own tolerance, by the same code as ``tieout validate-models``."""

from collections import Counter
from pathlib import Path

from orchestration.validation import Verdict, is_failure, validate

#: Fewest figures that each file must have checked, so that a file cannot pass by being read as nothing.
FIGURES = {
    "basel/backtest_traffic_light.json": 52,
    "basel/basel_parameters.json": 190,
    "basel/capital_examples_open.json": 29,
    "basel/frtb_parameters.json": 80,
    "basel/frtb_sbm_equity_delta_v1.json": 25,
    "basel/pillar3_templates.json": 150,
    "basel/rwa_b31_scenarios_open.csv": 105,
    "basel/rwa_crr_scenarios_open.csv": 144,
    "basel/saccr_examples_open.json": 52,
    "sox/benford_expected_open.json": 43,
    "sox/deficiency_definitions.json": 3,
    "var/backtest_tests_open.json": 7,
    "var/edhec/expected_open.json": 29,
    "var/hull/expected_open.json": 31,
    "var/ore/expected_var_interest_rate.csv": 8,
    "var/quarks/dax_plain_975_250_250.csv": 4,
    "var/quarks/expected_open.json": 2,
}


def test_every_published_case_passes(reference_folder: Path) -> None:
    findings = list(validate(reference_folder))
    assert [f"{finding.case}: {finding.verdict}, {finding.note}" for finding in findings if is_failure(finding)] == []
    passed = Counter(finding.file for finding in findings if finding.verdict is Verdict.PASS)
    assert {file: passed[file] for file, count in FIGURES.items() if passed[file] < count} == {}


def test_the_report_in_the_repository_is_of_these_cases(reference_folder: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "model-validation.md").read_text()
    assert "Validation passed" in text
    assert [file for file in FIGURES if f"## {file}" not in text] == []
