"""The read gate: the one way to the figures of a published build.

A reader gets one role's file, read-only, in a DuckDB that can reach no other file and no network, and runs single
SELECT statements whose table functions are on a short list: even a SELECT can change how DuckDB runs, or end the
process, through functions such as ``enable_logging``.

The compliance file holds the ciphertext of personal data. It opens for a named user with a purpose, after the audit log
has recorded which tables may be read and which kinds of personal data decrypted; anything else is then denied.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import duckdb
import pandas as pd
import pyarrow as pa

from governance.audit import Access, AuditLog
from governance.builds import Manifest, current_build, load_manifest, role_file
from governance.chain import Head
from governance.crypto import decrypt_values
from governance.errors import (
    AccessDenied,
    BuildNotFound,
    BuildTampered,
    DecryptionError,
    QueryFailed,
    QueryTimeout,
    RowCapExceeded,
)
from governance.files import sha256_of
from governance.keys import KeyRing, encode_key
from governance.settings import settings
from governance.warehouse import attach_encrypted, offline_config

MAX_ROWS: Final = 100_000
TIMEOUT_SECONDS: Final = 30.0
_MEMORY_LIMIT: Final = "2GB"
_BATCH_ROWS: Final = 16_384
_TABLE_FUNCTIONS: Final = frozenset({"generate_series", "range", "unnest"})
# The compliance file is opened by `open_compliance` alone.
_OPENABLE: Final = {"analyst": "analyst", "aggregate": "aggregate"}
_LEAST: Final = "aggregate"


class Reader:
    """One role's file of one published build. Safe to share between threads; close it, or use it in a ``with``.

    Attributes
    ----------
    role : str
        Role whose file is open.
    manifest : Manifest
        The verified manifest of the build.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, role: str, manifest: Manifest) -> None:
        self._connection = connection
        self.role = role
        self.manifest = manifest

    def query(
        self,
        sql: str,
        params: Sequence[Any] | Mapping[str, Any] | None = None,
        *,
        max_rows: int = MAX_ROWS,
        timeout: float = TIMEOUT_SECONDS,
    ) -> pd.DataFrame:
        """Run one SELECT.

        Parameters
        ----------
        sql : str
            One SELECT over the build's tables, which are known by their bare names; values go in as parameters
            (``?`` or ``$name``).
        params : sequence or mapping, optional
            The parameters.
        max_rows : int
            More rows than this are an error; nothing is ever cut off silently.
        timeout : float
            Seconds until the query is stopped.

        Returns
        -------
        pandas.DataFrame
            Decimals as float64, for display and charts; dates as datetime64. Cast to ``varchar`` in SQL where the
            exact digits matter.

        Raises
        ------
        AccessDenied
            If this is not one SELECT, or it calls a table function that is not allowed.
        QueryFailed, QueryTimeout, RowCapExceeded
            If DuckDB refuses it, it takes too long, or it gives too many rows.
        """
        return _to_pandas(self._arrow(sql, params, max_rows, timeout))

    def _arrow(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None, max_rows: int, timeout: float
    ) -> pa.Table:
        _names_read(sql)
        with self._connection.cursor() as cursor:
            # A timer is the only statement timeout this DuckDB has; it interrupts this cursor alone.
            timer = _Timeout(timeout, cursor)
            timer.start()
            try:
                cursor.execute("USE build")
                return _fetch(cursor, sql, params, max_rows)
            except (duckdb.Error, pa.ArrowException, OSError) as error:
                # What fails after the first rows have been handed over reaches us through Arrow.
                if timer.has_expired:
                    raise QueryTimeout(f"The query took longer than {timeout:g} seconds: narrow it down.") from error
                raise QueryFailed(f"The query cannot be run: {error}") from error
            finally:
                timer.cancel()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ComplianceReader(Reader):
    """The compliance file of one published build, opened for one recorded access.

    Attributes
    ----------
    intent : Head
        The audit record that was written before the file was opened.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        manifest: Manifest,
        access: Access,
        intent: Head,
        ring: KeyRing,
    ) -> None:
        super().__init__(connection, "compliance", manifest)
        self.intent = intent
        self.rows = 0
        self.values = 0
        self._access = access
        self._ring = ring

    def table(
        self,
        sql: str,
        params: Sequence[Any] | Mapping[str, Any] | None = None,
        *,
        max_rows: int = MAX_ROWS,
        timeout: float = TIMEOUT_SECONDS,
    ) -> pa.Table:
        """Run one SELECT as `query` does and return it with the types of the build, decimals exact."""
        return self._arrow(sql, params, max_rows, timeout)

    def decrypt(self, kind: str, tokens: Sequence[str]) -> dict[str, str]:
        """Return the personal values behind tokens.

        Parameters
        ----------
        kind : str
            Kind of personal data; it must be among those of the recorded access.
        tokens : sequence of str
            Tokens of that kind.

        Returns
        -------
        dict
            Value by token.

        Raises
        ------
        AccessDenied
            If the recorded access does not name the kind.
        DecryptionError
            If a token has no value in this build, or a value was altered.
        """
        if kind not in self._access.kinds:
            raise AccessDenied(f"This access was recorded without {kind!r}: open another one that names it.")
        wanted = sorted(set(tokens))
        # Past the check of tables: an access to a kind is no access to the ciphertext of all of them.
        found = super()._arrow(
            "SELECT token, ciphertext FROM pii_values WHERE kind = $kind AND token IN (SELECT unnest($tokens))",
            {"kind": kind, "tokens": wanted},
            len(wanted),
            TIMEOUT_SECONDS,
        )
        if found.num_rows != len(wanted):
            raise DecryptionError(
                f"{len(wanted) - found.num_rows} tokens of kind {kind!r} have no value in build "
                f"{self.manifest.build_id}: publish again from a warehouse that has them."
            )
        values = decrypt_values(found["ciphertext"], kind, found["token"], self._ring)
        self.values += len(values)
        return dict(zip(found["token"].to_pylist(), values.to_pylist(), strict=True))

    def _arrow(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None, max_rows: int, timeout: float
    ) -> pa.Table:
        # An expression that hides behind the name of a published table counts as that table.
        published = self.manifest.files[self.role].tables.keys()
        others = (_names_read(sql) & published) - set(self._access.tables)
        if others:
            raise AccessDenied(
                f"This access was recorded without {', '.join(sorted(others))}: open another one that names it."
            )
        table = super()._arrow(sql, params, max_rows, timeout)
        self.rows += table.num_rows
        return table


class _Timeout(threading.Timer):
    """Interrupts a cursor after a time and remembers that it did."""

    def __init__(self, seconds: float, cursor: duckdb.DuckDBPyConnection) -> None:
        super().__init__(seconds, self._interrupt)
        self.has_expired = False
        self._cursor = cursor

    def _interrupt(self) -> None:
        self.has_expired = True
        self._cursor.interrupt()


def open_reader(role: str = "analyst", build_id: str | None = None, ring: KeyRing | None = None) -> Reader:
    """Open a role's file of the build in force, or of a named one, after checking manifest and file.

    Parameters
    ----------
    role : str
        ``analyst`` or ``aggregate``; a role that is not known gets ``aggregate``, the least there is.
    build_id : str, optional
        Default is the build in force.
    ring : KeyRing, optional
        Default is the settings' key ring.

    Raises
    ------
    AccessDenied
        For ``compliance``.
    BuildNotFound
        If nothing has been published, or not this build.
    BuildTampered
        If manifest, signature or file do not agree.
    """
    if role == "compliance":
        raise AccessDenied("The compliance file cannot be opened without a signed-in, audited user: open 'analyst'.")
    role = _OPENABLE.get(role, _LEAST)
    ring = ring or KeyRing.open()
    manifest = _manifest(build_id, ring)
    return Reader(_open(manifest, role, ring), role, manifest)


@contextmanager
def open_compliance(
    user: str,
    purpose: str,
    *,
    action: str,
    resource: str,
    tables: Sequence[str],
    kinds: Sequence[str] = (),
    build_id: str | None = None,
    ring: KeyRing | None = None,
    log: AuditLog | None = None,
    memory_limit: str = _MEMORY_LIMIT,
) -> Iterator[ComplianceReader]:
    """Open the compliance file for one access, which the audit log has recorded before anything can be read.

    The block's end is recorded too, with the rows read and the values decrypted, and whether it failed.

    Parameters
    ----------
    user, purpose : str
        Who asks and why.
    action, resource : str
        What is done, and to what.
    tables : sequence of str
        Tables that may be read.
    kinds : sequence of str
        Kinds of personal data that may be decrypted.
    build_id : str, optional
        Default is the build in force.
    ring : KeyRing, optional
        Default is the settings' key ring.
    log : AuditLog, optional
        Default is the settings' audit log.
    memory_limit : str
        What DuckDB may use, for queries and for keeping what it has read.

    Yields
    ------
    ComplianceReader
        Closed when the block ends.

    Raises
    ------
    AuditError
        If the access cannot be recorded; nothing is opened then.
    BuildNotFound, BuildTampered
        As for `open_reader`.
    """
    ring, log = ring or KeyRing.open(), log or AuditLog()
    manifest = _manifest(build_id, ring)
    access = Access(
        user=user,
        role="compliance",
        action=action,
        resource=resource,
        purpose=purpose,
        build_id=manifest.build_id,
        tables=tuple(tables),
        kinds=tuple(kinds),
    )
    intent = log.intend(access)
    rows = values = 0
    try:
        connection = _open(manifest, "compliance", ring, memory_limit)
        with ComplianceReader(connection, manifest, access, intent, ring) as reader:
            try:
                yield reader
            finally:
                rows, values = reader.rows, reader.values
    except BaseException:
        log.conclude(intent, "failed", rows, values)
        raise
    log.conclude(intent, "completed", rows, values)


def _manifest(build_id: str | None, ring: KeyRing) -> Manifest:
    manifest = current_build(ring) if build_id is None else load_manifest(build_id, ring)
    if manifest is None:
        raise BuildNotFound("No build has been published yet: run `tieout run`.")
    return manifest


def _open(manifest: Manifest, role: str, ring: KeyRing, memory_limit: str = _MEMORY_LIMIT) -> duckdb.DuckDBPyConnection:
    """Connect to a role's file after checking that it is the one that was published."""
    path, recorded = role_file(manifest.build_id, role), manifest.files[role]
    log = path.with_name(f"{path.name}.wal")
    if not path.exists() or log.exists() or _verified_sha256(path, *_identity(path)) != recorded.sha256:
        raise BuildTampered(f"{path} is not the file that was published: restore it from a back-up or publish again.")
    return _connect(path, encode_key(ring.key_by_id(recorded.key_id)), memory_limit)


