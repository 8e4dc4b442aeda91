"""Records that change: each month's file has the new ones, and once more those of which more has become known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.writing import Feed

Seconds: TypeAlias = NDArray[np.datetime64]
NEVER: Final = np.datetime64("NaT", "D")


class Later(NamedTuple):
    """What becomes known of a record after it was first delivered.

    Attributes
    ----------
    on : ndarray of datetime64[D]
        Day on which it becomes known; NaT = never.
    before : mapping
        What the columns hold until then: null (None), or a column of former values.
    """

    on: Days
    before: Mapping[str, pa.Array | None]


@dataclass(frozen=True)
class Records:
    """All records of a feed in their last state, and how they became what they are.

    Attributes
    ----------
    feed : Feed
    table : pa.Table
        In the order of the feed's contract.
    born : ndarray of datetime64[D]
        Day on which a record becomes known.
    later : sequence of Later
    """

    feed: Feed
    table: pa.Table
    born: Days
    later: Sequence[Later] = ()

    def between(self, after: np.datetime64, until: np.datetime64) -> pa.Table:
        """Select what is new or has changed after one day and up to another, as it stands on the latter."""
        is_due = (self.born > after) & (self.born <= until)
        for change in self.later:
            is_due |= (change.on > after) & (change.on <= until)
        is_due &= self.born <= until
        table = self.table
        for change in self.later:
            is_known = pa.array(change.on <= until)
            for name, former in change.before.items():
                column = table.column(name)
                value = pa.scalar(None, column.type) if former is None else former
                table = table.set_column(table.column_names.index(name), name, pc.if_else(is_known, column, value))
        return table.filter(pa.array(is_due))


def moments(days: Days, minutes: NDArray[np.integer]) -> Seconds:
    """UTC instants so many minutes after midnight of each day."""
    return days.astype("datetime64[s]") + (minutes * 60).astype("timedelta64[s]")


def dates(days: Days) -> pa.Array:
    """Column of dates; NaT becomes null."""
    return pa.array(days.astype("datetime64[D]"), type=pa.date32(), from_pandas=True)


def times(seconds: Seconds) -> pa.Array:
    """Column of UTC times; NaT becomes null."""
    return pa.array(seconds.astype("datetime64[s]"), type=pa.timestamp("s"), from_pandas=True)
