"""How faults get into deliveries, and how the answers are kept.

Faults are added, never carved out of good rows: every planted row is extra, so the books balance without it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.demo_bank.calendar import Period
from orchestration.demo_bank.writing import Delivery, Feed, Outbox, control_sum, csv_line, trailer_line

Cell: TypeAlias = str | int | float | date | Decimal | None
Values: TypeAlias = dict[str, Cell]
Fact: TypeAlias = str | int | bool | list[str] | None
Facts: TypeAlias = dict[str, Fact]
Outcome = Literal["loaded", "quarantined", "duplicate", "correction", "late"]

_SECONDS_UNTIL_RESENT: Final = 6 * 3600


@dataclass(frozen=True)
class PlantedRow:
    """An extra row of one delivery.

    Attributes
    ----------
    feed : Feed
    period : str
        Name of the period in whose delivery it stands.
    kind : str
        What the fault is, in a few words.
    outcome : str
        What must become of the row: ``late`` and ``correction`` rows load.
    values : dict
        The row by column; None is an empty field.
    rule, field : str or None
        First rule the row breaks, and on which column.
    line : str or None
        The line itself when it is broken, in place of `values`.
    """

    feed: Feed
    period: str
    kind: str
    outcome: Outcome
    values: Values
    rule: str | None = None
    field: str | None = None
    line: str | None = None

    @property
    def control_amount(self) -> Decimal:
        """Contribution to the control sum; a broken line and a value that is not a number give nothing."""
        if self.line is not None or self.feed.control is None:
            return Decimal(0)
        try:
            return Decimal(str(self.values[self.feed.control]))
        except InvalidOperation:
            return Decimal(0)

    def text(self) -> str:
        """Return the line as it stands in a text delivery."""
        if self.line is not None:
            return self.line
        if self.feed.extension == "jsonl":
            return json.dumps(self.values, separators=(",", ":"))
        return csv_line(None if value is None else str(value) for value in self.values.values())


@dataclass(frozen=True)
class FileFault:
    """Something wrong with a delivery as a whole.

    Attributes
    ----------
    feed, period
        Which delivery.
    kind : str
        ``trailer_count``, ``trailer_sum``, ``trailer_missing``, ``missing_column`` and ``unreadable`` are refused and
        sent again in good order; ``sent_twice`` comes a second time under another name; ``late`` arrives after its
        deadline.
    """

    feed: Feed
    period: str
    kind: Literal[
        "trailer_count", "trailer_sum", "trailer_missing", "missing_column", "unreadable", "sent_twice", "late"
    ]


@dataclass
class Answers:
    """What landing and the warehouse must find: the truth that they never read. It holds no personal data.

    Attributes
    ----------
    faults : list of dict
        One entry per planted fault.
    files : dict
        By path below the inbox: rows in the file, and what is expected of it.
    """

    faults: list[Facts] = field(default_factory=list)
    files: dict[str, Facts] = field(default_factory=dict)

    def add(self, kind: str, outcome: str, facts: Facts) -> None:
        """Record a fault under the next number."""
        number: Facts = {"id": f"F{len(self.faults) + 1:03d}", "kind": kind, "outcome": outcome}
        self.faults.append(number | facts)

    def add_file_fault(self, kind: str, outcome: str, feed: Feed, path: Path, rule: str | None, **other: Path) -> None:
        """Record a fault of a whole file; `other` names the file that goes with it."""
        facts: Facts = {"feed": feed.name, "file": str(path), "line": None, "field": None, "rule": rule}
        self.add(kind, outcome, facts | {name: str(related) for name, related in other.items()})


class Planter:
    """Delivers files with the faults that are planned for them, and writes down the answers.

    Parameters
    ----------
    outbox : Outbox
    rows : iterable of PlantedRow
    file_faults : iterable of FileFault
    """

    def __init__(self, outbox: Outbox, rows: Iterable[PlantedRow], file_faults: Iterable[FileFault]) -> None:
        self._outbox = outbox
        self.answers = Answers()
        self._rows: dict[tuple[str, str], list[PlantedRow]] = {}
        for row in rows:
            self._rows.setdefault((row.period, row.feed.name), []).append(row)
        self._file_faults = {(fault.period, fault.feed.name): fault for fault in file_faults}

    def deliver(self, delivery: Delivery) -> None:
        """Write a delivery with its planted rows and its file fault; without rows and a trailer it is not sent."""
        feed, period, table = delivery.feed, delivery.period, delivery.table
        planted = self._rows.pop((period.name, feed.name), [])
        if not planted and not table.num_rows and feed.extension != "csv":
            return
        path = feed.path(period.last, period.name)
        lines = _lines_of(planted, table.num_rows, feed)
        rows, amount = table.num_rows + len(planted), control_sum(table, feed.control)
        if amount is not None:
            amount += sum((row.control_amount for row in planted), Decimal(0))
        if feed.extension == "parquet":
            table = _with_rows(table, planted)
        self._outbox.write_table(feed, path, table, feed.arrival(period.last))
        if planted and feed.extension != "parquet":
            self._insert(feed, period, path, planted, lines, trailer_line(rows, amount))

        facts: Facts = _facts(feed, period.last, rows, amount)
        expected = _loaded(rows, planted)
        fault = self._file_faults.pop((period.name, feed.name), None)
        if fault is None:
            self.answers.files[str(path)] = facts | expected
        else:
            path = self._spoil(fault, period, path, facts, expected)
        for row, line in zip(planted, lines, strict=True):
            where: Facts = {"feed": feed.name, "file": str(path), "line": line, "field": row.field, "rule": row.rule}
            self.answers.add(row.kind, row.outcome, where)

    def deliver_rest(self, period: Period) -> None:
        """Deliver the planted rows of a period for feeds that have nothing else to deliver."""
        for key in [key for key in self._rows if key[0] == period.name]:
            first = self._rows[key][0]
            number = pa.decimal128(18, 2)
            schema = pa.schema(
                [(column, number if column == first.feed.control else pa.string()) for column in first.values]
            )
            self.deliver(Delivery(first.feed, period, schema.empty_table()))

    def deliver_misplaced(self, period: Period, next_period: Period, rows: Sequence[PlantedRow]) -> None:
        """Deliver a supplement in the next day's folder, where it is refused, and then, completed, in its own."""
        feed = rows[0].feed
        paths = [feed.path(folder.last, f"{period.name}_supplement") for folder in (next_period, period)]
        for path, folder, part in zip(paths, (next_period, period), (rows[:1], rows), strict=True):
            amount = sum((row.control_amount for row in part), Decimal(0))
            content = [csv_line(rows[0].values), *(row.text() for row in part), trailer_line(len(part), amount)]
            self._outbox.write_bytes(path, _as_file(content), feed.arrival(period.last))
            expected = _loaded(len(part), part) if folder is period else _refused("wrong_business_date")
            self.answers.files[str(path)] = _facts(feed, folder.last, len(part), amount) | expected
        for line, row in enumerate(rows, 2):
            where: Facts = {"feed": feed.name, "file": str(paths[1]), "line": line, "field": None, "rule": None}
            self.answers.add(row.kind, row.outcome, where)
        self.answers.add_file_fault(
            "file in another date's folder", "refused", feed, paths[0], "wrong_business_date", sent_again_as=paths[1]
        )

    def unplanted(self) -> list[tuple[str, str]]:
        """Period and feed of planned faults that met no delivery; empty when all is well."""
        return [*self._rows, *self._file_faults]

    def _insert(
        self, feed: Feed, period: Period, path: Path, planted: list[PlantedRow], lines: list[int], trailer: str
    ) -> None:
        """Put planted rows among the lines of a text delivery and correct its trailer."""
        content = self._outbox.read_lines(path)
        if feed.extension == "csv":
            content.pop()
        for row, line in zip(planted, lines, strict=True):
            content.insert(line - 1, row.text())
        if feed.extension == "csv":
            content.append(trailer)
        self._outbox.write_bytes(path, _as_file(content), feed.arrival(period.last))

    def _spoil(self, fault: FileFault, period: Period, path: Path, facts: Facts, expected: Facts) -> Path:
        """Apply a file fault to a written delivery; gives the file that holds the rows that load."""
        feed, files = fault.feed, self.answers.files
        good = (self._outbox.root / path).read_bytes()
        arrival = feed.arrival(period.last)
        later = arrival + _SECONDS_UNTIL_RESENT
        if fault.kind == "late":
            self._outbox.write_bytes(path, good, later)
            files[str(path)] = facts | expected | {"is_late": True}
            self.answers.add_file_fault("file after its deadline", "late", feed, path, None)
            return path
        if fault.kind == "sent_twice":
            again = feed.path(period.last, f"{period.name}_again")
            self._outbox.write_bytes(again, good, later)
            files[str(path)] = facts | expected
            files[str(again)] = facts | _expected("duplicate", 0, 0, facts["rows"]) | {"is_late": True}
            self.answers.add_file_fault("file sent twice", "duplicate", feed, again, None, same_as=path)
            return path
        resent = feed.path(period.last, f"{period.name}_resent")
        self._outbox.write_bytes(path, _SPOILERS[fault.kind](good, feed), arrival)
        self._outbox.write_bytes(resent, good, later)
        files[str(path)] = facts | _refused(fault.kind)
        files[str(resent)] = facts | expected | {"is_late": True}
        self.answers.add_file_fault("file refused", "refused", feed, path, fault.kind, sent_again_as=resent)
        return resent


