"""SQL over large exposures. Amounts in USD, ratios are shares of Tier 1 capital."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def reporting_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with large exposures, newest first: ``reporting_date``."""
    return reader.query("select distinct reporting_date from fct_large_exposures order by reporting_date desc")


def groups(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return the groups that are reported, largest first."""
    return reader.query(
        """
        select
            group_id, group_name, members, connection_basis, size_rank, exposure_before_usd, exposure_after_usd,
            exempt_usd, limited_usd, tier_1_usd, before_ratio, limited_ratio, limit_ratio, limit_usd,
            is_large_exposure, is_exempt, exemption_reason, is_breach
        from fct_large_exposures
        where reporting_date = $date and is_reported
        order by size_rank, group_id
        """,
        {"date": reporting_date},
    )


def members(reader: Reader, reporting_date: date, group_id: str) -> pd.DataFrame:
    """Return the counterparties of a group, largest first."""
    return reader.query(
        """
        select
            counterparty_id, counterparty_name, counterparty_type, connection_basis, exposure_before_usd,
            exposure_after_usd, exempt_usd, limited_usd, exemption_reason, items
        from fct_large_exposure_members
        where reporting_date = $date and group_id = $group
        order by limited_usd desc, counterparty_id
        """,
        {"date": reporting_date, "group": group_id},
    )


def history(reader: Reader, reporting_date: date, group_id: str) -> pd.DataFrame:
    """Return a group's share of Tier 1 and the limit up to the date, oldest first."""
    return reader.query(
        """
        select reporting_date, limited_ratio, limit_ratio
        from fct_large_exposures
        where reporting_date <= $date and group_id = $group
        order by reporting_date
        """,
        {"date": reporting_date, "group": group_id},
    )
