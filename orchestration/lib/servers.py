"""The Dagster UI and the reporting app, started together and ended together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from governance.settings import REPOSITORY, settings
from orchestration.errors import EnvironmentNotReady

ADDRESS = "127.0.0.1"
START_SECONDS = 120


def free_port(wanted: int) -> int:
    """Return the wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex((ADDRESS, port)) != 0:
                return port
    raise EnvironmentNotReady(
        f"No free port from {wanted} to {wanted + 49}: name another with --app-port or --dagster-port."
    )


def serve(console: Console, *, app_port: int, dagster_port: int) -> None:
    """Start both servers on the loopback address, print where they are, and wait until one ends or Ctrl-C."""
    binaries = Path(sys.executable).parent
    ports = {"Reporting app": free_port(app_port), "Dagster UI": free_port(dagster_port)}
    commands = {
        "Reporting app": [
            str(binaries / "streamlit"),
            "run",
            "streamlit_app/streamlit_app.py",
            f"--server.port={ports['Reporting app']}",
            f"--server.address={ADDRESS}",
            "--server.headless=true",
        ],
        "Dagster UI": [
            str(binaries / "dagster"),
            "dev",
            f"--host={ADDRESS}",
            f"--port={ports['Dagster UI']}",
            "--log-level=warning",
        ],
    }
    logs = settings().root / "logs"
    logs.mkdir(exist_ok=True)
    running: dict[str, subprocess.Popen[bytes]] = {}
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        for name, command in commands.items():
            log = logs / f"{name.lower().replace(' ', '-')}.log"
            with log.open("ab") as handle:
                running[name] = subprocess.Popen(  # noqa: S603 our own servers, arguments passed as a list
                    command, cwd=REPOSITORY, stdout=handle, stderr=subprocess.STDOUT, start_new_session=True
                )
        with console.status("Starting the reporting app and the Dagster UI"):
            for name, port in ports.items():
                _wait_until_listening(name, port, running[name], logs)
        for name, port in ports.items():
            console.print(f"{name:14} http://{ADDRESS}:{port}", highlight=False)
        console.print(f"Logs           {logs}", highlight=False)
        console.print("Ctrl-C ends both.", highlight=False)
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    raise EnvironmentNotReady(f"The {name} ended by itself; its log is in {logs}.")
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("Ending both.")
    finally:
        _end(list(running.values()))


def _wait_until_listening(name: str, port: int, process: subprocess.Popen[bytes], logs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EnvironmentNotReady(f"The {name} did not start; its log is in {logs}.")
        with socket.socket() as probe:
            if probe.connect_ex((ADDRESS, port)) == 0:
                return
        time.sleep(0.3)
    raise EnvironmentNotReady(f"The {name} did not answer within {START_SECONDS} s; its log is in {logs}.")


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """End each server with everything it started: an orphaned step would keep the warehouse locked."""
    for send in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            if process.poll() is None or send is signal.SIGKILL:
                try:
                    os.killpg(process.pid, send)
                except ProcessLookupError:
                    continue
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and any(process.poll() is None for process in processes):
            time.sleep(0.2)
