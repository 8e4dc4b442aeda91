"""What the command prints about controls: results with their sign-off, one signature, the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from governance.approvals import Entry, SignOff
from orchestration.lib.controls import ControlLine

_EVENTS: Final = {"attested": "attested", "confirmed": "confirmed", "sent_back": "sent back"}
_ACTIONS: Final = {"attest": "attest", "confirm": "confirm", "send_back": "send back"}


def control_lines(console: Console, lines: Sequence[ControlLine]) -> None:
    """Print results, one line each."""
    table = Table(title="Controls (SOX) of the build in force", title_justify="left")
    for name in ("Control", "Period", "What it makes sure of", "Conclusion"):
        table.add_column(name)
    table.add_column("Exceptions", justify="right")
    for name in ("Signed", "Owner", "Reviewer"):
        table.add_column(name, overflow="fold")
    for line in lines:
        table.add_row(
            line.control_id,
            line.period_id,
            Text(line.name),
            line.conclusion,
            f"{line.exceptions:,}",
            sign_off_words(line.sign_off),
            line.owner,
            line.reviewer,
        )
    console.print(table)
    console.print(
        "Next: `tieout control attest` for an owner, `tieout control confirm` for a reviewer.", highlight=False
    )


def sign_off_words(sign_off: SignOff) -> str:
    """Say where a sign-off stands in a few words."""
    if sign_off.state == "none" or sign_off.last is None:
        return "no"
    if sign_off.state != "superseded":
        return _EVENTS[sign_off.state]
    result = "result unchanged" if sign_off.is_unchanged else "result changed"
    return f"{_EVENTS[sign_off.last.event]} on an earlier build, {result}"


def signed(console: Console, entry: Entry) -> None:
    """Print a signature's record."""
    facts = Table(show_header=False, box=None, pad_edge=False)
    facts.add_row(_EVENTS[entry.event].capitalize(), f"{entry.control_id} for {entry.period_id}")
    facts.add_row("Conclusion", (entry.conclusion or "").replace("_", " "))
    facts.add_row("By", f"{entry.person} ({entry.user})")
    facts.add_row("Build", entry.build_id)
    facts.add_row("Result", f"{(entry.result_hash or '')[:16]}...")
    console.print(facts, highlight=False)
    console.print(
        f"Sign-off record {entry.head.sequence}:{entry.head.hash}\n"
        "Noted elsewhere, it proves later that no record up to it was changed: "
        "tieout verify --sign-off-head NUMBER:HASH.",
        highlight=False,
    )


def history(console: Console, entries: Sequence[Entry]) -> None:
    """Print records of the log, the oldest first, refusals included."""
    if not entries:
        console.print("Nothing was signed or refused.")
        return
    table = Table(title="Sign-off of controls, times in UTC", title_justify="left")
    table.add_column("Record", justify="right")
    for name in ("When", "What", "Control", "Period", "Who", "Conclusion"):
        table.add_column(name)
    for name in ("Build", "In their words, or why refused"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        is_refused = entry.event == "refused"
        table.add_row(
            f"{entry.head.sequence:,}",
            f"{datetime.fromisoformat(entry.recorded_at):%Y-%m-%d %H:%M:%S}",
            f"refused to {_ACTIONS[entry.action]}" if is_refused else _EVENTS[entry.event],
            Text(entry.control_id),
            Text(entry.period_id),
            Text(entry.person or f"account {entry.user}"),
            (entry.conclusion or "").replace("_", " "),
            Text(entry.build_id or "none"),
            Text(entry.reason or "" if is_refused else entry.statement),
        )
    console.print(table)
