"""Executions, parties and orders that are planted: in good order but for the values that a fault replaces.

Every planted execution is an extra one with an order of its own, and its number begins with X9.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.authority import Answer, UnknownReport
from orchestration.demo_bank.calendar import REJECTED_FILE_DAY, Days
from orchestration.demo_bank.execution import (
    EXECUTION_COLUMNS,
    EXECUTION_SCHEMA,
    EXECUTIONS,
    OUTCOME_SCHEMA,
    REPORTABLE,
    Instruments,
)
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.parties import CLEARING_LEI, EXECUTING_LEI, HOME_COUNTRY, PARTY_COLUMNS, Additions
from orchestration.demo_bank.planting import Cell, Fact, Facts, Values
from orchestration.demo_bank.reference import BOOK_IDS, Reference
from orchestration.demo_bank.venues import EXPIRED_EEA_VENUE, OFF_VENUE, UNLISTED, are_admitted

SHARE_TICKER: Final = "AAPL"
_KNOWN_FROM: Final = date(2022, 11, 29)
_RECORDED_ON: Final = date(2022, 11, 21)
PERSON: Final[Values] = {
    "party_type": "natural_person",
    "client_category": "retail",
    "nationality": "DE",
    "identifier_type": "CONCAT",
    "national_id": "DE19710623ERIKAMUSTE",
    "first_name": "ERIKA",
    "surname": "MUSTERFRAU",
    "birth_date": date(1971, 6, 23),
    "branch_country": HOME_COUNTRY,
}
SPANISH: Final[Values] = {"nationality": "ES", "identifier_type": "NIDN", "national_id": "ES12345678Z"}


@dataclass(frozen=True)
class Event:
    """A planted version of an execution with what the generator knows of it."""

    values: Values
    delivered: int
    reason: str
    is_faulty: bool


@dataclass
class Planted:
    """What the faults add to the flow.

    Attributes
    ----------
    additions : Additions
        Parties, and who else must be known.
    orders : list of (day of the window, row)
    events : list of Event
    answers : list of Answer
        What the authority does not simply accept.
    unknown : list of UnknownReport
    found : list of (kind, outcome, facts)
        For the answers file.
    """

    additions: Additions = field(default_factory=Additions)
    orders: list[tuple[int, Values]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unknown: list[UnknownReport] = field(default_factory=list)
    found: list[tuple[str, str, Facts]] = field(default_factory=list)

    def executions(self) -> pa.Table:
        """Rows of the executions feed."""
        return pa.Table.from_pylist([event.values for event in self.events], schema=EXECUTION_SCHEMA)

    def outcomes(self) -> pa.Table:
        """Say what is known of each row of `executions`."""
        rows = [
            {"delivered": event.delivered, "reason": event.reason, "is_faulty": event.is_faulty}
            for event in self.events
        ]
        return pa.Table.from_pylist(rows, schema=OUTCOME_SCHEMA)


class PlantedExecutions:
    """Makes planted executions and remembers what it made.

    Parameters
    ----------
    market, reference, instruments
        Prices and details of what is traded.
    days : ndarray of datetime64[D]
        The window.

    Attributes
    ----------
    planted : Planted
        Everything made so far.
    days : list of date
    rejected_day : int
        Day of the window whose file is rejected as a whole.
    client : str
        A person in good order.
    dealer : str
        LEI of a dealer.
    """

    def __init__(self, market: MarketData, reference: Reference, instruments: Instruments, days: Days) -> None:
        self.days: list[date] = days.tolist()
        self.rejected_day = int(np.searchsorted(days, REJECTED_FILE_DAY))
        rows = market.day_index(days)
        share = market.tickers.index(SHARE_TICKER)
        self._euro_price = np.round(market.closes[rows, share] / market.pair_rates("EUR", "USD")[rows], 2)
        self._instruments = instruments
        options, bonds = reference.options, reference.bonds
        is_alive = (options.tickers == SHARE_TICKER) & options.is_call & (options.listing_dates < days[0])
        is_alive &= options.expiry_dates > days[-1] + 7
        self._option = str(options.instrument_ids[np.flatnonzero(is_alive)[0]])
        is_held = are_admitted(bonds) & (bonds.issue_dates < days[0]) & (bonds.maturity_dates > days[-1] + 365)
        self._bond = str(bonds.instrument_ids[np.flatnonzero(is_held)[0]])
        self.trader = str(reference.traders.trader_ids[BOOK_IDS.index("EQ-TECH")])
        self.dealer = str(reference.dealers.leis[0])
        self.planted = Planted()
        self.client = self.person()

    def party(self, values: Values, known_from: date = _KNOWN_FROM) -> str:
        """Make a party known and give its id."""
        parties = self.planted.additions.parties
        party_id = f"P9{len(parties) + 1:05d}"
        blank: Values = dict.fromkeys(PARTY_COLUMNS)
        parties.append((known_from, blank | {"party_id": party_id, "recorded_on": _RECORDED_ON} | values))
        return party_id

    def person(self, **changes: Cell) -> str:
        """Make a person known, in good order but for what is replaced, and give the id."""
        return self.party(PERSON | changes)

    def firm(self, lei: str) -> str:
        """Make a corporate client with an LEI known and give its id."""
        return self.party(
            {
                "party_type": "legal_entity",
                "client_category": "professional",
                "lei": lei,
                "branch_country": HOME_COUNTRY,
            }
        )

    def _row(self, day: int, listed: str, product: str, side: str, /, **changes: Cell) -> Values:
        """Make an execution in good order, for a person and on an exchange, with some values replaced."""
        number = len(self.planted.events) + 1
        traded = self.days[day]
        mic = str(changes.get("venue_mic", "XETR"))
        position = np.array([self._instruments.ids.index(listed)])
        details = {name: column[0].as_py() for name, column in self._instruments.columns_of(position).items()}
        is_european = mic in ("XETR", EXPIRED_EEA_VENUE)
        base: Values = dict.fromkeys(EXECUTION_COLUMNS)
        return (
            base
            | details
            | {
                "execution_id": f"X9{number:08d}",
                "version": 1,
                "action": "new",
                "order_id": f"O9{number:08d}",
                "transaction_reference": f"TIEO{traded:%Y%m%d}X9{number:08d}",
                "venue_transaction_id": f"{mic}{traded:%Y%m%d}9{number:08d}" if is_european else None,
                "executing_entity_lei": EXECUTING_LEI,
                "executed_at": f"{traded}T10:{number % 60:02d}:07.{number % 1000:03d}Z",
                "trade_date": traded,
                "activity": "other",
                "capacity": "AOTC",
                "side": side,
                "client_party_id": self.client,
                "counterparty_code": CLEARING_LEI if mic == "XETR" else self.dealer,
                "is_transmitted": False,
                "venue_mic": mic,
                "membership_country": None if mic in (OFF_VENUE, UNLISTED) else HOME_COUNTRY,
                "product_type": product,
                "execution_decision_type": "person",
                "execution_decision_code": self.trader,
                "execution_decision_country": HOME_COUNTRY,
                "is_sft": False,
                "liquidity": "aggressive",
            }
            | changes
        )

    def share(self, side: str, day: int, /, **changes: Cell) -> Values:
        """Make an execution of a share on an exchange, as agent."""
        price = float(self._euro_price[day])
        usual: Values = {
            "quantity": 100,
            "quantity_type": "units",
            "price": price,
            "price_type": "monetary",
            "price_currency": "EUR",
            "short_selling": "SELL" if side == "sell" else None,
            "bid": round(price - 0.02, 2),
            "ask": round(price + 0.02, 2),
        }
        return self._row(day, f"EQ:{SHARE_TICKER}", "equity", side, **(usual | changes))

    def own(self, side: str, day: int, /, **changes: Cell) -> Values:
        """Make an execution of a share for the own account."""
        decision = {
            "investment_decision_type": "person",
            "investment_decision_code": self.trader,
            "investment_decision_country": HOME_COUNTRY,
        }
        return self.share(side, day, **{"capacity": "DEAL", "client_party_id": None} | decision | changes)

    def contract(self, side: str, day: int, /, **changes: Cell) -> Values:
        """Make an execution of a listed option in the United States, as agent."""
        usual: Values = {
            "quantity": 5,
            "quantity_type": "units",
            "price": 4.2,
            "price_type": "monetary",
            "price_currency": "USD",
            "venue_mic": "XCBO",
            "bid": 4.1,
            "ask": 4.3,
        }
        return self._row(day, self._option, "equity_option", side, **(usual | changes))

    def debt(self, side: str, day: int, /, **changes: Cell) -> Values:
        """Make an execution of an admitted bond off venue, as agent."""
        usual: Values = {
            "quantity": 50_000,
            "quantity_type": "nominal",
            "quantity_currency": "USD",
            "price": 95.5,
            "price_type": "percentage",
            "net_amount": 47_750,
            "venue_mic": OFF_VENUE,
            "short_selling": "SELL" if side == "sell" else None,
            "bid": 95.48,
            "ask": 95.52,
        }
        return self._row(day, self._bond, "government_bond", side, **(usual | changes))

    def add(self, values: Values, delivered: int, *, reason: str | None = None, is_faulty: bool = False) -> Event:
        """Plant an event and, with a first version, its order."""
        usual = REPORTABLE[1] if values["product_type"] == "equity_option" else REPORTABLE[0]
        exact: Values = {
            name: Decimal(str(value)) if isinstance(value, float) else value for name, value in values.items()
        }
        event = Event(exact, delivered, reason or usual, is_faulty)
        self.planted.events.append(event)
        if values["version"] == 1:
            self.planted.orders.append((min(delivered, self._day_of(values)), _order(exact)))
        return event

    def _day_of(self, values: Values) -> int:
        return int(np.searchsorted(np.array(self.days), np.datetime64(str(values["trade_date"]))))

    def later(
        self,
        event: Event,
        delivered: int,
        action: str,
        *,
        reason: str | None = None,
        is_faulty: bool = False,
        **changes: Cell,
    ) -> Event:
        """Plant the next version of an execution."""
        version = int(str(event.values["version"])) + 1
        values: Values = event.values | {"version": version, "action": action} | changes
        return self.add(values, delivered, reason=reason or event.reason, is_faulty=is_faulty)

    def found(self, kind: str, event: Event, /, **facts: Fact) -> None:
        """Write down what the warehouse must find of an event."""
        where: Facts = {
            "feed": EXECUTIONS.name,
            "execution_id": str(event.values["execution_id"]),
            "version": int(str(event.values["version"])),
        }
        self.planted.found.append((kind, "found", where | facts))

    def answer(self, event: Event, *statuses: tuple[int, str, str | None, str | None]) -> None:
        """Let the authority say something else than accepted about a new report."""
        self.planted.answers.append(
            Answer(str(event.values["execution_id"]), int(str(event.values["version"])), statuses)
        )


def _order(values: Values) -> Values:
    """Make the order that an execution fills, with the execution's quotes; nobody orders nothing, or less."""
    traded, executed = values["trade_date"], values["quantity"]
    quantity = executed if isinstance(executed, int) and executed > 0 else 100
    is_own = values["client_party_id"] is None
    return {
        "order_id": values["order_id"],
        "order_date": traded,
        "received_at": np.datetime64(f"{traded}T08:30:00").item(),
        "client_party_id": values["client_party_id"],
        "portfolio_id": "EQ-TECH" if is_own else None,
        "instrument_id": values["instrument_id"],
        "side": values["side"],
        "quantity": quantity,
        "order_type": "market",
        "limit_price": None,
        "currency": "EUR" if values["product_type"] == "equity" else "USD",
        "is_directed": False,
        "arrival_bid": values["bid"],
        "arrival_ask": values["ask"],
        "cancelled_quantity": 0,
        "closed_at": np.datetime64(f"{traded}T16:30:00").item(),
    }
