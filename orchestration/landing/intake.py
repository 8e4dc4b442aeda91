"""Landing: a delivered file becomes rows of the raw tables, or is refused, and goes to the archive.

The order of steps makes a crash at any point harmless. The file is judged in temporary tables; an encrypted copy is
completed; one transaction writes rows, rejects, personal data and the ledger entry; the copy gets its final name; the
file leaves the inbox. A run that ends before the transaction leaves the file to be landed again; one that ends after it
leaves a file that the ledger has under the same name, folder and time of writing, which is then only put away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from governance.files import sha256_of
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse, quote_identifier
from orchestration.landing import archive
from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.errors import LandingError, UnknownDelivery
from orchestration.landing.evaluation import Evaluation, drop_temporary_tables, evaluate, only_new
from orchestration.landing.inbox import (
    Look,
    PendingDelivery,
    UnknownFile,
    as_date,
    feed_of,
    pending_deliveries,
    unknown_files,
)
from orchestration.landing.lateness import agrees, date_in, deadline
from orchestration.landing.ledger import DeliveryResult, History, history, record
from orchestration.landing.quarantine import store_bad_rows
from orchestration.landing.raw_tables import ROW_COLUMNS, all_tables, create_raw_tables, present_columns
from orchestration.landing.staging import Refused
from orchestration.landing.values import store_new_values

#: A file that was written less than this ago is looked at again before it is believed to be complete.
SETTLE_SECONDS = 1.0
CHECKPOINT_THRESHOLD = "512MB"


def land(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    delivery: PendingDelivery,
    contract: Contract,
    *,
    now: datetime,
) -> DeliveryResult:
    """Land one delivery: load it, refuse it, or find that it was loaded before.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The warehouse's writer, without an open transaction.
    ring : KeyRing
        For tokens and encryption.
    delivery : PendingDelivery
        From `pending_deliveries`.
    contract : Contract
        Its feed's.
    now : datetime
        Load time, with a time zone; nothing in the file may have happened after it.

    Returns
    -------
    DeliveryResult
        As the ledger has it, unless the file stays in the inbox because it is still growing.

    Raises
    ------
    LandingError
        If the database or the disk fails. The file stays in the inbox, and running again completes what was begun.
    """
    try:
        return _land(connection, ring, delivery, contract, _utc(now))
    except (duckdb.Error, pa.ArrowException) as error:
        failure = f"{type(error).__name__} in the database"
    except OSError as error:
        failure = f"{error.strerror}: {error.filename}"
    # Raised here, not in the handler: the original message may quote a row and must not travel on as the context.
    raise LandingError(
        f"{delivery.path.name} of {delivery.business_date} could not be landed ({failure}): "
        "see that disk and memory suffice, then run again."
    )


def land_all(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    inbox: Path,
    *,
    system: str | None = None,
    through: date | None = None,
    now: datetime,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[DeliveryResult]:
    """Land everything in the inbox, by business date and dependency.

    Parameters
    ----------
    connection, ring, now
        As for `land`.
    inbox : Path
        ``<system>/<business date>/<file>``.
    system : str or None
        Only this source system's deliveries.
    through : date or None
        Only business dates up to and including this one.
    progress : callable or None
        Called with (stage, files done, files in all).

    Returns
    -------
    list of DeliveryResult
        One per file, in the order of landing; last those that no contract describes.
    """
    contracts = load_contracts()
    create_raw_tables(connection, contracts)
    archive.discard_unfinished()
    deliveries = pending_deliveries(inbox, contracts, system, through)
    stage = f"Landing {system}" if system else "Landing"
    results = []
    with _rare_checkpoints(connection):
        for number, delivery in enumerate(deliveries, 1):
            results.append(land(connection, ring, delivery, contracts[delivery.feed], now=now))
            if progress:
                progress(stage, number, len(deliveries))
    return results + [_unknown(file) for file in unknown_files(inbox, contracts, system)]


@contextmanager
def _rare_checkpoints(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the write-ahead log grow while many small files are landed.

    A checkpoint every 16 MB would rewrite the last blocks of every table dozens of times. Commits are as durable.
    """
    connection.execute(f"set global checkpoint_threshold = '{CHECKPOINT_THRESHOLD}'")
    try:
        yield
    finally:
        connection.execute("reset global checkpoint_threshold")


