"""Dagster's SQLite storage: made once, by one process, and fast enough for a graph with hundreds of checks.

Dagster opens, commits and closes a connection for each event, in two databases, and SQLite flushes the disk at each
commit and again when the last connection closes. A run of the whole graph writes about a thousand events.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

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


#: One idle connection a database, so that no other is ever the last to close, which would flush the write-ahead log.
_kept_open: dict[str, sqlite3.Connection] = {}


@event.listens_for(Engine, "connect")
def flush_at_checkpoints_only(connection: Any, _: object) -> None:  # noqa: ANN401 SQLAlchemy hands over any driver's
    """Flush when the write-ahead log is folded in: a power cut can lose a run's last events, it cannot corrupt them.

    What must survive one is elsewhere: in the warehouse's own log of builds and in the signed manifests.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.execute("pragma synchronous = normal")
    file = connection.execute("pragma database_list").fetchone()[2]
    if file and file not in _kept_open:
        _kept_open[file] = sqlite3.connect(file, check_same_thread=False)
        _kept_open[file].execute("select count(*) from sqlite_master").fetchone()
