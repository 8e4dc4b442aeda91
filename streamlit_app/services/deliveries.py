"""What came in: deliveries reconciled, and prices that need a look."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import deliveries as repository

ROW_COUNTS = ["rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate", "rows_unaccounted"]


def deliveries(reader: Reader) -> pd.DataFrame:
    """Return one row per delivery, newest first."""
    return repository.deliveries(reader)


def by_feed(deliveries_frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per feed: files by what became of them, the last business date, row counts summed."""
    status = deliveries_frame["delivery_status"]
    return (
        deliveries_frame.assign(
            is_loaded=status == "loaded", is_refused=status == "refused", is_duplicate=status == "duplicate"
        )
        .groupby("feed", sort=True)
        .agg(
            files_loaded=("is_loaded", "sum"),
            files_refused=("is_refused", "sum"),
            files_duplicate=("is_duplicate", "sum"),
            last_business_date=("delivery_business_date", "max"),
            **{column: (column, "sum") for column in ROW_COUNTS},
        )
        .reset_index()
    )


def quarantined(reader: Reader) -> pd.DataFrame:
    """Return the quarantined rows counted per feed, field and rule, most first."""
    return repository.quarantined(reader)


def stale_prices(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the date's list of stale prices, oldest first."""
    return repository.stale_prices(reader, business_date)
