"""Published builds: write, audit, publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import duckdb
from pydantic import BaseModel, ConfigDict

from governance.keys import KeyRing

Role = Literal["compliance", "analyst", "aggregate"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class BuildIdentity(_Record):
    """What a build was made from."""

    business_date: date
    git_commit: str
    is_dirty: bool
    dbt_project_checksum: str
    dbt_version: str


class PublishedModel(_Record):
    """A table to publish (`schema_name`.`table` in database ``warehouse``), to whom, and without which columns."""

    schema_name: str
    table: str
    roles: frozenset[Role]
    excluded_columns: Mapping[Role, frozenset[str]] = {}


class NodeResult(_Record):
    """One dbt node's result, from run_results.json: every model and every test."""

    node_id: str
    status: str
    severity: str | None = None
    failures: int | None = None
    message: str | None = None


class DeliverySummary(_Record):
    """One loaded delivery with its reconciliation: read = loaded + quarantined + duplicate, rows and sums."""

    feed: str
    delivery_id: str
    sha256: str
    business_date: date
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    sum_read: str | None = None
    sum_loaded: str | None = None
    sum_quarantined: str | None = None
    sum_duplicate: str | None = None


class TableSummary(_Record):
    """A published table: rows, order-independent content hash, control total of every decimal column."""

    schema_name: str
    rows: int
    content_hash: str
    control_totals: dict[str, str]


class RoleFile(_Record):
    """A role's file."""

    sha256: str
    bytes: int
    tables: dict[str, str]


class GateDecision(_Record):
    """Whether a build may be published; if not, what is withheld and why."""

    is_green: bool
    withheld: list[str] = []
    reasons: list[str] = []


class GateStatus(_Record):
    """The last gate's outcome, for banner and status."""

    is_green: bool
    business_date: date
    recorded_at: datetime
    withheld: list[str]
    reasons: list[str]
    build_in_force: str | None


class Manifest(_Record):
    """What a published build is made of; signed."""

    build_id: str
    business_date: date
    created_at: datetime
    git_commit: str
    is_dirty: bool
    dbt_project_checksum: str
    dbt_version: str
    duckdb_version: str
    files: dict[str, RoleFile]
    tables: dict[str, TableSummary]
    test_results: list[NodeResult]
    deliveries: list[DeliverySummary]
    gate: GateDecision
    signature: str


def node_results(run_results: Mapping[str, Any], manifest: Mapping[str, Any] | None = None) -> list[NodeResult]:
    """Read dbt's run_results.json (parsed), with each test's severity from dbt's manifest.json (parsed)."""
    raise NotImplementedError


def delivery_summaries(connection: duckdb.DuckDBPyConnection) -> list[DeliverySummary]:
    """Read the loaded deliveries from warehouse.raw.deliveries."""
    raise NotImplementedError


def evaluate_gate(run_results: Sequence[NodeResult], reconciliation: Sequence[DeliverySummary]) -> GateDecision:
    """Decide whether a build may be published."""
    raise NotImplementedError


def publish(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    *,
    build: BuildIdentity,
    models: Sequence[PublishedModel],
    test_results: Sequence[NodeResult],
    deliveries: Sequence[DeliverySummary],
) -> Manifest:
    """Publish the warehouse's tables as a new build and make it current. Refuses when the gate is red."""
    raise NotImplementedError


def record_withheld(business_date: date, decision: GateDecision) -> GateStatus:
    """Record that a build was withheld; the published one stays in force."""
    raise NotImplementedError


def gate_status() -> GateStatus | None:
    """Return the last gate's outcome, or None before the first."""
    raise NotImplementedError


def current_build(ring: KeyRing | None = None) -> Manifest | None:
    """Return the verified manifest of the build in force, or None before the first."""
    raise NotImplementedError


def verify_build(build_id: str, ring: KeyRing | None = None, *, deep: bool = False) -> Manifest:
    """Check a build's signature and files; deep also recomputes every table's content hash."""
    raise NotImplementedError


def retain_build(build_id: str, reason: str) -> None:
    """Keep a build for ever, because a filed report rests on it."""
    raise NotImplementedError
