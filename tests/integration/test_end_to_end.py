"""The main job on a small bank: what a newcomer sees, and what must hold whatever happens to it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.integration.bank import Bank, kill_when

LAST_DAY = "2022-12-28"


class TestOneRun:
    def test_it_publishes_the_last_business_date_with_every_blocking_test_green(self, built_bank: Bank) -> None:
        manifest = built_bank.manifest()
        assert manifest["business_date"] == LAST_DAY
        assert manifest["gate"]["is_green"]
        tests = [result for result in manifest["test_results"] if result["node_id"].startswith(("test.", "unit_test."))]
        assert len(tests) > 150
        assert {result["status"] for result in tests} <= {"pass", "warn"}

    def test_every_delivery_reconciles_in_rows_and_sums(self, built_bank: Bank) -> None:
        with built_bank.warehouse() as connection:
            files, broken = connection.execute(
                """
                select count(*), count(*) filter (
                    status <> 'refused' and (
                        rows_read <> rows_loaded + rows_quarantined + rows_duplicate
                        or sum_read <> sum_loaded + sum_quarantined + sum_duplicate
                    )
                )
                from warehouse.raw.deliveries
                """
            ).fetchone()
        assert files > 500
        assert broken == 0

    def test_every_planted_fault_has_its_answer(self, built_bank: Bank) -> None:
        from orchestration.demo_bank.faults import unanswered

        with built_bank.warehouse() as connection:
            assert unanswered(built_bank.answers(), connection) == []

    def test_nothing_is_left_in_the_inbox(self, built_bank: Bank) -> None:
        assert [path.name for path in (built_bank.home / "inbox").rglob("*") if path.is_file()] == []

    def test_personal_data_is_nowhere_in_clear(self, built_bank: Bank) -> None:
        from orchestration.demo_bank import canaries

        found = canaries()
        assert {"account_number", "ssn", "card_number"} <= set(found)
        needles = {kind: value.encode() for kind, value in found.items()}
        files = [path for path in built_bank.home.rglob("*") if path.is_file()]
        assert len(files) > 500
        hits = [
            f"{kind} in {path.relative_to(built_bank.home)}"
            for path in files
            for kind, needle in needles.items()
            if needle in path.read_bytes()
        ]
        assert hits == []

    def test_the_canaries_were_delivered(self, delivered_bank: Bank) -> None:
        from orchestration.demo_bank import canaries

        text = b"".join(path.read_bytes() for path in (delivered_bank.home / "inbox" / "banking").rglob("*.csv"))
        assert [kind for kind, value in canaries().items() if value.encode() not in text] == []

    def test_a_second_run_says_there_is_nothing_to_do(self, built_bank: Bank) -> None:
        before = built_bank.manifest()
        started = time.monotonic()
        completed = built_bank.tieout("run")
        assert time.monotonic() - started < 20
        assert "Nothing to do" in completed.stdout
        assert before["build_id"] in completed.stdout
        assert built_bank.manifest() == before

    def test_status_says_what_is_in_force(self, built_bank: Bank) -> None:
        text = built_bank.tieout("status").stdout
        assert built_bank.manifest()["build_id"] in text
        assert re.search(r"Gate\s+green for 2022-12-28", text)
        assert re.search(r"Firm VaR 99 %, 1 day\s+USD [\d,]+ \(loss\)", text)

    def test_dagster_knows_every_asset_and_check(self, built_bank: Bank) -> None:
        code = (
            "import dagster as dg; instance = dg.DagsterInstance.get(); "
            "run = instance.get_runs(limit=1)[0]; "
            "entries = [record.asset_entry for record in instance.get_asset_records(instance.get_asset_keys())]; "
            "print(run.job_name, run.status.value, sum(entry.last_materialization is not None for entry in entries))"
        )
        environment = {**built_bank.environment, "DAGSTER_HOME": str(built_bank.home / "dagster")}
        printed = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        assert printed[:2] == ["daily_risk", "SUCCESS"]
        assert int(printed[2]) >= 60


def test_the_same_day_run_again_from_nothing_gives_the_same_hashes(own_bank: Bank) -> None:
    before = own_bank.hashes()
    own_bank.tieout("run", "--rebuild")
    with own_bank.warehouse() as connection:
        builds = connection.execute(
            "select outcome, window_start from warehouse.operations.builds order by build_number"
        ).fetchall()
    assert builds == [("published", None), ("published", None)]
    assert own_bank.hashes() == before


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


def test_day_by_day_with_a_kill_in_the_first_build_ends_like_all_at_once(
    delivered_bank: Bank, built_bank: Bank, tmp_path: Path
) -> None:
    daily = delivered_bank.copy_to(tmp_path / "daily")
    process = daily.start("run", "--business-date", "2022-12-23")
    log = daily.home / "dagster" / "run.log"
    kill_when(process, lambda: log.exists() and b"fct_positions_daily" in log.read_bytes())
    assert not (daily.home / "published" / "current.json").exists()
    daily.tieout("run", "--business-date", "2022-12-23")
    assert daily.manifest()["business_date"] == "2022-12-23"
    completed = daily.tieout("run")
    assert re.search(r"Business dates built\s+2022-12-\d\d to 2022-12-28", completed.stdout)
    assert different_tables(daily, built_bank) <= ENCRYPTED_ANEW | ORDER_OF_ARRIVAL
    for table in ORDER_OF_ARRIVAL:
        assert rows_whatever_their_arrival(daily, table) == rows_whatever_their_arrival(built_bank, table)
    assert orphans(daily.home) == []


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