def check_file(
    path: Path,
    ring: KeyRing,
    *,
    business_date: date | None = None,
    feed: str | None = None,
    now: datetime | None = None,
    contracts: Mapping[str, Contract] | None = None,
) -> DeliveryResult:
    """Say what landing a file would give, as things stand, without writing anything.

    Parameters
    ----------
    path : Path
        The file, anywhere.
    ring : KeyRing
        For the tokens to compare with.
    business_date : date or None
        What it would be delivered for; default its folder's name, then the date in its name, then today.
    feed : str or None
        Which contract applies; default the one whose file pattern fits.
    now : datetime or None
        Default the present.
    contracts : mapping or None
        Default the installed ones.

    Raises
    ------
    UnknownDelivery
        If no contract's file pattern fits, or `feed` has no contract.
    LandingError
        If the database fails.
    WarehouseBusy
        If another process is writing the warehouse.
    """
    contracts = load_contracts() if contracts is None else contracts
    contract = feed_of(path.name, contracts.values()) if feed is None else contracts.get(feed)
    if contract is None:
        known = ", ".join(f"{item.file_pattern} ({name})" for name, item in contracts.items())
        raise UnknownDelivery(f"No contract describes {path.name}: name it after one of {known}.")
    moment = _utc(now or datetime.now(UTC))
    day = business_date or as_date(path.parent.name) or date_in(path.name) or moment.date()
    delivery = PendingDelivery(contract.feed, contract.system, day, path, Look.at(path))
    with closing(_connect_to_check(ring, contracts)) as connection:
        try:
            return _judge(connection, ring, delivery, contract, sha256_of(path), moment, may_resume=False)
        except (duckdb.Error, pa.ArrowException) as error:
            failure = type(error).__name__
    raise LandingError(f"{path.name} could not be checked ({failure} in the database): see that memory suffices.")


def _land(
    connection: duckdb.DuckDBPyConnection, ring: KeyRing, delivery: PendingDelivery, contract: Contract, now: datetime
) -> DeliveryResult:
    if _is_growing(delivery):
        return _growing(delivery)
    try:
        file_sha256 = sha256_of(delivery.path)
    except OSError as error:
        reason = f"It cannot be read ({error.strerror}): see to its permissions."
        return _not_ledgered(delivery, "unreadable", reason)
    try:
        result = _judge(connection, ring, delivery, contract, file_sha256, now)
        prepared = archive.prepare(delivery.path, file_sha256, ring)
        if not delivery.is_unchanged:
            if prepared:
                prepared.unlink()
            return _growing(delivery)
        if not result.is_ledgered:
            result = _write(connection, ring, delivery, contract, result)
    finally:
        drop_temporary_tables(connection)
    if prepared:
        archive.keep(prepared, file_sha256)
    if delivery.is_unchanged:
        delivery.path.unlink()
    return result


def _is_growing(delivery: PendingDelivery) -> bool:
    """Whether the sender seems to be writing still: by the name, or because it is not as it was when listed."""
    if delivery.is_unfinished:
        return True
    age = time.time() - delivery.look.modified_ns / 1e9
    if 0 <= age < SETTLE_SECONDS:
        time.sleep(SETTLE_SECONDS - age)
    return not delivery.is_unchanged


