"""What the command prints: progress while it works, a closing table, plain words."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from governance import builds, control_results
from governance.access import Reader, open_reader
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.lib import alerts, controls, limits
from orchestration.lib.progress import Listener
from orchestration.lib.runner import RunOutcome
from orchestration.lib.writer import warehouse_writer

if TYPE_CHECKING:
    from governance.reports.rts22 import Export
    from orchestration.demo_bank import DemoSummary
    from orchestration.landing import DeliveryResult
    from orchestration.lib.report_feedback import FeedbackDelivery
    from orchestration.lib.verification import Verdict

STAGES = {
    "dbt": "Models and tests",
    "publish": "Publishing",
}
PLAIN_LINE_SECONDS = 10


@contextmanager
def run_progress(console: Console) -> Iterator[Listener]:
    """Show a bar a stage on a terminal, a line every few seconds elsewhere.

    The bars go to a copy of standard output, because the run sends the steps' own output to a log file.
    """
    with os.fdopen(os.dup(1), "w") as out:
        if not console.is_terminal:
            yield _plain_listener(Console(file=out, width=console.width))
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description:22}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(file=out, force_terminal=True, width=console.width)) as bars:
            tasks = {}

            def show(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=total)
                bars.update(tasks[stage], completed=done, total=total)

            yield show


def _plain_listener(console: Console) -> Listener:
    last: dict[str, float] = {}

    def show(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage not in last or done == total or now - last[stage] >= PLAIN_LINE_SECONDS:
            last[stage] = now
            console.print(
                f"{datetime.now().astimezone():%H:%M:%S}  {STAGES.get(stage, stage)}: {done:,} of {total:,}",
                highlight=False,
            )

    return show


def closing_summary(console: Console, ring: KeyRing, outcome: RunOutcome, started: datetime) -> None:
    """Print what the run did, the firm's headline figures, and where to look next."""
    manifest = outcome.manifest
    seconds = (datetime.now().astimezone() - started).total_seconds()
    if outcome.was_current:
        console.print(
            f"Nothing to do: build {manifest.build_id} for {manifest.business_date} already has every delivery and the "
            f"present models ({seconds:.0f} s).",
            highlight=False,
        )
        return
    feeds = _feeds(ring, outcome.load_sequence_before)
    console.print(feeds if feeds.row_count else "No new deliveries in this run.", highlight=False)
    statuses = [(result.node_id.split(".")[0], result.status) for result in manifest.test_results]
    tests = [status for kind, status in statuses if kind in {"test", "unit_test"}]
    models = [status for kind, status in statuses if kind in {"model", "seed", "snapshot"}]
    facts = Table(show_header=False, box=None, pad_edge=False)
    facts.add_row("Models and seeds built", f"{sum(status == 'success' for status in models):,} of {len(models):,}")
    facts.add_row("Tests passed", f"{sum(status == 'pass' for status in tests):,} of {len(tests):,}")
    warned = sum(status == "warn" for status in tests)
    facts.add_row("Tests for a person to look at", f"{warned:,} (not blocking)")
    facts.add_row("Business dates built", outcome.window)
    facts.add_row("Build in force", manifest.build_id)
    for label, value in headline_figures(ring, manifest):
        facts.add_row(label, value)
    facts.add_row("Time", f"{seconds:.0f} s")
    console.print(facts, highlight=False)
    console.print(
        "\nNext: `make up` opens the reporting app and the Dagster UI; `tieout status` says what is in force.",
        highlight=False,
    )


def headline_figures(ring: KeyRing, manifest: builds.Manifest) -> list[tuple[str, str]]:
    """Return the headline figures of a build, read as any reader reads them; a figure without rows is missing."""
    with open_reader("analyst", manifest.build_id, ring) as reader:
        figures = _market_figures(reader, manifest.business_date)
        if "fct_capital_ratios" in manifest.tables:
            figures += _regulatory_ratios(reader)
        if "fct_mifid_tie_out" in manifest.tables:
            figures += transaction_reports(reader)
        if control_results.TABLE in manifest.tables:
            figures += controls.headline_conclusions(reader)
        return figures


def _market_figures(reader: Reader, day: date) -> list[tuple[str, str]]:
    """Return the firm's P&L and VaR of a business date."""
    pnl = reader.query(
        "select total_pnl_usd from fct_pnl_summary_daily where business_date = ? and scope_type = 'firm'", [day]
    )
    var = reader.query(
        "select confidence_level, var_usd from fct_portfolio_var_daily "
        "where business_date = ? and scope_type = 'firm' and is_headline and confidence_level in (0.95, 0.99) "
        "order by confidence_level",
        [day],
    )
    figures = [
        (f"Firm P&L, {day}", _usd(pnl["total_pnl_usd"].iloc[0]) if len(pnl) else "missing: no row for this date")
    ]
    if not len(var):
        return [*figures, (f"Firm VaR, {day}", "missing: no row for this date")]
    return figures + [
        (f"Firm VaR {float(level) * 100:g} %, 1 day", f"{_usd(value)} (loss)")
        for level, value in zip(var["confidence_level"], var["var_usd"], strict=True)
    ]


