"""Dagster's SQLite storage: made once, by one process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from governance.files import exclusive_lock
from orchestration.errors import EnvironmentNotReady

#: Opening an instance makes its tables, those of the event log's index with the first question.
MAKE_TABLES = "import dagster as dg\nwith dg.DagsterInstance.get() as instance: instance.get_asset_keys()"


def create_storage(dagster_home: Path) -> None:
    """Make the tables of a new instance, once: two processes that open one at the same moment make them both and fail.

    Parameters
    ----------
    dagster_home : Path
        The instance's folder, with its ``dagster.yaml``; ``DAGSTER_HOME`` names it.

    Raises
    ------
    EnvironmentNotReady
        Dagster cannot make its tables there.
    """
    made = dagster_home / "storage.made"
    if made.exists():
        return
    with exclusive_lock(dagster_home / "storage.lock"):
        if made.exists():
            return
        # In a process of its own, because importing Dagster takes seconds that most commands need not spend.
        completed = subprocess.run(  # noqa: S603 our own Python, a constant
            [sys.executable, "-c", MAKE_TABLES], capture_output=True, text=True, check=False
        )
        if completed.returncode:
            raise EnvironmentNotReady(
                f"Dagster could not make its storage in {dagster_home}: {completed.stderr.strip().splitlines()[-1]}"
            )
        made.touch()
