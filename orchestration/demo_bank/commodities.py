"""Positions in commodity derivatives at the end of each day: invented, netted by the warehouse, one above its limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.calendar import Days, Period
from orchestration.demo_bank.snapshots import day_column
from orchestration.demo_bank.writing import Delivery, Feed, rounded_decimals

COMMODITY_POSITIONS: Final = Feed(
    "execution", "commodity_positions", "csv", None, 1, time(4, 20), "Europe/Berlin"
)


class Contract(NamedTuple):
    """A contract with its spot month and the typical net position of the bank in lots, by month from the spot month."""

    code: str
    months: tuple[str, ...]
    net_lots: tuple[float, ...]


CONTRACTS: Final = ()
