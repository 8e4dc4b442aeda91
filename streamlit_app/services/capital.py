"""Capital on a reporting date: ratios against their requirements, RWA by type, own funds, buffers, distributions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import capital as repository
from streamlit_app.services import regulatory
from streamlit_app.services.positions import Tie

TIERS = {"cet1": "CET1", "t1": "Tier 1", "total": "Total capital"}
#: Rows of OV1 that are types of risk, none inside another.
RISK_TYPES = {
    "1": "Credit risk",
    "6": "Counterparty credit risk",
    "10": "Credit valuation adjustment",
    "20": "Market risk",
    "24": "Operational risk",
    "25": "Below the deduction thresholds",
    "28": "Output floor",
}
BUFFERS = {"conservation": "Conservation", "countercyclical": "Countercyclical", "systemic": "Systemic importance"}
APPROACHES = {
    "sbm_delta": "Sensitivities-based method",
    "internal_model": "Internal model",
    "standardised": "Standardised approach",
    "basic_indicator": "Basic indicator approach",
    "in_use": "Approaches in use",
    "internal_estimates": "Internal estimates of credit risk",
}


def reporting_dates(reader: Reader) -> list[date]:
    """Return the dates with capital ratios, newest first."""
    return list(repository.reporting_dates(reader)["reporting_date"].dt.date)


def words(name: str) -> str:
    """Return how a reader calls an item, an approach or a class.

    Examples
    --------
    >>> words("sbm_delta"), words("own_shares")
    ('Sensitivities-based method', 'Own shares')
    """
    known = TIERS | BUFFERS | APPROACHES
    return known.get(name, name.replace("_", " ").capitalize().replace("oci", "OCI").replace("At1", "AT1"))


@dataclass(frozen=True)
class Headline:
    """A ratio against what it must be.

    Attributes
    ----------
    name : str
    ratio, minimum, requirement : float or None
        Shares; the requirement is the minimum with buffers.
    surplus_usd : float or None
        Amount above the requirement, negative when short of it.
    """

    name: str
    ratio: float | None
    minimum: float | None
    requirement: float | None
    surplus_usd: float | None

    @property
    def state(self) -> str:
        """``met``, ``in the buffer``, ``below the minimum`` or ``missing``."""
        if self.ratio is None or self.minimum is None or self.requirement is None:
            return "missing"
        if self.ratio < self.minimum:
            return "below the minimum"
        return "met" if self.ratio >= self.requirement else "in the buffer"


def headlines(reader: Reader, reporting_date: date) -> list[Headline]:
    """Return the three capital ratios and the leverage ratio with their requirements, in that order."""
    rows = repository.ratios(reader, reporting_date).set_index("tier")
    found = []
    for tier, name in TIERS.items():
        row = rows.loc[tier] if tier in rows.index else None
        figures = [
            None if row is None or pd.isna(row[column]) else float(row[column])
            for column in ("ratio", "minimum_ratio", "requirement_ratio", "surplus_over_buffers_usd")
        ]
        found.append(Headline(name, *figures))
    leverage = regulatory.figures(reader, "LR2", "T", reporting_date)
    ratio, minimum, buffer = (_share(leverage.get(row)) for row in ("25", "26", "27"))
    requirement = None if minimum is None or buffer is None else minimum + buffer
    tier_1, exposure = leverage.get("23"), leverage.get("24")
    is_known = requirement is not None and tier_1 is not None and exposure is not None
    surplus = tier_1 - requirement * exposure if is_known else None  # type: ignore[operator]
    return [*found, Headline("Leverage", ratio, minimum, requirement, surplus)]


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def ratio_table(items: list[Headline]) -> pd.DataFrame:
    """Return the headlines as a table: shares, headroom in percentage points, surplus in USD."""
    return pd.DataFrame(
        [
            {
                "name": item.name,
                "ratio": item.ratio,
                "minimum": item.minimum,
                "requirement": item.requirement,
                "headroom_points": (
                    None if item.ratio is None or item.requirement is None else 100 * (item.ratio - item.requirement)
                ),
                "surplus_usd": item.surplus_usd,
                "state": item.state,
            }
            for item in items
        ]
    ).astype(dict.fromkeys(("ratio", "minimum", "requirement", "headroom_points", "surplus_usd"), "float64"))


def ratio_history(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return ``reporting_date, tier, name, ratio, requirement_ratio`` up to the date, oldest first."""
    rows = repository.ratio_history(reader, reporting_date)
    return rows.assign(name=rows["tier"].map(TIERS).fillna(rows["tier"]))


