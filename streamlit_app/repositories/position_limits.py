"""SQL over positions in commodity derivatives against their limits. Lots; a short position is negative."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with positions, newest first: ``business_date``."""
    return reader.query("select distinct business_date from fct_commodity_position_limits order by business_date desc")


def limits(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per contract and limit type: the position and its limit; those without a limit first."""
    return reader.query(
        """
        select
            contract_code, limit_type, contract_name, venue_mic, commodity_type, is_food, lot_size, lot_unit,
            maturities, long_lots, short_lots, option_delta_lots, net_lots, rule_id, baseline_ratio, baseline_basis,
            basis_lots, baseline_lots, set_lots, is_set_within_range, limit_lots, utilisation_pct, status, note
        from fct_commodity_position_limits
        where business_date = $date
        order by utilisation_pct desc nulls first, contract_code, limit_type
        """,
        {"date": business_date},
    )


def maturities(reader: Reader, business_date: date, contract_code: str, limit_type: str) -> pd.DataFrame:
    """Return the maturities that a position is netted from, in the order of time."""
    return reader.query(
        """
        select maturity_month, long_lots, short_lots, option_delta_lots, net_lots
        from fct_commodity_positions
        where business_date = $date and contract_code = $contract and limit_type = $type
        order by maturity_month
        """,
        {"date": business_date, "contract": contract_code, "type": limit_type},
    )


def history(reader: Reader, business_date: date, contract_code: str, limit_type: str) -> pd.DataFrame:
    """Return a position and its limit on every date up to the one given, oldest first."""
    return reader.query(
        """
        select business_date, net_lots, limit_lots, utilisation_pct, status
        from fct_commodity_position_limits
        where business_date <= $date and contract_code = $contract and limit_type = $type
        order by business_date
        """,
        {"date": business_date, "contract": contract_code, "type": limit_type},
    )


def breaches(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the positions that were above their limit on a date up to the one given, the latest first."""
    return reader.query(
        """
        select
            contract_code, limit_type, max(contract_name) as contract_name, count(*) as days_above,
            min(business_date) as first_date, max(business_date) as last_date,
            max(utilisation_pct) as peak_utilisation_pct
        from fct_commodity_position_limits
        where business_date <= $date and status = 'breach'
        group by contract_code, limit_type
        order by last_date desc, contract_code, limit_type
        """,
        {"date": business_date},
    )
