"""Published builds: new files under a new name, a signed manifest, then one small pointer file is replaced.

``published/<build_id>/`` holds a file per role and ``manifest.json``; ``current.json`` names the build in force;
``gate.json`` is the last gate's outcome; ``retained.json`` names the builds that filed reports rest on. A kill at any
moment leaves the old build in force: until its folder is renamed, a new build is a hidden ``.tmp`` folder, which the
next publication removes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
from pydantic import BaseModel, Field, ValidationError

from governance.build_records import (
    ROLES,
    BuildIdentity,
    DeliverySummary,
    GateDecision,
    GateStatus,
    Manifest,
    NodeResult,
    PublishedModel,
    RoleFile,
    TableSummary,
)
from governance.content_hash import Columns, content_hash, table_columns
from governance.errors import BuildError, BuildNotFound, BuildTampered, BuildWithheld, SignatureError
from governance.files import canonical_json, exclusive_lock, sha256_of, sync, write_atomically
from governance.gate import delivery_summaries, evaluate_gate, node_results
from governance.keys import KeyRing, encode_key
from governance.settings import settings
from governance.warehouse import attach_encrypted, offline_config, quote_identifier

__all__ = [
    "ROLES",
    "BuildIdentity",
    "DeliverySummary",
    "GateDecision",
    "GateStatus",
    "Manifest",
    "NodeResult",
    "PublishedModel",
    "RoleFile",
    "TableSummary",
    "current_build",
    "delivery_summaries",
    "evaluate_gate",
    "gate_status",
    "load_manifest",
    "node_results",
    "publish",
    "published_builds",
    "record_withheld",
    "retain_build",
    "role_file",
    "verify_build",
]

_BUILD_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{12}")
_MANIFEST = "manifest.json"
_READ_ONLY = 0o444
_ALIAS = "publishing"


def publish(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    *,
    build: BuildIdentity,
    models: Sequence[PublishedModel],
    test_results: Sequence[NodeResult],
    deliveries: Sequence[DeliverySummary],
) -> Manifest:
    """Publish tables of the warehouse as a build and make it the one in force.

    The build id follows from the content, so publishing the same content again writes nothing new; it only makes that
    build current if it no longer was.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        From `connect_warehouse`; nothing else may write the warehouse meanwhile.
    ring : KeyRing
        Keys of the role files (purpose ``published/<role>``) and of the signature.
    build : BuildIdentity
        What the tables were made from.
    models : sequence of PublishedModel
        What is published, to whom. A role gets nothing that is not listed for it.
    test_results, deliveries : sequence
        What the gate judges; both are kept in the manifest.

    Returns
    -------
    Manifest
        Of the build in force.

    Raises
    ------
    BuildWithheld
        If the gate is red. The reasons are recorded and the pointer is left alone.
    BuildError
        If a table is missing or cannot be published.
    BuildTampered
        If a build of this content exists and is damaged.
    """
    decision = evaluate_gate(test_results, deliveries)
    with _publishing() as folder:
        if not decision.is_green:
            _record_gate(build.business_date, decision)
            raise BuildWithheld(decision.reasons)
        _remove_leftovers(folder)
        plan = _plan(connection, models)
        hashes = _Hashes(connection)
        # Most tables are too small for DuckDB to share one among its threads.
        with ThreadPoolExecutor(settings().threads) as pool:
            summaries = pool.map(lambda model: _summarise(connection, model, hashes), models)
            tables = {model.table: summary for model, summary in zip(models, summaries, strict=True)}
        contents = {
            role: {table: hashes(schema, table, columns) for table, (schema, columns) in selection.items()}
            for role, selection in plan.items()
        }
        build_id = _build_id(build, tables, contents)
        if (folder / build_id).exists():
            manifest = verify_build(build_id, ring)
        else:
            manifest = _write_build(
                connection,
                ring,
                folder,
                build_id,
                plan,
                contents,
                {
                    "build_id": build_id,
                    "business_date": build.business_date.isoformat(),
                    "created_at": datetime.now(UTC).isoformat(),
                    "git_commit": build.git_commit,
                    "is_dirty": build.is_dirty,
                    "dbt_project_checksum": build.dbt_project_checksum,
                    "dbt_version": build.dbt_version,
                    "duckdb_version": duckdb.__version__,
                    "tables": {name: table.model_dump(mode="json") for name, table in tables.items()},
                    "test_results": [result.model_dump(mode="json") for result in test_results],
                    "deliveries": [delivery.model_dump(mode="json") for delivery in deliveries],
                    "gate": decision.model_dump(mode="json"),
                },
            )
        _point_to(folder, build_id)
        _record_gate(build.business_date, decision)
        _remove_expired(folder, ring)
    return manifest


def record_withheld(business_date: date, decision: GateDecision) -> GateStatus:
    """Record that the build of a business date is withheld, and why; the build in force stays."""
    if decision.is_green:
        raise BuildError("A green gate withholds nothing: publish the build.")
    with _publishing():
        return _record_gate(business_date, decision)


def gate_status() -> GateStatus | None:
    """Return the outcome of the last gate, or None when there has been none.

    Raises
    ------
    BuildTampered
        If ``gate.json`` is damaged.
    """
    folder = settings().published
    path = folder / "gate.json"
    if not path.exists():
        return None
    try:
        status = GateStatus.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BuildTampered(f"{path} is damaged: publish again to renew it.") from error
    pointer = _pointer(folder)
    if pointer and not status.is_green and pointer.build_id != status.build_in_force:
        # A kill came after the pointer moved and before this file followed: the pointer is the later word.
        return GateStatus(
            is_green=True,
            business_date=date.fromisoformat(pointer.build_id[:10]),
            recorded_at=status.recorded_at,
            withheld=[],
            reasons=[],
            build_in_force=pointer.build_id,
        )
    return status


def current_build(ring: KeyRing | None = None) -> Manifest | None:
    """Return the manifest of the build in force, verified, or None before the first publication.

    Raises
    ------
    BuildTampered
        If the pointer, the manifest or its signature is damaged: no figure is better than a wrong one.
    BuildNotFound
        If the build the pointer names is gone.
    """
    pointer = _pointer(settings().published)
    if pointer is None:
        return None
    path = _folder(pointer.build_id) / _MANIFEST
    manifest = load_manifest(pointer.build_id, ring)
    if sha256_of(path) != pointer.manifest_sha256:
        raise BuildTampered(f"{path} is not the manifest that was published: restore it or publish again.")
    return manifest


def load_manifest(build_id: str, ring: KeyRing | None = None) -> Manifest:
    """Return the manifest of a build after checking its signature.

    Raises
    ------
    BuildNotFound
        If there is no such build.
    BuildTampered
        If the manifest is not what was signed, or is another build's.
    """
    path = _folder(build_id) / _MANIFEST
    if not path.exists():
        raise BuildNotFound(f"There is no published build {build_id}: `tieout status` names the one in force.")
    try:
        document = json.loads(path.read_bytes())
        (ring or KeyRing.open()).verify(_signed_part(document), document["signature"])
        manifest = Manifest.model_validate(document)
    except (SignatureError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BuildTampered(f"{path} is not what was signed: restore it from a back-up or publish again.") from error
    if manifest.build_id != build_id:
        raise BuildTampered(f"{path} belongs to build {manifest.build_id}: restore both folders from a back-up.")
    return manifest


def published_builds() -> list[str]:
    """Return the ids of all builds that are kept, oldest business date first."""
    folder = settings().published
    return sorted(path.name for path in folder.iterdir() if _BUILD_ID.fullmatch(path.name)) if folder.exists() else []


def verify_build(build_id: str, ring: KeyRing | None = None, *, deep: bool = False) -> Manifest:
    """Check a published build: signature of the manifest, hash of every file and, if `deep`, every table's content.

    Raises
    ------
    BuildNotFound
        If there is no such build.
    BuildTampered
        With everything that is wrong.
    """
    ring = ring or KeyRing.open()
    manifest = load_manifest(build_id, ring)
    problems = []
    for role, recorded in manifest.files.items():
        path = role_file(build_id, role)
        if not path.exists():
            problems.append(f"{path.name} is missing")
        elif sha256_of(path) != recorded.sha256:
            problems.append(f"{path.name} was altered")
        elif deep:
            problems += _content_problems(path, recorded, ring)
    extra = (
        {path.name for path in _folder(build_id).iterdir()}
        - {_MANIFEST}
        - {f"{role}.duckdb" for role in manifest.files}
    )
    problems += [f"{name} does not belong there" for name in sorted(extra)]
    if problems:
        raise BuildTampered(
            f"Build {build_id} is damaged ({'; '.join(problems)}): restore its folder from a back-up, "
            "or move it away and publish again."
        )
    return manifest


def retain_build(build_id: str, reason: str, ring: KeyRing | None = None) -> None:
    """Keep a build beyond the usual number, because something that left the bank rests on it.

    Raises
    ------
    BuildNotFound
        If there is no such build.
    """
    with _publishing() as folder:
        load_manifest(build_id, ring)
        retained = _retained(folder)
        reasons = retained.setdefault(build_id, [])
        if reason not in reasons:
            reasons.append(reason)
        write_atomically(folder / "retained.json", json.dumps(retained, indent=2, sort_keys=True).encode(), 0o644)


def role_file(build_id: str, role: str) -> Path:
    """Return the path of a role's file."""
    if role not in ROLES:
        raise BuildError(f"{role!r} is not a role: use one of {', '.join(ROLES)}.")
    return _folder(build_id) / f"{role}.duckdb"


