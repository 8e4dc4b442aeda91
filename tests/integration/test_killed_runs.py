"""What must hold when a process is killed in the middle of a build."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from tests.integration.bank import Bank, kill_when


@pytest.mark.timeout(1800)  # the bank is built in its time, for it comes first
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


def orphans(home: Path) -> list[str]:
    """Processes still working for an installation."""
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline", "environ"])
        if process.pid != os.getpid() and (process.info["environ"] or {}).get("TIEOUT_HOME") == str(home)
    ]
