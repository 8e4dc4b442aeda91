"""The ledger of deliveries: one entry for every file that was loaded, refused or a duplicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import duckdb

from orchestration.landing.raw_tables import COMMON_TABLES

_COLUMNS = tuple(COMMON_TABLES["deliveries"])


@dataclass(frozen=True)
class DeliveryResult:
    """What became of one file. ``rows_read = rows_loaded + rows_quarantined + rows_duplicate``, and so the sums.

    Attributes
    ----------
    delivery_id : str or None
        First 16 hex characters of `file_sha256`.
    load_sequence : int or None
        Number of the ledger entry, increasing; None when there is none.
    feed, system : str
        The contract's; ``unknown`` for a file that no contract describes.
    business_date : date or None
        The folder it was delivered in.
    file_name, file_sha256, file_bytes
        The file.
    status : str
        ``loaded``, ``refused`` or ``duplicate``.
    refusal_rule, refusal_reason : str or None
        Why it was refused: a short name, and a sentence.
    rows_read, rows_loaded, rows_quarantined, rows_duplicate : int
        Of a refused file all are 0: nothing was taken in.
    sum_read, sum_loaded, sum_quarantined, sum_duplicate : Decimal or None
        Of the contract's control column; None when it has none.
    trailer_rows, trailer_sum
        What the trailer record claims.
    min_event_date, max_event_date : date or None
        Of the loaded rows, when the contract has an event date.
    late_rows : int
        Loaded rows whose event falls on or before the business date of the feed's previous delivery.
    is_late : bool or None
        Whether the file was written after the contract's ``late_after``.
    arrived_at, loaded_at : datetime or None
        When the file was last written, and when it was landed; UTC without a time zone.
    is_ledgered : bool
        Whether the ledger has it. A file that is still growing, unreadable or not described by a contract stays in the
        inbox instead.
    is_resumed : bool
        Whether an earlier run landed it and ended before the file was put away.
    faults : mapping
        Quarantined rows by ``field: rule``.
    """

    feed: str
    system: str
    business_date: date | None
    file_name: str
    status: Literal["loaded", "refused", "duplicate"]
    delivery_id: str | None = None
    load_sequence: int | None = None
    file_sha256: str | None = None
    file_bytes: int | None = None
    refusal_rule: str | None = None
    refusal_reason: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    sum_read: Decimal | None = None
    sum_loaded: Decimal | None = None
    sum_quarantined: Decimal | None = None
    sum_duplicate: Decimal | None = None
    trailer_rows: int | None = None
    trailer_sum: Decimal | None = None
    min_event_date: date | None = None
    max_event_date: date | None = None
    late_rows: int = 0
    is_late: bool | None = None
    arrived_at: datetime | None = None
    loaded_at: datetime | None = None
    is_ledgered: bool = False
    is_resumed: bool = False
    faults: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class History:
    """What the ledger knows that bears on a file.

    Attributes
    ----------
    same_content : tuple of DeliveryResult
        Entries of the feed for the same bytes, oldest first.
    previous_business_date : date or None
        The last business date before the file's for which something was loaded.
    next_sequence : int
        Number of the next entry.
    """

    same_content: tuple[DeliveryResult, ...]
    previous_business_date: date | None
    next_sequence: int


def history(connection: duckdb.DuckDBPyConnection, feed: str, file_sha256: str, business_date: date) -> History:
    """Ask the ledger about a file."""
    previous, last = _rows(
        connection,
        "select max(business_date) filter (feed = ? and status = 'loaded' and business_date < ?), max(load_sequence) "
        "from raw.deliveries",
        [feed, business_date],
    )[0]
    entries = _rows(
        connection,
        f"select {', '.join(_COLUMNS)} from raw.deliveries where feed = ? and file_sha256 = ? order by load_sequence",
        [feed, file_sha256],
    )
    same = tuple(DeliveryResult(**dict(zip(_COLUMNS, entry, strict=True)), is_ledgered=True) for entry in entries)
    return History(same, previous, (last or 0) + 1)


def record(connection: duckdb.DuckDBPyConnection, result: DeliveryResult) -> DeliveryResult:
    """Write an entry and return it as the ledger has it."""
    values = asdict(result)
    connection.execute(
        f"insert into raw.deliveries ({', '.join(_COLUMNS)}) values ({', '.join('?' * len(_COLUMNS))})",
        [values[column] for column in _COLUMNS],
    )
    return replace(result, is_ledgered=True)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    return connection.execute(query, parameters).fetchall()
