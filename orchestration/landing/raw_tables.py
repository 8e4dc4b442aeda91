"""The raw schema: one table per feed, the ledger of deliveries, the quarantine and the protected personal data."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from governance.warehouse import quote_identifier
from orchestration.landing.contract import Contract
from orchestration.landing.errors import LandingError

#: What landing adds to each row: which delivery and line it came from, what it says, and when it was loaded (UTC).
ROW_COLUMNS = {
    "_delivery_id": "varchar",
    "_business_date": "date",
    "_line": "bigint",
    "_row_hash": "varchar",
    "_loaded_at": "timestamp",
    "_load_sequence": "bigint",
}
COMMON_TABLES = {
    "deliveries": {
        "delivery_id": "varchar",
        "load_sequence": "bigint",
        "feed": "varchar",
        "system": "varchar",
        "business_date": "date",
        "file_name": "varchar",
        "file_sha256": "varchar",
        "file_bytes": "bigint",
        "status": "varchar",
        "refusal_rule": "varchar",
        "refusal_reason": "varchar",
        "rows_read": "bigint",
        "rows_loaded": "bigint",
        "rows_quarantined": "bigint",
        "rows_duplicate": "bigint",
        "sum_read": "decimal(38,6)",
        "sum_loaded": "decimal(38,6)",
        "sum_quarantined": "decimal(38,6)",
        "sum_duplicate": "decimal(38,6)",
        "trailer_rows": "bigint",
        "trailer_sum": "decimal(38,6)",
        "min_event_date": "date",
        "max_event_date": "date",
        "late_rows": "bigint",
        "is_late": "boolean",
        "arrived_at": "timestamp",
        "loaded_at": "timestamp",
    },
    "quarantine": {
        "feed": "varchar",
        "delivery_id": "varchar",
        "file_sha256": "varchar",
        "file_name": "varchar",
        "business_date": "date",
        "line": "bigint",
        "field": "varchar",
        "rule": "varchar",
        "reason": "varchar",
        "control_amount": "decimal(38,6)",
        "row_masked": "varchar",
        "row_ciphertext": "blob",
        "loaded_at": "timestamp",
    },
    "pii_values": {
        "kind": "varchar",
        "token": "varchar",
        "masked": "varchar",
        "ciphertext": "blob",
        "key_id": "varchar",
        "_delivery_id": "varchar",
    },
}


def create_raw_tables(connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Create what is missing of the schema ``raw`` in the connection's default database.

    A column that a contract gained is added to its table, empty for the rows already there; one that it lost stays.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        From `governance.warehouse.connect_warehouse`, whose default database is the warehouse.
    contracts : mapping
        Contract by feed.

    Raises
    ------
    LandingError
        If a contract is named like a table of landing's own, or gives a column another type than its table has.
    """
    connection.execute("create schema if not exists raw")
    present = present_columns(connection)
    for table, columns in all_tables(contracts).items():
        if table in present:
            _extend(connection, table, columns, present[table])
        else:
            body = ", ".join(f"{quote_identifier(name)} {kind}" for name, kind in columns.items())
            connection.execute(f"create table raw.{quote_identifier(table)} ({body})")


def all_tables(contracts: Mapping[str, Contract]) -> dict[str, dict[str, str]]:
    """Return every table of the raw schema, with its columns and their SQL types.

    Raises
    ------
    LandingError
        If a contract is named like a table of landing's own.
    """
    clash = sorted(contracts.keys() & COMMON_TABLES.keys())
    if clash:
        raise LandingError(f"{', '.join(clash)} is a table of landing's own: give that feed another name.")
    return COMMON_TABLES | {feed: feed_columns(contract) for feed, contract in contracts.items()}


def present_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return the tables of the raw schema as they are in the connection's default database."""
    present: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'raw'"
    ).fetchall():
        present.setdefault(table, {})[column] = kind
    return present


def feed_columns(contract: Contract) -> dict[str, str]:
    """Return the columns of a feed's raw table and their SQL types."""
    return contract.raw_columns | ROW_COLUMNS


def _extend(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], present: Mapping[str, str]
) -> None:
    for name, kind in columns.items():
        if name not in present:
            connection.execute(f"alter table raw.{quote_identifier(table)} add column {quote_identifier(name)} {kind}")
        elif present[name].lower() != kind.replace(" ", ""):
            raise LandingError(
                f"raw.{table}.{name} is {present[name].lower()} but its contract now says {kind}: "
                "give the changed column a new name, so that the rows already landed keep theirs."
            )