def risk_weighted_assets(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return ``name, rwa_usd, share, note`` by type of risk as OV1 has it; a missing figure says why.

    The share is null for all while a figure is missing, because the total is then unknown.
    """
    figures = regulatory.figures(reader, "OV1", "rwa", reporting_date)
    notes = regulatory.notes(reader, "OV1", "rwa", reporting_date)
    total = figures.get("29")
    return pd.DataFrame(
        [
            {
                "name": name,
                "rwa_usd": figures.get(row),
                "share": None if total in {None, 0.0} or figures.get(row) is None else figures[row] / total,  # type: ignore[operator]
                "note": notes.get(row, ""),
            }
            for row, name in RISK_TYPES.items()
        ]
    ).astype({"rwa_usd": "float64", "share": "float64"})


def rwa_tie(reader: Reader, reporting_date: date, rows: pd.DataFrame) -> Tie:
    """Tell whether the types of risk add up to the total of OV1."""
    total = regulatory.figures(reader, "OV1", "rwa", reporting_date).get("29")
    parts = rows["rwa_usd"].sum(skipna=False)
    return Tie("Types of risk sum to total RWA", None if total is None or pd.isna(parts) else float(parts) - total)


def own_funds(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per item of own funds with ``name``."""
    rows = repository.own_funds(reader, reporting_date)
    return rows.assign(name=rows["item_code"].map(words), item_type=rows["item_type"].astype(str).str.replace("_", " "))


def steps(items: pd.DataFrame, tier: str = "CET1") -> pd.DataFrame:
    """Return ``name, amount_usd`` of the items of a tier that count with an amount, in order: the way to its total."""
    rows = items[(items["tier"] == tier) & (items["amount_usd"].astype(float) != 0)]
    return rows[["name", "amount_usd"]].reset_index(drop=True)


def buffers(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per buffer and country with ``name``."""
    rows = repository.buffers(reader, reporting_date)
    return rows.assign(name=rows["buffer_type"].map(words), country=rows["country"].where(rows["country"] != "all", ""))


def distributions(reader: Reader, reporting_date: date) -> pd.Series | None:
    """Return what may be distributed, or None."""
    rows = repository.distributions(reader, reporting_date)
    return None if rows.empty else rows.iloc[0]


def operational_risk(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per approach with ``name``, the one that counts first."""
    rows = repository.operational_risk(reader, reporting_date)
    return rows.assign(name=rows["approach"].map(words))


def market_risk(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per approach and component with ``name`` and ``component_name``."""
    rows = repository.market_risk(reader, reporting_date)
    return rows.assign(
        name=rows["approach"].map(words),
        component_name=rows["component"].map(lambda text: "IMCC" if text == "imcc" else words(str(text))),
    )


def market_risk_totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return capital and RWA per approach; an approach with a missing component has no total."""
    amounts = rows.assign(capital_usd=rows["capital_usd"].astype(float), rwa_usd=rows["rwa_usd"].astype(float))
    keys = ["name", "is_headline"]
    groups = amounts.groupby(keys, sort=False)[["capital_usd", "rwa_usd"]]
    totals = groups.sum().where(groups.count().eq(groups.size(), axis=0)).reset_index()
    return totals.sort_values("is_headline", ascending=False, kind="stable").reset_index(drop=True)


def output_floor(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per approach and floor with ``name``, the one that counts first."""
    rows = repository.output_floor(reader, reporting_date)
    return rows.assign(name=rows["approach"].map(words))
