"""Limits of the firm, desks, portfolios and traders: use, breaches, waivers, escalation, and their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import limits as repository
from streamlit_app.services.builds import weekday_date
from streamlit_app.services.choices import FIRM, Scope

STATUSES = ("breach", "waived", "warning", "missing", "within")
TYPE_WORDS = {"var": "VaR", "pnl": "P&L"}
SCOPE_RANK = {"firm": 0, "desk": 1, "portfolio": 2, "trader": 3}
STATUS_WORDS = {
    "within": "Within the limit and below its warning level.",
    "warning": "Within the limit, at or above its warning level.",
    "breach": "Above the limit, without a waiver.",
    "waived": "Above the original limit and within what a waiver in force allows.",
    "missing": "The value is missing, so that nobody can tell; it counts as something to act on.",
}


@dataclass(frozen=True)
class Worst:
    """The date with the most limits in breach.

    Attributes
    ----------
    day : date
        The first such date.
    breaches : int
        Limits in breach on it, waived ones not counted.
    limits : int
        Limits checked on it.
    median : float
        Limits in breach on the median date.
    """

    day: date
    breaches: int
    limits: int
    median: float

    @property
    def words(self) -> str:
        """The date in a sentence."""
        return (
            f"The most limits in breach at once: {self.breaches:,} of {self.limits:,}, on {weekday_date(self.day)}. "
            f"On the median date it is {self.median:g}."
        )


def business_dates(reader: Reader) -> list[date]:
    """Return the dates on which limits were checked, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def checks(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the limits of the scope and of all below it, as a tree: a desk, its portfolios, their traders."""
    return in_hierarchy(within(repository.checks(reader, business_date), scope))


def type_words(limit_type: str) -> str:
    """Return how a reader calls a limit type.

    Examples
    --------
    >>> type_words("var"), type_words("issuer_concentration")
    ('VaR', 'Issuer concentration')
    """
    return TYPE_WORDS.get(limit_type, limit_type.replace("_", " ").capitalize())


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``holder`` with those above it and ``limit_words``."""
    words = frame["limit_type"].map(lambda kind: type_words(str(kind)), na_action="ignore")
    return frame.assign(holder=_holders(frame), limit_words=words)


def within(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Keep the rows whose holder is the scope or stands below it; a trader stands below the mandate's portfolio."""
    if scope.type == "firm":
        return frame.reset_index(drop=True)
    column, wanted = ("desk_id", scope.desk) if scope.type == "desk" else ("portfolio_id", scope.portfolio)
    return frame[frame[column] == wanted].reset_index(drop=True)


def in_hierarchy(frame: pd.DataFrame) -> pd.DataFrame:
    """Order rows so that each holder follows the one above it, the most used limit of a holder first."""
    ranked = frame.assign(
        _desk=frame["desk_id"].fillna(""),
        _portfolio=frame["portfolio_id"].fillna(""),
        _rank=frame["scope_type"].map(SCOPE_RANK).fillna(len(SCOPE_RANK)),
        _use=-frame["utilisation_pct"].astype(float),
    )
    keys = ["_desk", "_portfolio", "_rank", "scope_id", "_use", "limit_id"]
    ordered = ranked.sort_values(keys, na_position="first", kind="stable").reset_index(drop=True)
    return _named(ordered.drop(columns=["_desk", "_portfolio", "_rank", "_use"]))


def _holders(frame: pd.DataFrame) -> pd.Series:
    """Return each row's holder with those above it: ``FIRM > FX > FX-G10 > TR001``."""
    steps = frame[["desk_id", "portfolio_id", "scope_id"]].astype("string").fillna("")
    above = [" > ".join(dict.fromkeys(step for step in (FIRM, *row) if step)) for row in steps.to_numpy()]
    return pd.Series(above, index=frame.index, dtype="string")


def counts(frame: pd.DataFrame) -> dict[str, int]:
    """Return how many limits have each status; every status is there."""
    found = frame["status"].value_counts()
    return {status: int(found.get(status, 0)) for status in STATUSES}


def types(frame: pd.DataFrame) -> list[str]:
    """Return the limit types that were checked, in alphabetical order."""
    return sorted(frame["limit_type"].dropna().astype(str).unique())


def most_used(frame: pd.DataFrame, rows: int = 25) -> pd.DataFrame:
    """Return the limits a reader should see first: without a value, then the highest utilisation."""
    is_missing = frame["status"] == "missing"
    return (
        frame.assign(_missing=is_missing, _use=frame["utilisation_pct"].astype(float))
        .sort_values(["_missing", "_use", "limit_id"], ascending=[False, False, True], kind="stable")
        .drop(columns=["_missing", "_use"])
        .head(rows)
        .reset_index(drop=True)
    )


def names(frame: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Return what may be looked at through time: ``{"limit_id|scope_id": (limit_id, scope_id, name)}``."""
    return {
        f"{row.limit_id}|{row.scope_id}": (
            str(row.limit_id),
            str(row.scope_id),
            f"{row.scope_id}: {row.limit_words} ({row.limit_id})",
        )
        for row in frame.itertuples()
    }


def open_breaches(frame: pd.DataFrame, breaches_frame: pd.DataFrame) -> pd.DataFrame:
    """Return the limits of ``checks`` above their limit: breaches before waived ones, oldest first, with the waiver."""
    waivers = (
        breaches_frame.dropna(subset=["waiver_id"])[["waiver_id", "waiver_expires_on", "waiver_approved_by"]]
        .drop_duplicates("waiver_id")
        .reset_index(drop=True)
    )
    rows: pd.DataFrame = frame[frame["status"].isin(["breach", "waived"])].merge(waivers, on="waiver_id", how="left")
    rows["escalated_to"] = rows["escalation_level"].astype("string").str.replace("_", " ")
    rows["waived_until"] = _spelled(rows["waiver_expires_on"])
    order = ["status", "days_in_breach", "utilisation_pct"]
    return rows.sort_values(by=order, ascending=[True, False, False], kind="stable").reset_index(drop=True)


def _spelled(days: pd.Series) -> pd.Series:
    """Spell dates, and nothing where there is none: a breach without a waiver misses no date."""
    known = pd.to_datetime(days)
    spelled = [None if pd.isna(day) else weekday_date(day) for day in known]
    return pd.Series(spelled, index=days.index, dtype="string")


def breaches(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the breaches of the scope and below that had begun by the date, newest first."""
    rows = within(repository.breaches(reader, business_date), scope)
    return _named(rows).assign(waived_until=_spelled(rows["waiver_expires_on"]))


def status_history(reader: Reader, business_date: date, scope: Scope, limit_type: str | None) -> pd.DataFrame:
    """Return ``business_date, scope_type, status, limits`` for the scope and all below it, oldest first."""
    rows = within(repository.status_history(reader, business_date), scope)
    if limit_type is not None:
        rows = rows[rows["limit_type"] == limit_type]
    keys = ["business_date", "scope_type", "status"]
    return rows.groupby(keys, sort=True)["limits"].sum().reset_index()


def worst_day(history: pd.DataFrame) -> Worst | None:
    """Return the first date with the most limits in breach, or None when no limit was ever in breach."""
    in_breach = history["limits"].where(history["status"] == "breach", 0).groupby(history["business_date"]).sum()
    if in_breach.empty or in_breach.max() == 0:
        return None
    day = in_breach.index[int(in_breach.to_numpy().argmax())]
    return Worst(
        day=day.date(),
        breaches=int(in_breach.max()),
        limits=int(history.loc[history["business_date"] == day, "limits"].sum()),
        median=float(in_breach.median()),
    )


def limit_history(reader: Reader, business_date: date, limit_id: str, scope_id: str) -> pd.DataFrame:
    """Return one holder's limit through time, oldest first."""
    return repository.limit_history(reader, business_date, limit_id, scope_id)


def alerts(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the alerts of the date for the scope and all below it, most severe first."""
    rows = within(repository.alerts(reader, business_date), scope)
    return _named(rows)
