"""Feedback on transaction reports becomes a delivery: an authority's file goes into the inbox as lines of its feed."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from governance.access import open_reader
from governance.files import sha256_of, write_atomically
from governance.keys import KeyRing
from governance.reports.rts22 import ENTITIES, REPORTS
from governance.reports.status_advice import Answer, StatusAdvice, read_status_advice
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.errors import OrchestrationError
from orchestration.lib.partitions import holidays
from orchestration.lib.writer import warehouse_writer

FEED, SYSTEM = "transaction_report_feedback", "arm"
#: Lines that are made here are numbered from here on, apart from those the reporting mechanism delivers itself.
FIRST_NUMBER = 900_000_001
_LAST_NUMBER = 999_999_999
_FRIDAY = 5


@dataclass(frozen=True)
class FeedbackDelivery:
    """What was put into the inbox, for which date, and the date of the build in force."""

    path: Path
    business_date: date
    build_date: date
    answers: list[Answer]


def deliver_feedback(ring: KeyRing, file: Path, business_date: date | None = None) -> FeedbackDelivery:
    """Put a status advice into the inbox as a delivery of ``transaction_report_feedback``.

    Parameters
    ----------
    ring : KeyRing
        Opens the build in force, which knows the bank's reporting entities and what was sent, and the warehouse.
    file : Path
        The status advice; it stays where it is.
    business_date : date, optional
        Date on which the feedback counts as known; default is the date it was made, or the first business date after.

    Returns
    -------
    FeedbackDelivery
        Where the delivery is and what it says.

    Raises
    ------
    StatusAdviceError
        If the file cannot be read as feedback.
    OrchestrationError
        If the same file was delivered before, or is to count as known before it was made.
    """
    with open_reader("analyst", ring=ring) as reader:
        leis = reader.query(f"SELECT DISTINCT lei FROM {ENTITIES}")["lei"].tolist()
        advice = read_status_advice(file, leis)
        day = _known_on(file, advice, business_date)
        references = sorted({answer.transaction_reference for answer in advice.answers if answer.transaction_reference})
        submissions = sorted({answer.submission_id for answer in advice.answers})
        # A record does not say whether it means the cancellation or the new report of a reference. Where a submission
        # holds both, it is the new one: the field stays empty, which stands for that.
        cancelled = reader.query(
            f"""
            SELECT submission_id, transaction_reference FROM {REPORTS}
            WHERE submission_id IN (SELECT unnest($submissions))
                AND transaction_reference IN (SELECT unnest($references))
            GROUP BY submission_id, transaction_reference HAVING max(report_status) = 'CANC'
            """,
            {"submissions": submissions, "references": references},
            max_rows=len(references) * max(len(submissions), 1) + 1,
        )
    cancellations = set(cancelled.itertuples(index=False, name=None))
    digest = sha256_of(file)[:16]
    path = settings().inbox / SYSTEM / day.isoformat() / f"{FEED}_{day.isoformat()}_{digest}.jsonl"
    with warehouse_writer():
        delivered, number = _delivered(ring)
        if any(name.endswith(f"_{digest}.jsonl") for name in delivered):
            raise OrchestrationError(f"{file.name} was delivered before: `tieout run` lands what waits in the inbox.")
        if number + len(advice.answers) > _LAST_NUMBER:
            raise OrchestrationError(f"There are no numbers left for feedback: change the key of {FEED}.")
        lines = [
            json.dumps(
                {
                    "feedback_id": f"FB{number + position:09d}",
                    **asdict(answer),
                    "report_status": "CANC"
                    if (answer.submission_id, answer.transaction_reference) in cancellations
                    else None,
                    "received_at": advice.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                },
                ensure_ascii=False,
            )
            for position, answer in enumerate(advice.answers)
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, "".join(f"{line}\n" for line in lines).encode(), 0o600)
    return FeedbackDelivery(path, day, reader.manifest.business_date, advice.answers)


def _known_on(file: Path, advice: StatusAdvice, wanted: date | None) -> date:
    """Return the business date of the delivery; landing would quarantine an answer that is later than that."""
    made = advice.created_at.date()
    if advice.created_at > datetime.now(UTC):
        raise OrchestrationError(
            f"{file.name} was made at {advice.created_at:%Y-%m-%d %H:%M} UTC, which is in the future: "
            "look at the clocks."
        )
    if wanted is not None:
        if wanted < made:
            raise OrchestrationError(f"{file.name} was made on {made}: it cannot have been known on {wanted}.")
        return wanted
    closed = holidays()
    while made.isoweekday() > _FRIDAY or made in closed:
        made += timedelta(days=1)
    return made


def _delivered(ring: KeyRing) -> tuple[set[str], int]:
    """Return the names of the feed's files so far, landed or waiting, and the next free number."""
    waiting = list((settings().inbox / SYSTEM).glob(f"*/{FEED}_*.jsonl"))
    numbers = [
        int(found)
        for path in waiting
        for found in re.findall(r'"feedback_id": ?"FB(\d{9})"', path.read_text(encoding="utf-8"))
    ]
    names = {path.name for path in waiting}
    connection = connect_warehouse(ring, read_only=True)
    try:
        names |= {
            name
            for (name,) in connection.execute(
                "SELECT file_name FROM warehouse.raw.deliveries WHERE feed = ? AND rows_loaded > 0", [FEED]
            ).fetchall()
        }
        highest = connection.execute(f"SELECT max(feedback_id) FROM warehouse.raw.{FEED}").fetchone()
    except duckdb.CatalogException as error:
        raise OrchestrationError("Nothing has been landed yet: run `tieout run` first.") from error
    finally:
        connection.close()
    if highest and highest[0]:
        numbers.append(int(highest[0][2:]))
    return names, max([FIRST_NUMBER - 1, *numbers]) + 1
