"""The daily job without a Dagster server: the same job, in this process, recorded in the same Dagster instance."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import dagster as dg
import psutil

from governance import builds
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.errors import NothingToRun, OrchestrationError, RunFailed, RunWithheld
from orchestration.landing import create_raw_tables, load_contracts, pending_deliveries
from orchestration.lib import build_log, progress
from orchestration.lib.writer import warehouse_writer

#: Which process executes a run of this command: ``pid@start time``.
PROCESS_TAG = "tieout/process"


@dataclass(frozen=True)
class RunOutcome:
    """What a run did.

    Attributes
    ----------
    manifest : builds.Manifest
        The build in force after the run.
    was_current : bool
        True when there was nothing to do.
    load_sequence_before : int
        The last delivery known before the run: later ones are this run's.
    window : str
        The business dates that were built, in words; why nothing was done when nothing was.
    """

    manifest: builds.Manifest
    was_current: bool
    load_sequence_before: int
    window: str


def has_ever_had_a_file() -> bool:
    """Whether any delivery has reached this installation; if none has, the demonstration bank may be made."""
    paths = settings()
    return (
        paths.warehouse.exists()
        or any(path.is_file() for path in paths.inbox.rglob("*"))
        or any(paths.archive.glob("*"))
    )


def run_daily(
    ring: KeyRing,
    business_date: date | None = None,
    *,
    rebuild: bool = False,
    listener: Callable[[str, int, int], None] | None = None,
) -> RunOutcome:
    """Land, build, test and publish; do nothing when the build in force already has everything.

    Parameters
    ----------
    ring : KeyRing
        The open key ring.
    business_date : date or None
        Land and build up to this date; everything that has arrived when None.
    rebuild : bool
        Build everything from nothing even when the build in force is current.
    listener : callable or None
        Called with (stage, done, total) as the run proceeds.

    Raises
    ------
    NothingToRun
        No delivery reaches the date.
    RunWithheld
        The gate is red; the build in force is unchanged.
    RunFailed
        A step stopped before the gate.
    """
    pending = pending_deliveries(settings().inbox, load_contracts(), through=business_date)
    waiting = [delivery for delivery in pending if not delivery.is_unfinished]
    sequence, plan = _plan(ring, business_date)
    if not waiting and plan is not None and plan.is_current and not rebuild:
        current = builds.current_build(ring)
        if current is not None:
            return RunOutcome(current, True, sequence, plan.reason)
    target = max([item.business_date for item in waiting] + ([plan.business_date] if plan else []), default=None)
    if target is None:
        raise NothingToRun(
            "The inbox is empty and nothing was ever loaded: put files there, or run `tieout demo-data`."
        )
    with progress.listening(listener or (lambda *_: None)):
        _execute(target, rebuild=rebuild)
    current = builds.current_build(ring)
    with warehouse_writer():
        connection = connect_warehouse(ring, read_only=True)
        try:
            outcome, window = build_log.last_outcome(connection)
        finally:
            connection.close()
    if current is None or outcome != "published":
        raise RunFailed("The run ended without publishing: open the last run in the Dagster UI (`make up`).")
    return RunOutcome(current, False, sequence, window)


def _plan(ring: KeyRing, business_date: date | None) -> tuple[int, build_log.BuildPlan | None]:
    """Return the last loaded delivery and the plan as things stand, before anything new is landed."""
    if not settings().warehouse.exists():
        return 0, None
    with warehouse_writer():
        connection = connect_warehouse(ring)
        try:
            create_raw_tables(connection, load_contracts())
            build_log.create_tables(connection)
            sequence = build_log.last_load_sequence(connection)
            try:
                return sequence, build_log.plan_build(connection, business_date)
            except NothingToRun:
                return sequence, None
        finally:
            connection.close()


def _execute(target: date, *, rebuild: bool) -> None:
    """Run the Dagster job ``daily_risk`` for a date and turn a failure into one sentence."""
    from orchestration.definitions import defs
    from orchestration.defs.daily.sensors import partition_for

    partition = partition_for(target)
    if partition is None:
        raise OrchestrationError(
            f"{target} is before the first business date this installation runs daily "
            f"({settings().first_daily_date}): set TIEOUT_FIRST_DAILY_DATE to the first date you deliver daily."
        )
    job = defs().resolve_job_def("daily_risk")
    with dg.DagsterInstance.get() as instance, _quiet_output():
        end_dead_runs(instance)
        result = job.execute_in_process(
            partition_key=partition,
            instance=instance,
            raise_on_error=False,
            tags={PROCESS_TAG: _this_process()},
            run_config={
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "ops": {"dbt_build": {"config": {"rebuild": rebuild}}},
            },
        )
    if result.success:
        return
    messages = [
        event.step_failure_data.error.message.splitlines()[0]
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.error
    ]
    failures = [
        failure.description
        for event in result.all_events
        if event.is_step_failure and (failure := event.step_failure_data.user_failure_data) and failure.description
    ]
    text = "; ".join(failures or messages or ["no step says why"])
    if any(message.startswith("Withheld") for message in failures):
        raise RunWithheld(text)
    raise RunFailed(f"The run failed: {text} (run {result.run_id}; `make up` shows its log in the Dagster UI)")


def end_dead_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs of this command whose process is gone as failed, and give back the place they hold in the pool.

    A killed run never says that it ended. Dagster's daemon watches over the runs that it launched, not over these, and
    without this the next run would wait for the dead one for ever.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])):
        pid, _, created = run.tags.get(PROCESS_TAG, "").partition("@")
        if pid and not _is_alive(int(pid), float(created)):
            instance.report_run_failed(run, "The process of this run was killed; the next run took over.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _this_process() -> str:
    return f"{os.getpid()}@{psutil.Process().create_time()}"


def _is_alive(pid: int, created: float) -> bool:
    try:
        return abs(psutil.Process(pid).create_time() - created) < 1
    except psutil.NoSuchProcess:
        return False


@contextmanager
def _quiet_output() -> Iterator[None]:
    """Send what the steps print to a log file while the command line draws its own progress on the real terminal."""
    log = settings().root / "dagster" / "run.log"
    with log.open("a") as handle:
        saved = os.dup(1), os.dup(2)
        os.dup2(handle.fileno(), 1)
        os.dup2(handle.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)
            for descriptor in saved:
                os.close(descriptor)
