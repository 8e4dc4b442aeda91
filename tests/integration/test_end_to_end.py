"""The main job on a small bank: what a newcomer sees, and what must hold whatever happens to it."""

from __future__ import annotations

import json
import os
import re
import time
from datetime import date
from pathlib import Path

import psutil
import pytest

from tests.integration.bank import Bank, kill_when

LAST_DAY = "2022-12-28"


@pytest.mark.xdist_group("built")
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
        import subprocess
        import sys

        code = (
            "import dagster as dg; instance = dg.DagsterInstance.get(); "
            "run = instance.get_runs(limit=1)[0]; "
            "records = instance.get_asset_records(instance.get_asset_keys()); "
            "print(run.job_name, run.status.value, sum(r.asset_entry.last_materialization is not None for r in records))"
        )
        environment = {**built_bank.environment, "DAGSTER_HOME": str(built_bank.home / "dagster")}
        printed = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        assert printed[:2] == ["daily_risk", "SUCCESS"]
        assert int(printed[2]) >= 60


@pytest.mark.xdist_group("built")
def test_the_same_day_run_again_from_nothing_gives_the_same_hashes(own_bank: Bank) -> None:
    before = own_bank.hashes()
    own_bank.tieout("run", "--rebuild")
    assert own_bank.hashes() == before


@pytest.mark.xdist_group("built")
def test_a_red_test_withholds_the_new_build_and_the_old_one_still_serves(own_bank: Bank) -> None:
    before = own_bank.manifest()
    own_bank.tieout("feed", "check", str(_trades_without_market_price(own_bank)))
    completed = own_bank.tieout("run", succeeds=False)
    assert "Withheld" in completed.stderr
    assert own_bank.manifest() == before
    status = own_bank.tieout("status").stdout
    assert re.search(r"Gate\s+withheld", status)
    assert before["build_id"] in status
    alerts = [json.loads(line) for line in (own_bank.home / "alerts" / "alerts.jsonl").read_text().splitlines()]
    assert "build_withheld" in {alert["alert_type"] for alert in alerts}
    with own_bank.warehouse() as connection:
        stored = connection.execute("select count(*) from warehouse.operations.alerts").fetchone()
    assert stored == (len(alerts),)


@pytest.mark.xdist_group("delivered")
def test_a_build_killed_in_the_middle_and_run_again_ends_like_an_undisturbed_one(
    delivered_bank: Bank, tmp_path: Path
) -> None:
    disturbed = delivered_bank.copy_to(tmp_path / "disturbed")
    undisturbed = delivered_bank.copy_to(tmp_path / "undisturbed")
    process = disturbed.start("run")
    log = disturbed.home / "dbt" / "target" / "dbt.log"
    kill_when(process, lambda: log.exists() and "fct_positions_daily" in log.read_text())
    assert not (disturbed.home / "published" / "current.json").exists()
    disturbed.tieout("run")
    undisturbed.tieout("run")
    assert disturbed.hashes() == undisturbed.hashes()
    assert orphans(disturbed.home) == []


@pytest.mark.xdist_group("delivered")
def test_day_by_day_ends_like_all_at_once(delivered_bank: Bank, tmp_path: Path) -> None:
    daily = delivered_bank.copy_to(tmp_path / "daily")
    at_once = delivered_bank.copy_to(tmp_path / "at_once")
    daily.tieout("run", "--business-date", "2022-12-23")
    assert daily.manifest()["business_date"] == "2022-12-23"
    completed = daily.tieout("run", "--business-date", "2022-12-27")
    assert "new rows from" in completed.stdout
    daily.tieout("run")
    at_once.tieout("run")
    assert daily.hashes() == at_once.hashes()


def orphans(home: Path) -> list[str]:
    """Processes still working for an installation."""
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline", "environ"])
        if process.pid != os.getpid() and (process.info["environ"] or {}).get("TIEOUT_HOME") == str(home)
    ]


def _trades_without_market_price(bank: Bank) -> Path:
    """Deliver a trade that loads and breaks a law: its instrument has no price, so its position has no value."""
    raise NotImplementedError(date.today())
