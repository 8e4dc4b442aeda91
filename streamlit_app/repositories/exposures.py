"""SQL over exposures and their concentration. Long is positive, short is negative, gross is long less short."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with a concentration for the firm, newest first: ``business_date``."""
    return reader.query(
        """
        select distinct business_date
        from fct_concentration_daily
        where scope_type = 'firm'
        order by business_date desc
        """
    )


def concentrations(reader: Reader, business_date: date, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return one row per exposure type: totals, HHI and the largest keys of the scope."""
    return reader.query(
        """
        select
            concentrations.exposure_type, concentrations.long_usd, concentrations.short_usd, concentrations.gross_usd,
            concentrations.net_usd, concentrations.keys, concentrations.hhi, concentrations.largest_key,
            coalesce(issuers.counterparty_name, concentrations.largest_key) as largest_name,
            concentrations.largest_share, concentrations.top_5_share
        from fct_concentration_daily as concentrations
        left join dim_counterparties as issuers
            on concentrations.exposure_type = 'issuer' and concentrations.largest_key = issuers.counterparty_lei
        where
            concentrations.business_date = $date
            and concentrations.scope_type = $scope_type
            and concentrations.scope_id = $scope_id
        order by concentrations.exposure_type
        """,
        {"date": business_date, "scope_type": scope_type, "scope_id": scope_id},
    )


def by_key(
    reader: Reader, business_date: date, exposure_type: str, desk: str | None, portfolio: str | None
) -> pd.DataFrame:
    """Return one row per key of an exposure type, largest gross first; an issuer comes with its name."""
    return reader.query(
        """
        select
            exposures.exposure_key,
            coalesce(max(issuers.counterparty_name), exposures.exposure_key) as exposure_name,
            sum(exposures.long_usd) as long_usd,
            sum(exposures.short_usd) as short_usd,
            sum(exposures.gross_usd) as gross_usd,
            sum(exposures.net_usd) as net_usd,
            count(distinct exposures.portfolio_id) as portfolios
        from fct_exposures_daily as exposures
        left join dim_counterparties as issuers
            on exposures.exposure_type = 'issuer' and exposures.exposure_key = issuers.counterparty_lei
        where
            exposures.business_date = $date
            and exposures.exposure_type = $type
            and ($portfolio is null or exposures.portfolio_id = $portfolio)
            and (
                $desk is null
                or exposures.portfolio_id in (select portfolio_id from dim_portfolios where desk_id = $desk)
            )
        group by exposures.exposure_key
        order by gross_usd desc nulls last, exposures.exposure_key
        """,
        {"date": business_date, "type": exposure_type, "desk": desk, "portfolio": portfolio},
    )


def concentration_history(
    reader: Reader, business_date: date, exposure_type: str, scope_type: str, scope_id: str
) -> pd.DataFrame:
    """Return HHI and the largest share of an exposure type on every date up to the date, oldest first."""
    return reader.query(
        """
        select business_date, hhi, largest_share, top_5_share
        from fct_concentration_daily
        where
            business_date <= $date
            and exposure_type = $type
            and scope_type = $scope_type
            and scope_id = $scope_id
        order by business_date
        """,
        {"date": business_date, "type": exposure_type, "scope_type": scope_type, "scope_id": scope_id},
    )
