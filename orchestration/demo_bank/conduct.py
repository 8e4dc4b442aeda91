"""Conduct of business, put together: orders and executions, the authority's answers, commodity positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo_bank.authority import Authority
from orchestration.demo_bank.calendar import DAILY_FILES, Days
from orchestration.demo_bank.commodities import BREACH_DAYS, BREACHED, COMMODITY_POSITIONS, Commodities
from orchestration.demo_bank.execution import EXECUTIONS, Execution, Instruments
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.order_flow import make_flow
from orchestration.demo_bank.own_flow import OwnTrades
from orchestration.demo_bank.parties import Parties
from orchestration.demo_bank.planted_executions import PlantedExecutions
from orchestration.demo_bank.planting import Facts, PlantedRow
from orchestration.demo_bank.reference import BOOK_IDS, Reference
from orchestration.demo_bank.report_lives import plant_lives
from orchestration.demo_bank.reporting_faults import ReportingFaults
from orchestration.demo_bank.trading import PRICE_UNIT, PRODUCTS, QUANTITY_UNIT, TRADES, Columns, Trading

_UNEXECUTED: Final = ("2022-12-15", "good row in a file with a fault")
_PART_EXECUTED: Final = ("2022-12-08", "row that the next file repeats")
"""Period and kind of the planted trades that have no executions, and too few: they are there at any scale."""
_PART: Final = 60


class Conduct:
    """The systems behind transaction reporting and best execution, made in the order in which they need each other.

    Parameters
    ----------
    market : MarketData
    reference : Reference
    trading : Trading
    planted : sequence of PlantedRow
        Planted rows of all feeds: trades among them that load are executed like all others.
    scale : float
        1 is about 1,000 executions a day.
    seed : int

    Attributes
    ----------
    systems : tuple
        What delivers files, orders before the answers to their reports.
    """

    def __init__(
        self,
        market: MarketData,
        reference: Reference,
        trading: Trading,
        planted: Sequence[PlantedRow],
        scale: float,
        seed: int,
    ) -> None:
        parties = Parties(reference, scale, seed)
        days = market.calendar.book_days[-DAILY_FILES:]
        instruments = Instruments(reference, trading.instrument_ids)
        make = PlantedExecutions(market, reference, instruments, days)
        ReportingFaults(make, instruments).plant()
        plant_lives(make)
        self._faults = make.planted
        parties.add(self._faults.additions)
        trades = [
            row
            for row in planted
            if row.feed is TRADES
            and row.outcome in ("loaded", "late")
            and np.datetime64(str(row.values["trade_date"])) >= days[0]
        ]
        self._unexecuted = _first(trades, _UNEXECUTED)
        self._part_executed = _first(trades, _PART_EXECUTED)
        own = _own_trades(market, reference, trading, self._as_executed(trades), days)
        flow = make_flow(market, reference, trading, parties, own, scale=scale, seed=seed)
        execution = Execution(market.calendar, reference, parties, instruments, flow)
        self._executions = execution.executions
        self._late_trades = [str(row.values["trade_id"]) for row in trades if row.outcome == "late"]
        execution.add(self._faults.orders, self._faults.executions(), self._faults.outcomes())
        self.authority = Authority(
            days,
            len(market.calendar.periods) - DAILY_FILES,
            execution.executions,
            execution.outcomes,
            self._faults.answers,
            self._faults.unknown,
        )
        self.systems = (execution, self.authority, Commodities(market.calendar, seed))

    @property
    def found(self) -> Iterator[tuple[str, str, Facts]]:
        """Kind, outcome and facts of everything that the warehouse must find."""
        yield from self._faults.found
        is_late = pc.is_in(self._executions["trade_id"], value_set=pa.array(self._late_trades))
        for execution_id in self._executions["execution_id"].filter(is_late).to_pylist():
            facts: Facts = {"feed": EXECUTIONS.name, "execution_id": execution_id, "version": 1}
            sent: Facts = {"reports": ["NEWT"], "state": "accepted", "is_late": True}
            yield "execution of a trade that came late", "found", facts | sent
        for row, executed in ((self._unexecuted, 0), (self._part_executed, _PART)):
            trade: Facts = {"feed": TRADES.name, "trade_id": str(row.values["trade_id"])}
            yield (
                "trade whose executions do not sum to it",
                "found",
                trade | {"quantity": int(str(row.values["quantity"])), "executed_quantity": executed},
            )
        contract, month = BREACHED
        yield (
            "commodity position above its limit",
            "found",
            {
                "feed": COMMODITY_POSITIONS.name,
                "contract_code": contract,
                "maturity_month": month,
                "dates": list(BREACH_DAYS),
            },
        )

    def _as_executed(self, trades: Sequence[PlantedRow]) -> list[PlantedRow]:
        """Planted trades as the execution system knows them: one not at all, one in part."""
        part = replace(self._part_executed, values=self._part_executed.values | {"quantity": _PART})
        return [part if row is self._part_executed else row for row in trades if row is not self._unexecuted]

    def totals(self) -> dict[str, object]:
        """Events, reports and answers that the warehouse must count."""
        return self.authority.totals()


def _first(rows: Sequence[PlantedRow], place: tuple[str, str]) -> PlantedRow:
    """Find the first planted row of a period and a kind."""
    return next(row for row in rows if (row.period, row.kind) == place)


def _own_trades(
    market: MarketData, reference: Reference, trading: Trading, planted: Sequence[PlantedRow], days: Days
) -> OwnTrades:
    """Put together the trade events of the window: the trading system's and those that are planted and load."""
    events = trading.events_of(days)
    ids = [f"T{number:09d}" for number in events["number"].tolist()]
    rows = [row.values for row in planted]
    book_days = market.calendar.book_days
    count = len(rows)
    traders = reference.traders.trader_ids.tolist()
    dealers = reference.dealers.leis.tolist()
    moments = [str(row["executed_at"]).removesuffix("Z") for row in rows]
    more = Columns(
        number=np.zeros(count, dtype=np.int64),
        version=np.ones(count, dtype=np.int64),
        action=np.zeros(count, dtype=np.int64),
        product=np.array([PRODUCTS.index(str(row["product_type"])) for row in rows]),
        seconds=np.array(moments, dtype="datetime64[ms]"),
        day=np.searchsorted(book_days, np.array([str(row["trade_date"]) for row in rows], dtype="datetime64[D]")),
        book=np.array([BOOK_IDS.index(str(row["portfolio_id"])) for row in rows]),
        trader=np.array([traders.index(str(row["trader_id"])) for row in rows]),
        dealer=np.array([dealers.index(str(row["counterparty_lei"])) for row in rows]),
        instrument=np.array([trading.instrument_ids.index(str(row["instrument_id"])) for row in rows]),
        side=np.array([("buy", "sell").index(str(row["side"])) for row in rows]),
        quantity=np.array([int(str(row["quantity"])) * QUANTITY_UNIT for row in rows]),
        price=np.array([round(float(str(row["price"])) * PRICE_UNIT) for row in rows]),
        currency=np.array([trading.currencies.index(str(row["currency"])) for row in rows]),
        base=np.full(count, -1),
        start=np.full(count, np.datetime64("NaT"), dtype="datetime64[D]"),
        maturity=np.full(count, np.datetime64("NaT"), dtype="datetime64[D]"),
        delivered=np.searchsorted(book_days, np.array([row.period for row in planted], dtype="datetime64[D]")),
    )
    return OwnTrades(
        Columns.join([events, more]), np.array([*ids, *(str(row["trade_id"]) for row in rows)], dtype=object)
    )
