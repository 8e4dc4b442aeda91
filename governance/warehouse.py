"""Opening the encrypted warehouse: one DuckDB file, one writer."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path

import duckdb

from governance.errors import WarehouseBusy, WarehouseError
from governance.keys import KeyRing
from governance.settings import settings


def ensure_httpfs() -> None:
    """Put the packaged ``httpfs`` extension, which brings OpenSSL, where DuckDB loads it from. No network is used.

    Raises
    ------
    WarehouseError
        If the package is missing, made for another DuckDB, or cannot be loaded.
    """
    with duckdb.connect(config=offline_config()) as connection:
        load_httpfs(connection)


def offline_config() -> dict[str, str | bool | int | float | list[str]]:
    """Return the DuckDB configuration that keeps it from fetching anything over the network by itself."""
    return {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def load_httpfs(connection: duckdb.DuckDBPyConnection) -> None:
    """Load ``httpfs`` into a connection, installing it from its package on first use.

    Raises
    ------
    WarehouseError
        If it cannot be loaded. Without it DuckDB cannot write an encrypted database.
    """
    try:
        connection.execute("LOAD httpfs")
    except duckdb.Error:
        try:
            connection.execute(f"FORCE INSTALL {quote_literal(str(_packaged_httpfs()))}")
            connection.execute("LOAD httpfs")
        except duckdb.Error as error:
            raise WarehouseError(
                f"DuckDB {duckdb.__version__} cannot load its httpfs extension, which encryption needs: "
                f"reinstall duckdb-extension-httpfs=={duckdb.__version__}. DuckDB says: {error}"
            ) from error


def _packaged_httpfs() -> Path:
    package = find_spec("duckdb_extension_httpfs")
    if package is None or package.origin is None:
        raise WarehouseError(
            f"The httpfs extension is not installed: install duckdb-extension-httpfs=={duckdb.__version__}."
        )
    path = Path(package.origin).parent / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not path.exists():
        raise WarehouseError(
            f"duckdb-extension-httpfs is not made for DuckDB {duckdb.__version__}: install the same version of both."
        )
    return path


def quote_literal(text: str) -> str:
    """Return text as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quote_identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def attach_encrypted(
    connection: duckdb.DuckDBPyConnection, path: Path, alias: str, key: str, *, read_only: bool = False
) -> None:
    """Attach an encrypted DuckDB file; no error message holds the key.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A connection with ``httpfs`` loaded.
    path : Path
        The file; it is created unless `read_only`.
    alias : str
        Name of the attached database.
    key : str
        Base64 of 32 bytes.
    read_only : bool
        Attach for reading only.

    Raises
    ------
    WarehouseBusy
        If another process has the file open for writing (or for reading, when this is a writer).
    WarehouseError
        If the key is wrong or the file is not a database.
    """
    options = f"ENCRYPTION_KEY {quote_literal(key)}" + (", READ_ONLY" if read_only else "")
    try:
        connection.execute(f"ATTACH {quote_literal(str(path))} AS {quote_identifier(alias)} ({options})")
    except duckdb.Error as error:
        # DuckDB echoes part of the statement, key included, below the message: only the message itself may leave.
        message = str(error).partition("\n")[0].replace(key, "***")
        kind = type(error)
    else:
        return
    if "Could not set lock" in message:
        match = re.search(r"\(PID (\d+)\)", message)
        pid = int(match.group(1)) if match else None
        holder = f"process {pid}" if pid else "another process"
        raise WarehouseBusy(f"{path} is in use by {holder}: wait for it to end, then try again.", pid)
    if "already attached" in message:
        raise WarehouseBusy(f"{path} is already open in this process: close that connection first.", os.getpid())
    if "Wrong encryption key" in message:
        raise WarehouseError(
            f"The key ring's key does not open {path}: use the key ring that {path.name} was made with."
        )
    raise WarehouseError(f"{path} cannot be opened ({kind.__name__}): {message}")


def connect_warehouse(ring: KeyRing, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Connect to the warehouse, attached as ``warehouse`` and made the default database.

    Spill files are encrypted, memory and threads come from the settings, nothing is fetched from the network.

    Parameters
    ----------
    ring : KeyRing
        Holds the warehouse's key.
    read_only : bool
        For tools that inspect the warehouse while nobody writes. Readers of figures use published builds instead.

    Raises
    ------
    WarehouseBusy
        If another process has the warehouse open.
    WarehouseError
        If the key is wrong, the file is damaged, or ``httpfs`` is missing.
    """
    configuration = settings()
    configuration.warehouse.parent.mkdir(parents=True, exist_ok=True)
    configuration.spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config=offline_config()
        | {
            "memory_limit": configuration.memory_limit,
            "threads": configuration.threads,
            "temp_directory": str(configuration.spill),
            "temp_file_encryption": True,
            # Landing numbers the lines of a file in the order in which they are read.
            "preserve_insertion_order": True,
        }
    )
    try:
        load_httpfs(connection)
        attach_encrypted(connection, configuration.warehouse, "warehouse", ring.warehouse_key(), read_only=read_only)
        connection.execute("USE warehouse")
    except BaseException:
        connection.close()
        raise
    return connection
