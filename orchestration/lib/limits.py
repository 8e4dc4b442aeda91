"""Limits after a build: people are told what was exceeded, is close or could not be checked, and what is still open."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import duckdb

from governance.access import Reader
from orchestration.lib.alerts import Alert, Severity, raise_alert

_KINDS: Final = {
    "limit_breach": "Limit exceeded",
    "limit_warning": "Limit nearly reached",
    "limit_missing": "Limit not checked",
}
_BREACHES: Final = "fct_limit_breaches"


class OpenBreach(NamedTuple):
    """A breach that has not ended, as a person reads it."""

    limit_id: str
    scope: str
    since: str
    days_in_breach: int
    peak: str
    escalated_to: str
    waived_until: str


def alert_on_limits(connection: duckdb.DuckDBPyConnection, business_date: date) -> int:
    """Raise the limit alerts of one business date, each once, breaches first.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The warehouse, with ``marts.fct_limit_alerts`` of the build.
    business_date : date
        Date of the build.

    Returns
    -------
    int
        Alerts that had not been raised before.
    """
    rows = connection.execute(
        """
        select
            alert_type, severity, limit_id, limit_type, scope_id, exposure_key, current_value, limit_value,
            utilisation_pct, message
        from warehouse.marts.fct_limit_alerts
        where business_date = ?
        order by
            case severity when 'high' then 0 when 'medium' then 1 else 2 end, limit_id, scope_id, exposure_key
        """,
        [business_date],
    ).fetchall()
    return sum(raise_alert(_alert(business_date, *row)) for row in rows)


def open_breaches(reader: Reader) -> list[OpenBreach] | None:
    """Return the open breaches of a published build, the oldest first; None when the build has no limits in it."""
    if _BREACHES not in reader.manifest.tables:
        return None
    rows = reader.query(
        f"""
        select
            limit_id, scope_id, exposure_key, cast(first_breach_date as varchar) as since, days_in_breach,
            peak_utilisation_pct, escalate_to, cast(waiver_expires_on as varchar) as waived_until
        from {_BREACHES}
        where is_open
        order by first_breach_date, limit_id, scope_id, exposure_key
        """
    )
    return [
        OpenBreach(
            limit_id=row["limit_id"],
            scope=_where(row["scope_id"], row["exposure_key"]),
            since=row["since"],
            days_in_breach=int(row["days_in_breach"]),
            peak=f"{row['peak_utilisation_pct']:.1f} %",
            escalated_to=_text(row["escalate_to"]),
            waived_until=_text(row["waived_until"]),
        )
        for row in rows.to_dict("records")
    ]


def _alert(
    business_date: date,
    alert_type: str,
    severity: Severity,
    limit_id: str,
    limit_type: str,
    scope_id: str,
    exposure_key: str | None,
    current_value: float | None,
    limit_value: float,
    utilisation_pct: float | None,
    message: str,
) -> Alert:
    used = "no value" if utilisation_pct is None else f"{utilisation_pct:.1f} % used"
    current = "missing" if current_value is None else f"{current_value:,.4f}"
    return Alert(
        alert_type,
        severity,
        business_date.isoformat(),
        f"{_KINDS[alert_type]}: {limit_id} of {_where(scope_id, exposure_key)}, {used}",
        f"{message} Type {alert_type}, limit type {limit_type}, current value {current}, limit value "
        f"{limit_value:,.4f}, severity {severity}.",
    )


def _where(scope_id: str, exposure_key: object) -> str:
    return scope_id if not isinstance(exposure_key, str) else f"{scope_id} {exposure_key}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