def _judge(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    delivery: PendingDelivery,
    contract: Contract,
    file_sha256: str,
    now: datetime,
    *,
    may_resume: bool = True,
) -> DeliveryResult:
    """Find what becomes of a file; ledgered already when an earlier run landed it and did not come to put it away."""
    past = history(connection, contract.feed, file_sha256, delivery.business_date)
    arrived_at = _utc(delivery.look.modified_at)
    result = DeliveryResult(
        feed=contract.feed,
        system=contract.system,
        business_date=delivery.business_date,
        file_name=delivery.path.name,
        status="refused",
        delivery_id=file_sha256[:16],
        load_sequence=past.next_sequence,
        file_sha256=file_sha256,
        file_bytes=delivery.look.size,
        is_late=arrived_at > _utc(deadline(delivery.business_date, contract.late_after)),
        arrived_at=arrived_at,
        loaded_at=now,
    )
    left_over = _left_over(past, result) if may_resume else None
    if left_over and left_over.status != "refused":
        return left_over
    loaded = next((entry for entry in reversed(past.same_content) if entry.status == "loaded"), None)
    if loaded and not _may_be_news(contract, delivery.business_date, loaded):
        return _duplicate(result, loaded)
    try:
        _refuse_misplaced(delivery, now)
        evaluation = evaluate(
            connection,
            ring,
            delivery.path,
            contract,
            business_date=delivery.business_date,
            now=now,
            previous_business_date=past.previous_business_date,
        )
    except Refused as fault:
        if left_over and left_over.refusal_rule == fault.rule:
            return left_over
        return replace(result, refusal_rule=fault.rule, refusal_reason=fault.reason)
    if loaded and evaluation.rows_loaded == 0:
        return _duplicate(result, loaded)
    return _loaded(result, evaluation)


def _may_be_news(contract: Contract, business_date: date, loaded: DeliveryResult) -> bool:
    """Whether bytes that were loaded before may say something new.

    Events happen once. Master data may return to a former state, and then a later day's file equals a former one.
    """
    return contract.event_date is None and loaded.business_date is not None and business_date > loaded.business_date


def _left_over(past: History, result: DeliveryResult) -> DeliveryResult | None:
    """Return the ledger's entry for this very file, which a run that was killed has not put away."""

    def place(entry: DeliveryResult) -> tuple[object, ...]:
        return entry.business_date, entry.file_name, entry.arrived_at

    same = (entry for entry in reversed(past.same_content) if place(entry) == place(result))
    entry = next(same, None)
    return entry and replace(entry, is_resumed=True)


def _refuse_misplaced(delivery: PendingDelivery, now: datetime) -> None:
    if delivery.look.size == 0:
        raise Refused("empty", "It has no bytes.")
    if not agrees(delivery.path.name, delivery.business_date):
        raise Refused("wrong_business_date", f"Its name does not agree with its folder, {delivery.business_date}.")
    # Where the sun rises first the date is a day ahead of UTC.
    if delivery.business_date > now.date() + timedelta(days=1):
        raise Refused("wrong_business_date", f"Its folder's date, {delivery.business_date}, is in the future.")


def _duplicate(result: DeliveryResult, loaded: DeliveryResult) -> DeliveryResult:
    return replace(
        result,
        status="duplicate",
        rows_read=loaded.rows_read,
        rows_duplicate=loaded.rows_read,
        sum_read=loaded.sum_read,
        sum_loaded=None if loaded.sum_read is None else Decimal(0),
        sum_quarantined=None if loaded.sum_read is None else Decimal(0),
        sum_duplicate=loaded.sum_read,
        trailer_rows=loaded.trailer_rows,
        trailer_sum=loaded.trailer_sum,
    )


