"""What was built from what: the log of builds in the warehouse, and the window that the next build must cover.

The window is half open and comes from the deliveries, not from the clock: it starts at the earliest business date that
a row landed since the last published build speaks of, so a late or corrected row rebuilds every day it touches.
A change of the code that computes figures, or a build that was not finished, widens it to everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from orchestration.errors import NothingToRun
from orchestration.lib.environment import project_checksum

CREATE_TABLE = """
create schema if not exists warehouse.operations;
create sequence if not exists warehouse.operations.build_number;
create table if not exists warehouse.operations.builds (
    build_number bigint primary key,
    started_at timestamp not null,
    finished_at timestamp,
    outcome varchar not null,
    project_checksum varchar not null,
    load_sequence bigint not null,
    window_start date,
    window_end date not null,
    build_id varchar,
    reasons varchar
)
"""

#: Feeds whose corrections restate history: a corrected coupon or desk changes every past figure of its positions.
#: (Ratings and sectors hold from their delivery's business date on.)
DIMENSION_FEEDS = {"instruments": "instrument_id", "portfolios": "portfolio_id"}

#: No window start: the whole history.
EVERYTHING = None


@dataclass(frozen=True)
class BuildPlan:
    """What the next build must do.

    Attributes
    ----------
    business_date : date
        The date the build is for: the last one delivered, or the one asked for.
    window_start : date or None
        First business date to rebuild; None means all of them, from nothing.
    load_sequence : int
        The last delivery the build contains.
    is_current : bool
        True when the last published build already has all of this.
    reason : str
        Why the window is what it is, in words for an operator.
    is_to_last_delivery : bool
        Whether no loaded delivery is of a later date.
    """

    business_date: date
    window_start: date | None
    load_sequence: int
    is_current: bool
    reason: str
    is_to_last_delivery: bool = False

    @property
    def dbt_arguments(self) -> tuple[dict[str, str], list[str]]:
        """The variables and flags of ``dbt build`` for this plan.

        Everything there is needs no variable, so that dbt takes over the project as it was parsed for the graph.
        """
        if self.window_start is EVERYTHING and self.is_to_last_delivery:
            return {}, ["--full-refresh"]
        end = {"end_date": (self.business_date + timedelta(days=1)).isoformat()}
        if self.window_start is EVERYTHING:
            return end, ["--full-refresh"]
        return {"start_date": self.window_start.isoformat(), **end}, []


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the log when it is missing."""
    connection.execute(CREATE_TABLE)


def plan_build(connection: duckdb.DuckDBPyConnection, business_date: date | None = None) -> BuildPlan:
    """Decide what to build from the delivery ledger and the log of builds.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A connection to the warehouse, reading is enough.
    business_date : date or None
        The date to build for; the last delivered one when None.

    Raises
    ------
    NothingToRun
        No delivery has been loaded, or none reaches `business_date`.
    """
    last_sequence, last_date = _row(
        connection,
        "select max(load_sequence), max(business_date) from warehouse.raw.deliveries where status = 'loaded'",
    )
    if last_sequence is None:
        raise NothingToRun("No delivery has been loaded yet: put files in the inbox, or run `tieout demo-data`.")
    target = business_date or last_date
    if target > last_date:
        raise NothingToRun(
            f"No delivery reaches {target}; the last one is for {last_date}. Deliver that day's files first."
        )
    latest = connection.execute(
        "select outcome, window_end from warehouse.operations.builds order by build_number desc limit 1"
    ).fetchone()
    if latest is None:
        return BuildPlan(
            target, EVERYTHING, last_sequence, False, "the first build covers the whole history", target == last_date
        )
    outcome, built_to = latest
    # A build by other code leaves its tables behind, so only what was published since then can be built upon.
    published = connection.execute(
        """
        select load_sequence, window_end from warehouse.operations.builds
        where outcome = 'published' and build_number > (
            select coalesce(max(build_number), 0) from warehouse.operations.builds where project_checksum <> ?
        )
        order by build_number desc limit 1
        """,
        [project_checksum()],
    ).fetchone()
    if published is None:
        return BuildPlan(
            target,
            EVERYTHING,
            last_sequence,
            False,
            "the present models have not been published yet",
            target == last_date,
        )
    published_sequence, published_to = published
    target = max(target, built_to - timedelta(days=1))
    dirty = _earliest_new_date(connection, published_sequence)
    if _dimensions_restated(connection, published_sequence):
        return BuildPlan(target, date.min, last_sequence, False, "reference data was corrected, which restates history")
    if dirty is None and outcome == "published" and target < published_to:
        return BuildPlan(target, published_to, last_sequence, True, "nothing new since the last published build")
    start = min(day for day in (dirty, published_to, target) if day is not None)
    return BuildPlan(target, start, last_sequence, False, f"new rows from {start} on")


