"""SQL over limits, breaches, waivers and alerts. A limit's unit is beside its value; utilisation is in per cent."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader

# Where a limit's holder stands in the bank: a trader's desk is that of the portfolio in the mandate.
_HOLDERS = """
    with holders as (
        select 'desk' as scope_type, desk_id as scope_id, desk_id, null as portfolio_id
        from dim_portfolios
        group by desk_id

        union all

        select 'portfolio' as scope_type, portfolio_id as scope_id, desk_id, portfolio_id
        from dim_portfolios

        union all

        select
            'trader' as scope_type, traders.trader_id as scope_id, max(portfolios.desk_id) as desk_id,
            max(traders.portfolio_id) as portfolio_id
        from dim_traders as traders
        left join dim_portfolios as portfolios on traders.portfolio_id = portfolios.portfolio_id
        group by traders.trader_id
    )
"""


def business_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates on which limits were checked, newest first: ``business_date``."""
    return reader.query("select distinct business_date from fct_limit_checks_daily order by business_date desc")


def checks(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per limit checked on the date, with the desk and portfolio of its holder."""
    return reader.query(
        f"""
        {_HOLDERS}

        select
            checks.limit_id, checks.limit_type, checks.metric, checks.scope_type, checks.scope_id,
            holders.desk_id, holders.portfolio_id, checks.exposure_type, checks.exposure_key,
            coalesce(issuers.counterparty_name, checks.exposure_key) as exposure_name,
            checks.unit, checks.current_value, checks.limit_value, checks.original_limit_value, checks.warning_pct,
            checks.utilisation_pct, checks.status, checks.severity, checks.is_waived, checks.waiver_id,
            checks.breach_id, checks.days_in_breach, checks.escalation_level, checks.note
        from fct_limit_checks_daily as checks
        left join holders on checks.scope_type = holders.scope_type and checks.scope_id = holders.scope_id
        left join dim_counterparties as issuers on checks.exposure_key = issuers.counterparty_lei
        where checks.business_date = $date
        order by checks.limit_id, checks.exposure_key
        """,
        {"date": business_date},
    )


def breaches(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the breaches that had begun by the date, newest first, with the desk and portfolio of the holder."""
    return reader.query(
        f"""
        {_HOLDERS}

        select
            breaches.breach_id, breaches.limit_id, breaches.limit_type, breaches.metric, breaches.scope_type,
            breaches.scope_id, holders.desk_id, holders.portfolio_id, breaches.exposure_type,
            coalesce(issuers.counterparty_name, breaches.exposure_key) as exposure_name, breaches.unit,
            breaches.first_breach_date, breaches.last_breach_date, breaches.days_in_breach, breaches.days_waived,
            breaches.peak_value, breaches.peak_utilisation_pct, breaches.limit_value, breaches.is_open,
            breaches.waiver_id, breaches.waiver_expires_on, breaches.waiver_approved_by, breaches.escalate_to
        from fct_limit_breaches as breaches
        left join holders on breaches.scope_type = holders.scope_type and breaches.scope_id = holders.scope_id
        left join dim_counterparties as issuers on breaches.exposure_key = issuers.counterparty_lei
        where breaches.first_breach_date <= $date
        order by breaches.first_breach_date desc, breaches.limit_id, breaches.breach_id
        """,
        {"date": business_date},
    )


def status_history(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return how many limits had each status per date, holder and limit type up to the date, oldest first."""
    return reader.query(
        f"""
        {_HOLDERS}

        select
            checks.business_date, checks.scope_type, holders.desk_id, holders.portfolio_id, checks.limit_type,
            checks.status, count(*) as limits
        from fct_limit_checks_daily as checks
        left join holders on checks.scope_type = holders.scope_type and checks.scope_id = holders.scope_id
        where checks.business_date <= $date
        group by all
        order by all
        """,
        {"date": business_date},
    )


def limit_history(reader: Reader, business_date: date, limit_id: str, scope_id: str) -> pd.DataFrame:
    """Return one holder's limit on every date up to the date, oldest first; of several keys the most used one."""
    return reader.query(
        """
        with ranked as (
            select
                business_date, exposure_key, unit, current_value, limit_value, original_limit_value, utilisation_pct,
                status,
                row_number() over (
                    partition by business_date order by utilisation_pct desc nulls last, exposure_key
                ) as place
            from fct_limit_checks_daily
            where limit_id = $limit and scope_id = $scope and business_date <= $date
        )

        select
            business_date, exposure_key, unit, current_value, limit_value, original_limit_value, utilisation_pct, status
        from ranked
        where place = 1
        order by business_date
        """,
        {"limit": limit_id, "scope": scope_id, "date": business_date},
    )


def alerts(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the alerts raised on the date, most severe first, with the desk and portfolio of the holder."""
    return reader.query(
        f"""
        {_HOLDERS}

        select
            alerts.alert_type, alerts.limit_id, alerts.limit_type, alerts.scope_type, alerts.scope_id,
            holders.desk_id, holders.portfolio_id, alerts.exposure_key, alerts.current_value, alerts.limit_value,
            alerts.severity, alerts.message, checks.metric, checks.exposure_type, checks.unit
        from fct_limit_alerts as alerts
        left join fct_limit_checks_daily as checks
            on
                alerts.business_date = checks.business_date
                and alerts.limit_id = checks.limit_id
                and alerts.scope_id = checks.scope_id
                and alerts.exposure_key is not distinct from checks.exposure_key
        left join holders on alerts.scope_type = holders.scope_type and alerts.scope_id = holders.scope_id
        where alerts.business_date = $date
        order by
            case alerts.severity when 'high' then 0 when 'medium' then 1 else 2 end, alerts.limit_id, alerts.message
        """,
        {"date": business_date},
    )