def _facts(feed: Feed, business_date: date, rows: int, amount: Decimal | None) -> Facts:
    facts: Facts = {"feed": feed.name, "business_date": business_date.isoformat(), "rows": rows}
    return facts if amount is None else facts | {"control_sum": str(amount)}


def _expected(status: str, loaded: int, quarantined: int, duplicate: Fact) -> Facts:
    return {
        "status": status,
        "rows_loaded": loaded,
        "rows_quarantined": quarantined,
        "rows_duplicate": duplicate,
        "is_late": False,
    }


def _loaded(rows: int, planted: Sequence[PlantedRow]) -> Facts:
    quarantined = sum(row.outcome == "quarantined" for row in planted)
    duplicate = sum(row.outcome == "duplicate" for row in planted)
    return _expected("loaded", rows - quarantined - duplicate, quarantined, duplicate)


def _refused(rule: str) -> Facts:
    return _expected("refused", 0, 0, 0) | {"refusal_rule": rule}


def _lines_of(planted: Sequence[PlantedRow], rows: int, feed: Feed) -> list[int]:
    """Line numbers of planted rows, in their order: spread over a text file, at the end of a Parquet file."""
    if feed.extension == "parquet":
        return list(range(rows + 1, rows + len(planted) + 1))
    first_line = 2 if feed.extension == "csv" else 1
    return [(number + 1) * rows // (len(planted) + 1) + number + first_line for number in range(len(planted))]


def _with_rows(table: pa.Table, planted: Sequence[PlantedRow]) -> pa.Table:
    """Append planted rows to a table that is delivered as Parquet."""
    if not planted:
        return table
    plain = pa.schema(
        [
            (column.name, column.type.value_type if pa.types.is_dictionary(column.type) else column.type)
            for column in table.schema
        ]
    )
    return pa.concat_tables([table.cast(plain), pa.Table.from_pylist([row.values for row in planted], schema=plain)])


def _as_file(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _claim_more_rows(content: bytes, feed: Feed) -> bytes:
    return _with_trailer(content, lambda rows, amount: trailer_line(rows + 3, amount))


def _claim_more_money(content: bytes, feed: Feed) -> bytes:
    return _with_trailer(content, lambda rows, amount: trailer_line(rows, (amount or Decimal(0)) + 100))


def _with_trailer(content: bytes, claim: Callable[[int, Decimal | None], str]) -> bytes:
    *lines, last = content.decode().splitlines()
    _, rows, *amount = last.split(",")
    return _as_file([*lines, claim(int(rows), Decimal(amount[0]) if amount else None)])


def _without_trailer(content: bytes, feed: Feed) -> bytes:
    return _as_file(content.decode().splitlines()[:-1])


def _without_last_column(content: bytes, feed: Feed) -> bytes:
    if feed.extension == "parquet":
        table = pq.read_table(io.BytesIO(content))
        spoiled = io.BytesIO()
        pq.write_table(table.drop_columns(table.column_names[-1]), spoiled, compression="zstd")
        return spoiled.getvalue()
    *lines, trailer = content.decode().splitlines()
    return _as_file([*(line.rpartition(",")[0] for line in lines), trailer])


def _first_half(content: bytes, feed: Feed) -> bytes:
    return content[: len(content) // 2]


_SPOILERS: Final[dict[str, Callable[[bytes, Feed], bytes]]] = {
    "trailer_count": _claim_more_rows,
    "trailer_sum": _claim_more_money,
    "trailer_missing": _without_trailer,
    "missing_column": _without_last_column,
    "unreadable": _first_half,
}
