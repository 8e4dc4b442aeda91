"""The gate: a build that passed every blocking check is published, any other is withheld with its reasons."""

import json
from collections.abc import Iterator

import dagster as dg
import duckdb

from governance import builds
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.defs.warehouse.assets import MANIFEST, TieoutTranslator
from orchestration.lib import build_log, progress
from orchestration.lib.alerts import store_alerts
from orchestration.lib.dbt import DbtArtifacts, published_models
from orchestration.lib.gate import judge, withhold
from orchestration.lib.git import git_state
from orchestration.lib.limits import alert_on_limits
from orchestration.lib.partitions import business_days
from orchestration.lib.policies import ONE_RUN, RETRY
from orchestration.lib.writer import warehouse_writer


def mart_keys() -> list[dg.AssetKey]:
    """Return the asset keys of what is published, so that the build hangs below every mart in the graph."""
    translator = TieoutTranslator()
    return [
        translator.get_asset_key(node)
        for node in json.loads(MANIFEST.read_text())["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["meta"].get("publish")
    ]


@dg.asset(
    key=["published", "build"],
    deps=mart_keys(),
    group_name="publishing",
    owners=["team:data-platform"],
    kinds={"duckdb"},
    description=(
        "The build that every reader sees: one encrypted file a role and a signed manifest, made only when every "
        "blocking check is green. Otherwise the build in force stays and the gate records what is withheld and why."
    ),
    partitions_def=business_days,
    backfill_policy=ONE_RUN,
    pool="warehouse",
    retry_policy=RETRY,
    check_specs=[
        dg.AssetCheckSpec(
            "gate_is_green",
            asset=["published", "build"],
            description="Every blocking test passed, and read = loaded + quarantined + duplicate in every delivery.",
        )
    ],
)
def published_build(context: dg.AssetExecutionContext) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """Judge the build and publish or withhold it."""
    with warehouse_writer():
        ring = KeyRing.open()
        connection = connect_warehouse(ring)
        try:
            yield from judge_and_publish(context, connection, ring)
        finally:
            store_alerts(connection)
            connection.close()


def judge_and_publish(
    context: dg.AssetExecutionContext, connection: duckdb.DuckDBPyConnection, ring: KeyRing
) -> Iterator[dg.Output | dg.AssetCheckResult]:
    """Run the gate on the last dbt build and act on it."""
    artifacts = DbtArtifacts.read(settings().dbt_target)
    judgement = judge(connection, artifacts)
    if not judgement.decision.is_green:
        yield dg.AssetCheckResult(
            passed=False, check_name="gate_is_green", metadata={"reasons": judgement.decision.reasons}
        )
        withhold(connection, ring, judgement)
    progress.report("publish", 0, 1)
    state = git_state()
    manifest = builds.publish(
        connection,
        ring,
        build=builds.BuildIdentity(
            business_date=judgement.business_date,
            git_commit=state.commit,
            is_dirty=state.is_dirty,
            dbt_project_checksum=build_log.project_checksum(),
            dbt_version=artifacts.manifest["metadata"]["dbt_version"],
        ),
        models=published_models(artifacts.manifest),
        test_results=judgement.results,
        deliveries=judgement.deliveries,
    )
    build_log.finish_build(connection, judgement.number, "published", build_id=manifest.build_id)
    alert_on_limits(connection, judgement.business_date)
    progress.report("publish", 1, 1)
    context.log.info(f"Published {manifest.build_id}")
    yield dg.Output(
        None,
        metadata={
            "build_id": manifest.build_id,
            "business_date": judgement.business_date.isoformat(),
            "tables": len(manifest.tables),
            "rows": sum(table.rows for table in manifest.tables.values()),
            "bytes": sum(file.bytes for file in manifest.files.values()),
            "tests_passed": artifacts.count({"test", "unit_test"}, {"pass"}),
        },
    )
    yield dg.AssetCheckResult(passed=True, check_name="gate_is_green", metadata={"build_id": manifest.build_id})
