"""The MiFIR transaction reports (RTS 22) of one reporting date, from a published build into the files that are sent.

One file a submission; the warehouse cuts a date into submissions of the size that one file may have, so that each has
an answer of its own. The same build gives the same bytes, and so does a later one, because a submission that was sent
never changes. Personal data is decrypted page by page on its way into the file, after the audit log has recorded the
export; the file is the owner's alone (mode 0600) and appears when it is complete, checked against the counts of the
build and, when ``TIEOUT_AUTH016_XSD`` names it, the official schema. Files in clear are written only outside
``TIEOUT_HOME``; without a place they are kept encrypted inside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa
from lxml import etree

from governance.access import ComplianceReader, open_compliance
from governance.audit import AuditLog
from governance.builds import current_build, load_manifest, retain_build
from governance.chain import Head
from governance.crypto import encrypting, normalise
from governance.errors import BuildNotFound, ReportError
from governance.files import replacing, sha256_of
from governance.keys import KeyRing
from governance.reports.auth016 import (
    COLUMNS,
    NUMBERS,
    PERSONAL,
    Document,
    Header,
    Sink,
    load_schema,
    transaction,
    write_document,
)
from governance.settings import settings
from governance.warehouse import quote_identifier

REPORT_ID: Final = "mifid_rts22"
REPORTS: Final = "fct_mifid_transaction_reports"
SUBMISSIONS: Final = "fct_mifid_submissions"
ENTITIES: Final = "dim_mifid_reporting_entities"
PURPOSE: Final = "Transaction reporting under Article 26 of MiFIR"
KEY_PURPOSE: Final = "export"
# DuckDB keeps what it has read until this is full: more would let memory grow with the file.
_MEMORY_LIMIT: Final = "256MB"
_PAGE_REPORTS: Final = 10_000
_ORDER: Final = "execution_id, version, report_status"
_TIMEOUT_SECONDS: Final = 300.0


@dataclass(frozen=True)
class ExportedFile:
    """One file that was written.

    Attributes
    ----------
    path : Path
        Where it is.
    submission_id : str
        The submission it is.
    reports : int
        How many reports it holds.
    size : int
        Bytes in clear.
    sha256 : str
        Of the clear bytes.
    """

    path: Path
    submission_id: str
    reports: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Export:
    """What an export wrote, from which build, and the audit record that was written before."""

    build_id: str
    files: list[ExportedFile]
    record: Head


@dataclass(frozen=True)
class _Submission:
    submission_id: str
    reports: int
    sender: str
    receiver: str
    created_at: str


def export_rts22(
    ring: KeyRing,
    *,
    user: str,
    purpose: str = PURPOSE,
    reporting_date: date | None = None,
    to: Path | None = None,
    build_id: str | None = None,
    log: AuditLog | None = None,
) -> Export:
    """Write the files of every submission of a reporting date.

    Parameters
    ----------
    ring : KeyRing
        Opens the build and decrypts.
    user, purpose : str
        Who exports and why, for the audit log.
    reporting_date : date, optional
        Default is the build's business date.
    to : Path, optional
        Folder outside ``TIEOUT_HOME`` for files in clear, created when missing. Without it the files are encrypted
        under ``TIEOUT_HOME/exports``.
    build_id : str, optional
        Default is the build in force.
    log : AuditLog, optional
        Default is the settings' audit log.

    Returns
    -------
    Export
        The files, in the order of the submissions.

    Raises
    ------
    ReportError
        If the date has no submission, the place is inside ``TIEOUT_HOME``, a file there differs from what the build
        gives, a report cannot be written, or what was written does not tie to the build.
    AuditError
        If the export cannot be recorded; nothing is read then.
    """
    if to is not None and to.resolve().is_relative_to(settings().root.resolve()):
        raise ReportError(
            f"{to} is inside TIEOUT_HOME, where no personal data may stand in clear: name a folder outside it, or none."
        )
    official = settings().auth016_xsd
    schema = load_schema(official) if official else None
    manifest = current_build(ring) if build_id is None else load_manifest(build_id, ring)
    if manifest is None:
        raise BuildNotFound("No build has been published yet: run `tieout run`.")
    day, build_id = reporting_date or manifest.business_date, manifest.build_id
    missing = {REPORTS, SUBMISSIONS, ENTITIES} - manifest.files["compliance"].tables.keys()
    if missing:
        raise ReportError(
            f"Build {build_id} has no {', '.join(sorted(missing))}: run `tieout run` with the present models."
        )
    with open_compliance(
        user,
        purpose,
        action="export",
        resource=f"{REPORT_ID} {day}",
        tables=(REPORTS, SUBMISSIONS, ENTITIES),
        kinds=sorted(set(PERSONAL.values())),
        build_id=build_id,
        ring=ring,
        log=log,
        memory_limit=_MEMORY_LIMIT,
    ) as compliance:
        files = [
            _write_submission(compliance, submission, to, schema, ring) for submission in _submissions(compliance, day)
        ]
    if to is not None:
        retain_build(build_id, f"{REPORT_ID} {day}", ring)
    return Export(build_id, files, compliance.intent)


def _submissions(reader: ComplianceReader, day: date) -> list[_Submission]:
    rows = reader.table(
        f"""
        SELECT
            submissions.submission_id, submissions.report_count AS reports,
            submissions.submitting_entity_lei AS sender, entities.home_authority AS receiver,
            strftime(submissions.reporting_date, '%Y-%m-%dT23:59:59Z') AS created_at
        FROM {SUBMISSIONS} AS submissions
        LEFT JOIN (SELECT DISTINCT submitting_lei, home_authority, valid_from, valid_to FROM {ENTITIES}) AS entities
            ON submissions.submitting_entity_lei = entities.submitting_lei
            AND entities.valid_from <= submissions.reporting_date
            AND (entities.valid_to IS NULL OR entities.valid_to > submissions.reporting_date)
        WHERE submissions.reporting_date = ?
        ORDER BY submissions.submission_id
        """,
        [day],
    ).to_pylist()
    if not rows:
        last = reader.table(
            f"SELECT CAST(max(reporting_date) AS VARCHAR) AS day FROM {SUBMISSIONS} WHERE reporting_date <= ?", [day]
        )
        latest = last["day"][0].as_py()
        raise ReportError(
            f"No submission has the reporting date {day}: "
            + (f"the one before it is {latest}." if latest else "there is none before it either.")
        )
    if any(row["receiver"] is None for row in rows) or len({row["submission_id"] for row in rows}) < len(rows):
        raise ReportError(
            f"The submissions of {day} do not each go to one home authority: "
            "complete the seed mifid_reporting_entities."
        )
    return [_Submission(**row) for row in rows]


def _write_submission(
    reader: ComplianceReader,
    submission: _Submission,
    to: Path | None,
    schema: etree.XMLSchema | None,
    ring: KeyRing,
) -> ExportedFile:
    """Write a submission's file; it appears when it is complete and ties to the submission's counts."""
    name = submission.submission_id
    path, opened = _target(name, to, ring)
    with opened as out:
        sink = _Hashing(out)
        document = Document(sink, schema)
        header = Header(submission.sender, submission.receiver, name, submission.created_at)
        written = write_document(document, header, (transaction(row) for row in _rows(reader, name)))
        if written != document.reports:
            raise ReportError(f"{name} was given {written} reports and holds {document.reports}: export it again.")
        if written != submission.reports:
            raise ReportError(
                f"{name} has {submission.reports} reports by its counts and {written} in the table: "
                "build and publish again."
            )
        if to is not None and path.exists() and sha256_of(path) != sink.sha256:
            raise ReportError(
                f"{path} is there already and differs from what build {reader.manifest.build_id} gives. "
                "What was sent never changes: find out which of the two was, and move the other away."
            )
    return ExportedFile(path, name, written, document.size, sink.sha256)


def _target(name: str, to: Path | None, ring: KeyRing) -> tuple[Path, AbstractContextManager[Sink]]:
    if to is None:
        path = settings().exports / REPORT_ID / f"{name}.xml.sealed"
        return path, encrypting(path, KEY_PURPOSE, f"{REPORT_ID}/{name}".encode(), ring)
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = to / f"{name}.xml"
    return path, replacing(path)


class _Hashing:
    """Hands bytes on and hashes them."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> int:
        self._digest.update(piece)
        return self._sink.write(piece)