def last_load_sequence(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the sequence of the last delivery that was looked at; 0 before the first."""
    (sequence,) = _row(connection, "select coalesce(max(load_sequence), 0) from warehouse.raw.deliveries")
    return int(sequence)


def last_build(connection: duckdb.DuckDBPyConnection) -> tuple[int, date]:
    """Return the number and the business date of the latest build, which waits to be judged.

    Raises
    ------
    NothingToRun
        There is none, or the latest was judged before.
    """
    row = connection.execute(
        "select build_number, (window_end - interval 1 day)::date, outcome from warehouse.operations.builds "
        "order by build_number desc limit 1"
    ).fetchone()
    if row is None or row[2] != "building":
        raise NothingToRun("There is no new build to judge: materialise the dbt models first.")
    return row[0], row[1]


def last_outcome(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """Return how the latest build ended, and its window in words for an operator."""
    outcome, start, end = _row(
        connection,
        "select outcome, window_start, (window_end - interval 1 day)::date from warehouse.operations.builds "
        "order by build_number desc limit 1",
    )
    return outcome, f"{'the whole history' if start in {EVERYTHING, date.min} else start} to {end}"


def start_build(connection: duckdb.DuckDBPyConnection, plan: BuildPlan) -> int:
    """Log that a build begins, before the first table is touched; returns its number."""
    (number,) = _row(
        connection,
        """
        insert into warehouse.operations.builds
        select
            nextval('warehouse.operations.build_number'), current_timestamp::timestamp, null, 'building', ?, ?, ?, ?,
            null, null
        returning build_number
        """,
        [project_checksum(), plan.load_sequence, plan.window_start, plan.business_date + timedelta(days=1)],
    )
    return int(number)


def finish_build(
    connection: duckdb.DuckDBPyConnection, number: int, outcome: str, *, build_id: str | None = None, reasons: str = ""
) -> None:
    """Log how a build ended: ``published``, ``withheld`` or ``failed``."""
    connection.execute(
        "update warehouse.operations.builds set finished_at = current_timestamp::timestamp, outcome = ?, build_id = ?, "
        "reasons = ? where build_number = ?",
        [outcome, build_id, reasons, number],
    )


def _earliest_new_date(connection: duckdb.DuckDBPyConnection, after: int) -> date | None:
    """First date that rows loaded after a delivery speak of; deliveries without event dates count by their own date.

    An amendment can move a trade to a later date: the date it had before must be rebuilt too.
    """
    (first,) = _row(
        connection,
        f"""
        select min(first_date) from (
            select min(coalesce(min_event_date, business_date)) as first_date from warehouse.raw.deliveries
            where status = 'loaded' and rows_loaded > 0 and load_sequence > {after}
            union all
            select min(trade_date) from warehouse.raw.trades
            where trade_id in (select trade_id from warehouse.raw.trades where _load_sequence > {after})
        )
        """,
    )
    return first


def _dimensions_restated(connection: duckdb.DuckDBPyConnection, after: int) -> bool:
    """Whether a delivery after the given one changed a key that had been delivered before."""
    checks = " union all ".join(
        f"select 1 from warehouse.raw.{feed} as changed where changed._load_sequence > {after} and exists ("
        f"select 1 from warehouse.raw.{feed} as known where known.{key} = changed.{key} "
        f"and known._load_sequence <= {after})"
        for feed, key in DIMENSION_FEEDS.items()
    )
    return connection.execute(f"select count(*) from ({checks})").fetchone() != (0,)


def _row(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    """Return the first row of a query that always has one."""
    return connection.execute(query, parameters or []).fetchall()[0]
