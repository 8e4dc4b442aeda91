"""The order in which the files of tests are handed to the workers."""

from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
_FIRST = (
    _TESTS / "integration" / "test_killed_runs.py",
    _TESTS / "integration" / "test_two_at_once.py",
    _TESTS / "unit" / "app",
    _TESTS / "integration",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; one builds the bank that others wait for, and meanwhile there are pages to test."""
    items.sort(
        key=lambda item: next(
            (place for place, path in enumerate(_FIRST) if item.path.is_relative_to(path)), len(_FIRST)
        )
    )