def _loaded(result: DeliveryResult, evaluation: Evaluation) -> DeliveryResult:
    trailer = evaluation.trailer
    return replace(
        result,
        status="loaded",
        rows_read=evaluation.rows_read,
        rows_loaded=evaluation.rows_loaded,
        rows_quarantined=evaluation.rows_quarantined,
        rows_duplicate=evaluation.rows_duplicate,
        sum_read=evaluation.sum_read,
        sum_loaded=evaluation.sum_loaded,
        sum_quarantined=evaluation.sum_quarantined,
        sum_duplicate=evaluation.sum_duplicate,
        trailer_rows=trailer.rows if trailer else None,
        trailer_sum=trailer.amount if trailer else None,
        min_event_date=evaluation.min_event_date,
        max_event_date=evaluation.max_event_date,
        late_rows=evaluation.late_rows,
        faults=evaluation.faults,
    )


def _write(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    delivery: PendingDelivery,
    contract: Contract,
    result: DeliveryResult,
) -> DeliveryResult:
    """Write a result in one transaction: rows, rejects, personal data and the ledger's entry."""
    connection.begin()
    try:
        if result.rows_loaded:
            condition = only_new(result.rows_read, result.rows_loaded)
            store_new_values(connection, ring, contract, str(result.delivery_id), condition)
            _insert_rows(connection, contract, result, condition)
        if result.rows_quarantined:
            store_bad_rows(connection, ring, delivery.path, contract, result)
        written = record(connection, result)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return written


def _insert_rows(
    connection: duckdb.DuckDBPyConnection, contract: Contract, result: DeliveryResult, condition: str
) -> None:
    raw = ", ".join(map(quote_identifier, contract.raw_columns))
    inserted = connection.execute(
        f"""
        insert into {contract.raw_table} ({raw}, {", ".join(ROW_COLUMNS)})
        select {raw}, $delivery_id, $business_date, _line, _row_hash, $loaded_at, $load_sequence
        from landing_checked {condition}
        """,
        {name: getattr(result, name) for name in ("delivery_id", "business_date", "loaded_at", "load_sequence")},
    ).fetchone()
    if inserted != (result.rows_loaded,):
        raise LandingError(f"{result.file_name}: {result.rows_loaded} rows to load, {inserted} written: report this.")


def _connect_to_check(ring: KeyRing, contracts: Mapping[str, Contract]) -> duckdb.DuckDBPyConnection:
    """Connect to a throw-away database that shows the raw tables as they are, empty where there are none yet."""
    has_warehouse = settings().warehouse.exists()
    connection = (
        connect_warehouse(ring, read_only=True) if has_warehouse else duckdb.connect(config={"temp_directory": ""})
    )
    try:
        present = present_columns(connection)
        connection.execute("attach ':memory:' as checked")
        connection.execute("use checked")
        connection.execute("create schema raw")
        for table, columns in all_tables(contracts).items():
            landed = present.get(table)
            body = ", ".join(
                quote_identifier(name) if landed and name in landed else f"null::{kind} as {quote_identifier(name)}"
                for name, kind in columns.items()
            )
            source = f"from warehouse.raw.{quote_identifier(table)}" if landed else "where false"
            connection.execute(f"create view raw.{quote_identifier(table)} as select {body} {source}")
    except BaseException:
        connection.close()
        raise
    return connection


def _growing(delivery: PendingDelivery) -> DeliveryResult:
    return _not_ledgered(delivery, "still_growing", "It is still being written: it is looked at again on the next run.")


def _not_ledgered(delivery: PendingDelivery, rule: str, reason: str) -> DeliveryResult:
    return DeliveryResult(
        feed=delivery.feed,
        system=delivery.system,
        business_date=delivery.business_date,
        file_name=delivery.path.name,
        status="refused",
        refusal_rule=rule,
        refusal_reason=reason,
    )


def _unknown(file: UnknownFile) -> DeliveryResult:
    return DeliveryResult(
        feed="unknown",
        system="unknown",
        business_date=None,
        file_name=file.path.name,
        status="refused",
        refusal_rule="unknown_file",
        refusal_reason=f"No contract describes it: {file.reason}.",
    )


def _utc(moment: datetime) -> datetime:
    """Return a moment as the warehouse keeps it: UTC without a time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
