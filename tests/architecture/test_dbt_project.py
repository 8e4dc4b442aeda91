"""What every model of the dbt project has: a described grain that a test proves, an owner, and for marts a contract."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = PROJECT / "models"
ROLES = {"compliance", "analyst", "aggregate"}
#: Marts with a row per customer, account or trade have no place in the file of aggregates.
DETAIL = {
    "dim_customers",
    "dim_accounts",
    "dim_cards",
    "fct_payments",
    "fct_card_transactions",
    "fct_trades",
    "fct_transaction_risk",
    "fct_order_execution_quality",
}
PREFIXES = {"staging": "stg_", "intermediate": "int_", "marts": ("dim_", "fct_", "rpt_"), "qc": "qc_"}


def model_files() -> list[Path]:
    return sorted(path for suffix in ("sql", "py") for path in MODELS.rglob(f"*.{suffix}"))


@cache
def properties() -> dict[str, dict[str, Any]]:
    """Every model's YAML entry, by name."""
    return {
        model["name"]: model
        for path in MODELS.rglob("_*__models.yml")
        for model in yaml.safe_load(path.read_text())["models"]
    }


def is_contracted(path: Path) -> bool:
    return path.relative_to(MODELS).parts[0] in {"marts", "qc"}


def test_there_are_models_and_each_is_described_once() -> None:
    files = [path.stem for path in model_files()]

    assert len(files) > 50
    assert sorted(files) == sorted(properties())


@pytest.mark.parametrize("path", model_files(), ids=lambda path: path.stem)
def test_a_model_says_its_grain_first_and_a_test_proves_it(path: Path) -> None:
    model = properties()[path.stem]

    assert model["description"].splitlines()[0].startswith("One row per ")
    tests = [test for test in model.get("data_tests", []) if isinstance(test, dict)]
    on_combination = any("unique_combination" in test for test in tests)
    on_column = any("unique" in column.get("data_tests", []) for column in model["columns"])
    assert on_combination != on_column


@pytest.mark.parametrize("path", model_files(), ids=lambda path: path.stem)
def test_a_model_is_named_for_its_layer_and_reads_only_below_it(path: Path) -> None:
    layer = path.relative_to(MODELS).parts[0]

    assert path.stem.startswith(PREFIXES[layer])
    assert ("source(" in path.read_text()) == (layer == "staging")


@pytest.mark.parametrize("path", [path for path in model_files() if is_contracted(path)], ids=lambda path: path.stem)
def test_a_mart_has_a_contract_and_says_who_reads_it(path: Path) -> None:
    model = properties()[path.stem]
    roles = set(model["config"]["meta"]["publish"])

    assert all(column.get("data_type") for column in model["columns"])
    assert roles <= ROLES
    assert {"compliance", "analyst"} <= roles
    assert not ("aggregate" in roles and path.stem in DETAIL)


def test_personal_data_is_marked_wherever_it_appears() -> None:
    unmarked = [
        f"{name}.{column['name']}"
        for name, model in properties().items()
        for column in model["columns"]
        if re.search(r"_(token|masked)$", column["name"])
        and set(column.get("config", {}).get("meta", {})) < {"pii", "form"}
    ]

    assert unmarked == []


def test_personal_data_stays_out_of_the_aggregates() -> None:
    leaks = [
        f"{name}.{column['name']}"
        for name, model in properties().items()
        if "aggregate" in model.get("config", {}).get("meta", {}).get("publish", [])
        for column in model["columns"]
        if "pii" in column.get("config", {}).get("meta", {})
    ]

    assert leaks == []


def test_every_generic_test_of_ours_is_tested_itself() -> None:
    ours = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    text = "".join(path.read_text() for path in (PROJECT / "tests" / "self_tests").glob("*.sql"))

    assert ours
    assert {name for name in ours if f"test_{name}(" not in text} == set()


def test_every_singular_test_says_whom_it_calls() -> None:
    described = {
        test["name"]: test
        for path in (PROJECT / "tests").rglob("_*__tests.yml")
        for test in yaml.safe_load(path.read_text())["data_tests"]
    }
    files = {path.stem for folder in ("singular", "self_tests") for path in (PROJECT / "tests" / folder).glob("*.sql")}

    assert files == set(described)
    assert all(test["description"] for test in described.values())


def test_exposures_name_every_table_that_the_app_reads() -> None:
    exposures = yaml.safe_load((MODELS / "exposures.yml").read_text())["exposures"]
    declared = {
        model for exposure in exposures for ref in exposure["depends_on"] for model in re.findall(r"'(\w+)'", ref)
    }
    repositories = PROJECT.parent / "streamlit_app" / "repositories"
    read = {
        table
        for path in repositories.glob("*.py")
        for table in re.findall(r"\b(?:int|dim|fct|rpt|qc)_\w+", path.read_text())
    }

    assert read
    assert declared == read
