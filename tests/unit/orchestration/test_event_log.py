"""Dagster's event log with connections that stay open."""

from pathlib import Path

from sqlalchemy import text

from orchestration.lib.event_log import PooledEventLogStorage


def open_files(log: PooledEventLogStorage) -> list[str]:
    return list(log._engines)


def test_the_databases_of_many_runs_are_not_all_kept_open(tmp_path: Path) -> None:
    log = PooledEventLogStorage(str(tmp_path))
    runs = [f"run{number}" for number in range(12)]
    for run in runs:
        with log.run_connection(run) as connection:
            connection.execute(text("create table mine (run text)"))
            connection.execute(text("insert into mine values (:run)"), {"run": run})
        with log.index_connection() as connection:
            assert connection.execute(text("select count(*) from asset_keys")).scalar() == 0

    assert len(open_files(log)) == 8
    assert open_files(log)[-2:] == [runs[-1], "index"]
    for run in runs:
        with log.run_connection(run) as connection:
            assert connection.execute(text("select run from mine")).scalar() == run
    log.dispose()
    assert open_files(log) == []


def test_a_table_that_comes_later_is_found(tmp_path: Path) -> None:
    log = PooledEventLogStorage(str(tmp_path))
    assert log.has_table("asset_check_executions")
    assert not log.has_table("made_later")
    with log.index_connection() as connection:
        connection.execute(text("create table made_later (a int)"))

    assert log.has_table("made_later")
    log.dispose()
