"""The audit log: who was shown which personal data, why and when, in records that only ever grow in number.

One SQLite file of its own. An intent is on the disk before the first value is shown, and an outcome follows it; a
process that dies between leaves the intent, which says what could have been seen. Records say what was read, never a
value. Each record is one canonical JSON text that holds the hash of the record before it, so that a change, a deletion
or an insertion anywhere breaks every later link. Hashes are leaf hashes in the sense of RFC 9162 (SHA-256 over a zero
byte and the text). What the file alone cannot show is that its end was cut off, or that all of it was written anew: for
that a reader compares it with a head noted earlier somewhere else, and the commands that show data print theirs.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from governance.errors import AuditError, AuditTampered
from governance.files import canonical_json
from governance.settings import settings

Result = Literal["completed", "failed"]

GENESIS: Final = "0" * 64
MAX_TEXT: Final = 500
_LOCK_SECONDS: Final = 30.0
_PAGE_ROWS: Final = 10_000
_SCHEMA: Final = """
create table if not exists records (
    sequence integer primary key check (sequence > 0),
    record text not null,
    hash text not null unique
) strict;
create trigger if not exists records_are_never_changed before update on records
begin select raise(abort, 'the audit log is append-only'); end;
create trigger if not exists records_are_never_deleted before delete on records
begin select raise(abort, 'the audit log is append-only'); end;
"""


@dataclass(frozen=True)
class Access:
    """What someone is about to be shown.

    Attributes
    ----------
    user : str
        Who asks, as the operating system or the sign-in knows them.
    role : str
        Role whose file is opened.
    action : str
        What is done with the data, for example ``export``.
    resource : str
        What it is done to, for example ``mifid_rts22 TRN-20221205-001``.
    purpose : str
        Why, in the user's words.
    build_id : str
        The published build that is read.
    tables : tuple of str
        Tables that may be read.
    kinds : tuple of str
        Kinds of personal data that may be decrypted. Of the table with their ciphertext, only these kinds are read.
    """

    user: str
    role: str
    action: str
    resource: str
    purpose: str
    build_id: str
    tables: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """A record's number and hash: noted elsewhere, it proves later that nothing up to it was changed."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Record:
    """One record: its place and hash, and its content as it was written."""

    head: Head
    content: dict[str, Any]


