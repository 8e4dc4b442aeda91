"""What starts a run or an alert by itself: a delivery that arrives, a run that fails, a check that fails."""

import hashlib
from datetime import date

import dagster as dg

from governance.settings import settings
from orchestration.defs.daily.jobs import daily_risk
from orchestration.landing import load_contracts, pending_deliveries
from orchestration.lib.alerts import Alert, raise_alert
from orchestration.lib.partitions import business_days


@dg.sensor(
    job=daily_risk,
    minimum_interval_seconds=60,
    description="Starts daily_risk for the newest business date among the files that wait in the inbox.",
)
def arriving_deliveries(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Run once for one state of the inbox; a file that stays (still growing) does not start a second run."""
    pending = pending_deliveries(settings().inbox, load_contracts())
    waiting = [delivery for delivery in pending if not delivery.is_unfinished]
    if not waiting:
        return dg.SkipReason("The inbox is empty.")
    looks = [(item.path.name, item.path.stat().st_size, item.path.stat().st_mtime_ns) for item in waiting]
    state = hashlib.sha256(repr(looks).encode()).hexdigest()
    if state == context.cursor:
        return dg.SkipReason("The files in the inbox have been tried already.")
    context.update_cursor(state)
    newest = max(item.business_date for item in waiting)
    partition = partition_for(newest)
    if partition is None:
        return dg.SkipReason(f"{newest} is before the first business date this installation runs daily.")
    return dg.RunRequest(run_key=f"arriving-{state[:16]}", partition_key=partition)


def partition_for(business_date: date) -> str | None:
    """Return the partition a delivery belongs to: its own date, or the last business date before it."""
    keys = [key for key in business_days.get_partition_keys() if key <= business_date.isoformat()]
    return keys[-1] if keys else None


@dg.run_failure_sensor(
    description="Raises an alert (file and table, e-mail, webhook) for every run that fails.",
    monitor_all_code_locations=False,
)
def run_failures(context: dg.RunFailureSensorContext) -> None:
    """Tell people which run failed, at which step, and where to look."""
    steps = ", ".join(event.step_key or "" for event in context.get_step_failure_events()) or "before its first step"
    raise_alert(
        Alert(
            "run_failed",
            "high",
            context.dagster_run.tags.get("dagster/partition"),
            f"{context.dagster_run.job_name} failed at {steps}",
            f"Run {context.dagster_run.run_id}. The build in force is unchanged. Open the run in the Dagster UI, mend "
            "the cause it names, then run the same business date again.",
        )
    )
