import os
import subprocess
import sys

import duckdb
import pytest

from governance import warehouse
from governance.errors import WarehouseBusy, WarehouseError
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import attach_encrypted, connect_warehouse, ensure_httpfs

CANARY = "CANARY4111111111111111"


def test_what_is_written_is_there_on_reopening_and_encrypted_on_disk(ring, home):
    with connect_warehouse(ring) as connection:
        connection.execute("CREATE TABLE t AS SELECT $1 AS canary FROM range(1000)", [CANARY])
    assert CANARY.encode() not in settings().warehouse.read_bytes()
    with connect_warehouse(ring, read_only=True) as connection:
        assert connection.execute("SELECT count(*), max(canary) FROM t").fetchall() == [(1000, CANARY)]
        with pytest.raises(duckdb.Error, match="read-only"):
            connection.execute("CREATE TABLE u (a INT)")


def test_the_write_ahead_log_is_encrypted_too(ring):
    with connect_warehouse(ring) as connection:
        connection.execute("CREATE TABLE t AS SELECT $1 AS canary FROM range(10)", [CANARY])
        log = settings().warehouse.with_name("warehouse.duckdb.wal").read_bytes()
        assert log
        assert CANARY.encode() not in log


def test_the_connection_spills_encrypted_and_fetches_nothing(ring, home):
    with connect_warehouse(ring) as connection:
        values = dict(connection.execute("SELECT name, value FROM duckdb_settings()").fetchall())
        encrypted = connection.execute(
            "SELECT encrypted, cipher FROM duckdb_databases() WHERE database_name = 'warehouse'"
        )
        assert encrypted.fetchall() == [(True, "GCM")]
    assert values["temp_file_encryption"] == "true"
    assert values["temp_directory"] == str(home / "spill")
    assert values["autoinstall_known_extensions"] == values["autoload_known_extensions"] == "false"
    assert values["preserve_insertion_order"] == "true"
    assert values["threads"] == str(settings().threads)


def test_spill_files_hold_no_clear_text(ring, home):
    with connect_warehouse(ring) as connection:
        connection.execute("SET memory_limit = '60MB'; SET threads = 1")
        reader = connection.execute(
            "SELECT $1 || i || repeat('x', 100) AS text FROM range(1000000) t(i) ORDER BY hash(i)", [CANARY]
        ).to_arrow_reader(1000)
        reader.read_next_batch()
        spilled = list((home / "spill").iterdir())
        assert sum(path.stat().st_size for path in spilled) > 10_000_000
        assert not any(CANARY.encode() in path.read_bytes() for path in spilled)


def test_another_process_that_holds_the_lock_is_named(ring):
    connect_warehouse(ring).close()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from governance.keys import KeyRing; from governance.warehouse import connect_warehouse\n"
            "connection = connect_warehouse(KeyRing.open()); print('ready', flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline() == b"ready\n"
        for read_only in (False, True):
            with pytest.raises(WarehouseBusy, match=f"process {holder.pid}") as caught:
                connect_warehouse(ring, read_only=read_only)
            assert caught.value.pid == holder.pid
    finally:
        holder.communicate(b"\n")
    connect_warehouse(ring).close()


def test_a_second_connection_of_this_process_is_refused_not_allowed_to_damage_the_file(ring):
    with connect_warehouse(ring):
        with pytest.raises(WarehouseBusy, match="already open in this process") as caught:
            connect_warehouse(ring)
        assert caught.value.pid == os.getpid()


def test_a_wrong_key_is_refused(ring, tmp_path):
    connect_warehouse(ring).close()
    other = KeyRing.open(tmp_path / "other" / "keyring.json", create=True)
    with pytest.raises(WarehouseError, match="does not open"):
        connect_warehouse(other)


def test_a_file_that_is_no_database_is_refused(ring):
    settings().warehouse.parent.mkdir(parents=True)
    settings().warehouse.write_bytes(b"not a database" * 1000)
    with pytest.raises(WarehouseError, match="cannot be opened"):
        connect_warehouse(ring)


def test_no_error_carries_the_key(tmp_path):
    # A quote makes DuckDB's parser fail, and a parser error echoes the statement it could not read.
    key, path = "S3CRET" * 7, tmp_path / "it's.duckdb"
    with duckdb.connect() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse, "quote_literal", lambda text: f"'{text}'")
        with pytest.raises(WarehouseError) as caught:
            attach_encrypted(connection, path, "w", key)
    seen, error = [], caught.value
    while error is not None:
        seen.append(str(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert "Parser Error" in seen[0]
    assert not any("S3CRET" in message for message in seen)


def test_paths_with_quotes_are_fine(ring, tmp_path):
    with duckdb.connect() as connection:
        warehouse.load_httpfs(connection)
        attach_encrypted(connection, tmp_path / "it's.duckdb", 'a"b', ring.warehouse_key())
        assert (tmp_path / "it's.duckdb").exists()


def test_httpfs_is_installed_from_its_package(tmp_path, monkeypatch):
    monkeypatch.setattr(warehouse, "offline_config", lambda: {"extension_directory": str(tmp_path)})
    ensure_httpfs()
    assert list(tmp_path.rglob("httpfs.duckdb_extension"))


@pytest.mark.parametrize("fault", ["missing", "wrong version"])
def test_a_missing_httpfs_package_says_what_to_install(tmp_path, monkeypatch, fault):
    monkeypatch.setattr(warehouse, "offline_config", lambda: {"extension_directory": str(tmp_path)})
    if fault == "missing":
        monkeypatch.setattr(warehouse, "find_spec", lambda _: None)
    else:
        monkeypatch.setattr(duckdb, "__version__", "0.0.1")
    with pytest.raises(WarehouseError, match="duckdb-extension-httpfs"):
        ensure_httpfs()
