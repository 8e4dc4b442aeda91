"""Make the demonstration bank's deliveries: every system, period by period, and the answers beside them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.books import Books
from orchestration.demo_bank.calendar import Period
from orchestration.demo_bank.conduct import Conduct
from orchestration.demo_bank.control_environment import ControlEnvironment
from orchestration.demo_bank.faults import FILE_FAULTS, MISPLACED_PERIOD, Plan, canary_hashes, known_gaps
from orchestration.demo_bank.journals import Journals
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.month_end_faults import MONTH_END_FILE_FAULTS, bad_month_end_rows, month_end_gaps
from orchestration.demo_bank.planting import Answers, Facts, PlantedRow, Planter
from orchestration.demo_bank.reference import Reference
from orchestration.demo_bank.trading import Trading
from orchestration.demo_bank.writing import Delivery, Outbox
from orchestration.errors import OrchestrationError

DEFAULT_SEED: Final = 20221228
STAGE: Final = "Demonstration data"
_COUNTS = ("rows", "rows_loaded", "rows_quarantined", "rows_duplicate")


class InboxInUse(OrchestrationError):
    """Demonstration data was asked for where deliveries are waiting already."""


class SourceSystem(Protocol):
    """What delivers files: add one to `generate` to add a system."""

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of the system's feeds for one period."""


@dataclass(frozen=True)
class DemoSummary:
    """What was made.

    Attributes
    ----------
    scale, seed
        As asked for.
    files, rows : int
        Files in the inbox, and data rows in them.
    faults : int
        Planted faults.
    feeds : dict
        By feed: files, and rows by what is expected of them.
    """

    scale: float
    seed: int
    files: int
    rows: int
    faults: int
    feeds: dict[str, dict[str, int]]


def generate(
    home_inbox: Path,
    answers_path: Path,
    *,
    scale: float = 1.0,
    seed: int = DEFAULT_SEED,
    progress: Callable[[str, int, int], None] | None = None,
) -> DemoSummary:
    """Write the deliveries of the demonstration bank and the answers to its planted faults.

    Parameters
    ----------
    home_inbox : Path
        Gets ``<system>/<business date>/<file>``. It must not hold a file yet.
    answers_path : Path
        Gets the answers as JSON; no personal data is in them.
    scale : float
        1 is 5,000 customers, 500,000 payments and card transactions and 60,000 trades.
    seed : int
        The same scale and seed give the same bytes.
    progress : callable or None
        Called with (stage, periods done, periods in all).

    Returns
    -------
    DemoSummary

    Raises
    ------
    InboxInUse
        If the inbox holds a file.
    ValueError
        If the scale is not above zero.

    Notes
    -----
    Files are made beside the inbox and moved in at the end, so that nobody lands a half-written one. Memory is bounded
    by the largest monthly file and by the trades, which are kept as numbers.
    """
    if scale <= 0:
        raise ValueError(f"The scale is {scale}; give a number above zero, such as 1 or 0.02.")
    if any(path.is_file() for path in home_inbox.rglob("*")):
        raise InboxInUse(
            f"{home_inbox} has deliveries, and demonstration data must not mix with them: land or remove them, or set "
            "TIEOUT_HOME to an empty folder."
        )
    market = MarketData(seed)
    static = Reference(market, seed)
    core = Banking(market.calendar, scale, seed)
    trading = Trading(market, static, scale, seed)
    books = Books(market, static, trading, core, seed)
    journals = Journals(market.calendar, books.snapshots, books.ledger, scale, seed)
    plan = Plan(market, static, core)
    rows = [*plan.rows(), *bad_month_end_rows(books)]
    conduct = Conduct(market, static, trading, rows, scale, seed)
    controls = ControlEnvironment(books.snapshots, market, seed)
    systems: tuple[SourceSystem, ...] = (
        market,
        static,
        trading,
        core,
        *books.systems,
        journals,
        *conduct.systems,
        controls,
    )
    periods = market.calendar.periods

    workshop = home_inbox.with_name(f".{home_inbox.name}-being-made")
    shutil.rmtree(workshop, ignore_errors=True)
    try:
        answers = _fill(workshop, rows, plan.misplaced(), systems, periods, progress)
        found = (*conduct.found, *journals.found, *controls.found)
        for kind, outcome, facts in (*known_gaps(static), *month_end_gaps(books), *found):
            answers.add(kind, outcome, facts)
        feeds = _totals(answers.files)
        _write_answers(answers_path, answers, {"scale": scale, "seed": seed, "feeds": feeds, "mifid": conduct.totals()})
        _move_in(workshop, home_inbox)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return DemoSummary(
        scale=scale,
        seed=seed,
        files=len(answers.files),
        rows=sum(counts["rows"] for counts in feeds.values()),
        faults=len(answers.faults),
        feeds=feeds,
    )


def _fill(
    workshop: Path,
    rows: Sequence[PlantedRow],
    misplaced: Sequence[PlantedRow],
    systems: Sequence[SourceSystem],
    periods: Sequence[Period],
    progress: Callable[[str, int, int], None] | None,
) -> Answers:
    """Write every delivery below a folder."""
    with closing(Outbox(workshop)) as outbox:
        planter = Planter(outbox, rows, (*FILE_FAULTS, *MONTH_END_FILE_FAULTS))
        for number, period in enumerate(periods):
            for system in systems:
                for delivery in system.deliveries(period):
                    planter.deliver(delivery)
            planter.deliver_rest(period)
            if period.name == MISPLACED_PERIOD:
                planter.deliver_misplaced(period, periods[number + 1], misplaced)
            if progress:
                progress(STAGE, number + 1, len(periods))
    if unplanted := planter.unplanted():
        raise OrchestrationError(
            f"Planned faults met no delivery: {unplanted}. Correct the plan in demo_bank/faults.py."
        )
    return planter.answers


def _write_answers(path: Path, answers: Answers, about: dict[str, object]) -> None:
    content = about | {
        "canaries_sha256": canary_hashes(),
        "faults": answers.faults,
        "files": dict(sorted(answers.files.items())),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _totals(files: dict[str, Facts]) -> dict[str, dict[str, int]]:
    """Files and rows by feed."""
    feeds: dict[str, dict[str, int]] = {}
    for facts in files.values():
        counts = feeds.setdefault(str(facts["feed"]), dict.fromkeys(("files", *_COUNTS), 0))
        counts["files"] += 1
        for name in _COUNTS:
            counts[name] += int(str(facts[name]))
    return dict(sorted(feeds.items()))


def _move_in(workshop: Path, inbox: Path) -> None:
    """Move the finished folders of the systems into the inbox; an empty folder there gives way."""
    inbox.mkdir(parents=True, exist_ok=True)
    for folder in sorted(workshop.iterdir()):
        home = inbox / folder.name
        if home.exists():
            # Only empty folders can be here, and only those does `rmdir` remove.
            for empty in sorted(home.rglob("*"), reverse=True):
                empty.rmdir()
        folder.rename(home)
