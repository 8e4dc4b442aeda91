"""Exposure of a scope by issuer, sector, country, currency, rating, tenor and asset class, and its concentration."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import exposures as repository
from streamlit_app.services.choices import Scope
from streamlit_app.services.positions import Tie

# How a reader goes through them; a type the build holds and this list does not comes last.
TYPES = ("issuer", "sector", "country", "currency", "rating", "tenor", "asset_class")
COVERS_ALL = ("currency", "asset_class")


def business_dates(reader: Reader) -> list[date]:
    """Return the dates with exposures, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def concentrations(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return one row per exposure type in the reader's order, with ``effective_keys``: 1 / HHI."""
    rows = repository.concentrations(reader, business_date, scope.type, scope.id)
    rank = {name: place for place, name in enumerate(TYPES)}
    rows["effective_keys"] = 1 / rows["hhi"].astype(float).where(rows["hhi"].astype(float) > 0)
    order = rows["exposure_type"].map(rank).fillna(len(rank))
    return rows.assign(order=order).sort_values(["order", "exposure_type"]).drop(columns="order").reset_index(drop=True)


def by_key(reader: Reader, business_date: date, exposure_type: str, scope: Scope) -> pd.DataFrame:
    """Return one row per key, largest gross first, with its share of gross (null when there is no gross)."""
    rows = repository.by_key(reader, business_date, exposure_type, scope.desk, scope.portfolio)
    gross = rows["gross_usd"].astype(float)
    rows["gross_share"] = gross / gross.sum() if gross.sum() > 0 else float("nan")
    return rows


def keys_tie(keys: pd.DataFrame, concentration: pd.Series) -> Tie:
    """Tell whether the keys' gross exposures sum to the figure that concentration was measured on."""
    total, parts = concentration["gross_usd"], keys["gross_usd"].sum(skipna=False)
    is_missing = keys.empty or pd.isna(total) or pd.isna(parts)
    return Tie("Keys sum to gross exposure", None if is_missing else float(parts) - float(total))


def concentration_history(reader: Reader, business_date: date, exposure_type: str, scope: Scope) -> pd.DataFrame:
    """Return HHI and the largest shares on every date up to the date, oldest first."""
    return repository.concentration_history(reader, business_date, exposure_type, scope.type, scope.id)
