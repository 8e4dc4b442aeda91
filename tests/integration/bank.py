"""A whole installation in a folder of its own, driven through the command as a person drives it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).parents[2]
SCALE, SEED = "0.02", "7"


@dataclass(frozen=True)
class Bank:
    """One ``TIEOUT_HOME``."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "TIEOUT_HOME": str(self.home), "COLUMNS": "160"}

    def tieout(self, *arguments: str, succeeds: bool = True) -> subprocess.CompletedProcess[str]:
        completed = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        text = completed.stdout + completed.stderr
        assert (completed.returncode == 0) == succeeds, f"tieout {' '.join(arguments)}:\n{text[-4000:]}\n{self.log()}"
        return completed

    def log(self) -> str:
        log = self.home / "dagster" / "run.log"
        return log.read_text()[-4000:] if log.exists() else ""

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def answers(self) -> dict:
        return json.loads((self.home / "demo" / "answers.json").read_text())

    def manifest(self) -> dict:
        pointer = json.loads((self.home / "published" / "current.json").read_text())
        return json.loads((self.home / "published" / pointer["build_id"] / "manifest.json").read_text())

    def hashes(self) -> dict[str, str]:
        """Content hash of every published mart."""
        return {name: table["content_hash"] for name, table in self.manifest()["tables"].items()}

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, read only, as the test's own process opens it."""
        code = "from governance.keys import KeyRing; print(KeyRing.open().warehouse_key())"
        key = subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        connection = duckdb.connect()
        path = self.home / "warehouse" / "warehouse.duckdb"
        connection.execute(f"attach '{path}' as warehouse (encryption_key '{key}', read_only)")
        return connection

    def copy_to(self, home: Path) -> Bank:
        """The same installation in another folder: same keys, same deliveries, same state."""
        shutil.copytree(self.home, home)
        return Bank(home)


def kill_when(process: subprocess.Popen[str], is_time: callable, seconds: float = 400) -> None:
    """SIGKILL a running command, and it alone, once something has happened: its children are left as a crash does."""
    deadline = time.monotonic() + seconds
    while not is_time():
        assert process.poll() is None, "the command ended before it could be killed"
        assert time.monotonic() < deadline, "the moment to kill never came"
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
