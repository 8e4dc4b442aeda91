"""The jobs a person starts, named for what they want."""

import dagster as dg

from orchestration.lib.partitions import business_days

daily_risk = dg.define_asset_job(
    name="daily_risk",
    description="Land what has arrived, build and test the business date, publish when every check is green.",
    selection=dg.AssetSelection.all(),
    partitions_def=business_days,
)

land_deliveries = dg.define_asset_job(
    name="land_deliveries",
    description="Land what has arrived and stop there: raw tables, quarantine and the ledger of deliveries.",
    selection=dg.AssetSelection.key_prefixes(["raw"]),
    partitions_def=business_days,
)
