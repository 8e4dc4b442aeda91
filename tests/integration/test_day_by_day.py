"""History landed and built day by day, against the same history all at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.bank import Bank


@pytest.mark.slow
def test_day_by_day_ends_like_all_at_once(delivered_bank: Bank, built_bank: Bank, tmp_path: Path) -> None:
    daily = delivered_bank.copy_to(tmp_path / "daily")
    daily.tieout("run", "--business-date", "2022-12-23")
    assert daily.manifest()["business_date"] == "2022-12-23"
    completed = daily.tieout("run")
    assert re.search(r"Business dates built\s+2022-12-\d\d to 2022-12-28", completed.stdout)
    assert different_tables(daily, built_bank) <= ENCRYPTED_ANEW | ORDER_OF_ARRIVAL
    for table in ORDER_OF_ARRIVAL:
        assert rows_whatever_their_arrival(daily, table) == rows_whatever_their_arrival(built_bank, table)


#: Raw tables whose ciphertext has a nonce of its own each time a file is landed.
ENCRYPTED_ANEW = {"quarantine", "pii_values"}
#: Lists of deliveries with their load sequence: landing day by day is another order than landing all at once.
ORDER_OF_ARRIVAL = {"fct_delivery_reconciliation", "qc_refused_deliveries"}


def different_tables(one: Bank, other: Bank) -> set[str]:
    """Published tables whose content is not the same in both."""
    first, second = one.hashes(), other.hashes()
    assert first.keys() == second.keys()
    assert len(first) > 25
    return {table for table in first if first[table] != second[table]}


def rows_whatever_their_arrival(bank: Bank, table: str) -> list[tuple]:
    schema = "marts" if table.startswith("fct_") else "qc"
    with bank.warehouse() as connection:
        return connection.execute(
            f"select * exclude (load_sequence) from warehouse.{schema}.{table} order by all"
        ).fetchall()
