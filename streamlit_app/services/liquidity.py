"""Liquidity on a reporting date: LCR, NSFR, liquid assets and their caps, flows, maturity ladder."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import liquidity as repository

LEVELS = {"level_1": "Level 1", "level_2a": "Level 2A", "level_2b": "Level 2B"}
#: Lines of the LCR in the order of template LIQ1.
FLOW_LINES = {
    "retail_stable": "Retail deposits, stable",
    "retail_less_stable": "Retail deposits, less stable",
    "wholesale_operational": "Operational deposits",
    "wholesale_non_operational": "Non-operational wholesale deposits",
    "unsecured_debt": "Unsecured debt",
    "secured_funding": "Secured funding",
    "derivatives": "Derivatives and collateral",
    "loss_of_funding": "Loss of funding on debt products",
    "facilities": "Credit and liquidity facilities",
    "other_contractual": "Other contractual obligations",
    "contingent": "Other contingent obligations",
    "inflow_secured_lending": "Secured lending",
    "inflow_performing": "Fully performing exposures",
    "inflow_other": "Other inflows",
}
SIDES = {"asf": "Available", "rsf": "Required"}
BUCKETS = {
    "no_maturity": "no maturity",
    "under_6m": "< 6 months",
    "6_to_12m": "6 to 12 months",
    "from_1y": ">= 1 year",
}


def reporting_dates(reader: Reader) -> list[date]:
    """Return the dates with a liquidity coverage ratio, newest first."""
    return list(repository.reporting_dates(reader)["reporting_date"].dt.date)


def words(name: str) -> str:
    """Return how a reader calls a line, a level or a reason.

    Examples
    --------
    >>> words("level_2a"), words("not_a_liquid_asset")
    ('Level 2A', 'Not a liquid asset')
    """
    return (LEVELS | FLOW_LINES).get(name, name.replace("_", " ").capitalize())


def coverage(reader: Reader, reporting_date: date) -> pd.Series | None:
    """Return the liquidity coverage ratio with its parts, or None."""
    rows = repository.coverage(reader, reporting_date)
    return None if rows.empty else rows.iloc[0]


def stable_funding(reader: Reader, reporting_date: date) -> pd.Series | None:
    """Return the net stable funding ratio with its parts, or None."""
    rows = repository.stable_funding(reader, reporting_date)
    return None if rows.empty else rows.iloc[0]


def binding_caps(row: pd.Series) -> list[str]:
    """Say which caps of the LCR bind."""
    caps = (
        ("is_level_2_cap_binding", "Level 2 assets are above their cap: part of them does not count."),
        ("is_level_2b_cap_binding", "Level 2B assets are above their cap: part of them does not count."),
        ("is_inflow_cap_binding", "Inflows are above their cap: part of them does not count."),
    )
    return [words for name, words in caps if bool(row[name])]


def ratio_history(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return ``reporting_date, lcr_ratio, nsfr_ratio, minimum_ratio`` up to the date, oldest first."""
    return repository.ratio_history(reader, reporting_date)


def by_currency(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return liquid assets and flows by currency."""
    return repository.by_currency(reader, reporting_date)


def liquid_assets(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return every asset that was looked at with ``level_name`` and ``reason`` in words."""
    rows = repository.liquid_assets(reader, reporting_date)
    return rows.assign(
        level_name=_spelled(rows["hqla_level"]),
        reason=_spelled(rows["ineligibility_reason"]),
        type_name=_spelled(rows["security_type"]),
    )


def _spelled(names: pd.Series) -> pd.Series:
    return pd.Series([None if pd.isna(name) else words(str(name)) for name in names], index=names.index, dtype="string")


def by_level(assets: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """Return eligible assets by level: before and after haircuts, what the caps take off, what counts.

    Parameters
    ----------
    assets : DataFrame
        As `liquid_assets` gives them.
    row : Series
        As `coverage` gives it. The caps' adjustments are of level 2B, and of levels 2A and 2B together.
    """
    eligible = assets[assets["is_eligible"].astype(bool)]
    sums = eligible.groupby("hqla_level")[["market_value_usd", "weighted_usd"]].sum()
    counts = eligible.groupby("hqla_level").size()
    table = pd.DataFrame(
        {
            "level_name": list(LEVELS.values()),
            "assets": [int(counts.get(level, 0)) for level in LEVELS],
            "market_value_usd": [float(sums["market_value_usd"].get(level, 0.0)) for level in LEVELS],
            "weighted_usd": [float(sums["weighted_usd"].get(level, 0.0)) for level in LEVELS],
        }
    )
    caps = pd.DataFrame(
        {
            "level_name": ["Cap on level 2B", "Cap on level 2"],
            "weighted_usd": [0.0 - float(row["level_2b_adjustment_usd"]), 0.0 - float(row["level_2_adjustment_usd"])],
        }
    )
    total = pd.DataFrame({"level_name": ["HQLA that count"], "weighted_usd": [float(row["hqla_usd"])]})
    return pd.concat([table, caps, total], ignore_index=True)


def ineligible(assets: pd.DataFrame) -> pd.DataFrame:
    """Return the assets that do not count, largest first."""
    return assets[~assets["is_eligible"].astype(bool)].reset_index(drop=True)


def flows(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return flows in the order of template LIQ1: outflows, then inflows, with ``line_name``."""
    rows = repository.flows(reader, reporting_date)
    rank = {line: place for place, line in enumerate(FLOW_LINES)}
    ordered = rows.assign(
        line_name=rows["line_item"].map(words), _order=rows["line_item"].map(rank).fillna(len(rank))
    ).sort_values(["direction", "_order", "rate"], ascending=[False, True, True], kind="stable")
    return ordered.drop(columns="_order").reset_index(drop=True)


def stable_funding_items(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per side and line: unweighted by bucket, weighted in all, and the factor that comes to."""
    rows = repository.stable_funding_items(reader, reporting_date)
    if rows.empty:
        return rows.assign(side_name=[], line_name=[])
    amounts = rows.assign(unweighted_usd=rows["unweighted_usd"].astype(float))
    wide = amounts.pivot_table(
        index=["side", "line_item"], columns="bucket", values="unweighted_usd", aggfunc="sum", fill_value=0.0
    ).reindex(columns=list(BUCKETS), fill_value=0.0)
    wide["unweighted_usd"] = wide.sum(axis=1)
    wide["weighted_usd"] = (
        rows.assign(weighted_usd=rows["weighted_usd"].astype(float))
        .groupby(["side", "line_item"])["weighted_usd"]
        .sum()
    )
    wide["factor"] = wide["weighted_usd"] / wide["unweighted_usd"].where(wide["unweighted_usd"] != 0)
    table = wide.reset_index()
    table["side_name"] = table["side"].map(SIDES)
    table["line_name"] = table["line_item"].map(words)
    return table.sort_values(["side", "weighted_usd"], ascending=[True, False], kind="stable").reset_index(drop=True)


def ladder_currencies(reader: Reader, reporting_date: date) -> list[str]:
    """Return the currencies of the maturity ladder."""
    return list(repository.ladder_currencies(reader, reporting_date)["currency"].astype(str))


def ladder(reader: Reader, reporting_date: date, currency: str | None) -> pd.DataFrame:
    """Return the maturity ladder with ``bucket_name``, in the order of time."""
    rows = repository.ladder(reader, reporting_date, currency)
    return rows.assign(bucket_name=rows["bucket"].astype(str).str.replace("_", " "))
