"""Alerts reach the file, the table, a mail server and a webhook, once each."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import duckdb
import pytest

from governance.settings import settings
from orchestration.lib import alerts

ALERT = alerts.Alert("build_withheld", "high", "2022-12-28", "The build is withheld", "Desks do not sum to the firm.")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


class MailHandler(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 to take one message."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            command = line.strip().upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while (body := self.rfile.readline()) != b".\r\n":
                    self.server.received.append(body.decode())
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")


class HookHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[list]:
    server.received = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.received
    finally:
        server.shutdown()
        server.server_close()


def test_the_file_always_gets_the_alert() -> None:
    assert alerts.raise_alert(ALERT)
    (row,) = alerts.read_alerts()
    assert (row["subject"], row["severity"], row["delivered_to"]) == (ALERT.subject, "high", "file")


def test_the_same_alert_is_told_once_and_another_day_again() -> None:
    assert alerts.raise_alert(ALERT)
    assert not alerts.raise_alert(ALERT)
    assert alerts.raise_alert(replace(ALERT, business_date="2022-12-29"))
    assert len(alerts.read_alerts()) == 2


def test_mail_is_sent_over_smtp(monkeypatch: pytest.MonkeyPatch) -> None:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailHandler)
    with serving(server) as received:
        monkeypatch.setenv("TIEOUT_SMTP_URL", f"smtp://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("TIEOUT_ALERT_EMAIL_FROM", "tieout@bank.example")
        monkeypatch.setenv("TIEOUT_ALERT_EMAIL_TO", "desk@bank.example")
        settings.cache_clear()
        alerts.raise_alert(ALERT)
    text = "".join(received)
    assert "Subject: [Tieout high] The build is withheld" in text
    assert "Desks do not sum to the firm." in text
    assert alerts.read_alerts()[0]["delivered_to"] == "file, e-mail"


def test_webhook_gets_the_alert_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    server = HTTPServer(("127.0.0.1", 0), HookHandler)
    with serving(server) as received:
        monkeypatch.setenv("TIEOUT_ALERT_WEBHOOK_URL", f"http://127.0.0.1:{server.server_address[1]}/hook")
        settings.cache_clear()
        alerts.raise_alert(ALERT)
    assert received[0]["alert_type"] == "build_withheld"
    assert received[0]["message"] == ALERT.message


def test_a_dead_mail_server_or_webhook_is_recorded_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("TIEOUT_ALERT_EMAIL_FROM", "a@bank.example")
    monkeypatch.setenv("TIEOUT_ALERT_EMAIL_TO", "b@bank.example")
    monkeypatch.setenv("TIEOUT_ALERT_WEBHOOK_URL", "file:///etc/passwd")
    settings.cache_clear()
    assert alerts.raise_alert(ALERT)
    assert alerts.read_alerts()[0]["delivered_to"] == (
        "file, e-mail failed (ConnectionRefusedError), webhook refused (its address is not http or https)"
    )


def test_the_table_follows_the_file_and_survives_a_torn_line() -> None:
    alerts.raise_alert(ALERT)
    alerts.raise_alert(replace(ALERT, business_date="2022-12-29"))
    with settings().alerts_file.open("a") as handle:
        handle.write('{"alert_id": "torn')
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as warehouse")
    alerts.store_alerts(connection)
    alerts.store_alerts(connection)
    rows = connection.execute(
        "select business_date::varchar, subject from warehouse.operations.alerts order by business_date"
    ).fetchall()
    assert rows == [("2022-12-28", ALERT.subject), ("2022-12-29", ALERT.subject)]
