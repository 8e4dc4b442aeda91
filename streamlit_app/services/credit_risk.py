"""Credit risk on a reporting date: RWA by class and density, internal estimates, fallbacks, netting sets."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import credit_risk as repository
from streamlit_app.services import regulatory
from streamlit_app.services.positions import Tie

ROWS_SHOWN = 500
CLASSES = {"corporate_sme": "Corporate, small and medium-sized", "retail_transactor": "Retail, transactors"}
FALLBACKS = {
    "is_rating_missing": "rating",
    "is_class_defaulted": "class",
    "is_ltv_missing": "loan-to-value",
}
METHODS = {"sa_ccr": "SA-CCR", "sft_comprehensive": "SFT, comprehensive"}


def reporting_dates(reader: Reader) -> list[date]:
    """Return the dates with credit exposures, newest first."""
    return list(repository.reporting_dates(reader)["reporting_date"].dt.date)


def class_words(name: str) -> str:
    """Return how a reader calls an exposure class.

    Examples
    --------
    >>> class_words("corporate_sme"), class_words("central_bank")
    ('Corporate, small and medium-sized', 'Central bank')
    """
    return CLASSES.get(name, name.replace("_", " ").capitalize())


def by_class(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per exposure class, largest RWA first, with its density and how far internal estimates differ.

    ``density`` is RWA over exposure at default; ``irb_over_standardised`` is RWA by internal estimates over the
    standardised RWA of the same exposures, null where none has an estimate.
    """
    rows = repository.by_class(reader, reporting_date)
    ead, rwa = rows["ead_usd"].astype(float), rows["rwa_usd"].astype(float)
    beside = rows["rwa_where_irb_usd"].astype(float)
    return rows.assign(
        class_name=rows["exposure_class"].map(class_words),
        density=rwa / ead.where(ead != 0),
        irb_over_standardised=rows["rwa_irb_usd"].astype(float) / beside.where(beside != 0),
    )


def totals(rows: pd.DataFrame) -> dict[str, float | None]:
    """Return the sums over all classes; a sum with a missing part is None."""
    found: dict[str, float | None] = {}
    for name in ("exposures", "ead_usd", "rwa_usd", "fallbacks", "provisions_usd"):
        value = rows[name].astype(float).sum(skipna=False) if len(rows) else float("nan")
        found[name] = None if pd.isna(value) else float(value)
    ead, rwa = found["ead_usd"], found["rwa_usd"]
    found["density"] = rwa / ead if rwa is not None and ead else None
    return found


def template_tie(reader: Reader, reporting_date: date, rows: pd.DataFrame) -> Tie:
    """Tell whether the exposures' RWA are what OV1 reports for credit and counterparty credit risk together."""
    figures = regulatory.figures(reader, "OV1", "rwa", reporting_date)
    credit, counterparty = figures.get("1"), figures.get("6")
    total = totals(rows)["rwa_usd"]
    is_missing = credit is None or counterparty is None or total is None
    difference = None if is_missing else total - credit - counterparty  # type: ignore[operator]
    return Tie("RWA of the exposures = OV1 rows 1 and 6", difference)


def exposures(reader: Reader, reporting_date: date, exposure_class: str | None, is_fallback_only: bool) -> pd.DataFrame:
    """Return the largest exposures with ``class_name`` and ``fallback``, what stood in for what was missing."""
    rows = repository.exposures(reader, reporting_date, exposure_class, is_fallback_only, ROWS_SHOWN)
    flags = rows[list(FALLBACKS)].fillna(value=False).astype(bool)
    fallback = [", ".join(words for name, words in FALLBACKS.items() if row[name]) for row in flags.to_dict("records")]
    return rows.assign(
        class_name=rows["exposure_class"].map(class_words),
        type_name=rows["exposure_type"].astype(str).str.replace("_", " "),
        fallback=pd.Series(fallback, index=rows.index, dtype="string"),
    )


def netting_sets(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return one row per netting set or securities financing transaction with ``method_name``."""
    rows = repository.netting_sets(reader, reporting_date)
    return rows.assign(method_name=rows["method"].map(METHODS).fillna(rows["method"]))
