"""The dbt project: every model and seed an asset, every test an asset check of the model it tests."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.lib import build_log, progress
from orchestration.lib.alerts import store_alerts
from orchestration.lib.dbt import DbtArtifacts, manifest_path, take_over_parsed_project
from orchestration.lib.environment import DBT_PROJECT, dbt_executable
from orchestration.lib.gate import judge, withhold
from orchestration.lib.lineage import ColumnLineage, project_lineage, relation_name
from orchestration.lib.partitions import business_days
from orchestration.lib.policies import ONE_RUN, RETRY
from orchestration.lib.writer import record_child, warehouse_writer

MANIFEST = manifest_path()
DbtEvent = dg.Output | dg.AssetMaterialization | dg.AssetCheckResult | dg.AssetObservation | dg.AssetCheckEvaluation

#: A build is due by nine on the day after; an hour's warning before that.
MART_FRESHNESS = dg.FreshnessPolicy.cron(
    deadline_cron="0 9 * * 2-6", lower_bound_delta=timedelta(hours=23), timezone=settings().schedule_timezone
)


class TieoutTranslator(DagsterDbtTranslator):
    """Asset key = table path; group = the model's folder; owner = the dbt group's owner."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return ``schema/table``; the landing assets have the same keys as dbt's sources."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["identifier"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the folder below ``models``, so the graph shows the layers of the project."""
        folders = dbt_resource_props["fqn"][1:-1]
        return "_".join(folders) if folders else dbt_resource_props["resource_type"]


class BuildConfig(dg.Config):
    """What an operator may ask of a build."""

    rebuild: bool = False


@dbt_assets(
    manifest=MANIFEST,
    name="dbt_build",
    dagster_dbt_translator=TieoutTranslator(),
    partitions_def=business_days,
    backfill_policy=ONE_RUN,
    pool="warehouse",
    retry_policy=RETRY,
)
def dbt_build(context: dg.AssetExecutionContext, dbt: DbtCliResource, config: BuildConfig) -> Iterator[DbtEvent]:
    """Build and test the window of business dates that the deliveries made necessary."""
    business_date = date.fromisoformat(context.partition_key_range.end)
    with warehouse_writer():
        plan, number = begin(business_date, rebuild=config.rebuild)
        context.log.info(f"Building to {plan.business_date} from {plan.window_start or 'the start'}: {plan.reason}.")
        variables, flags = plan.dbt_arguments
        # A dbt that stops early writes no results: an earlier build's must not be judged in their place.
        (settings().dbt_target / "run_results.json").unlink(missing_ok=True)
        take_over_parsed_project()
        invocation = dbt.cli(
            ["build", "--vars", json.dumps(variables), *flags],
            context=context,
            raise_on_error=False,
            target_path=settings().dbt_target,
        )
        record_child(invocation.process.pid)
        events: list[DbtEvent] = []
        finished, wanted = 0, nodes_to_run()
        for message in invocation.stream_raw_events():
            if message.is_result_event:
                finished += 1
                progress.report("dbt", finished, wanted)
            events.extend(
                message.to_default_asset_events(
                    manifest=invocation.manifest,
                    dagster_dbt_translator=invocation.dagster_dbt_translator,
                    context=context,
                    target_path=invocation.target_path,
                )
            )
        if not (settings().dbt_target / "run_results.json").exists() or invocation.process.returncode not in (0, 1):
            end(number, "failed", "dbt stopped before it finished")
            raise dg.Failure(
                f"dbt stopped with exit status {invocation.process.returncode} before it finished. Read the step's "
                f"log, mend the cause, then run the same date again.",
                allow_retries=invocation.process.returncode < 0,
            )
        artifacts = DbtArtifacts.read(settings().dbt_target)
        yield from with_table_metadata(events, artifacts)
        if broken := artifacts.failures():
            end(number, "failed", "; ".join(broken))
            raise dg.Failure(
                f"{len(broken)} models were not built, so there is nothing to publish: {'; '.join(broken)}",
                allow_retries=False,
            )
        withhold_when_red(artifacts)


def nodes_to_run() -> int:
    """Return how many models, seeds and tests a whole build has."""
    manifest = json.loads(MANIFEST.read_text())
    return sum(node["resource_type"] in {"model", "seed", "test"} for node in manifest["nodes"].values()) + len(
        manifest.get("unit_tests", {})
    )


def begin(business_date: date, *, rebuild: bool) -> tuple[build_log.BuildPlan, int]:
    """Plan the build and log its start."""
    connection = connect_warehouse(KeyRing.open())
    try:
        build_log.create_tables(connection)
        plan = build_log.plan_build(connection, business_date)
        if rebuild:
            plan = replace(plan, window_start=build_log.EVERYTHING, reason="a rebuild was asked for")
        return plan, build_log.start_build(connection, plan)
    finally:
        connection.close()


def withhold_when_red(artifacts: DbtArtifacts) -> None:
    """Hold the build back here if tests say so: dbt skips what is below a red test, and Dagster the step after."""
    ring = KeyRing.open()
    connection = connect_warehouse(ring)
    try:
        judgement = judge(connection, artifacts)
        if not judgement.decision.is_green:
            withhold(connection, ring, judgement)
    finally:
        store_alerts(connection)
        connection.close()


def end(number: int, outcome: str, reasons: str) -> None:
    """Log how the build ended when it did not get as far as the gate."""
    connection = connect_warehouse(KeyRing.open())
    try:
        build_log.finish_build(connection, number, outcome, reasons=reasons)
    finally:
        connection.close()


def with_table_metadata(events: list[DbtEvent], artifacts: DbtArtifacts) -> Iterator[DbtEvent]:
    """Add row count, schema and column lineage to the events of models and seeds.

    dbt holds the warehouse while it runs, so this happens after it, in one connection for all tables.
    """
    connection = connect_warehouse(KeyRing.open(), read_only=True)
    try:
        schemas: dict[str, dict[str, str]] = {}
        for relation, column, data_type in connection.execute(
            "select concat_ws('.', table_catalog, table_schema, table_name), column_name, data_type "
            "from information_schema.columns where table_catalog = 'warehouse' order by ordinal_position"
        ).fetchall():
            schemas.setdefault(relation, {})[column] = data_type
        counts = {
            f"warehouse.{schema}.{table}": rows
            for schema, table, rows in connection.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables() where database_name = 'warehouse'"
            ).fetchall()
        }
    finally:
        connection.close()
    manifest = artifacts.manifest
    lineages = project_lineage(
        manifest, schemas, settings().dbt_target, settings().root / "dbt" / "column_lineage.json"
    )
    keys = {
        relation_name(manifest, unique_id): TieoutTranslator().get_asset_key(node)
        for unique_id, node in {**manifest["sources"], **manifest["nodes"]}.items()
        if node["resource_type"] in {"source", "model", "seed", "snapshot"}
    }
    for event in events:
        unique_id = event.metadata["unique_id"].value if isinstance(event, dg.Output) else None
        if isinstance(event, dg.Output) and isinstance(unique_id, str):
            relation = relation_name(manifest, unique_id)
            table = table_metadata(schemas.get(relation, {}), counts.get(relation), lineages.get(unique_id, {}), keys)
            yield event.with_metadata({**event.metadata, **table})
        else:
            yield event


def table_metadata(
    columns: Mapping[str, str], row_count: int | None, lineage: ColumnLineage, keys: Mapping[str, dg.AssetKey]
) -> dict[str, Any]:
    """Return Dagster's metadata for one table; views have no row count."""
    metadata: dict[str, Any] = {
        "dagster/column_schema": dg.TableSchema(
            columns=[dg.TableColumn(name, data_type) for name, data_type in columns.items()]
        )
    }
    if row_count is not None:
        metadata["dagster/row_count"] = row_count
    if lineage:
        metadata["dagster/column_lineage"] = dg.TableColumnLineage(
            {
                column: [
                    dg.TableColumnDep(asset_key=keys[relation], column_name=name)
                    for relation, name in leaves
                    if relation in keys
                ]
                for column, leaves in lineage.items()
            }
        )
    return metadata


def with_deadline(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Give a mart its deadline; what lies below it has none of its own."""
    return spec.replace_attributes(freshness_policy=MART_FRESHNESS) if spec.key.path[0] == "marts" else spec


@dg.definitions
def defs() -> dg.Definitions:
    """Bind the dbt command line to the project."""
    with_deadlines = dbt_build.map_asset_specs(with_deadline)
    return dg.Definitions(
        assets=[with_deadlines],
        resources={
            "dbt": DbtCliResource(
                project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT.parent), dbt_executable=dbt_executable()
            )
        },
    )
