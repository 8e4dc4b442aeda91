"""When the daily job starts by itself."""

import dagster as dg

from governance.settings import settings
from orchestration.defs.daily.jobs import daily_risk
from orchestration.lib.partitions import business_days


@dg.schedule(
    job=daily_risk,
    cron_schedule=settings().schedule_cron,
    execution_timezone=settings().schedule_timezone,
    description=f"The last business date, at {settings().schedule_cron} ({settings().schedule_timezone}).",
)
def every_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Run the last business date that ended before the scheduled time."""
    last = business_days.get_last_partition_key()
    if last is None:
        return dg.SkipReason("No business date has ended yet.")
    return dg.RunRequest(run_key=f"every_morning-{last}", partition_key=last)
