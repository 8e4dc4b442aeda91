"""Make Dagster's SQLite storage fast enough for a graph with hundreds of checks.

Dagster opens, commits and closes a connection for each event, in two databases, and SQLite flushes the disk at each
commit and again when the last connection closes. A run of the whole graph writes about a thousand events.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, event

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
