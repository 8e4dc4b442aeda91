"""SQL over what explains P&L: components per portfolio, and the three kinds of P&L side by side."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates with an explained P&L, newest first: ``business_date``."""
    return reader.query("select distinct business_date from fct_pnl_explain_daily order by business_date desc")


def components(reader: Reader, since: date, until: date, desk: str | None, portfolio: str | None) -> pd.DataFrame:
    """Return ``component_type, risk_factor_id, pnl_usd, missing`` over the dates from ``since`` to ``until``.

    ``pnl_usd`` is the sum of the parts that have a figure and null when none has; ``missing`` counts those without.
    """
    return reader.query(
        """
        select
            component_type,
            risk_factor_id,
            sum(pnl_usd) as pnl_usd,
            count(*) filter (where pnl_usd is null) as missing
        from fct_pnl_explain_daily
        where
            business_date between $since and $until
            and ($portfolio is null or portfolio_id = $portfolio)
            and (
                $desk is null
                or portfolio_id in (select portfolio_id from dim_portfolios where desk_id = $desk)
            )
        group by component_type, risk_factor_id
        order by component_type, abs(sum(pnl_usd)) desc, risk_factor_id
        """,
        {"since": since, "until": until, "desk": desk, "portfolio": portfolio},
    )


def components_less_pnl(
    reader: Reader,
    since: date,
    until: date,
    scope_type: str,
    scope_id: str,
    desk: str | None,
    portfolio: str | None,
) -> pd.DataFrame:
    """Return ``difference_usd``: components less P&L over the dates, exact; null when either is missing."""
    return reader.query(
        """
        select
            (
                select sum(pnl_usd)
                from fct_pnl_explain_daily
                where
                    business_date between $since and $until
                    and ($portfolio is null or portfolio_id = $portfolio)
                    and (
                        $desk is null
                        or portfolio_id in (select portfolio_id from dim_portfolios where desk_id = $desk)
                    )
            )
            - (
                select sum(total_pnl_usd)
                from fct_pnl_summary_daily
                where
                    business_date between $since and $until
                    and scope_type = $scope_type
                    and scope_id = $scope_id
            ) as difference_usd
        """,
        {
            "since": since,
            "until": until,
            "scope_type": scope_type,
            "scope_id": scope_id,
            "desk": desk,
            "portfolio": portfolio,
        },
    )


def attribution_history(reader: Reader, until: date, scope_type: str, scope_id: str) -> pd.DataFrame:
    """Return actual, hypothetical, risk-theoretical and unexplained P&L per date up to the date, oldest first."""
    return reader.query(
        """
        select
            business_date, actual_pnl_usd, hypothetical_pnl_usd, risk_theoretical_pnl_usd, unexplained_pnl_usd,
            is_risk_theoretical_missing
        from fct_pnl_attribution_daily
        where business_date <= $until and scope_type = $scope_type and scope_id = $scope_id
        order by business_date
        """,
        {"until": until, "scope_type": scope_type, "scope_id": scope_id},
    )
