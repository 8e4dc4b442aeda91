"""The records a published build is described by. Those that end up in a file are pydantic models."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

ROLES = ("compliance", "analyst", "aggregate")


@dataclass(frozen=True)
class BuildIdentity:
    """What a build was made from.

    Attributes
    ----------
    business_date : date
        Last business date in the build.
    git_commit : str
        Commit of the code, and whether the working copy differed from it (`is_dirty`).
    dbt_project_checksum : str
        Hash over dbt's own file checksums; with the tables' content it decides the build id.
    dbt_version : str
        Version of dbt-core.
    """

    business_date: date
    git_commit: str
    is_dirty: bool
    dbt_project_checksum: str
    dbt_version: str


@dataclass(frozen=True)
class PublishedModel:
    """A table of the warehouse that is published, to whom, and which columns a role does not get.

    Attributes
    ----------
    schema, table : str
        ``warehouse.<schema>.<table>``; in the role files it is ``main.<table>``.
    roles : collection of str
        Some of ``compliance``, ``analyst``, ``aggregate``.
    excluded_columns : mapping of role to column names
        Columns that are left out of a role's copy.
    """

    schema: str
    table: str
    roles: Collection[str]
    excluded_columns: Mapping[str, Collection[str]] = field(default_factory=dict)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class NodeResult(_Record):
    """Result of one dbt node, a model or a test, as in ``run_results.json``.

    ``severity`` (tests only) and ``tables``, the models and sources a test guards, come from dbt's ``manifest.json``.
    """

    node_id: str
    status: str
    severity: str | None = None
    failures: int | None = None
    message: str | None = None
    tables: list[str] = []


class DeliverySummary(_Record):
    """One loaded delivery; rows and control sums read must equal loaded + quarantined + duplicate.

    A feed without a control total has no sums.
    """

    feed: str
    delivery_id: str
    sha256: str
    business_date: date
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    sum_read: Decimal | None = None
    sum_loaded: Decimal | None = None
    sum_quarantined: Decimal | None = None
    sum_duplicate: Decimal | None = None


class TableSummary(_Record):
    """A published table with all its columns: row count, content hash, sum of every decimal column as exact text.

    A control total is null when the column holds no value.
    """

    schema_name: str
    rows: int
    content_hash: str
    control_totals: dict[str, str | None]


class RoleFile(_Record):
    """A role's file: hash and size of the encrypted file, its key, and the content hash of each table in it."""

    sha256: str
    bytes: int
    key_id: str
    tables: dict[str, str]


class GateDecision(_Record):
    """Whether a build may be published; when not, the node ids withheld and the reasons in plain sentences."""

    is_green: bool
    withheld: list[str] = []
    reasons: list[str] = []


class GateStatus(_Record):
    """Outcome of the last gate. When it is red, `build_in_force` is the older build that still serves."""

    is_green: bool
    business_date: date
    recorded_at: datetime
    withheld: list[str]
    reasons: list[str]
    build_in_force: str | None


class Manifest(_Record):
    """What a published build is made of. ``signature`` covers the canonical JSON of everything else."""

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
