"""Two people press Materialize at the same moment: both succeed, one after the other."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.integration.bank import REPOSITORY, Bank

MATERIALISE = [
    *("-m", "dagster", "asset", "materialize", "--module-name", "orchestration.definitions"),
    *("--select", 'key:"raw/trades"', "--partition", "2022-12-28"),
]

SPANS = """
import dagster as dg, json
instance = dg.DagsterInstance.get()
spans = []
for run in instance.get_runs(limit=2):
    for step in instance.get_run_step_stats(run.run_id):
        spans.append([run.run_id, run.status.value, step.start_time, step.end_time])
print(json.dumps(spans))
"""


@pytest.mark.slow
def test_two_materialisations_started_together_both_succeed(delivered_bank: Bank, tmp_path: Path) -> None:
    bank = delivered_bank.copy_to(tmp_path / "home")
    environment = {**bank.environment, "DAGSTER_HOME": str(bank.home / "dagster")}
    started = [
        subprocess.Popen(
            [sys.executable, *MATERIALISE],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=600)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], "\n".join(output[-2000:] for output in outputs)
    printed = subprocess.run(
        [sys.executable, "-c", SPANS], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    ).stdout
    spans = sorted(json.loads(printed), key=lambda span: span[2])
    assert len({run for run, *_ in spans}) == 2
    assert {status for _, status, *_ in spans} == {"SUCCESS"}
    for (*_, ended), (_, _, begins, _) in pairwise(spans):
        assert begins >= ended, "two steps held the warehouse at once"