@contextmanager
def _publishing() -> Iterator[Path]:
    """Hold the one right to change the published folder."""
    folder = settings().published
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(folder / ".lock"):
        yield folder


def _folder(build_id: str) -> Path:
    # The id becomes a path, and comes from a file or a caller.
    if not _BUILD_ID.fullmatch(build_id):
        raise BuildNotFound(f"{build_id!r} is not a build id: it looks like 2022-12-28-0123456789ab.")
    return settings().published / build_id


def _signed_part(document: Mapping[str, Any]) -> bytes:
    return canonical_json({name: value for name, value in document.items() if name != "signature"})


def _qualified(database: str, schema: str, table: str) -> str:
    return ".".join(map(quote_identifier, (database, schema, table)))


Plan = dict[str, dict[str, tuple[str, Columns]]]


def _plan(connection: duckdb.DuckDBPyConnection, models: Sequence[PublishedModel]) -> Plan:
    """Return per role the tables it gets, with their schema and columns, after checking the request."""
    plan: Plan = {role: {} for role in ROLES}
    seen: set[str] = set()
    for model in models:
        if model.table in seen:
            raise BuildError(f"Two published tables are called {model.table}: rename one, role files have one schema.")
        seen.add(model.table)
        columns = table_columns(connection, _qualified("warehouse", model.schema, model.table))
        unknown_roles = (set(model.roles) | set(model.excluded_columns)) - set(ROLES)
        if unknown_roles:
            raise BuildError(f"{model.table} names unknown roles {sorted(unknown_roles)}: use {', '.join(ROLES)}.")
        for role in model.roles:
            excluded = set(model.excluded_columns.get(role, ()))
            # A misspelt exclusion would publish the column it was meant to hold back.
            unknown = excluded - {name for name, _ in columns}
            if unknown:
                raise BuildError(
                    f"{model.table} has no columns {sorted(unknown)} to exclude for {role}: correct the names."
                )
            kept = [column for column in columns if column[0] not in excluded]
            if not kept:
                raise BuildError(f"{model.table} has no column left for {role}: take the role off its list.")
            plan[role][model.table] = (model.schema, kept)
    return plan


