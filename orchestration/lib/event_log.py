"""Dagster's event log in SQLite with connections that stay open."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

_BUSY_TIMEOUT_SECONDS = 60
_KEPT_OPEN = 8


class PooledEventLogStorage(SqliteEventLogStorage):
    """The storage Dagster has by default, at its default place, with one engine a database.

    The default makes an engine and opens a file for every statement, three times a check. A run of the whole graph
    stores more than a thousand checks twice, when planned and when evaluated: kept open, they take a third of the time.
    Every run has a database of its own; a server that has shown many of them keeps the last few open.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        #: By database, the one used last at the end.
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing is to be configured."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> PooledEventLogStorage:
        """Open the log below ``DAGSTER_HOME``, where Dagster itself would put it."""
        return cls(str(Path(os.environ["DAGSTER_HOME"], "history", "runs")), inst_data)

    def has_table(self, table_name: str) -> bool:
        """Say whether the database has a table; one that is there stays, so it is looked for once."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.pop(shard, None)
            if engine is None:
                engine = create_engine(
                    self.conn_string_for_shard(shard),
                    poolclass=QueuePool,
                    # One thread at a time has the lock, but not always the same.
                    connect_args={"timeout": _BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
                )
                event.listen(engine, "connect", _flush_at_checkpoints_only)
                self._initdb(engine)
            self._engines[shard] = engine
            while len(self._engines) > _KEPT_OPEN:
                self._engines.pop(next(iter(self._engines))).dispose()
            with engine.connect() as connection, connection.begin():
                yield connection


def _flush_at_checkpoints_only(connection: sqlite3.Connection, _: object) -> None:
    """Flush when the write-ahead log is folded in: a power cut can lose a run's last events, it cannot corrupt them.

    What must survive one is elsewhere: in the warehouse's own log of builds and in the signed manifests.
    """
    connection.execute("pragma synchronous = normal")
