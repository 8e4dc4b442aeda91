"""Logs whose records only ever grow in number: the file under the audit log and under the sign-off of controls.

One SQLite file a log. Each record is one canonical JSON text that holds the hash of the record before it, so that a
change, a deletion or an insertion anywhere breaks every later link. Hashes are leaf hashes in the sense of RFC 9162
(SHA-256 over a zero byte and the text). What the file alone cannot show is that its end was cut off, or that all of it
was written anew: for that a reader compares it with a head noted earlier somewhere else.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from governance.errors import GovernanceError
from governance.files import canonical_json

GENESIS: Final = "0" * 64
MAX_TEXT: Final = 500
LOCK_SECONDS: Final = 30.0
_PAGE_ROWS: Final = 10_000
_SCHEMA: Final = """
create table if not exists records (
    sequence integer primary key check (sequence > 0),
    record text not null,
    hash text not null unique
) strict;
create trigger if not exists records_are_never_changed before update on records
begin select raise(abort, '{title} is append-only'); end;
create trigger if not exists records_are_never_deleted before delete on records
begin select raise(abort, '{title} is append-only'); end;
"""

Content = dict[str, Any]
Check = Callable[[int, Content], str | None]


@dataclass(frozen=True)
class Head:
    """A record's number and hash: noted elsewhere, it proves later that nothing up to it was changed."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Record:
    """One record: its place and hash, and its content as it was written."""

    head: Head
    content: Content


class Chain(ABC):
    """A log in one file. Safe to share between threads and processes: writers queue.

    Parameters
    ----------
    path : Path
        The file. It is created, with its folder, by the first record.
    """

    title: ClassVar[str]
    """What the log is called in messages, for example ``the audit log``."""
    without_record: ClassVar[str]
    """What does not happen when no record can be written, for example ``nothing is shown``."""
    error: ClassVar[type[GovernanceError]]
    """Raised when a record cannot be written."""
    tampered: ClassVar[type[GovernanceError]]
    """Raised when a record is not what was written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def records(self) -> Iterator[Record]:
        """Yield every record in order, as written; `verify` says whether they are whole."""
        for sequence, text, digest in self._rows():
            yield Record(Head(sequence, digest), json.loads(text))

    def verified(self) -> Iterator[Record]:
        """Yield every record in order, each after it was checked.

        Raises
        ------
        GovernanceError
            The log's `tampered`, naming the first record that is wrong or missing.
        """
        return self._verified(self._rows())

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
        GovernanceError
            The log's `tampered`, naming the first record that is wrong or missing.
        """
        last: Head | None = None
        is_noted_found = noted is None
        for record in self.verified():
            last = record.head
            is_noted_found = is_noted_found or last == noted
        if noted is not None and not is_noted_found:
            raise self.tampered(
                f"{self._path} no longer holds record {noted.sequence} as it was noted: its end was cut off or it was "
                "written anew. Keep the file as evidence and restore it from a back-up."
            )
        return last

    @abstractmethod
    def _new_check(self) -> Check:
        """Return a function that is given number and content of each record in turn and says what is impossible."""

    def _append(self, content: Content) -> Head:
        with self._writing() as connection:
            return self._write(connection, content).head

    def _write(self, connection: sqlite3.Connection, content: Content) -> Record:
        """Add a record inside a block of `_writing`."""
        row = connection.execute("select sequence, hash from records order by sequence desc limit 1").fetchone()
        sequence, previous = (row[0] + 1, row[1]) if row else (1, GENESIS)
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        content = {**content, "sequence": sequence, "recorded_at": now, "previous": previous}
        record = canonical_json(content)
        head = Head(sequence, leaf_hash(record))
        connection.execute("insert into records values (?, ?, ?)", (sequence, record.decode(), head.hash))
        return Record(head, content)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the one right to append; the block's records are on the disk when it ends, or not there at all."""
        try:
            if not self._path.exists():
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
            with closing(sqlite3.connect(self._path, timeout=LOCK_SECONDS, isolation_level=None)) as connection:
                # With these two a commit is on the disk, its journal's end included; a read-only copy can be read.
                connection.execute("pragma journal_mode = truncate")
                connection.execute("pragma synchronous = full")
                connection.executescript(_SCHEMA.format(title=self.title))
                connection.execute("begin immediate")
                try:
                    yield connection
                except BaseException:
                    connection.execute("rollback")
                    raise
                connection.execute("commit")
        except (sqlite3.Error, OSError) as error:
            raise self.error(
                f"{self.title[0].upper()}{self.title[1:]} {self._path} cannot be written ({error}), "
                f"so {self.without_record}: see that its disk has space and that nothing else holds it, then try again."
            ) from error

    def _rows(self) -> Iterator[tuple[int, str, str]]:
        if not self._path.exists():
            return
        try:
            address = f"file:{self._path}?mode=ro"
            with closing(sqlite3.connect(address, uri=True, timeout=LOCK_SECONDS)) as connection:
                yield from self._pages(connection)
        except sqlite3.Error as error:
            raise self.tampered(
                f"{self._path} cannot be read as {self.title} ({error}): restore it from a back-up."
            ) from error

    @staticmethod
    def _pages(connection: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
        page = "select sequence, record, hash from records where sequence > ? order by sequence limit ?"
        last = -1
        # Page by page: a reader that takes its time must not keep writers waiting.
        while rows := connection.execute(page, (last, _PAGE_ROWS)).fetchall():
            yield from rows
            last = rows[-1][0]

    def _verified(self, rows: Iterator[tuple[int, str, str]]) -> Iterator[Record]:
        last: Head | None = None
        check = self._new_check()
        for sequence, text, digest in rows:
            expected = 1 if last is None else last.sequence + 1
            if sequence != expected:
                raise self.tampered(f"Record {expected} of {self._path} is missing: restore it from a back-up.")
            content, problem = _problem(sequence, text, digest, last.hash if last else GENESIS, check)
            if problem:
                raise self.tampered(
                    f"Record {sequence} of {self._path} {problem}: keep the file as evidence, find out who changed it, "
                    "and restore it from a back-up."
                )
            last = Head(sequence, digest)
            yield Record(last, content)


def leaf_hash(record: bytes) -> str:
    """Return the SHA-256 of a record as a leaf of RFC 9162, as 64 hex characters."""
    return hashlib.sha256(b"\x00" + record).hexdigest()


def require_plain_text(texts: dict[str, str], title: str, error: type[GovernanceError]) -> None:
    """Refuse words that could not be read in a record later.

    Raises
    ------
    GovernanceError
        If a text is empty, too long, or not one printable line.
    """
    for name, text in texts.items():
        if not text.strip() or len(text) > MAX_TEXT or not text.isprintable():
            raise error(
                f"The {name} must be one line of 1 to {MAX_TEXT} printable characters, for it is kept in {title}: "
                "say it again in plain words."
            )


def _problem(sequence: int, text: str, digest: str, previous: str, check: Check) -> tuple[Content, str | None]:
    """Return a record's content, and what is wrong with it or None."""
    if leaf_hash(text.encode()) != digest:
        return {}, "was changed"
    content = json.loads(text)
    if content.get("sequence") != sequence:
        return content, "was moved"
    if content.get("previous") != previous:
        return content, "does not follow the record before it"
    return content, check(sequence, content)
