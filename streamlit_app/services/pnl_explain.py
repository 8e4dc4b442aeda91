"""What P&L came from: passing time, moves of risk factors, new trades, and what nothing explains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import pnl_explain as repository
from streamlit_app.services.choices import Scope
from streamlit_app.services.positions import Tie

PERIODS = {"day": "The day", "month": "Month to date", "year": "Year to date"}
RISK_CLASSES = {"EQ": "equity", "FX": "currency", "IR": "interest rate", "VOL": "volatility"}
STEPS = ("time_decay", "delta", "gamma", "new_trades", "unexplained")


@dataclass(frozen=True)
class Step:
    """One bar of the way from nothing to the P&L.

    Attributes
    ----------
    name : str
        As the reader sees it.
    pnl_usd : float or None
        Its part of the P&L; None when nothing of it could be computed.
    missing : int
        Parts of it that could not be computed: what they would have explained is in the unexplained.
    """

    name: str
    pnl_usd: float | None
    missing: int


def business_dates(reader: Reader) -> list[date]:
    """Return the dates with an explained P&L, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def first_day(period: str, day: date) -> date:
    """Return the first calendar day of the period that ends on the day.

    Examples
    --------
    >>> first_day("month", date(2022, 12, 28)), first_day("year", date(2022, 12, 28))
    (datetime.date(2022, 12, 1), datetime.date(2022, 1, 1))
    """
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[period]


def components(reader: Reader, since: date, until: date, scope: Scope) -> pd.DataFrame:
    """Return the components of the scope's P&L over the dates, per factor, with ``risk_class``."""
    rows = repository.components(reader, since, until, scope.desk, scope.portfolio)
    prefix = rows["risk_factor_id"].astype("string").str.split(":").str[0]
    rows["risk_class"] = prefix.map(RISK_CLASSES).fillna(prefix)
    return rows


def steps(components_frame: pd.DataFrame) -> list[Step]:
    """Return the bars in their order: time, moves per risk class, second order, new trades, unexplained.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "component_type": ["delta", "time_decay"],
    ...     "risk_class": ["equity", None],
    ...     "pnl_usd": [-3.0, 1.0],
    ...     "missing": [0, 0],
    ... })
    >>> [(step.name, step.pnl_usd) for step in steps(frame)]
    [('Time', 1.0), ('Equity moves', -3.0)]
    """
    titles = {
        "time_decay": "Time",
        "gamma": "Second order (gamma)",
        "new_trades": "New trades",
        "unexplained": "Unexplained",
    }
    unknown = [kind for kind in components_frame["component_type"].unique() if kind not in STEPS]
    found = []
    for kind in (*STEPS, *unknown):
        rows = components_frame[components_frame["component_type"] == kind]
        if kind != "delta":
            groups = [(titles.get(kind, str(kind).replace("_", " ").capitalize()), rows)] if len(rows) else []
        else:
            named = rows.assign(risk_class=rows["risk_class"].fillna("other"))
            groups = [(f"{str(name).capitalize()} moves", part) for name, part in named.groupby("risk_class")]
        for name, part in groups:
            value = part["pnl_usd"].sum(min_count=1)
            found.append(Step(name, None if pd.isna(value) else float(value), int(part["missing"].sum())))
    return found


def by_factor(components_frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per risk factor: delta, gamma and their sum, largest first, null when either is missing.

    A factor without a row of its own for an order has none of it, which is 0; a row without a figure is missing.
    """
    rows = components_frame[components_frame["risk_factor_id"].notna()]
    keys = ["risk_factor_id", "risk_class"]
    table = rows[keys].drop_duplicates().reset_index(drop=True)
    for kind in ("delta", "gamma"):
        part = rows.loc[rows["component_type"] == kind, ["risk_factor_id", "pnl_usd"]]
        table = table.merge(part.rename(columns={"pnl_usd": kind}), on="risk_factor_id", how="left")
        table.loc[~table["risk_factor_id"].isin(part["risk_factor_id"]), kind] = 0.0
    missing = rows.groupby("risk_factor_id", as_index=False)["missing"].sum()
    table = table.merge(missing, on="risk_factor_id", how="left")
    table["total_pnl_usd"] = table[["delta", "gamma"]].astype(float).sum(axis=1, skipna=False)
    order = table["total_pnl_usd"].abs().sort_values(ascending=False, kind="stable", na_position="first").index
    return table.loc[order].reset_index(drop=True)


def components_tie(reader: Reader, since: date, until: date, scope: Scope) -> Tie:
    """Tell whether the components sum to the scope's P&L over the dates."""
    difference = repository.components_less_pnl(
        reader, since, until, scope.type, scope.id, scope.desk, scope.portfolio
    ).iloc[0]["difference_usd"]
    return Tie(f"Components sum to P&L of {scope.label}", None if pd.isna(difference) else float(difference))


def attribution_history(reader: Reader, until: date, scope: Scope) -> pd.DataFrame:
    """Return the three kinds of P&L and the unexplained per date up to the date, oldest first."""
    return repository.attribution_history(reader, until, scope.type, scope.id)