class AuditLog:
    """The audit log of one file. Safe to share between threads and processes: writers queue.

    Parameters
    ----------
    path : Path, optional
        The file; default is the settings'. It is created, with its folder, by the first record.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings().audit_log

    def intend(self, access: Access) -> Head:
        """Record what is about to be shown; on return the record is on the disk.

        Raises
        ------
        AuditError
            If a text is empty, too long or unprintable, or the record cannot be written: then nothing may be shown.
        """
        texts = {
            "user": access.user,
            "role": access.role,
            "action": access.action,
            "resource": access.resource,
            "purpose": access.purpose,
            "build_id": access.build_id,
        }
        for name, text in texts.items():
            if not text.strip() or len(text) > MAX_TEXT or not text.isprintable():
                raise AuditError(
                    f"The {name} must be one line of 1 to {MAX_TEXT} printable characters, for it is kept in the "
                    "audit log: say it again in plain words."
                )
        return self._append(
            {
                "event": "intent",
                **texts,
                "tables": sorted(access.tables),
                "kinds": sorted(access.kinds),
            }
        )

    def conclude(self, intent: Head, result: Result, rows: int, values: int) -> Head:
        """Record how an access ended.

        Parameters
        ----------
        intent : Head
            Of the record that `intend` wrote.
        result : str
            ``completed`` or ``failed``.
        rows, values : int
            Rows read, and personal values decrypted.

        Raises
        ------
        AuditError
            If the record cannot be written.
        """
        return self._append(
            {"event": "outcome", "intent": intent.sequence, "result": result, "rows": rows, "values": values}
        )

    def records(self) -> Iterator[Record]:
        """Yield every record in order, as written; `verify` says whether they are whole."""
        for sequence, text, digest in self._rows():
            yield Record(Head(sequence, digest), json.loads(text))

    def verify(self, noted: Head | None = None) -> Head | None:
        """Check every record's hash, number and link.

        Parameters
        ----------
        noted : Head, optional
            A head noted earlier; the log must still hold exactly this record.

        Returns
        -------
        Head or None
            The last record's; None when the log has none.

        Raises
        ------
        AuditTampered
            Naming the first record that is wrong or missing.
        """
        last: Head | None = None
        is_noted_found = noted is None
        open_intents: set[int] = set()
        for sequence, text, digest in self._rows():
            expected = 1 if last is None else last.sequence + 1
            if sequence != expected:
                raise AuditTampered(f"Record {expected} of {self._path} is missing: restore it from a back-up.")
            problem = _problem(sequence, text, digest, last.hash if last else GENESIS, open_intents)
            if problem:
                raise AuditTampered(
                    f"Record {sequence} of {self._path} {problem}: keep the file as evidence, find out who changed it, "
                    "and restore it from a back-up."
                )
            last = Head(sequence, digest)
            is_noted_found = is_noted_found or last == noted
        if noted is not None and not is_noted_found:
            raise AuditTampered(
                f"{self._path} no longer holds record {noted.sequence} as it was noted: its end was cut off or it was "
                "written anew. Keep the file as evidence and restore it from a back-up."
            )
        return last

    def _append(self, content: dict[str, Any]) -> Head:
        try:
            with self._writing() as connection:
                row = connection.execute("select sequence, hash from records order by sequence desc limit 1").fetchone()
                sequence, previous = (row[0] + 1, row[1]) if row else (1, GENESIS)
                now = datetime.now(UTC).isoformat(timespec="microseconds")
                record = canonical_json({**content, "sequence": sequence, "recorded_at": now, "previous": previous})
                head = Head(sequence, _leaf_hash(record))
                connection.execute("insert into records values (?, ?, ?)", (sequence, record.decode(), head.hash))
        except (sqlite3.Error, OSError) as error:
            raise AuditError(
                f"The audit log {self._path} cannot be written ({error}), so nothing is shown: "
                "see that its disk has space and that nothing else holds it, then try again."
            ) from error
        return head

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the one right to append; the block's records are on the disk when it ends, or not there at all."""
        if not self._path.exists():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        with closing(sqlite3.connect(self._path, timeout=_LOCK_SECONDS, isolation_level=None)) as connection:
            # With these two a commit is on the disk, its journal's end included; a read-only copy can still be read.
            connection.execute("pragma journal_mode = truncate")
            connection.execute("pragma synchronous = full")
            connection.executescript(_SCHEMA)
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    def _rows(self) -> Iterator[tuple[int, str, str]]:
        if not self._path.exists():
            return
        try:
            with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=_LOCK_SECONDS)) as connection:
                page = "select sequence, record, hash from records where sequence > ? order by sequence limit ?"
                last = -1
                # Page by page: a reader that takes its time must not keep writers waiting.
                while rows := connection.execute(page, (last, _PAGE_ROWS)).fetchall():
                    yield from rows
                    last = rows[-1][0]
        except sqlite3.Error as error:
            raise AuditTampered(
                f"{self._path} cannot be read as an audit log ({error}): restore it from a back-up."
            ) from error


def _leaf_hash(record: bytes) -> str:
    return hashlib.sha256(b"\x00" + record).hexdigest()


def _problem(sequence: int, text: str, digest: str, previous: str, open_intents: set[int]) -> str | None:
    """Say what is wrong with a record, None when nothing is; keeps the set of intents without an outcome."""
    if _leaf_hash(text.encode()) != digest:
        return "was changed"
    content = json.loads(text)
    if content.get("sequence") != sequence:
        return "was moved"
    if content.get("previous") != previous:
        return "does not follow the record before it"
    if content.get("event") == "intent":
        open_intents.add(sequence)
    elif content.get("intent") in open_intents:
        open_intents.discard(content["intent"])
    else:
        return "is the outcome of no open intent"
    return None
