"""Make Dagster's SQLite storage fast enough for a graph with hundreds of checks."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, event


@event.listens_for(Engine, "connect")
def without_sync_at_each_commit(connection: Any, _: object) -> None:  # noqa: ANN401 SQLAlchemy hands over any driver's
    """Sync at checkpoints only: in WAL mode that can lose the last events of a run at a power cut, never corrupt them.

    A run of the whole graph writes about a thousand events, each a commit in two databases; what must survive is in the
    warehouse's own log of builds and in the signed manifests.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
