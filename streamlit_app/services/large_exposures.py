"""Large exposures: groups of connected counterparties against the limit, and who belongs to them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import large_exposures as repository
from streamlit_app.services.positions import Tie


def reporting_dates(reader: Reader) -> list[date]:
    """Return the dates with large exposures, newest first."""
    return list(repository.reporting_dates(reader)["reporting_date"].dt.date)


def groups(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return the groups that are reported, largest first, with ``use``: the share of the limit, and ``state``."""
    rows = repository.groups(reader, reporting_date)
    limit = rows["limit_ratio"].astype(float)
    states = [
        "breach" if row.is_breach else "exempt" if row.is_exempt else "large" if row.is_large_exposure else "reported"
        for row in rows.itertuples()
    ]
    return rows.assign(
        use=rows["limited_ratio"].astype(float) / limit.where(limit != 0),
        state=pd.Series(states, index=rows.index, dtype="string"),
        basis=rows["connection_basis"].astype("string").str.replace("_", " "),
        exemption=rows["exemption_reason"].astype("string").str.replace("_", " "),
    )


def members(reader: Reader, reporting_date: date, group_id: str) -> pd.DataFrame:
    """Return the counterparties of a group, largest first."""
    rows = repository.members(reader, reporting_date, group_id)
    return rows.assign(
        basis=rows["connection_basis"].astype("string").str.replace("_", " "),
        type_name=rows["counterparty_type"].astype("string").str.replace("_", " "),
        exemption=rows["exemption_reason"].astype("string").str.replace("_", " "),
    )


def members_tie(rows: pd.DataFrame, group: pd.Series) -> Tie:
    """Tell whether the members' exposures add up to the group's."""
    parts, total = rows["limited_usd"].sum(skipna=False), group["limited_usd"]
    is_missing = rows.empty or pd.isna(parts) or pd.isna(total)
    return Tie("Members sum to the group", None if is_missing else float(parts) - float(total))


def history(reader: Reader, reporting_date: date, group_id: str) -> pd.DataFrame:
    """Return a group's share of Tier 1 and the limit up to the date, oldest first."""
    return repository.history(reader, reporting_date, group_id)