def _rows(reader: ComplianceReader, submission_id: str) -> Iterator[dict[str, str | None]]:
    """Yield a submission's reports in order, personal data in clear, a page at a time."""
    columns = ", ".join([*map(_text, COLUMNS), *(f"{name}_token AS {name}" for name in PERSONAL)])
    page = f"""
        SELECT {columns} FROM {REPORTS}
        WHERE submission_id = $submission AND execution_id > $after AND execution_id <= $through
        ORDER BY {_ORDER}
    """
    after = ""
    for through in _page_ends(reader, submission_id):
        table = reader.table(
            page,
            {"submission": submission_id, "after": after, "through": through},
            timeout=_TIMEOUT_SECONDS,
        )
        clear = _decrypted(reader, table)
        names = clear.column_names
        for values in zip(*(column.to_pylist() for column in clear.columns), strict=True):
            yield dict(zip(names, values, strict=True))
        after = through


def _page_ends(reader: ComplianceReader, submission_id: str) -> list[str]:
    """Return the last execution of every page: pages by value, so that none of them sorts the whole submission."""
    ends = reader.table(
        f"""
        WITH numbered AS (
            SELECT
                execution_id, row_number() OVER (ORDER BY {_ORDER}) AS number, count(*) OVER () AS reports
            FROM {REPORTS} WHERE submission_id = $submission
        )
        SELECT DISTINCT execution_id FROM numbered WHERE number % $page = 0 OR number = reports ORDER BY execution_id
        """,
        {"submission": submission_id, "page": _PAGE_REPORTS},
        timeout=_TIMEOUT_SECONDS,
    )
    return ends["execution_id"].to_pylist()


def _text(column: str) -> str:
    """Return the SQL that gives a column as text; a number without zeros at its end."""
    text = f"CAST({quote_identifier(column)} AS VARCHAR)"
    if column in NUMBERS:
        text = f"CASE WHEN contains({text}, '.') THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"
    return f"{text} AS {quote_identifier(column)}"


def _decrypted(reader: ComplianceReader, table: pa.Table) -> pa.Table:
    """Return a page with its tokens replaced by what they stand for."""
    values: dict[str, dict[str | None, str | None]] = {}
    for kind in sorted(set(PERSONAL.values())):
        tokens = {
            token
            for name, its_kind in PERSONAL.items()
            if its_kind == kind
            for token in table[name].unique().to_pylist()
            if token is not None
        }
        if not tokens:
            values[kind] = {}
            continue
        found = reader.decrypt(kind, sorted(tokens))
        # A token stands for every spelling of a value, and the build keeps the first. Rules have let pass only what is
        # written in capital letters, so the form that all spellings have in common is the one that was reported.
        common = normalise(pa.array(found.values(), pa.string()), kind).to_pylist()
        values[kind] = dict(zip(found.keys(), common, strict=True))
    for name, kind in PERSONAL.items():
        clear = pa.array([values[kind].get(token) for token in table[name].to_pylist()], pa.string())
        table = table.set_column(table.column_names.index(name), name, clear)
    return table