class _Hashes:
    """Content hashes of warehouse tables, each set of columns computed once, on any thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str, tuple[tuple[str, str], ...]], str] = {}

    def __call__(self, schema: str, table: str, columns: Columns) -> str:
        key = (schema, table, tuple(columns))
        if key not in self._known:
            with self._connection.cursor() as cursor:
                self._known[key] = content_hash(cursor, _qualified("warehouse", schema, table), columns)
        return self._known[key]


def _totals(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[tuple[str, str]]
) -> tuple[int, dict[str, str | None]]:
    """Return row count and the exact sum of every decimal column."""
    names = [name for name, kind in columns if kind.startswith("DECIMAL")]
    sums = "".join(f", CAST(sum({quote_identifier(name)}) AS VARCHAR)" for name in names)
    row = connection.execute(f"SELECT count(*){sums} FROM {relation}").fetchall()[0]
    return row[0], dict(zip(names, row[1:], strict=True))


def _summarise(connection: duckdb.DuckDBPyConnection, model: PublishedModel, hashes: _Hashes) -> TableSummary:
    relation = _qualified("warehouse", model.schema, model.table)
    with connection.cursor() as cursor:
        columns = table_columns(cursor, relation)
        rows, totals = _totals(cursor, relation, columns)
    return TableSummary(
        schema_name=model.schema,
        rows=rows,
        content_hash=hashes(model.schema, model.table, columns),
        control_totals=totals,
    )


def _build_id(
    build: BuildIdentity, tables: Mapping[str, TableSummary], contents: Mapping[str, Mapping[str, str]]
) -> str:
    # Who may see what is part of the content: a changed exclusion must not be taken for the same build.
    identity = {
        "tables": {name: [table.schema_name, table.content_hash] for name, table in tables.items()},
        "roles": contents,
        "dbt": [build.dbt_project_checksum, build.dbt_version],
    }
    return f"{build.business_date.isoformat()}-{hashlib.sha256(canonical_json(identity)).hexdigest()[:12]}"


def _write_build(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    folder: Path,
    build_id: str,
    plan: Plan,
    contents: Mapping[str, Mapping[str, str]],
    document: dict[str, Any],
) -> Manifest:
    temporary = folder / f".{build_id}.tmp"
    temporary.mkdir()
    try:
        keys = {role: ring.data_key(f"published/{role}") for role in plan}
        with ThreadPoolExecutor(settings().threads) as pool:
            written = pool.map(
                lambda role: _write_role_file(connection, temporary, role, keys[role], plan[role], contents[role]), plan
            )
            document["files"] = {role: file.model_dump(mode="json") for role, file in zip(plan, written, strict=True)}
        document["signature"] = ring.sign(_signed_part(document))
        manifest = Manifest.model_validate(document)
        write_atomically(temporary / _MANIFEST, json.dumps(document, indent=1, sort_keys=True).encode(), _READ_ONLY)
        temporary.rename(folder / build_id)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync(folder)
    return manifest


def _write_role_file(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    role: str,
    key: tuple[str, bytes],
    selection: Mapping[str, tuple[str, Columns]],
    hashes: Mapping[str, str],
) -> RoleFile:
    path, alias = folder / f"{role}.duckdb", f"{_ALIAS}_{role}"
    key_id, secret = key
    with connection.cursor() as cursor:
        attach_encrypted(cursor, path, alias, encode_key(secret))
        try:
            for table, (schema, columns) in selection.items():
                _copy_table(cursor, alias, schema, table, columns)
            cursor.execute(f"CHECKPOINT {alias}")
        finally:
            # After a fatal error the connection refuses this too, and that error must not hide the first.
            with contextlib.suppress(duckdb.Error):
                cursor.execute(f"DETACH {alias}")
    if path.with_name(f"{path.name}.wal").exists():
        raise BuildError(f"DuckDB left part of {path.name} in its log: free some disk space and publish again.")
    path.chmod(_READ_ONLY)
    sync(path)
    return RoleFile(sha256=sha256_of(path), bytes=path.stat().st_size, key_id=key_id, tables=dict(hashes))


def _copy_table(connection: duckdb.DuckDBPyConnection, alias: str, schema: str, table: str, columns: Columns) -> None:
    source, target = _qualified("warehouse", schema, table), _qualified(alias, "main", table)
    names = ", ".join(quote_identifier(name) for name, _ in columns)
    connection.execute(f"CREATE TABLE {target} AS SELECT {names} FROM {source}")
    if _totals(connection, target, columns) != _totals(connection, source, columns):
        raise BuildError(
            f"The copy of {schema}.{table} does not tie to the warehouse: publish again while nothing writes."
        )


class _Pointer(BaseModel):
    build_id: str = Field(pattern=f"^{_BUILD_ID.pattern}$")
    manifest_sha256: str


def _pointer(folder: Path) -> _Pointer | None:
    path = folder / "current.json"
    if not path.exists():
        return None
    try:
        pointer = _Pointer.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BuildTampered(f"{path} does not name a build: restore it from a back-up or publish again.") from error
    return pointer


def _point_to(folder: Path, build_id: str) -> None:
    pointer = _Pointer(build_id=build_id, manifest_sha256=sha256_of(folder / build_id / _MANIFEST))
    write_atomically(folder / "current.json", pointer.model_dump_json().encode(), 0o644)


def _record_gate(business_date: date, decision: GateDecision) -> GateStatus:
    folder = settings().published
    try:
        pointer = _pointer(folder)
    except BuildTampered:
        # A red gate must be recorded even then; whoever reads figures meets the damaged pointer itself.
        pointer = None
    status = GateStatus(
        is_green=decision.is_green,
        business_date=business_date,
        recorded_at=datetime.now(UTC),
        withheld=decision.withheld,
        reasons=decision.reasons,
        build_in_force=pointer.build_id if pointer else None,
    )
    write_atomically(folder / "gate.json", status.model_dump_json(indent=2).encode(), 0o644)
    return status


def _retained(folder: Path) -> dict[str, list[str]]:
    path = folder / "retained.json"
    if not path.exists():
        return {}
    try:
        document = json.loads(path.read_bytes())
        return {build_id: list(reasons) for build_id, reasons in document.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise BuildTampered(f"{path} is damaged, so no old build is removed: restore it from a back-up.") from error


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed publication left behind; the caller holds the lock, so none of it is in use."""
    for path in folder.glob(".*.tmp"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _remove_expired(folder: Path, ring: KeyRing) -> None:
    """Remove builds beyond the newest `keep_builds`; retained ones and the one in force are kept besides those."""
    pointer = _pointer(folder)
    kept = set(_retained(folder)) | ({pointer.build_id} if pointer else set())
    created: list[tuple[datetime, str]] = []
    for path in folder.iterdir():
        if path.name in kept or not _BUILD_ID.fullmatch(path.name):
            continue
        # A damaged build is evidence: someone must look at it before it goes.
        with contextlib.suppress(BuildTampered, BuildNotFound):
            created.append((load_manifest(path.name, ring).created_at, path.name))
    # The one in force is one of the builds kept.
    surplus = max(settings().keep_builds - 1, 0)
    for _, build_id in sorted(created, reverse=True)[surplus:]:
        doomed = folder / f".{build_id}.expired.tmp"
        (folder / build_id).rename(doomed)
        shutil.rmtree(doomed)


def _content_problems(path: Path, recorded: RoleFile, ring: KeyRing) -> list[str]:
    with duckdb.connect(config=offline_config()) as connection:
        attach_encrypted(connection, path, _ALIAS, encode_key(ring.key_by_id(recorded.key_id)), read_only=True)
        found = {}
        names = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY table_name"
        for (table,) in connection.execute(names, [_ALIAS]).fetchall():
            relation = _qualified(_ALIAS, "main", table)
            found[table] = content_hash(connection, relation, table_columns(connection, relation))
    different = {
        table for table in found.keys() | recorded.tables.keys() if found.get(table) != recorded.tables.get(table)
    }
    return [f"table {table} of {path.name} differs from the manifest" for table in sorted(different)]