def _identity(path: Path) -> tuple[int, int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@lru_cache(maxsize=64)
def _verified_sha256(path: Path, *identity: int) -> str:
    """Hash a file once per process for as long as it stays the same file."""
    return sha256_of(path)


def _connect(path: Path, key: str, memory_limit: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config=offline_config()
        | {
            "python_enable_replacements": False,
            "memory_limit": memory_limit,
            "threads": settings().threads,
            # Nothing a reader computes is written down, not even as a spill file.
            "temp_directory": "",
        }
    )
    try:
        attach_encrypted(connection, path, "build", key, read_only=True)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


@lru_cache(maxsize=1024)
def _names_read(sql: str) -> frozenset[str]:
    """Return every name a statement reads from, its own common table expressions included; remembered.

    Refuses everything but one SELECT that calls no table function off the list.
    """
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryFailed(f"The query cannot be read: {error}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise AccessDenied("Only a single SELECT may be run here: send one SELECT and nothing else.")
    tree = _syntax_tree(sql)
    if tree["error"] or len(tree["statements"]) != 1:
        raise AccessDenied(f"Only a plain SELECT may be run here: {tree.get('error_message', 'send one SELECT')}")
    names = set()
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if node.get("type") == "TABLE_FUNCTION":
                name = str(node["function"].get("function_name", "")).lower()
                if name not in _TABLE_FUNCTIONS:
                    raise AccessDenied(f"The table function {name!r} may not be called here: read the build's tables.")
            if isinstance(node.get("table_name"), str):
                names.add(node["table_name"].lower())
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return frozenset(names)


def _syntax_tree(sql: str) -> dict[str, Any]:
    with duckdb.connect(config=offline_config()) as parser:
        rows = parser.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
    return json.loads(rows[0][0])


def _fetch(
    cursor: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Any] | Mapping[str, Any] | None, max_rows: int
) -> pa.Table:
    reader = cursor.execute(sql, params).to_arrow_reader(_BATCH_ROWS)
    batches, rows = [], 0
    for batch in reader:
        rows += batch.num_rows
        if rows > max_rows:
            raise RowCapExceeded(f"The query gives more than {max_rows:,} rows: add a filter, a LIMIT or an aggregate.")
        batches.append(batch)
    return pa.Table.from_batches(batches, reader.schema)


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    fields = [field.with_type(pa.float64()) if pa.types.is_decimal(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields)).to_pandas(date_as_object=False)
