"""Journals as numbers: heads and lines, what they are joined from, and the rows of the feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import time
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.chart import CODES
from orchestration.demo_bank.closing import Moments
from orchestration.demo_bank.snapshots import NONE, Indices, labels
from orchestration.demo_bank.writing import Feed, chosen, decimals

GL_JOURNALS: Final = Feed("ledger", "gl_journals", "csv", "amount", 1, time(9, 30), "Europe/London")
SOURCES: Final = ("manual", "subledger", "system", "recurring")
MANUAL, SUBLEDGER, SYSTEM, RECURRING = range(len(SOURCES))
ENTITIES: Final = ("E01", "E02", "E03")
_USERS: Final = 140
_SERVICES: Final = 6
WHO: Final = (
    *(f"U{number:04d}" for number in range(1, _USERS + 1)),
    *(f"SVC-GL{number:02d}" for number in range(1, _SERVICES + 1)),
)
VENDORS: Final = tuple(f"V{number:04d}" for number in range(1, 181))
NEVER: Final = np.datetime64("NaT", "s")


@dataclass(frozen=True)
class Batch:
    """Some journals, one element a head or a line.

    Attributes
    ----------
    source, prepared, approved, text : ndarray of int
        Of a head: positions in `SOURCES`, `WHO` (twice) and the texts; `NONE` for nobody and for no text.
    document : ndarray of int
        Of a head: number of the invoice, or `NONE`.
    effective, posted : ndarray of datetime64[D]
        Of a head.
    entered, approved_at : ndarray of datetime64[s]
        Of a head, UTC.
    journal : ndarray of int
        Of a line: position of its head; ascending.
    account, entity, partner, vendor : ndarray of int
        Of a line: positions in the chart, `ENTITIES` (twice) and `VENDORS`; `NONE` for no partner and vendor.
    amount : ndarray of int
        Of a line: cents, debit positive.
    """

    source: Indices
    prepared: Indices
    approved: Indices
    text: Indices
    document: Indices
    effective: Days
    posted: Days
    entered: Moments
    approved_at: Moments
    journal: Indices
    account: Indices
    entity: Indices
    partner: Indices
    vendor: Indices
    amount: Indices

    def __len__(self) -> int:
        return len(self.source)

    @classmethod
    def join(cls, batches: Sequence[Batch]) -> Batch:
        """All journals of some batches, one batch after the other."""
        before = np.cumsum([0, *(len(batch) for batch in batches)])
        parts = {item.name: np.concatenate([getattr(batch, item.name) for batch in batches]) for item in fields(cls)}
        parts["journal"] = np.concatenate(
            [batch.journal + start for batch, start in zip(batches, before[:-1], strict=True)]
        )
        return cls(**parts)

    def ordered(self, order: Indices) -> Batch:
        """Return the journals in another order of their heads, the lines of each as they were."""
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        lines = np.argsort(place[self.journal], kind="stable")
        heads = ("source", "prepared", "approved", "text", "document", "effective", "posted", "entered", "approved_at")
        rows = ("account", "entity", "partner", "vendor", "amount")
        return Batch(
            **{name: getattr(self, name)[order] for name in heads},
            **{name: getattr(self, name)[lines] for name in rows},
            journal=place[self.journal][lines],
        )


def in_two_lines(journal: Indices, debit: Indices, credit: Indices, amount: Indices) -> tuple[Indices, ...]:
    """Journal, account and amount of lines that debit one account and credit another, next to each other."""
    return (
        np.repeat(journal, 2),
        np.column_stack([debit, credit]).ravel(),
        np.column_stack([amount, -amount]).ravel(),
    )


def benford_cents(rng: np.random.Generator, groups: int, size: int, first: int, decades: int) -> Indices:
    """Cents of amounts from 10**first on, over some decades, which follow Benford's law in every group.

    The logarithms' fractions are one in each of as many equal steps as a group has: so a group conforms however small.
    """
    steps = np.argsort(rng.random((groups, size)), axis=1)
    fraction = (steps + rng.random((groups, size))) / size
    exponent = first + rng.integers(0, decades, (groups, size)) + fraction
    return np.rint(10.0**exponent * 100).astype(np.int64).ravel()


def journal_table(batch: Batch, rows: slice, numbers: Indices, sequence: Indices, texts: pa.Array) -> pa.Table:
    """Rows of the feed for some lines.

    Parameters
    ----------
    batch : Batch
    rows : slice
        Which lines; they begin and end with a journal.
    numbers, sequence : ndarray of int
        By head: the number in the journal's id, and in its fiscal year.
    texts : pa.Array
        What `text` of the batch counts in.
    """
    journal = batch.journal[rows]
    starts = np.flatnonzero(np.diff(journal, prepend=-1))
    line = np.arange(len(journal)) - np.repeat(starts, np.diff(starts, append=len(journal))) + 1
    document = batch.document[journal]
    width = 8
    invoices = pc.binary_join_element_wise("INV", pc.utf8_lpad(pa.array(document).cast(pa.string()), width, "0"), "-")
    posted = batch.posted[journal]
    return pa.table(
        {
            "journal_id": pc.binary_join_element_wise("J", pa.array(numbers[journal]).cast(pa.string()), ""),
            "line_number": pa.array(line, type=pa.int32()),
            "sequence_number": sequence[journal],
            "fiscal_year": pa.array(posted.astype("datetime64[Y]").astype(np.int64) + 1970, type=pa.int32()),
            "posting_date": posted,
            "effective_date": batch.effective[journal],
            "entered_at": batch.entered[journal],
            "source": chosen(SOURCES, batch.source[journal]),
            "account_code": chosen(CODES, batch.account[rows]),
            "amount": decimals(batch.amount[rows], 18, 2),
            "description": texts.take(pa.array(batch.text[journal].astype(np.int32), mask=batch.text[journal] == NONE)),
            "prepared_by": chosen(WHO, batch.prepared[journal]),
            "approved_by": labels(WHO, batch.approved[journal]),
            "approved_at": batch.approved_at[journal],
            "entity": chosen(ENTITIES, batch.entity[rows]),
            "partner_entity": labels(ENTITIES, batch.partner[rows]),
            "vendor_id": labels(VENDORS, batch.vendor[rows]),
            "document_number": pc.if_else(pa.array(document == NONE), None, invoices),
        }
    )
