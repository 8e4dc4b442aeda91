"""The business dates that a daily run is made for."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta

import dagster as dg

from governance.settings import settings
from orchestration.lib.environment import DBT_PROJECT

HOLIDAYS = DBT_PROJECT / "seeds" / "calendars" / "market_holidays.csv"


def holidays() -> set[date]:
    """Return the weekdays on which the market is closed, from the seed that the warehouse uses too."""
    with HOLIDAYS.open() as handle:
        return {date.fromisoformat(row["holiday_date"]) for row in csv.DictReader(handle)}


def _days() -> dg.TimeWindowPartitionsDefinition:
    config = settings()
    last = config.end_of_daily_dates
    return dg.TimeWindowPartitionsDefinition(
        start=config.first_daily_date.isoformat(),
        end=None if last is None else (last + timedelta(days=1)).isoformat(),
        fmt="%Y-%m-%d",
        cron_schedule="0 0 * * 1-5",
        timezone=config.schedule_timezone,
        exclusions=[datetime.combine(day, datetime.min.time()) for day in sorted(holidays()) if day.weekday() < 5],
    )


#: One partition a business date. History from before the first daily delivery is the opening load: it is built by the
#: first run, whose window reaches back to it.
business_days = _days()
