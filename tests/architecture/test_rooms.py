"""Which room may import which: the table in ARCHITECTURE, held by reading every import statement."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
ROOMS = {"governance", "orchestration", "python_models", "streamlit_app"}
MAY_IMPORT = {
    "governance": {"governance"},
    "python_models": {"python_models"},
    "orchestration": {"orchestration", "governance", "python_models"},
    "streamlit_app": {"streamlit_app", "governance"},
    "dbt_project": {"python_models"},
}
NO_INPUT_OUTPUT = {
    "os",
    "pathlib",
    "io",
    "sqlite3",
    "duckdb",
    "requests",
    "urllib",
    "socket",
    "time",
    "random",
    "subprocess",
}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def forbidden(room: str, folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder)} imports {name}"
        for path in sorted(folder.rglob("*.py"))
        for name in sorted(imported(path) & ROOMS - MAY_IMPORT[room])
    ]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    assert list((REPOSITORY / room).rglob("*.py")), f"{room} has no Python file: the test would hold nothing"
    assert forbidden(room, REPOSITORY / room) == []


def test_python_models_do_no_input_or_output() -> None:
    found = [
        f"{path.name} imports {name}"
        for path in (REPOSITORY / "python_models").rglob("*.py")
        for name in imported(path) & NO_INPUT_OUTPUT
    ]
    assert found == []


def test_services_of_the_app_do_not_know_streamlit() -> None:
    services = sorted((REPOSITORY / "streamlit_app" / "services").rglob("*.py"))
    assert services
    assert [path.name for path in services if "streamlit" in imported(path)] == []


def test_a_forbidden_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import numpy\nfrom orchestration.cli import main\n")
    assert forbidden("governance", tmp_path) == ["bad.py imports orchestration"]


def test_source_is_read_in_staging_only() -> None:
    models = REPOSITORY / "dbt_project" / "models"
    outside = [
        path.relative_to(models).as_posix()
        for path in models.rglob("*.sql")
        if "source(" in path.read_text() and path.relative_to(models).parts[0] != "staging"
    ]
    assert outside == []
