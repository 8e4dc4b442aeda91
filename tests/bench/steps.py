"""The steps of ``make bench``, each run in a process of its own; the last word printed is the step's number."""

from __future__ import annotations

import json
import shutil
import sys
import time
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from governance import builds
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.demo_bank import generate
from orchestration.landing import create_raw_tables, land_all, load_contracts
from orchestration.lib import build_log
from orchestration.lib.dbt import DbtArtifacts, published_models, run_dbt
from orchestration.lib.environment import prepare
from orchestration.lib.lineage import relation_name


def make_deliveries(scale: str) -> int:
    """Return the rows delivered."""
    return generate(settings().inbox, settings().demo / "answers.json", scale=float(scale)).rows


def land(through: str) -> int:
    """Return the rows read."""
    ring = KeyRing.open()
    connection = connect_warehouse(ring)
    contracts = load_contracts()
    create_raw_tables(connection, contracts)
    results = land_all(connection, ring, settings().inbox, through=date.fromisoformat(through), now=datetime.now(UTC))
    connection.close()
    return sum(result.rows_read for result in results)


def build(kind: str) -> float:
    """Build and test as the job does; returns seconds."""
    connection = connect_warehouse(KeyRing.open())
    build_log.create_tables(connection)
    plan = build_log.plan_build(connection)
    number = build_log.start_build(connection, plan)
    connection.close()
    if (plan.window_start is None) != (kind == "full"):
        raise SystemExit(f"expected a {kind} build, planned: {plan.reason}")
    variables, flags = plan.dbt_arguments
    started = time.perf_counter()
    completed = run_dbt(["build", "--quiet", "--vars", json.dumps(variables), *flags], capture=True)
    seconds = time.perf_counter() - started
    if completed.returncode:
        raise SystemExit(completed.stdout)
    connection = connect_warehouse(KeyRing.open())
    build_log.finish_build(connection, number, "published")
    connection.close()
    return seconds


def publish() -> int:
    """Return the rows published."""
    ring = KeyRing.open()
    connection = connect_warehouse(ring)
    artifacts = DbtArtifacts.read(settings().dbt_target)
    manifest = builds.publish(
        connection,
        ring,
        build=builds.BuildIdentity(
            business_date=build_log.plan_build(connection).business_date,
            git_commit="bench",
            is_dirty=True,
            dbt_project_checksum=build_log.project_checksum(),
            dbt_version=artifacts.manifest["metadata"]["dbt_version"],
        ),
        models=published_models(artifacts.manifest),
        test_results=builds.node_results(artifacts.run_results, artifacts.manifest),
        deliveries=builds.delivery_summaries(connection),
    )
    connection.close()
    return sum(table.rows for table in manifest.tables.values())


def sql_models() -> tuple[list[str], dict[str, dict], dict]:
    """Return the ids of the SQL models in an order in which each comes after what it reads, and the manifest."""
    manifest = json.loads((settings().dbt_target / "manifest.json").read_text())
    models = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["language"] == "sql"
    }
    order = TopologicalSorter(dict(sorted(manifest["parent_map"].items()))).static_order()
    return [unique_id for unique_id in order if unique_id in models], models, manifest


def dbt_run() -> float:
    """Run the SQL models alone through dbt, from nothing; returns seconds."""
    _, models, _ = sql_models()
    return run_models(*sorted(node["name"] for node in models.values()))


def market_risk() -> float:
    """Run every market risk model through dbt, for all dates, from nothing; returns seconds."""
    return run_models("intermediate.market_risk", "marts.market_risk")


def run_models(*selection: str) -> float:
    """Run some models through dbt, from nothing; returns seconds."""
    started = time.perf_counter()
    completed = run_dbt(["run", "--quiet", "--full-refresh", "--select", *selection], capture=True)
    if completed.returncode:
        raise SystemExit(completed.stdout)
    return time.perf_counter() - started


def plain() -> float:
    """Run the same compiled SQL in one DuckDB connection on a copy of the warehouse; returns seconds."""
    order, models, manifest = sql_models()
    with connect_warehouse(KeyRing.open()) as connection:
        connection.execute("checkpoint warehouse")
    copy = settings().warehouse.with_name("plain.duckdb")
    shutil.copyfile(settings().warehouse, copy)
    target = settings().dbt_target / "run"
    with duckdb.connect(config={"temp_directory": str(settings().spill)}) as connection:
        connection.execute("load httpfs")
        connection.execute(f"attach '{copy}' as warehouse (encryption_key '{KeyRing.open().warehouse_key()}')")
        connection.execute(f"set threads to {settings().threads}")
        started = time.perf_counter()
        for unique_id in order:
            node = models[unique_id]
            relation = relation_name(manifest, unique_id)
            compiled = Path(target).parent / "compiled" / node["package_name"] / node["original_file_path"]
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            connection.execute(f"create or replace {kind} {relation} as {compiled.read_text()}")
        seconds = time.perf_counter() - started
    copy.unlink()
    return seconds


STEPS = {
    "generate": make_deliveries,
    "land": land,
    "build": build,
    "publish": publish,
    "dbt-run": dbt_run,
    "market-risk": market_risk,
    "plain": plain,
}

if __name__ == "__main__":
    prepare()
    print(STEPS[sys.argv[1]](*sys.argv[2:]))  # noqa: T201 the figure is the step's output
