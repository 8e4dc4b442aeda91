"""Conduct of business, put together: orders and executions, the authority's answers, commodity positions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orchestration.demo_bank.authority import Authority
from orchestration.demo_bank.commodities import Commodities
from orchestration.demo_bank.execution import Execution, Instruments
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.order_flow import OrderFlow, OwnTrades
from orchestration.demo_bank.parties import Parties
from orchestration.demo_bank.planting import PlantedRow
from orchestration.demo_bank.reference import BOOK_IDS, Reference
from orchestration.demo_bank.trading import PRICE_UNIT, PRODUCTS, QUANTITY_UNIT, TRADES, Columns, Trading


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
        parties = Parties(reference, market.calendar.book_days, scale, seed)
        flow = OrderFlow(market, reference, trading, parties, scale, seed)
        own = _own_trades(market, reference, trading, planted, flow)
        instruments = Instruments(reference, trading.instrument_ids)
        execution = Execution(market.calendar, reference, parties, instruments, flow.make(own))
        self.authority = Authority(
            flow.days,
            len(market.calendar.periods) - len(flow.days),
            execution.executions,
            execution.outcomes,
            [],
            [],
        )
        self.systems = (execution, self.authority, Commodities(market.calendar, seed))

    def totals(self) -> dict[str, object]:
        """Events, reports and answers that the warehouse must count."""
        return self.authority.totals()


def _own_trades(
    market: MarketData, reference: Reference, trading: Trading, planted: Sequence[PlantedRow], flow: OrderFlow
) -> OwnTrades:
    """Trade events of the window: the trading system's and those that are planted and load."""
    events = trading.events_of(flow.days)
    ids = [f"T{number:09d}" for number in events["number"].tolist()]
    rows = [
        row.values
        for row in planted
        if row.feed is TRADES
        and row.outcome in ("loaded", "late")
        and np.datetime64(str(row.values["trade_date"])) >= flow.days[0]
    ]
    folders = {
        str(row.values["trade_id"]): row.period for row in planted if row.feed is TRADES and row.outcome != "duplicate"
    }
    if not rows:
        return OwnTrades(events, np.array(ids, dtype=object))
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
        delivered=np.searchsorted(
            book_days, np.array([folders[str(row["trade_id"])] for row in rows], dtype="datetime64[D]")
        ),
    )
    return OwnTrades(
        Columns.join([events, more]), np.array([*ids, *(str(row["trade_id"]) for row in rows)], dtype=object)
    )
