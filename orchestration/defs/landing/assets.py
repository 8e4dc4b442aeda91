"""Deliveries to raw tables: one asset a feed, one step a source system."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.landing import Contract, DeliveryResult, create_raw_tables, land_all, load_contracts
from orchestration.lib import progress
from orchestration.lib.alerts import Alert, raise_alert, store_alerts
from orchestration.lib.partitions import business_days
from orchestration.lib.policies import ONE_RUN, RETRY
from orchestration.lib.writer import warehouse_writer

CONTRACTS = load_contracts()
#: Reference data and account masters come before what refers to them.
SYSTEMS = list(dict.fromkeys(contract.system for contract in CONTRACTS.values()))


def freshness(contract: Contract) -> dg.FreshnessPolicy:
    """Return the deadline that the feed's contract states, as Dagster checks it."""
    late = contract.late_after
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"{late.time.minute} {late.time.hour} * * {'1-5' if late.business_days == 0 else '2-6'}",
        lower_bound_delta=timedelta(hours=23),
        timezone=late.timezone,
    )


def feed_spec(contract: Contract) -> dg.AssetSpec:
    """Describe one feed's raw table."""
    return dg.AssetSpec(
        key=["raw", contract.feed],
        deps=[["raw", name] for name in contract.depends_on],
        description=contract.description,
        group_name=f"landing_{contract.system}",
        owners=[contract.owner],
        kinds={"duckdb", contract.format.type},
        freshness_policy=freshness(contract),
        partitions_def=business_days,
        metadata={"contract": f"orchestration/landing/contracts/{contract.feed}.yml", "key": ", ".join(contract.key)},
        skippable=False,
    )


def result_metadata(results: list[DeliveryResult]) -> dict[str, int | str]:
    """Sum what a feed's deliveries gave, for the asset's page."""
    status = Counter(result.status for result in results)
    return {
        "deliveries_loaded": status["loaded"],
        "deliveries_refused": status["refused"],
        "deliveries_duplicate": status["duplicate"],
        "rows_read": sum(result.rows_read for result in results),
        "rows_loaded": sum(result.rows_loaded for result in results),
        "rows_quarantined": sum(result.rows_quarantined for result in results),
        "rows_duplicate": sum(result.rows_duplicate for result in results),
        **{
            f"refused: {result.file_name}": result.refusal_reason or ""
            for result in results
            if result.status == "refused"
        },
    }


def alert_on(results: list[DeliveryResult]) -> None:
    """Tell people of refused files and quarantined rows, once each."""
    for result in results:
        if result.status == "refused":
            raise_alert(
                Alert(
                    "delivery_refused",
                    "high",
                    str(result.business_date),
                    f"{result.feed}: {result.file_name} was refused",
                    f"{result.refusal_reason} "
                    + (
                        "The file is kept, encrypted, in the archive. Ask the owner of the feed for a corrected "
                        "delivery and put it in the inbox."
                        if result.is_ledgered
                        else "The file is still in the inbox and is tried again on the next run."
                    ),
                )
            )
        elif result.rows_quarantined:
            raise_alert(
                Alert(
                    "rows_quarantined",
                    "medium",
                    str(result.business_date),
                    f"{result.feed}: {result.rows_quarantined} of {result.rows_read} rows quarantined",
                    f"File {result.file_name}. The rows, their lines and the rules they broke are in raw.quarantine.",
                )
            )


def landing_assets(system: str) -> dg.AssetsDefinition:
    """Build the step that lands every feed of one source system."""
    contracts = {name: contract for name, contract in CONTRACTS.items() if contract.system == system}

    @dg.multi_asset(
        name=f"land_{system}",
        specs=[feed_spec(contract) for contract in contracts.values()],
        can_subset=False,
        backfill_policy=ONE_RUN,
        pool="warehouse",
        retry_policy=RETRY,
    )
    def land(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        through = date.fromisoformat(context.partition_key_range.end)
        with warehouse_writer():
            ring = KeyRing.open()
            connection = connect_warehouse(ring)
            try:
                create_raw_tables(connection, CONTRACTS)
                results = land_all(
                    connection,
                    ring,
                    settings().inbox,
                    system=system,
                    through=through,
                    now=datetime.now(UTC),
                    progress=progress.report,
                )
                alert_on(results)
                store_alerts(connection)
            finally:
                connection.close()
        for feed in contracts:
            of_feed = [result for result in results if result.feed == feed]
            context.log.info(f"{feed}: {len(of_feed)} deliveries")
            yield dg.MaterializeResult(asset_key=["raw", feed], metadata=result_metadata(of_feed))

    return land


def ledger_spec(table: str, description: str) -> dg.AssetSpec:
    """Describe one of the tables that every delivery writes to."""
    return dg.AssetSpec(
        key=["raw", table],
        deps=[["raw", feed] for feed in CONTRACTS],
        description=description,
        group_name="landing",
        owners=["team:data-platform"],
        kinds={"duckdb"},
        partitions_def=business_days,
    )


RECONCILE = """
select
    feed, count(*) as files, count(*) filter (status = 'refused') as refused, sum(rows_quarantined) as rows_quarantined,
    count(*) filter (
        status <> 'refused' and (
            rows_read <> rows_loaded + rows_quarantined + rows_duplicate
            or sum_read <> sum_loaded + sum_quarantined + sum_duplicate
        )
    ) as unreconciled
from warehouse.raw.deliveries group by feed order by feed
"""


@dg.multi_asset(
    name="reconcile_deliveries",
    specs=[
        ledger_spec(
            "deliveries",
            "The ledger of deliveries: a row a file, with its SHA-256, what its trailer promised, and what became of "
            "its rows and sums.",
        ),
        ledger_spec(
            "quarantine",
            "Rows that broke their feed's contract: line, field, rule and reason; the row itself is encrypted.",
        ),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "read_is_loaded_plus_quarantined_plus_duplicate",
            asset=["raw", "deliveries"],
            description="Every delivery's rows and control sums are accounted for.",
        )
    ],
    backfill_policy=ONE_RUN,
    pool="warehouse",
    retry_policy=RETRY,
)
def reconcile_deliveries() -> Iterator[dg.MaterializeResult]:
    """Account for every row that was ever delivered, over all feeds."""
    with warehouse_writer():
        connection = connect_warehouse(KeyRing.open(), read_only=True)
        try:
            feeds = connection.execute(RECONCILE).fetchall()
        finally:
            connection.close()
    unreconciled = [feed for feed, _, _, _, broken in feeds if broken]
    yield dg.MaterializeResult(
        asset_key=["raw", "deliveries"],
        metadata={
            "files": sum(files for _, files, *_ in feeds),
            "by_feed": dg.MetadataValue.table(
                [
                    dg.TableRecord({"feed": feed, "files": files, "refused": refused, "quarantined": int(quarantined)})
                    for feed, files, refused, quarantined, _ in feeds
                ]
            )
            if feeds
            else "none yet",
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="read_is_loaded_plus_quarantined_plus_duplicate",
                passed=not unreconciled,
                metadata={"feeds_that_do_not_reconcile": ", ".join(unreconciled) or "none"},
            )
        ],
    )
    yield dg.MaterializeResult(
        asset_key=["raw", "quarantine"], metadata={"dagster/row_count": int(sum(feed[3] for feed in feeds))}
    )


landing = [landing_assets(system) for system in SYSTEMS]
