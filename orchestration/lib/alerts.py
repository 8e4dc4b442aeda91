"""Alerts: always the file and the table ``operations.alerts``; e-mail and webhook where they are configured.

The file is written first, because it needs no lock; the table is filled from it by the next step that holds the
warehouse. An alert that cannot be mailed or posted is itself recorded, and never stops the step that raised it.
"""

from __future__ import annotations

import hashlib
import json
import os
import smtplib
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

import duckdb

from governance.settings import Settings, settings

Severity = Literal["info", "medium", "high"]

CREATE_TABLE = """
create schema if not exists warehouse.operations;
create table if not exists warehouse.operations.alerts (
    alert_id varchar primary key,
    raised_at timestamp not null,
    alert_type varchar not null,
    severity varchar not null,
    business_date date,
    subject varchar not null,
    message varchar not null,
    delivered_to varchar not null
)
"""


@dataclass(frozen=True)
class Alert:
    """Something a person must know: `subject` in a line, `message` with what to do next; no personal data."""

    alert_type: str
    severity: Severity
    business_date: str | None
    subject: str
    message: str

    @property
    def alert_id(self) -> str:
        """The same alert raised again (a rerun) has the same id and is told once."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def raise_alert(alert: Alert) -> bool:
    """Record and send one alert. Returns False when the very same alert was raised before."""
    config = settings()
    config.alerts_file.parent.mkdir(parents=True, exist_ok=True)
    if alert.alert_id in {row["alert_id"] for row in read_alerts()}:
        return False
    delivered = ["file", *_send_email(alert, config), *_post_webhook(alert, config)]
    row = {
        "alert_id": alert.alert_id,
        "raised_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **asdict(alert),
        "delivered_to": ", ".join(delivered),
    }
    with config.alerts_file.open("a") as handle:
        handle.write(json.dumps(row) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    return True


def read_alerts() -> list[dict[str, str]]:
    """Return every recorded alert, oldest first; a line cut short by a crash is left out."""
    path = settings().alerts_file
    if not path.exists():
        return []
    rows = []
    for line in path.read_text().splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows


def store_alerts(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring ``operations.alerts`` up to the file; running it again changes nothing."""
    connection.execute(CREATE_TABLE)
    rows = read_alerts()
    if rows:
        columns = ["alert_id", "raised_at", "alert_type", "severity", "business_date", "subject", "message"]
        connection.executemany(
            "insert or ignore into warehouse.operations.alerts values (?, ?, ?, ?, ?, ?, ?, ?)",
            [[row[name] for name in [*columns, "delivered_to"]] for row in rows],
        )


def _send_email(alert: Alert, config: Settings) -> list[str]:
    if not (config.smtp_url and config.alert_email_from and config.alert_email_to):
        return []
    url = urlsplit(config.smtp_url)
    mail = EmailMessage()
    mail["From"], mail["To"] = config.alert_email_from, config.alert_email_to
    mail["Subject"] = f"[Tieout {alert.severity}] {alert.subject}"
    mail.set_content(alert.message)
    server_class = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    try:
        with server_class(url.hostname or "localhost", url.port or 0, timeout=10) as server:
            server.ehlo_or_helo_if_needed()
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        return [f"e-mail failed ({type(error).__name__})"]
    return ["e-mail"]


def _post_webhook(alert: Alert, config: Settings) -> list[str]:
    if not config.alert_webhook_url:
        return []
    if urlsplit(config.alert_webhook_url).scheme not in {"http", "https"}:
        return ["webhook refused (its address is not http or https)"]
    request = urllib.request.Request(  # noqa: S310 the scheme was checked above
        config.alert_webhook_url,
        data=json.dumps({"alert_id": alert.alert_id, **asdict(alert)}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310 the scheme was checked above
            return ["webhook"]
    except (urllib.error.URLError, OSError) as error:
        return [f"webhook failed ({type(error).__name__})"]
