"""The main job on a small bank: what a newcomer sees, and what must hold whatever happens to it."""

from __future__ import annotations

import re
import subprocess
import sys
import time

from tests.integration.bank import Bank

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
