"""SQL over what came in: the reconciliation of deliveries, and the prices a person must look at."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def deliveries(reader: Reader) -> pd.DataFrame:
    """Return one row per delivery of the reconciliation mart, newest first."""
    return reader.query(
        "select * from fct_delivery_reconciliation order by delivery_business_date desc, load_sequence desc"
    )


def quarantined(reader: Reader) -> pd.DataFrame:
    """Return the quarantined rows counted per feed, field and rule, most first, with one of the reasons."""
    return reader.query(
        """
        select
            feed,
            failed_field,
            failed_rule,
            count(*) as quarantined_rows,
            max(delivery_business_date) as last_business_date,
            min(failure_reason) as example
        from qc_quarantined_rows
        group by feed, failed_field, failed_rule
        order by quarantined_rows desc, feed, failed_field, failed_rule
        """
    )


def stale_prices(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the instruments on the date's list of stale prices."""
    return reader.query(
        "select * from qc_stale_prices where business_date = $date order by days_stale desc, instrument_id",
        {"date": business_date},
    )
