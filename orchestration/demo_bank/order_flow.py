"""Orders and executions of the last month: the bank's own trades and what its clients trade, put together.

Everything is numbers and indices here; `execution.py` turns it into the rows that are delivered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_bank.client_flow import ClientFlow
from orchestration.demo_bank.fills import Rows
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.own_flow import OwnFlow, OwnTrades
from orchestration.demo_bank.parties import Parties
from orchestration.demo_bank.reference import Reference
from orchestration.demo_bank.trading import Trading


@dataclass(frozen=True)
class Flow:
    """The window's orders, fills and versions of fills.

    Attributes
    ----------
    orders : Rows
        One row per order.
    fills : Rows
        One row per execution, with its order; `number` counts them by time.
    events : Rows
        One row per execution and version: fill, version, action, delivered (day of the window), quantity, price.
    """

    orders: Rows
    fills: Rows
    events: Rows


def make_flow(
    market: MarketData,
    reference: Reference,
    trading: Trading,
    parties: Parties,
    own: OwnTrades,
    *,
    scale: float,
    seed: int,
) -> Flow:
    """Put the executions of own trades and the clients' orders together.

    Parameters
    ----------
    market, reference, trading, parties
    own : OwnTrades
    scale : float
        1 is about 1,000 executions a day.
    seed : int
    """
    rng = np.random.default_rng([seed, 21])
    own_flow = OwnFlow(market, reference, trading, rng)
    orders, fills, events = own_flow.make(own)
    client_flow = ClientFlow(market, reference, trading, rng, parties.clients, scale)
    client_orders, client_fills = client_flow.make(np.bincount(fills["day"], minlength=len(own_flow.days)))
    client_fills["order"] = client_fills["order"] + len(orders)
    client_events = client_flow.versions(client_fills)
    client_events["fill"] = client_events["fill"] + len(fills)
    all_fills = Rows.join([fills, client_fills])
    number = np.empty(len(all_fills), dtype=np.int64)
    number[np.lexsort((all_fills["order"], all_fills["moment"]))] = np.arange(1, len(all_fills) + 1)
    all_fills["number"] = number
    all_events = Rows.join([events, client_events])
    order = np.lexsort((all_events["version"], number[all_events["fill"]], all_events["delivered"]))
    return Flow(Rows.join([orders, client_orders]), all_fills, all_events.take(order))
