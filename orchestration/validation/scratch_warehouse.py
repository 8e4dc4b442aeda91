"""A warehouse for cases: tables where the bank's rows would stand, and the project's models built on them by dbt."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from governance.settings import REPOSITORY, settings
from governance.warehouse import attach_encrypted, ensure_httpfs, load_httpfs, offline_config
from orchestration.errors import CaseNotRecognised
from orchestration.lib.environment import DBT_PROJECT, dbt_executable

#: A table of the scratch warehouse: types by column, and its rows.
Table = tuple[Mapping[str, str], Sequence[Mapping[str, object]]]


def build(
    folder: Path, tables: Mapping[str, Table], selection: Sequence[str], results: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Write tables into an encrypted file of their own, let dbt build models and seeds there, and read some back.

    The bank's warehouse is neither read nor written.

    Parameters
    ----------
    folder : Path
        An empty folder; everything made lies in it.
    tables : mapping
        By name: models that the cases stand in for, of the schema ``intermediate`` where the name gives no other.
    selection : sequence of str
        Seeds and models to build, by name.
    results : sequence of str
        Models to read, as ``schema.name``.

    Returns
    -------
    dict of str to DataFrame
        By model name.

    Raises
    ------
    CaseNotRecognised
        If dbt cannot build the models on these rows; its words are in the message.
    """
    file, key = build_file(folder, tables, selection)
    with duckdb.connect(config=offline_config()) as connection:
        load_httpfs(connection)
        attach_encrypted(connection, file, "warehouse", key, read_only=True)
        return {name.partition(".")[2]: connection.execute(f"select * from warehouse.{name}").df() for name in results}


def build_file(folder: Path, tables: Mapping[str, Table], selection: Sequence[str]) -> tuple[Path, str]:
    """Do the same and leave the file; dbt's compiled SQL lies in the folder ``target``.

    Returns
    -------
    tuple of Path and str
        The encrypted DuckDB file and its key.
    """
    ensure_httpfs()
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    file = folder / "cases.duckdb"
    _write(file, key, tables)
    completed = subprocess.run(  # noqa: S603 our own dbt, arguments passed as a list
        [
            dbt_executable(), "build", "--quiet", "--select", *selection,
            "--resource-type", "seed", "--resource-type", "model",
        ],
        cwd=DBT_PROJECT,
        env=_environment(folder, file, key),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )  # fmt: skip
    if completed.returncode:
        raise CaseNotRecognised(f"The models could not be built on the cases: {completed.stdout.strip()[-2000:]}")
    return file, key


def _write(file: Path, key: str, tables: Mapping[str, Table]) -> None:
    with duckdb.connect(config=offline_config()) as connection:
        load_httpfs(connection)
        attach_encrypted(connection, file, "warehouse", key)
        for qualified, (types, rows) in tables.items():
            schema, _, name = qualified.rpartition(".")
            schema = schema or "intermediate"
            connection.execute(f"create schema if not exists warehouse.{schema}")
            columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
            connection.execute(f"create table warehouse.{schema}.{name} ({columns})")
            marks = ", ".join("?" for _ in types)
            for row in rows:
                unknown = row.keys() - types.keys()
                if unknown:
                    raise CaseNotRecognised(f"{name} has no column {', '.join(sorted(unknown))}.")
                connection.execute(
                    f"insert into warehouse.{schema}.{name} values ({marks})",
                    [row.get(column) for column in types],
                )


def _environment(folder: Path, file: Path, key: str) -> dict[str, str]:
    target = folder / "target"
    target.mkdir()
    # A project that was parsed before need not be parsed again; dbt compares the files itself.
    for parsed in (settings().dbt_target, settings().root / "dbt" / "typed"):
        if (parsed / "partial_parse.msgpack").exists():
            shutil.copyfile(parsed / "partial_parse.msgpack", target / "partial_parse.msgpack")
            break
    return {
        **os.environ,
        "TIEOUT_WAREHOUSE_PATH": str(file),
        "TIEOUT_SPILL_PATH": str(folder / "spill"),
        "TIEOUT_MEMORY_LIMIT": settings().memory_limit,
        "DBT_ENV_SECRET_WAREHOUSE_KEY": key,
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROFILES_DIR": str(REPOSITORY),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PYTHONPATH": str(REPOSITORY),
    }