def _regulatory_ratios(reader: Reader) -> list[tuple[str, str]]:
    """Return the ratios of the latest reporting date, each with what it must reach."""
    ratios = reader.query(
        """
        select 'CET1 ratio' as label, reporting_date, ratio, requirement_ratio as required
        from fct_capital_ratios where tier = 'cet1'
        union all
        select 'Leverage ratio', reporting_date, leverage_ratio, required_ratio from fct_leverage_ratio
        union all
        select 'LCR', reporting_date, lcr_ratio, minimum_ratio from fct_lcr
        union all
        select 'NSFR', reporting_date, nsfr_ratio, minimum_ratio from fct_nsfr
        order by reporting_date desc
        """
    ).drop_duplicates("label")
    if not len(ratios):
        return [("Capital and liquidity", "missing: the general ledger has not delivered a reporting date")]
    return [
        (f"{row.label}, {row.reporting_date:%Y-%m-%d}", f"{_percent(row.ratio)} (at least {_percent(row.required)})")
        for row in ratios.sort_values("label").itertuples()
    ]


def transaction_reports(reader: Reader) -> list[tuple[str, str]]:
    """Return how far the transactions of the latest trade date are reported, and what is late over all dates."""
    dates = reader.query(
        """
        select
            tie_out.trade_date, coalesce(deadlines.reportable, 0) as reportable, tie_out.reported, tie_out.held,
            tie_out.rejected, tie_out.pending_at_authority, coalesce(deadlines.overdue, 0) as overdue,
            coalesce(deadlines.reported_late, 0) as reported_late
        from fct_mifid_tie_out as tie_out
        left join fct_mifid_reporting_deadlines as deadlines on tie_out.trade_date = deadlines.trade_date
        where tie_out.executions > 0
        order by tie_out.trade_date desc
        """
    )
    if not len(dates):
        return [("Transactions reported", "missing: no execution has been delivered")]
    latest = dates.iloc[0]
    return [
        (
            f"Transactions reported, {latest.trade_date:%Y-%m-%d}",
            f"{latest.reported:,} of {latest.reportable:,} reportable",
        ),
        (
            "  not reported",
            f"{latest.held:,} held, {latest.rejected:,} rejected, {latest.pending_at_authority:,} pending",
        ),
        (
            "Transaction reports late, all dates",
            f"{dates['overdue'].sum():,} still open, {dates['reported_late'].sum():,} sent late",
        ),
    ]


def _percent(ratio: object) -> str:
    value = float(str(ratio))
    return "missing" if math.isnan(value) else f"{100 * value:.1f} %"


def _usd(amount: object) -> str:
    return f"USD {float(str(amount)):,.0f}"


def _feeds(ring: KeyRing, after: int) -> Table:
    """Return a table of the feeds: what came in with the deliveries after a given one."""
    with warehouse_writer():
        connection = connect_warehouse(ring, read_only=True)
        try:
            rows = connection.execute(
                """
                select
                    feed, count(*), count(*) filter (status = 'refused'), sum(rows_read)::bigint,
                    sum(rows_loaded)::bigint, sum(rows_quarantined)::bigint, sum(rows_duplicate)::bigint
                from warehouse.raw.deliveries where load_sequence > ? group by feed order by feed
                """,
                [after],
            ).fetchall()
        finally:
            connection.close()
    table = Table(title=f"Deliveries of this run: {sum(row[1] for row in rows):,} files", title_justify="left")
    table.add_column("Feed")
    for name in ("Files", "Refused", "Rows read", "Loaded", "Quarantined", "Duplicate"):
        table.add_column(name, justify="right")
    for feed, *numbers in rows:
        table.add_row(feed, *(f"{number:,}" for number in numbers))
    if rows:
        table.add_section()
        table.add_row("Total", *(f"{sum(row[column] for row in rows):,}" for column in range(1, 7)))
    return table


