"""Positions in commodity derivatives at the end of each day: invented, and one of them above its limit for three days.

Contracts and their sizes are those of `commodity_position_limits`; positions are in lots.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import DAILY_FILES, DeliveryCalendar, Period
from orchestration.demo_bank.snapshots import day_column
from orchestration.demo_bank.writing import Delivery, Feed, rounded_decimals

COMMODITY_POSITIONS: Final = Feed("execution", "commodity_positions", "csv", None, 1, time(4, 20), "Europe/Berlin")


class _Position(NamedTuple):
    """A contract's month: what the bank usually holds, net of everything, in lots."""

    contract_code: str
    maturity_month: str
    is_spot_month: bool
    net_lots: float


_POSITIONS: Final = (
    _Position("EBM", "2023-03", True, 12_400),
    _Position("EBM", "2023-05", False, -3_100),
    _Position("EBM", "2023-09", False, 1_700),
    _Position("ECO", "2023-02", True, 5_700),
    _Position("ECO", "2023-05", False, -1_250),
    _Position("EMA", "2023-01", True, -2_600),
    _Position("EMA", "2023-03", False, 900),
    _Position("TFM", "2023-01", True, 18_500),
    _Position("TFM", "2023-02", False, 9_200),
    _Position("TFM", "2023-03", False, -4_400),
    _Position("DEB", "2023-01", True, -3_900),
    _Position("DEB", "2023-04", False, 2_100),
)
BREACH_DAYS: Final = ("2022-12-19", "2022-12-20", "2022-12-21")
BREACHED: Final = ("ECO", "2023-02")
"""Rapeseed in its spot month: 20 % of a deliverable supply of 36,000 lots, for food, are 7,200 lots."""
_BREACH_NET: Final = 7_640.0
_WANDER: Final = 0.03
_OPTIONS_SHARE: Final = 0.12


class Commodities:
    """The commodity desk's positions.

    Parameters
    ----------
    calendar : DeliveryCalendar
    seed : int
    """

    def __init__(self, calendar: DeliveryCalendar, seed: int) -> None:
        rng = np.random.default_rng([seed, 22])
        self._first_period = len(calendar.periods) - DAILY_FILES
        self._days = calendar.book_days[-DAILY_FILES:]
        shape = (DAILY_FILES, len(_POSITIONS))
        usual = np.array([position.net_lots for position in _POSITIONS])
        net = np.rint(usual * (1.0 + _WANDER * np.clip(rng.standard_normal(shape), -2.5, 2.5)))
        breached = [(position.contract_code, position.maturity_month) for position in _POSITIONS].index(BREACHED)
        net[np.isin(self._days, np.array(BREACH_DAYS, dtype="datetime64[D]")), breached] = _BREACH_NET
        # Options count by their delta: the futures hold the rest of the net position.
        self._delta = np.round(_OPTIONS_SHARE * net * rng.uniform(0.5, 1.5, shape), 4)
        futures = net - self._delta
        self._short = np.rint(np.abs(usual) * rng.uniform(0.2, 0.6, shape)) + np.maximum(-futures, 0.0)
        self._long = self._short + futures

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Positions at the end of a day of the window."""
        day = period.index - self._first_period
        if day < 0:
            return
        yield Delivery(
            COMMODITY_POSITIONS,
            period,
            pa.table(
                {
                    "business_date": day_column(self._days[day], len(_POSITIONS)),
                    "contract_code": [position.contract_code for position in _POSITIONS],
                    "maturity_month": [position.maturity_month for position in _POSITIONS],
                    "is_spot_month": [position.is_spot_month for position in _POSITIONS],
                    "long_lots": _lots(self._long[day]),
                    "short_lots": _lots(self._short[day]),
                    "option_delta_lots": _lots(self._delta[day]),
                }
            ),
        )


def _lots(lots: NDArray[np.float64]) -> pa.Array:
    return rounded_decimals(lots, 18, 4)
