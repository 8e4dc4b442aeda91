"""A SOX control is a row of the catalogue, a model in the folder and a name in the macro: none without the others."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
SEEDS = PROJECT / "seeds" / "sox"
MODELS = PROJECT / "models" / "intermediate" / "sox"
FOLDERS = {
    "financial_close": "journal_entries",
    "reconciliation": "reconciliations",
    "access": "access",
    "change": "change",
    "operations": "operations",
    "data_pipeline": "pipeline",
}


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def control_models() -> dict[str, Path]:
    """Each control's model in the folder, by name."""
    return {path.stem: path for path in MODELS.rglob("int_control_[a-z][a-z][0-9][0-9]_*.sql")}


def test_catalogue_macro_and_folder_name_the_same_models() -> None:
    macro = (PROJECT / "macros" / "sox_control_models.sql").read_text()
    in_macro = re.findall(r'"(int_control_\w+)"', macro)
    in_catalogue = [row["model_name"] for row in rows("sox_controls")]

    assert len(in_catalogue) >= 30
    assert sorted(in_macro) == sorted(in_catalogue) == sorted(control_models())


def test_a_model_tests_the_control_it_is_named_for_in_its_process() -> None:
    models = control_models()
    for row in rows("sox_controls"):
        path = models[row["model_name"]]
        short = row["control_id"].lower().replace("-", "")

        assert path.stem.startswith(f"int_control_{short}_")
        assert path.parent.name == FOLDERS[row["process"]]
        assert row["control_id"] in re.findall(r"[\"']([A-Z]{2}-\d{2})[\"']", path.read_text())


def test_every_control_has_its_test_and_tells_its_owner() -> None:
    described = {
        model["name"]: model
        for path in MODELS.rglob("_*__models.yml")
        for model in yaml.safe_load(path.read_text())["models"]
    }
    for row in rows("sox_controls"):
        tests = described[row["model_name"]]["data_tests"]
        (holds,) = [test["control_holds"] for test in tests if "control_holds" in test]

        assert holds["arguments"]["control_id"] == row["control_id"]
        assert holds["config"]["severity"] == "warn"
        assert holds["config"]["meta"]["owner"] == row["owner"]


def test_every_control_names_its_sources_or_watches_the_deliveries_themselves() -> None:
    with_sources = {row["control_id"] for row in rows("sox_control_sources")}
    known = {row["control_id"] for row in rows("sox_controls")}

    assert with_sources <= known
    assert known - with_sources == {"PL-02", "PL-03"}


def test_what_controls_refer_to_is_there() -> None:
    controls = {row["control_id"]: row for row in rows("sox_controls")}
    parameters = {row["parameter"] for row in rows("sox_parameters")}
    reliance = rows("sox_control_reliance")
    named = {
        parameter
        for path in MODELS.rglob("*.sql")
        for parameter in re.findall(r"[\"']([A-Z]{2}-\d{2}\.\w+)[\"']", path.read_text())
    }

    assert named <= parameters
    assert {row["control_id"] for row in reliance} | {row["relies_on"] for row in reliance} <= set(controls)
    assert all(controls[row["control_id"]]["is_indirect"] == "false" for row in reliance)
    assert all(controls[row["relies_on"]]["is_indirect"] == "true" for row in reliance)
