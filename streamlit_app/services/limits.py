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
TYPE_WORDS = {"var": "VaR"}
METRIC_WORDS = {
    "var_99_1d_usd": "VaR 99%, 1 day",
    "es_97_5_1d_usd": "ES 97.5%, 1 day",
    "loss_1d_usd": "Loss of the day",
    "loss_month_to_date_usd": "Loss, month to date",
    "gross_market_value_usd": "Gross market value",
    "net_market_value_usd": "Net market value",
    "gross_exposure_usd": "Gross exposure",
    "net_exposure_usd": "Net exposure",
    "issuer_exposure_usd": "Exposure to an issuer",
    "currency_position_usd": "Currency position",
    "dv01_usd": "DV01",
    "key_rate_dv01_usd": "Key-rate DV01",
    "equity_delta_usd": "Equity delta",
    "vega_usd": "Vega",
    "concentration_hhi": "Concentration (HHI)",
    "stressed_loss_usd": "Worst stress loss",
    "traded_notional_usd": "Notional traded on the day",
}
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


def metric_words(metric: str, exposure_type: str | None = None) -> str:
    """Return how a reader calls what is limited; a concentration is one of issuers, sectors and so on.

    Examples
    --------
    >>> metric_words("loss_1d_usd"), metric_words("concentration_hhi", "sector"), metric_words("new_metric_usd")
    ('Loss of the day', 'Concentration (HHI) by sector', 'New metric usd')
    """
    words = METRIC_WORDS.get(metric, metric.replace("_", " ").capitalize())
    return f"{words} by {exposure_type.replace('_', ' ')}" if metric == "concentration_hhi" and exposure_type else words


def written(value: float | None, unit: str | None) -> str:
    """Write a value in the unit of its limit: an amount with cents, a ratio with four decimals.

    Examples
    --------
    >>> written(1234.5, "USD"), written(0.1234567, "ratio"), written(None, "USD")
    ('1,234.50', '0.1235', 'missing')
    """
    if value is None or pd.isna(value):
        return "missing"
    return f"{float(value):,.4f}" if unit == "ratio" else f"{float(value):,.2f}"


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``holder`` with those above it, ``limit_words``, and each value written in its unit (``..._words``)."""
    if "metric" in frame.columns:
        kinds = frame["exposure_type"].astype("object").where(frame["exposure_type"].notna(), None)
        words = [metric_words(str(metric), kind) for metric, kind in zip(frame["metric"], kinds, strict=True)]
    else:
        words = [type_words(str(kind)) for kind in frame["limit_type"]]
    named = frame.assign(holder=_holders(frame), limit_words=pd.Series(words, index=frame.index, dtype="string"))
    for column in ("current_value", "limit_value", "original_limit_value", "peak_value"):
        if column in frame.columns:
            named[f"{column}_words"] = pd.Series(
                [written(value, unit) for value, unit in zip(frame[column], frame["unit"], strict=True)],
                index=frame.index,
                dtype="string",
            )
    return named


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
