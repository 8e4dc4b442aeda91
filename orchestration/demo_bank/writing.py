"""Deliveries on disk: CSV with a trailer record, JSON lines and Parquet, the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Period, arrival_moment

TRAILER: Final = "TRAILER"


@dataclass(frozen=True)
class Feed:
    """How a source system delivers one feed.

    Attributes
    ----------
    system, name, extension : str
        Folder, first part of the file name, and ``csv``, ``jsonl`` or ``parquet``.
    control : str or None
        Column whose sum ends the trailer (CSV) or is reconciled (others).
    arrival_days, arrival_time, timezone
        When a delivery arrives: weekdays after its folder's date, and local time.
    """

    system: str
    name: str
    extension: str
    control: str | None
    arrival_days: int
    arrival_time: time
    timezone: str

    def path(self, folder: date, label: str) -> Path:
        """Path below the inbox of the delivery with a label (a period's name) in the folder of a date."""
        return Path(self.system, folder.isoformat(), f"{self.name}_{label}.{self.extension}")

    def arrival(self, folder: date) -> float:
        """Return when a delivery in a folder arrives, in seconds since 1970."""
        return arrival_moment(folder, self.arrival_days, self.arrival_time, self.timezone)


@dataclass(frozen=True)
class Delivery:
    """The rows of one feed for one period, columns in the order of the feed's contract."""

    feed: Feed
    period: Period
    table: pa.Table


class Outbox:
    """Writes files below a folder with the time stamps of their arrival.

    Parameters
    ----------
    root : Path
        The inbox that is being filled.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": True})

    def write_table(self, feed: Feed, relative: Path, table: pa.Table, arrival: float) -> None:
        """Write a delivery's rows in the feed's format."""
        path = self._prepared(relative)
        if feed.extension == "parquet":
            pq.write_table(table, path, compression="zstd")
        elif feed.extension == "csv":
            self._copy(table, path, "format csv, header, timestampformat '%Y-%m-%d %H:%M:%S'")
            with path.open("a", encoding="utf-8") as file:
                file.write(trailer_line(table.num_rows, control_sum(table, feed.control)) + "\n")
        else:
            self._copy(table, path, "format json, timestampformat '%Y-%m-%dT%H:%M:%S.%gZ'")
        os.utime(path, (arrival, arrival))

    def read_lines(self, relative: Path) -> list[str]:
        """Lines of a text delivery without their ends."""
        return (self.root / relative).read_text(encoding="utf-8").splitlines()

    def write_bytes(self, relative: Path, content: bytes, arrival: float) -> None:
        """Write a delivery that is ready."""
        path = self._prepared(relative)
        path.write_bytes(content)
        os.utime(path, (arrival, arrival))

    def _prepared(self, relative: Path) -> Path:
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _copy(self, table: pa.Table, path: Path, options: str) -> None:
        self._connection.register("delivery", table)
        self._connection.execute(
            f"copy (select * from delivery) to '{str(path).replace(chr(39), chr(39) * 2)}' ({options})"
        )
        self._connection.unregister("delivery")

    def close(self) -> None:
        """Close the connection that formats the files."""
        self._connection.close()


def trailer_line(rows: int, control: Decimal | None) -> str:
    """Last line of a CSV delivery: marker, number of rows and, where the feed has one, the control sum."""
    fields = [TRAILER, str(rows)]
    if control is not None:
        fields.append(str(control))
    return ",".join(fields)


def control_sum(table: pa.Table, control: str | None) -> Decimal | None:
    """Exact sum of the control column; None without one."""
    if control is None:
        return None
    column = table.column(control)
    zero = Decimal(0).scaleb(-column.type.scale)
    return pc.sum(column).as_py() or zero


def csv_line(values: Iterable[str | None]) -> str:
    """One CSV line without its end; None is an empty field."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(["" if value is None else value for value in values])
    return line.getvalue()


def decimals(units: NDArray[np.int64], precision: int, scale: int) -> pa.Decimal128Array:
    """Exact decimals from whole numbers of their last digit (cents for scale 2).

    The 128-bit value of an Arrow decimal is the number itself and its sign, so no arithmetic is done.
    """
    words = np.empty((len(units), 2), dtype=np.int64)
    words[:, 0] = units
    words[:, 1] = units >> 63
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(units), [None, pa.py_buffer(words.tobytes())])


def rounded_decimals(values: NDArray[np.float64], precision: int, scale: int) -> pa.Array:
    """Decimals of rounded floating-point values; NaN becomes null."""
    missing = np.isnan(values)
    units = np.rint(np.where(missing, 0.0, values) * 10.0**scale).astype(np.int64)
    exact = decimals(units, precision, scale)
    return pc.if_else(pa.array(~missing), exact, pa.scalar(None, exact.type)) if missing.any() else exact


def chosen(pool: pa.Array | Sequence[str], index: NDArray[np.integer]) -> pa.Array:
    """Elements of a pool without nulls by their index, as a dictionary so that no text is copied."""
    values = pool if isinstance(pool, pa.Array) else pa.array(pool, type=pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), values)
