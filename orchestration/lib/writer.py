"""One writer at a time: the lock that every step takes before it opens the warehouse for writing.

Dagster's pool queues the steps it runs itself; this lock also covers the command line beside it. The lock goes with its
process, but a dbt child can outlive a parent that was killed and keep DuckDB's own lock: such an orphan is ended here.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from governance.settings import settings


def _children_file() -> Path:
    return settings().warehouse.parent / "writer-children.json"


def record_child(pid: int) -> None:
    """Remember a child process that writes the warehouse on behalf of the lock's holder."""
    child = psutil.Process(pid)
    target = _children_file()
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps({"pid": pid, "created": child.create_time()}))
    temporary.replace(target)


def _end_orphan() -> None:
    """End the child that a killed holder left behind; the start time guards against a pid that was used again."""
    target = _children_file()
    if not target.exists():
        return
    recorded = json.loads(target.read_text())
    try:
        child = psutil.Process(recorded["pid"])
        if abs(child.create_time() - recorded["created"]) < 1:
            family = [*child.children(recursive=True), child]
            for process in family:
                process.terminate()
            _, alive = psutil.wait_procs(family, timeout=10)
            for process in alive:
                process.kill()
            psutil.wait_procs(alive, timeout=10)
    except psutil.NoSuchProcess:
        pass
    target.unlink(missing_ok=True)


@contextmanager
def warehouse_writer(poll_seconds: float = 0.2) -> Iterator[None]:
    """Hold the writer's lock for the block; wait for as long as another process has it."""
    lock = settings().warehouse.parent / "writer.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(poll_seconds)
        try:
            _end_orphan()
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
