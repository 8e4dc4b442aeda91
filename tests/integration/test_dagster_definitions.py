"""The graph an operator sees: it loads cleanly and every node says what it is and whose it is."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

LOOK = """
import warnings, logging, json
messages = []
class Keep(logging.Handler):
    def emit(self, record):
        if record.levelno >= logging.WARNING:
            messages.append(record.getMessage())
logging.getLogger().addHandler(Keep())
logging.getLogger("dagster").addHandler(Keep())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    from orchestration.definitions import defs
    loaded = defs()
    graph = loaded.resolve_asset_graph()
messages += [str(w.message) for w in caught if "/site-packages/" not in w.filename]
nodes = {}
for key in graph.get_all_asset_keys():
    node = graph.get(key)
    nodes[key.to_user_string()] = {
        "description": node.description or "", "group": node.group_name, "owners": sorted(node.owners),
        "kinds": sorted(node.kinds), "executable": node.is_executable, "partitioned": node.is_partitioned,
        "pools": sorted(node.pools or []), "checks": len(node.check_keys),
        "parents": sorted(parent.to_user_string() for parent in node.parent_keys),
        "fresh": node.freshness_policy is not None,
    }
print(json.dumps({
    "messages": messages, "nodes": nodes,
    "jobs": sorted(job.name for job in loaded.resolve_all_job_defs() if not job.name.startswith("__")),
    "schedules": [[s.name, s.cron_schedule, s.execution_timezone] for s in loaded.schedules],
    "sensors": sorted(s.name for s in loaded.sensors),
}))
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> dict:
    import json
    import os

    completed = subprocess.run(
        [sys.executable, "-W", "default", "-c", LOOK],
        cwd=REPOSITORY,
        env={**os.environ, "TIEOUT_HOME": str(tmp_path_factory.mktemp("home"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr[-3000:]
    return json.loads(completed.stdout.splitlines()[-1])


def test_it_loads_without_warnings_of_ours(graph: dict) -> None:
    assert graph["messages"] == []


def test_jobs_schedules_and_sensors(graph: dict) -> None:
    assert graph["jobs"] == ["daily_risk", "land_deliveries"]
    assert graph["schedules"] == [["every_morning", "30 6 * * 2-6", "Europe/London"]]
    assert graph["sensors"] == ["arriving_deliveries", "run_failures"]


def test_every_asset_says_what_it_is_and_whose(graph: dict) -> None:
    bare = {
        name: node
        for name, node in graph["nodes"].items()
        if not (node["description"] and node["group"] and node["owners"] and node["kinds"])
    }
    assert bare == {}


def test_nothing_hangs_on_an_asset_nobody_makes(graph: dict) -> None:
    assert [name for name, node in graph["nodes"].items() if not node["executable"]] == []


def test_every_writer_is_in_the_pool_and_partitioned_by_business_date(graph: dict) -> None:
    assert [name for name, node in graph["nodes"].items() if node["pools"] != ["warehouse"]] == []
    assert [name for name, node in graph["nodes"].items() if not node["partitioned"]] == []


def test_tests_of_the_marts_are_asset_checks(graph: dict) -> None:
    marts = {name: node for name, node in graph["nodes"].items() if name.startswith("marts/")}
    assert len(marts) >= 18
    assert [name for name, node in marts.items() if node["checks"] == 0] == []
    assert [name for name, node in marts.items() if not node["fresh"]] == []


def test_the_published_build_hangs_below_the_marts(graph: dict) -> None:
    parents = graph["nodes"]["published/build"]["parents"]
    assert {"marts/fct_positions_daily", "marts/fct_pnl_daily", "marts/fct_portfolio_var_daily"} <= set(parents)
    assert graph["nodes"]["raw/trades"]["parents"] == [
        "raw/counterparties",
        "raw/instruments",
        "raw/portfolios",
        "raw/traders",
    ]
