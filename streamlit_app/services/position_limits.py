"""Positions in commodity derivatives against their limits, and the maturities that a position is netted from."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import position_limits as repository
from streamlit_app.services.positions import Tie

STATUSES = ("breach", "warning", "within", "missing")
#: Lots have as many in the contracts of the feeds.
LOT_DECIMALS = 4
TYPES = {"spot_month": "spot month", "other_months": "other months"}


def business_dates(reader: Reader) -> list[date]:
    """Return the dates that can be shown, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def limits(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per contract and limit type, with ``position_id`` and words for a reader.

    What has no limit comes first, since nobody can say how much of it is used; then the most used.

    ``size_lots`` is the net position without its sign: a limit is on size.
    """
    rows = repository.limits(reader, business_date)
    basis = rows["baseline_basis"].astype("string").str.replace("_", " ")
    share = rows["baseline_ratio"].map(lambda ratio: None if pd.isna(ratio) else f"{ratio:.0%} of ").astype("string")
    return rows.assign(
        position_id=rows["contract_code"] + ":" + rows["limit_type"],
        type_name=rows["limit_type"].map(TYPES).fillna(rows["limit_type"]),
        name=rows["contract_name"].fillna(rows["contract_code"]),
        size_lots=rows["net_lots"].astype(float).abs(),
        basis_words=share + basis,
        set_by=pd.Series("baseline", index=rows.index, dtype="string")
        .mask(rows["set_lots"].notna(), "the authority")
        .mask(rows["limit_lots"].isna(), pd.NA),
    )


def counts(rows: pd.DataFrame) -> dict[str, int]:
    """Return how many limits have each status; every status is there."""
    found = rows["status"].value_counts()
    return {status: int(found.get(status, 0)) for status in STATUSES}


def names(rows: pd.DataFrame) -> dict[str, str]:
    """Return what a reader calls each position, by its id."""
    words = rows["name"].astype(str) + ", " + rows["type_name"].astype(str)
    return dict(zip(rows["position_id"].astype(str), words, strict=True))


def maturities(reader: Reader, business_date: date, contract_code: str, limit_type: str) -> pd.DataFrame:
    """Return the maturities that a position is netted from, in the order of time."""
    return repository.maturities(reader, business_date, contract_code, limit_type)


def maturities_tie(rows: pd.DataFrame, position: pd.Series) -> Tie:
    """Tell whether the maturities net to the position."""
    parts, total = rows["net_lots"].astype(float).sum(skipna=False), position["net_lots"]
    is_missing = rows.empty or pd.isna(parts) or pd.isna(total)
    difference = None if is_missing else float(parts) - float(total)
    return Tie("Maturities net to the position", difference, decimals=LOT_DECIMALS)


def history(reader: Reader, business_date: date, contract_code: str, limit_type: str) -> pd.DataFrame:
    """Return a position and its limit on every date up to the one given, oldest first."""
    return repository.history(reader, business_date, contract_code, limit_type)


def breaches(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the positions that were above their limit on a date up to the one given, the latest first."""
    rows = repository.breaches(reader, business_date)
    return rows.assign(
        type_name=rows["limit_type"].map(TYPES).fillna(rows["limit_type"]),
        name=rows["contract_name"].fillna(rows["contract_code"]),
    )
