"""Prepare ``TIEOUT_HOME`` and the process environment that dbt and Dagster read."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from functools import cache
from pathlib import Path

from governance.keys import KeyRing
from governance.settings import REPOSITORY, settings
from governance.warehouse import ensure_httpfs
from orchestration.errors import EnvironmentNotReady
from orchestration.lib.dagster_storage import create_storage

DBT_PROJECT = REPOSITORY / "dbt_project"
DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")

#: What decides the figures: a change in any of these makes the next build a full one.
CODE_FOLDERS = ("dbt_project", "python_models")
CODE_SUFFIXES = {".sql", ".py", ".yml", ".csv"}


def dbt_executable() -> str:
    """Return the path of the ``dbt`` that belongs to this Python."""
    beside = Path(sys.executable).with_name("dbt")
    found = str(beside) if beside.exists() else shutil.which("dbt")
    if not found:
        raise EnvironmentNotReady("dbt is not installed beside this Python: run `make setup`.")
    return found


def prepare(*, create_keys: bool = True) -> KeyRing:
    """Create the runtime folders, open the key ring and set the environment of child processes.

    The warehouse key goes into ``DBT_ENV_SECRET_WAREHOUSE_KEY``, a name whose value dbt removes from its logs.

    Parameters
    ----------
    create_keys : bool
        Create the key ring when there is none.

    Returns
    -------
    KeyRing
        The open key ring.
    """
    paths = settings()
    for folder in (
        paths.inbox,
        paths.archive,
        paths.warehouse.parent,
        paths.published,
        paths.spill,
        paths.dagster_home,
        paths.dbt_target,
        paths.dbt_logs,
        paths.alerts_file.parent,
    ):
        folder.mkdir(parents=True, exist_ok=True)
    instance_file = paths.dagster_home / "dagster.yaml"
    if not instance_file.exists() or instance_file.read_bytes() != DAGSTER_YAML.read_bytes():
        shutil.copyfile(DAGSTER_YAML, instance_file)
    ensure_httpfs()
    ring = KeyRing.open(create=create_keys)
    os.environ.update(
        {
            "TIEOUT_HOME": str(paths.root),
            "TIEOUT_WAREHOUSE_PATH": str(paths.warehouse),
            "TIEOUT_SPILL_PATH": str(paths.spill),
            "TIEOUT_MEMORY_LIMIT": paths.memory_limit,
            "DBT_ENV_SECRET_WAREHOUSE_KEY": ring.warehouse_key(),
            "DBT_TARGET_PATH": str(paths.dbt_target),
            "DBT_LOG_PATH": str(paths.dbt_logs),
            # At its default, debug, dbt writes every statement and result of a thousand tests: 50 MB a build.
            "DBT_LOG_LEVEL_FILE": "info",
            "DBT_PROFILES_DIR": str(REPOSITORY),
            "DBT_PROJECT_DIR": str(DBT_PROJECT),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DAGSTER_HOME": str(paths.dagster_home),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "PYTHONPATH": str(REPOSITORY),
            # dbt runs models side by side: threads of the matrix library under them would only wait for each other.
            "OPENBLAS_NUM_THREADS": "1",
        }
    )
    create_storage(paths.dagster_home)
    return ring


@cache
def project_checksum() -> str:
    """Return the SHA-256 of everything that computes a figure: models, seeds, macros, Python models and chosen rules.

    Files count with their relative name and content, in name order, so the checksum is the same on every machine.
    """
    digest = hashlib.sha256(f"{settings().jurisdiction} {settings().rules_as_of}".encode())
    for folder in CODE_FOLDERS:
        for path in sorted((REPOSITORY / folder).rglob("*")):
            if path.suffix in CODE_SUFFIXES and "__pycache__" not in path.parts:
                name = path.relative_to(REPOSITORY).as_posix().encode()
                content = path.read_bytes()
                digest.update(len(name).to_bytes(4, "big") + name + len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()
