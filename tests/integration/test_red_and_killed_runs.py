"""What must hold when a run goes wrong: a red test, a process that is killed in the middle of a build."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import psutil
import pytest

from tests.integration.bank import Bank, kill_when

LAST_DAY = "2022-12-28"


def test_a_red_test_withholds_the_new_build_and_the_old_one_still_serves(own_bank: Bank) -> None:
    before = own_bank.manifest()
    own_bank.tieout("feed", "check", str(deliver_a_trade_in_the_wrong_currency(own_bank)))
    completed = own_bank.tieout("run", succeeds=False)
    assert "Withheld" in completed.stderr
    assert "trades_settle_in_the_instruments_currency" in completed.stderr
    assert own_bank.manifest() == before
    status = own_bank.tieout("status").stdout
    assert re.search(r"Gate\s+withheld", status)
    assert before["build_id"] in status
    alerts = [json.loads(line) for line in (own_bank.home / "alerts" / "alerts.jsonl").read_text().splitlines()]
    assert {"build_withheld", "check_failed"} <= {alert["alert_type"] for alert in alerts}
    with own_bank.warehouse() as connection:
        stored = connection.execute("select count(*) from warehouse.operations.alerts").fetchone()
    assert stored == (len(alerts),)


def test_the_same_day_again_with_a_kill_in_between_gives_the_same_hashes(own_bank: Bank) -> None:
    before, serving = own_bank.hashes(), own_bank.manifest()
    log = own_bank.home / "dagster" / "run.log"
    written = log.stat().st_size
    process = own_bank.start("run", "--rebuild")
    kill_when(process, lambda: b"fct_positions_daily" in log.read_bytes()[written:])
    assert own_bank.manifest() == serving
    own_bank.tieout("run", "--rebuild")
    with own_bank.warehouse() as connection:
        builds = connection.execute(
            "select outcome, window_start from warehouse.operations.builds order by build_number"
        ).fetchall()
    assert (builds[0], builds[-1], len(builds)) == (("published", None), ("published", None), 3)
    assert own_bank.hashes() == before
    assert orphans(own_bank.home) == []


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


def orphans(home: Path) -> list[str]:
    """Processes still working for an installation."""
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline", "environ"])
        if process.pid != os.getpid() and (process.info["environ"] or {}).get("TIEOUT_HOME") == str(home)
    ]


def deliver_a_trade_in_the_wrong_currency(bank: Bank) -> Path:
    """Deliver a trade that keeps its contract and breaks a law: a US share settled in euro."""
    with bank.warehouse() as connection:
        portfolio, trader, counterparty, instrument = connection.execute(
            "select portfolio_id, trader_id, counterparty_lei, instrument_id from warehouse.raw.trades "
            "where product_type = 'equity' order by trade_id limit 1"
        ).fetchone()
    trade = {
        "trade_id": "T999999999",
        "version": 1,
        "action": "new",
        "product_type": "equity",
        "executed_at": f"{LAST_DAY}T15:00:00Z",
        "trade_date": LAST_DAY,
        "portfolio_id": portfolio,
        "trader_id": trader,
        "counterparty_lei": counterparty,
        "instrument_id": instrument,
        "side": "buy",
        "quantity": "100.0000",
        "price": "50.00000000",
        "currency": "EUR",
    }
    file = bank.home / "inbox" / "trading" / LAST_DAY / f"trades_{LAST_DAY}_euro.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(trade) + "\n")
    return file
