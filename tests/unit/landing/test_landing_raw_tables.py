from __future__ import annotations

import duckdb
import pytest

from orchestration.landing import Contract, LandingError, create_raw_tables, load_contracts

CONTRACTS = load_contracts()


def amended(feed: str, columns: list[dict[str, object]], name: str | None = None) -> dict[str, Contract]:
    document = CONTRACTS[feed].model_dump() | {"feed": name or feed}
    kept = {column["name"]: column for column in document["columns"]} | {column["name"]: column for column in columns}
    return {name or feed: Contract.model_validate(document | {"columns": list(kept.values())})}


def test_every_feed_has_its_table_though_no_file_came() -> None:
    with duckdb.connect() as connection:
        create_raw_tables(connection, CONTRACTS)
        create_raw_tables(connection, CONTRACTS)
        tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        assert tables == {*CONTRACTS, "deliveries", "quarantine", "pii_values"}
        assert connection.execute("select count(*) from raw.payments").fetchone() == (0,)


def test_a_column_that_a_contract_gains_is_added_empty() -> None:
    with duckdb.connect() as connection:
        create_raw_tables(connection, CONTRACTS)
        connection.execute("insert into raw.merchants (merchant_id) values ('M000001')")
        create_raw_tables(connection, amended("merchants", [{"name": "city", "type": "string", "required": False}]))
        assert connection.execute("select merchant_id, city from raw.merchants").fetchall() == [("M000001", None)]


def test_a_column_cannot_change_its_type() -> None:
    with duckdb.connect() as connection:
        create_raw_tables(connection, CONTRACTS)
        changed = amended("payments", [{"name": "amount", "type": "decimal(18, 4)", "required": True}])
        with pytest.raises(LandingError, match=r"raw\.payments\.amount is decimal\(18,2\) but its contract now says"):
            create_raw_tables(connection, changed)


def test_a_feed_may_not_take_the_name_of_the_ledger() -> None:
    with duckdb.connect() as connection, pytest.raises(LandingError, match="deliveries is a table of landing's own"):
        create_raw_tables(connection, amended("merchants", [], "deliveries"))
