"""Whether risk data tie to the general ledger, and the evidence of it by principle of BCBS 239."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import risk_data as repository

STATUSES = ("tied", "explained", "difference", "missing")
PRINCIPLES = {
    "P2": "Data architecture",
    "P3": "Accuracy and integrity",
    "P4": "Completeness",
    "P5": "Timeliness",
    "P7": "Accuracy of reports",
}


def reporting_dates(reader: Reader) -> list[date]:
    """Return the dates with a reconciliation, newest first."""
    return list(repository.reporting_dates(reader)["reporting_date"].dt.date)


def accounts(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per account, what a person must look at first; ``difference_cents`` is rounded to the cent."""
    rows = repository.accounts(reader, reporting_date)
    # A fraction of a cent would read as a difference of -0.00.
    return rows.assign(difference_cents=rows["difference_usd"].astype(float).round(2) + 0.0)


def counts(rows: pd.DataFrame) -> dict[str, int]:
    """Return how many accounts have each status; every status is there."""
    found = rows["reconciliation_status"].value_counts()
    return {status: int(found.get(status, 0)) for status in STATUSES}


def written(value: float | None, unit: str) -> str:
    """Write a metric or target in its unit.

    Examples
    --------
    >>> written(0.985, "ratio"), written(1234.5, "usd"), written(6.0, "hours"), written(None, "usd")
    ('98.5%', '1,234.50 USD', '6.0 hours', 'missing')
    """
    if value is None or pd.isna(value):
        return "missing"
    number = float(value)
    if unit == "ratio":
        return f"{number:.4%}" if 0 < abs(number) < 0.001 else f"{number:.1%}"
    return f"{number:,.2f} USD" if unit == "usd" else f"{number:,.1f} {unit}"


def evidence(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per metric with values in words, ``principle_name`` and ``state``: met, missed or missing."""
    rows = repository.evidence(reader, reporting_date)
    states = ["missing" if pd.isna(is_met) else "met" if is_met else "missed" for is_met in rows["is_met"]]
    sides = rows["comparison"].astype(str).str.replace("_", " ")
    units = rows["unit"].astype(str)
    return rows.assign(
        principle_name=rows["principle"].astype(str) + " " + rows["principle"].map(PRINCIPLES).fillna(""),
        metric_name=rows["metric"].astype(str).str.replace("_", " ").str.capitalize(),
        state=pd.Series(states, index=rows.index, dtype="string"),
        value_words=_written(rows["metric_value"], units),
        target_words=sides + " " + _written(rows["target_value"], units),
    )


def _written(values: pd.Series, units: pd.Series) -> pd.Series:
    return pd.Series(
        [written(value, unit) for value, unit in zip(values, units, strict=True)], index=values.index, dtype="string"
    )


def evidence_history(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return ``reporting_date, value``: the share of measured metrics that met their target, oldest first."""
    rows = repository.evidence_history(reader, reporting_date)
    measured = rows["metrics_measured"].astype(float)
    return rows.assign(value=rows["metrics_met"].astype(float) / measured.where(measured > 0))