def status(console: Console, ring: KeyRing) -> None:
    """Print what is in force."""
    facts = Table(show_header=False, box=None, pad_edge=False)
    manifest = builds.current_build(ring)
    breaches: list[limits.OpenBreach] | None = None
    if manifest is None:
        facts.add_row("Build in force", "none yet: run `make run`")
    else:
        facts.add_row("Build in force", manifest.build_id)
        facts.add_row("Business date", f"{manifest.business_date:%A %d %B %Y}")
        facts.add_row("Published", f"{manifest.created_at.astimezone():%d %b %Y %H:%M %Z}")
        for label, value in headline_figures(ring, manifest):
            facts.add_row(label, value)
        with open_reader("analyst", manifest.build_id, ring) as reader:
            breaches = limits.open_breaches(reader)
        facts.add_row("Limits in breach", "not in this build" if breaches is None else f"{len(breaches):,} open")
    gate = builds.gate_status()
    if gate is None:
        facts.add_row("Gate", "has not judged a build yet")
    elif gate.is_green:
        facts.add_row("Gate", f"green for {gate.business_date}")
    else:
        facts.add_row("Gate", f"withheld {gate.business_date}: {'; '.join(gate.reasons)}")
    waiting = [path for path in settings().inbox.rglob("*") if path.is_file()]
    facts.add_row("Files in the inbox", f"{len(waiting):,}")
    raised = alerts.read_alerts()
    facts.add_row("Alerts raised", f"{sum(row['severity'] == 'high' for row in raised):,} high, {len(raised):,} in all")
    console.print(facts, highlight=False)
    if breaches:
        console.print(open_breaches_table(breaches))
    if raised:
        table = Table(title="Latest alerts", title_justify="left")
        for name in ("Raised", "Severity", "Subject"):
            table.add_column(name)
        for row in raised[-10:]:
            table.add_row(row["raised_at"], row["severity"], row["subject"])
        console.print(table)


def open_breaches_table(breaches: list[limits.OpenBreach]) -> Table:
    """Return a table of the limits that are exceeded, the oldest breach first."""
    table = Table(title="Limits in breach", title_justify="left")
    for name in ("Limit", "Of", "Since"):
        table.add_column(name)
    table.add_column("Days", justify="right")
    table.add_column("Peak of limit", justify="right")
    for name in ("Escalated to the", "Waived until"):
        table.add_column(name)
    for breach in breaches:
        limit_id, scope, since, days, *rest = breach
        table.add_row(limit_id, scope, since, f"{days:,}", *rest)
    return table


def demo_summary(console: Console, summary: DemoSummary) -> None:
    """Say what the demonstration bank's generator made."""
    console.print(f"{summary.files:,} files with {summary.rows:,} rows are in the inbox.", highlight=False)


def delivery_check(console: Console, result: DeliveryResult) -> None:
    """Print what one file would give."""
    facts = Table(show_header=False, box=None, pad_edge=False)
    facts.add_row("Feed", result.feed)
    verdict = (
        "refused" if result.status == "refused" else f"{result.rows_loaded:,} of {result.rows_read:,} rows would load"
    )
    facts.add_row("Verdict", verdict)
    if result.refusal_reason:
        facts.add_row("Reason", result.refusal_reason)
    facts.add_row("Rows quarantined", f"{result.rows_quarantined:,}")
    facts.add_row("Rows duplicate", f"{result.rows_duplicate:,}")
    for fault, rows in result.faults.items():
        facts.add_row(f"  {fault}", f"{rows:,} rows")
    console.print(facts, highlight=False)


def exported_files(console: Console, exported: Export) -> None:
    """Print the files of an export and the audit record that was written before them."""
    table = Table(title=f"Files of build {exported.build_id}", title_justify="left")
    table.add_column("File", overflow="fold")
    for name in ("Reports", "Bytes"):
        table.add_column(name, justify="right")
    table.add_column("SHA-256")
    for file in exported.files:
        table.add_row(str(file.path), f"{file.reports:,}", f"{file.size:,}", f"{file.sha256[:16]}...")
    console.print(table)
    console.print(
        f"Audit record {exported.record.sequence}:{exported.record.hash}\n"
        "Noted elsewhere, it proves later that no record up to it was changed: tieout verify --head NUMBER:HASH.",
        highlight=False,
    )


def feedback_delivery(console: Console, delivery: FeedbackDelivery) -> None:
    """Print what a file of feedback says and where it waits."""
    counts = Counter((answer.record_type, answer.status) for answer in delivery.answers)
    facts = Table(show_header=False, box=None, pad_edge=False)
    for answer in delivery.answers:
        if answer.record_type == "file":
            received = "" if answer.reports_received is None else f", {answer.reports_received:,} reports counted"
            facts.add_row(answer.submission_id, f"{answer.status.replace('_', ' ')}{received}")
    for (record_type, status_), count in sorted(counts.items()):
        if record_type == "transaction":
            facts.add_row(f"Reports {status_}", f"{count:,}")
    facts.add_row("Counts as known on", f"{delivery.business_date}")
    console.print(facts, highlight=False)
    console.print(f"Delivery: {delivery.path}", soft_wrap=True, highlight=False)
    ahead = (
        f", and builds on from {delivery.build_date} to that date"
        if delivery.business_date > delivery.build_date
        else ""
    )
    console.print(f"Next: `tieout run` lands it{ahead}.", highlight=False)


def verdicts(console: Console, found: Sequence[Verdict]) -> None:
    """Print what was verified, and what is wrong in full."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for verdict in found:
        table.add_row(verdict.subject, "whole" if verdict.is_whole else "[bold red]ALTERED[/]", verdict.finding)
    console.print(table, highlight=False)
