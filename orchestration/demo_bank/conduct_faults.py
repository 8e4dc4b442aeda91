"""Faults of transaction reporting: one execution for each rule that it breaks, and lives of reports that go wrong.

Every planted execution is an extra one, with an order of its own, and breaks no other rule than the one it is planted
for: a misprinted LEI keeps its form, a venue off the list has no code for its transactions, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.authority import Answer, UnknownReport
from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.execution import (
    EXECUTION_COLUMNS,
    EXECUTION_SCHEMA,
    EXECUTIONS,
    OUTCOME_SCHEMA,
    REPORTABLE,
    Instruments,
)
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.parties import (
    ANNULLED_LEI,
    CLEARING_LEI,
    EXECUTING_LEI,
    HOME_COUNTRY,
    LAPSED_LEI,
    PARTY_COLUMNS,
    RETIRED_LEI,
    UNKNOWN_LEI,
    Additions,
    Algorithm,
)
from orchestration.demo_bank.planting import Facts, Values
from orchestration.demo_bank.reference import BOOK_IDS, Reference
from orchestration.demo_bank.venues import EXPIRED_EEA_VENUE, NO_VENUE, OFF_VENUE, UNLISTED, are_admitted

_KNOWN_FROM: Final = date(2022, 11, 29)
_RECORDED_ON: Final = date(2022, 11, 21)
_FAULT_DAYS: Final = (1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16)
"""Days of the window on which executions with a fault are delivered."""
_SHARE: Final = "AAPL"
_NOBODY: Final = "TR999"
_WRONG_LEI: Final = UNKNOWN_LEI[:-1] + str((int(UNKNOWN_LEI[-1]) + 1) % 10)
_WRONG_EXECUTING_LEI: Final = EXECUTING_LEI[:-1] + str((int(EXECUTING_LEI[-1]) + 1) % 10)
_WARNINGS: Final = frozenset({"R07-3", "R16-3", "R40-1"})
_DAY_OF_REJECTED_FILE: Final = 7
"""Place of 2022-12-09 in the window."""


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


class ConductFaults:
    """Makes the planted executions.

    Parameters
    ----------
    market, reference, instruments
        Prices and details of what is traded.
    days : ndarray of datetime64[D]
        The window.
    """

    def __init__(self, market: MarketData, reference: Reference, instruments: Instruments, days: Days) -> None:
        self._days: list[date] = days.tolist()
        rows = market.day_index(days)
        share = market.tickers.index(_SHARE)
        self._euro_price = np.round(market.closes[rows, share] / market.pair_rates("EUR", "USD")[rows], 2)
        self._instruments = instruments
        options, bonds = reference.options, reference.bonds
        is_alive = (options.tickers == _SHARE) & options.is_call & (options.listing_dates < days[0])
        is_alive &= options.expiry_dates > days[-1] + 7
        self._option = str(options.instrument_ids[np.flatnonzero(is_alive)[0]])
        is_held = are_admitted(bonds) & (bonds.issue_dates < days[0]) & (bonds.maturity_dates > days[-1] + 365)
        self._bond = str(bonds.instrument_ids[np.flatnonzero(is_held)[0]])
        self._trader = str(reference.traders.trader_ids[BOOK_IDS.index("EQ-TECH")])
        self._dealer = str(reference.dealers.leis[0])
        self._planted = Planted()
        self._client = self._person()

    def plant(self) -> Planted:
        """Make everything, in the order in which the answers list it."""
        for number, (rule, make) in enumerate(self._rules()):
            self._break(rule, make, _FAULT_DAYS[number % len(_FAULT_DAYS)])
        self._repeated_reference(6)
        self._unknown_instrument(5)
        self._lives()
        return self._planted

    # Rows -----------------------------------------------------------------------------------------------------------

    def _party(self, values: Values, known_from: date = _KNOWN_FROM) -> str:
        parties = self._planted.additions.parties
        party_id = f"P9{len(parties) + 1:05d}"
        blank: Values = dict.fromkeys(PARTY_COLUMNS)
        parties.append((known_from, blank | {"party_id": party_id, "recorded_on": _RECORDED_ON} | values))
        return party_id

    def _person(self, **changes: Any) -> str:  # noqa: ANN401 - any cell of the feed
        return self._party(_PERSON | changes)

    def _firm(self, lei: str) -> str:
        return self._party(
            {
                "party_type": "legal_entity",
                "client_category": "professional",
                "lei": lei,
                "branch_country": HOME_COUNTRY,
            }
        )

    def _row(self, day: int, listed: str, product: str, side: str, **changes: Any) -> Values:  # noqa: ANN401
        """Make an execution in good order, for a person and on an exchange, with some values replaced."""
        number = len(self._planted.events) + 1
        traded = self._days[day]
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
                "client_party_id": self._client,
                "counterparty_code": CLEARING_LEI if mic == "XETR" else self._dealer,
                "is_transmitted": False,
                "venue_mic": mic,
                "membership_country": None if mic in (OFF_VENUE, UNLISTED) else HOME_COUNTRY,
                "product_type": product,
                "execution_decision_type": "person",
                "execution_decision_code": self._trader,
                "execution_decision_country": HOME_COUNTRY,
                "is_sft": False,
                "liquidity": "aggressive",
            }
            | changes
        )

    def _share(self, day: int, side: str = "buy", **changes: Any) -> Values:  # noqa: ANN401
        price = float(self._euro_price[day])
        return self._row(
            day,
            f"EQ:{_SHARE}",
            "equity",
            side,
            **{
                "quantity": 100,
                "quantity_type": "units",
                "price": price,
                "price_type": "monetary",
                "price_currency": "EUR",
                "short_selling": "SELL" if side == "sell" else None,
                "bid": round(price - 0.02, 2),
                "ask": round(price + 0.02, 2),
            }
            | changes,
        )

    def _own(self, day: int, side: str = "buy", **changes: Any) -> Values:  # noqa: ANN401
        decision = {
            "investment_decision_type": "person",
            "investment_decision_code": self._trader,
            "investment_decision_country": HOME_COUNTRY,
        }
        return self._share(day, side, **{"capacity": "DEAL", "client_party_id": None} | decision | changes)

    def _contract(self, day: int, side: str = "buy", **changes: Any) -> Values:  # noqa: ANN401
        return self._row(
            day,
            self._option,
            "equity_option",
            side,
            **{
                "quantity": 5,
                "quantity_type": "units",
                "price": 4.2,
                "price_type": "monetary",
                "price_currency": "USD",
                "venue_mic": "XCBO",
                "bid": 4.1,
                "ask": 4.3,
            }
            | changes,
        )

    def _debt(self, day: int, side: str = "buy", **changes: Any) -> Values:  # noqa: ANN401
        return self._row(
            day,
            self._bond,
            "government_bond",
            side,
            **{
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
            | changes,
        )

    def _add(self, values: Values, delivered: int, *, reason: str | None = None, is_faulty: bool = False) -> Event:
        """Plant an event and, with a first version, its order."""
        usual = REPORTABLE[1] if values["product_type"] == "equity_option" else REPORTABLE[0]
        exact: Values = {
            name: Decimal(str(value)) if isinstance(value, float) else value for name, value in values.items()
        }
        event = Event(exact, delivered, reason or usual, is_faulty)
        self._planted.events.append(event)
        if values["version"] == 1:
            self._planted.orders.append((min(delivered, self._day_of(values)), _order(exact)))
        return event

    def _day_of(self, values: Values) -> int:
        return int(np.searchsorted(np.array(self._days), np.datetime64(str(values["trade_date"]))))

    def _later(self, event: Event, delivered: int, action: str, **changes: Any) -> Event:  # noqa: ANN401
        """Plant the next version of an execution."""
        reason, is_faulty = changes.pop("reason", event.reason), changes.pop("is_faulty", False)
        version = int(str(event.values["version"])) + 1
        values: Values = event.values | {"version": version, "action": action} | changes
        return self._add(values, delivered, reason=reason, is_faulty=is_faulty)

    def _found(self, kind: str, event: Event, **facts: Any) -> None:  # noqa: ANN401
        where: Facts = {
            "feed": EXECUTIONS.name,
            "execution_id": str(event.values["execution_id"]),
            "version": int(str(event.values["version"])),
        }
        self._planted.found.append((kind, "found", where | facts))

    # One rule each --------------------------------------------------------------------------------------------------

    def _break(self, rule: str, make: Callable[[int], Values], day: int) -> None:
        is_warning = rule in _WARNINGS
        event = self._add(make(day), day, is_faulty=not is_warning)
        self._found("reporting rule broken", event, rule=rule, severity="warning" if is_warning else "error")

    def _rules(self) -> Iterator[tuple[str, Callable[[int], Values]]]:
        """Rule and the row that breaks it, for a day of the window."""
        for field_number, side in ((7, "buy"), (16, "sell")):
            yield from self._party_rules(field_number, side)
        yield from self._rules_of_all()
        yield from self._rules_of_terms()
        yield from self._rules_of_options()
        yield from self._rules_of_decisions()

    def _party_rules(self, number: int, side: str) -> Iterator[tuple[str, Callable[[int], Values]]]:
        """Rules on the buyer's fields from 7 and the seller's from 16: our client's side, or the other for a MIC."""
        other = "sell" if side == "buy" else "buy"
        is_buyer = side == "buy"
        client = {
            f"R{number:02d}-1": self._firm(_WRONG_LEI),
            f"R{number:02d}-2": self._firm(RETIRED_LEI if is_buyer else ANNULLED_LEI),
            f"R{number:02d}-3": self._firm(LAPSED_LEI),
            f"R{number:02d}-5": self._person(identifier_type="CCPT", national_id="DEC01X00T478"),
            f"R{number:02d}-6": (
                self._person(nationality="ES", identifier_type="NIDN", national_id="ES12345678A")
                if is_buyer
                else self._person(national_id="DE19710623#####MUSTE")
            ),
            f"R{number:02d}-7": (
                self._person(national_id="DE19710624ERIKAMUSTE")
                if is_buyer
                else self._person(national_id="AT19710623ERIKAMUSTE")
            ),
            f"R{number + 1:02d}-1": self._person(branch_country=None),
            f"R{number + 1:02d}-2": self._person(client_category=None),
            f"R{number + 2:02d}-1": self._person(first_name=None),
            f"R{number + 2:02d}-2": self._person(first_name="Erika" if is_buyer else "DR ERIKA"),
            f"R{number + 3:02d}-1": self._person(surname=None),
            f"R{number + 4:02d}-1": self._person(**_SPANISH, birth_date=None),
            f"R{number + 4:02d}-2": self._person(
                **_SPANISH, birth_date=date(1871, 6, 23) if is_buyer else date(2022, 11, 25)
            ),
        }
        for rule, party_id in client.items():
            yield rule, partial(self._share, side=side, client_party_id=party_id)
        code = NO_VENUE if is_buyer else EXPIRED_EEA_VENUE
        yield f"R{number:02d}-4", partial(self._share, side=other, counterparty_code=code)
        nameless = self._person(client_category=None, branch_country=None, first_name=None, surname=None)
        for rule, decision_maker in (
            (f"R{number + 5:02d}-1", "P999999"),
            (f"R{number + 5:02d}-2", RETIRED_LEI),
            (f"R{number + 6:02d}-1", nameless),
        ):
            yield rule, partial(self._share, side=side, decision_maker_code=decision_maker)

    def _rules_of_all(self) -> Iterator[tuple[str, Callable[[int], Values]]]:
        """Who reports, how the order came, when it was executed and in which capacity."""
        off: dict[str, Any] = {"venue_mic": OFF_VENUE, "counterparty_code": self._dealer}
        yield "R02-1", lambda day: self._share(day, transaction_reference=f"tieo-{self._days[day]:%Y%m%d}/1")
        yield "R03-1", partial(self._share, venue_transaction_id=None)
        yield "R03-2", partial(self._share, **off, venue_transaction_id="TRADEWITHOUTVENUE1")
        yield "R04-1", partial(self._share, executing_entity_lei=_WRONG_EXECUTING_LEI)
        yield "R04-2", partial(self._share, executing_entity_lei=LAPSED_LEI)
        yield (
            "R25-1",
            partial(self._share, capacity="MTCH", is_transmitted=True, counterparty_code=self._dealer),
        )
        yield "R26-1", partial(self._share, side="buy", transmitting_firm_lei=_WRONG_LEI)
        yield "R27-1", partial(self._share, side="sell", transmitting_firm_lei=UNKNOWN_LEI)
        yield "R28-1", lambda day: self._share(day, executed_at=f"{self._days[day]} 10:15:07")
        for activity, digits in (("high_frequency", ".123Z"), ("algorithmic", "Z"), ("other", ".4Z")):
            yield "R28-2", partial(self._stamped, activity, digits)
        yield "R28-3", lambda day: self._share(day, executed_at=f"{self._days[day + 1]}T09:15:07.000Z")
        yield "R28-4", lambda day: self._share(day, executed_at=f"{self._days[day - 1]}T23:59:59.999Z")
        yield "R29-1", partial(self._own, client_party_id=self._client)
        yield "R29-2", partial(self._share, counterparty_code=EXECUTING_LEI)
        yield "R36-1", partial(self._share, venue_mic=NO_VENUE)
        yield "R36-2", partial(self._share, venue_mic=EXPIRED_EEA_VENUE)
        yield "R36-3", partial(self._share, venue_mic=UNLISTED)
        yield "R36-4", partial(self._contract, venue_mic=OFF_VENUE)
        yield "R37-1", partial(self._share, membership_country=None)
        yield "R37-2", partial(self._share, **off, membership_country=HOME_COUNTRY)
        yield "R61-1", partial(self._share, **off, waivers="SIZE")
        yield "R61-2", partial(self._share, waivers="SIZE|ABCD")
        yield "R62-1", partial(self._share, side="sell", short_selling=None)
        yield "R62-1", partial(self._debt, side="sell", short_selling=None)
        yield "R62-2", partial(self._share, side="buy", short_selling="SELL")
        yield "R62-3", partial(self._share, side="sell", short_selling="LONG")
        yield "R63-1", partial(self._share, **off, otc_post_trade="LRGS|WXYZ")
        yield "R64-1", partial(self._share, is_commodity_hedge=True)

    def _stamped(self, activity: str, digits: str, day: int) -> Values:
        """Make an execution of an activity whose time ends so."""
        return self._share(day, activity=activity, executed_at=f"{self._days[day]}T10:15:07{digits}")

    def _rules_of_terms(self) -> Iterator[tuple[str, Callable[[int], Values]]]:
        """Quantity, price, amounts and the instrument's number."""
        share_isin = dict(zip(self._instruments.ids, self._instruments.columns["isin"], strict=True))[f"EQ:{_SHARE}"]
        wrong_isin = f"{str(share_isin)[:-1]}{(int(str(share_isin)[-1]) + 1) % 10}"
        yield "R30-1", partial(self._share, quantity=None)
        yield "R30-1", partial(self._share, quantity=0)
        yield "R30-2", partial(self._share, quantity_type="nominal", quantity_currency="EUR")
        yield "R31-1", partial(self._debt, quantity_currency=None)
        yield "R31-2", partial(self._share, quantity_currency="EUR")
        yield "R31-3", partial(self._debt, quantity_currency="XAU")
        yield "R32-1", partial(self._share, notional_change="INCR")
        yield "R33-1", partial(self._share, price=None)
        yield "R33-2", partial(self._share, price_type="percentage", price_currency=None)
        yield "R33-2", partial(self._debt, price_type="monetary", price_currency="USD")
        yield "R34-1", partial(self._share, price_currency=None)
        yield "R34-2", partial(self._debt, price_currency="USD")
        yield "R34-3", partial(self._share, price_currency="XAG")
        yield "R35-1", partial(self._debt, net_amount=None)
        yield "R35-2", partial(self._share, net_amount=13_000)
        yield "R35-3", partial(self._debt, net_amount=-47_750)
        yield "R41-1", partial(self._share, isin=None)
        yield "R41-2", partial(self._share, isin=wrong_isin)

    def _rules_of_options(self) -> Iterator[tuple[str, Callable[[int], Values]]]:
        """Details that an instrument needs which no trading venue of the area lists."""
        yield "R38-1", partial(self._contract, up_front_payment=500, up_front_payment_currency="USD")
        yield "R39-1", partial(self._contract, up_front_payment=500, notional_change="INCR")
        yield "R40-1", partial(self._contract, complex_trade_id="COMBIWITHONELEG")
        changes: tuple[tuple[str, dict[str, Any]], ...] = (
            ("R42-1", {"instrument_name": None}),
            ("R43-1", {"cfi_code": None}),
            ("R43-2", {"cfi_code": "OPASPS"}),
            ("R46-1", {"price_multiplier": None}),
            ("R46-1", {"price_multiplier": 0}),
            ("R47-1", {"underlying_isin": None}),
            ("R50-1", {"option_type": None}),
            ("R51-1", {"strike_price": None}),
            ("R52-1", {"strike_currency": None}),
            ("R53-1", {"exercise_style": None}),
            ("R55-1", {"expiry_date": None}),
            ("R55-2", {"expiry_date": date(2022, 11, 18)}),
            ("R56-1", {"delivery_type": None}),
        )
        for rule, change in changes:
            yield rule, partial(self._contract, **change)

    def _rules_of_decisions(self) -> Iterator[tuple[str, Callable[[int], Values]]]:
        """Who decided to invest, and who executed."""
        for name, number, make in (("investment", 57, self._own), ("execution", 59, self._share)):
            kind, code, country = (f"{name}_decision_{part}" for part in ("type", "code", "country"))
            wrong = Algorithm.RETIRED if number == 57 else Algorithm.ALLOCATOR
            changes: tuple[tuple[str, dict[str, Any]], ...] = (
                (f"R{number}-1", {kind: None, code: None, country: None}),
                (f"R{number}-2", {kind: "algorithm", code: wrong, country: None}),
                (f"R{number}-3", {code: _NOBODY}),
                (f"R{number + 1}-1", {country: None}),
            )
            for rule, change in changes:
                yield rule, partial(make, **change)
        yield "R57-1", partial(self._share, decision_maker_code=EXECUTING_LEI)

    def _repeated_reference(self, day: int) -> None:
        """Use a reference twice: the later execution is at fault."""
        first = self._add(self._share(day), day)
        again = self._share(day, transaction_reference=first.values["transaction_reference"])
        second = self._add(again, day, is_faulty=True)
        self._found("reporting rule broken", second, rule="R02-2", severity="error")

    def _unknown_instrument(self, day: int) -> None:
        """Execute nobody knows what: it cannot be told whether it must be reported."""
        event = self._add(
            self._share(day, instrument_id=None, isin=None, instrument_name=None, cfi_code=None),
            day,
            reason="UNKNOWN_INSTRUMENT",
        )
        self._found("instrument unknown", event, reason="UNKNOWN_INSTRUMENT")

    # Lives of reports -----------------------------------------------------------------------------------------------

    def _lives(self) -> None:
        """Let reports come late, be refused, wait, be corrected or withdrawn.

        Facts: `reports` are the statuses of all reports of the execution's reference in their order, `state` is where
        the last version stands in the end.
        """
        for traded, delivered in ((3, 5), (12, 14)):
            event = self._add(self._share(traded), delivered)
            self._found(
                "execution delivered after the deadline", event, reports=["NEWT"], state="accepted", is_late=True
            )

        event = self._add(self._share(4), 4)
        self._answer(event, (5, "rejected", "CON-070", "The buyer's identification is not accepted."))
        last = self._later(event, 6, "amend")
        self._found("rejected, then amended", last, reports=["NEWT", "NEWT"], state="accepted")

        event = self._add(self._share(9), 9)
        last = self._later(event, 11, "amend", quantity=90)
        self._found("corrected after acceptance", last, reports=["NEWT", "CANC", "NEWT"], state="accepted")

        event = self._add(self._share(9), 9)
        last = self._later(event, 12, "cancel")
        self._found("cancelled after acceptance", last, reports=["NEWT", "CANC"], state="cancelled")

        pending = ("pending", "CON-411", "The instrument is not in the reference data yet.")
        event = self._add(self._share(5), 5)
        self._answer(event, (6, *pending), (8, "accepted", None, None))
        self._found("pending, accepted on the fifth day", event, reports=["NEWT"], state="accepted")

        event = self._add(self._share(9), 9)
        self._answer(
            event, (10, *pending), (14, "rejected", "CON-412", "The instrument was not in the reference data in time.")
        )
        self._found("pending, rejected on the seventh day", event, reports=["NEWT"], state="rejected")

        event = self._add(self._share(17), 17)
        self._answer(event, (18, *pending))
        self._found("pending at the end", event, reports=["NEWT"], state="pending")

        event = self._add(self._share(10), 10)
        self._answer(event, (11, "rejected", "CON-160", "The seller's identification is not accepted."))
        last = self._later(event, 12, "cancel")
        self._found("rejected, then cancelled: nothing to withdraw", last, reports=["NEWT"], state="cancelled")

        event = self._add(self._share(12), 12)
        last = self._later(event, 12, "cancel")
        self._found("cancelled on the same day", last, reports=[], state="cancelled")

        event = self._add(self._share(15), 15)
        last = self._later(event, 15, "amend", quantity=80)
        self._found("amended on the same day", last, reports=["NEWT"], state="accepted")

        event = self._add(self._debt(9, venue_mic="BTFE", venue_transaction_id="BTFE20221213900001"), 9)
        last = self._later(event, 11, "amend", is_sft=True, reason="EXEMPT_SFT")
        self._found("no longer to be reported", last, reports=["NEWT", "CANC"], state="exempt", reason="EXEMPT_SFT")

        event = self._add(self._share(13), 13)
        last = self._later(event, 14, "amend", price=None, is_faulty=True)
        self._found("amendment held, the report before it stands", last, reports=["NEWT"], state="held", rule="R33-1")

        self._corrected_party()

        event = self._add(self._share(_DAY_OF_REJECTED_FILE), _DAY_OF_REJECTED_FILE)
        self._found("in the file that was rejected and sent again", event, reports=["NEWT", "NEWT"], state="accepted")
        event = self._add(self._share(_DAY_OF_REJECTED_FILE), _DAY_OF_REJECTED_FILE)
        last = self._later(event, _DAY_OF_REJECTED_FILE + 2, "amend", quantity=70)
        self._found(
            "amended after its file was sent again", last, reports=["NEWT", "NEWT", "CANC", "NEWT"], state="accepted"
        )

        event = self._add(self._share(_DAY_OF_REJECTED_FILE - 1), _DAY_OF_REJECTED_FILE - 1)
        last = self._later(event, _DAY_OF_REJECTED_FILE, "amend", quantity=60)
        self._found(
            "corrected in the file that was rejected",
            last,
            reports=["NEWT", "CANC", "NEWT", "CANC", "NEWT"],
            state="accepted",
        )

        reference = f"TIEO{self._days[10]:%Y%m%d}X999999999"
        self._planted.unknown.append(UnknownReport(10, reference))
        facts: Facts = {
            "feed": "transaction_report_feedback",
            "submission_id": f"TRN-{self._days[10]:%Y%m%d}-001",
            "transaction_reference": reference,
            "difference": 1,
        }
        self._planted.found.append(("accepted report that was never sent", "found", facts))

    def _corrected_party(self) -> None:
        """Deliver a client's missing birth date later: the execution is held and then released."""
        client = self._person(birth_date=None, **_SPANISH)
        held = self._add(self._share(4, client_party_id=client), 4, is_faulty=True)
        self._found("reporting rule broken", held, rule="R11-1", severity="error")
        _, values = self._planted.additions.parties[-1]
        self._planted.additions.parties.append((self._days[5], values | {"birth_date": date(1971, 6, 23)}))
        last = self._later(held, 6, "amend")
        self._found(
            "held, released when the client's data came", last, reports=["NEWT"], state="accepted", is_late=True
        )

    def _answer(self, event: Event, *statuses: tuple[int, str, str | None, str | None]) -> None:
        self._planted.answers.append(
            Answer(str(event.values["execution_id"]), int(str(event.values["version"])), statuses)
        )


_PERSON: Final[Values] = {
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
_SPANISH: Final[dict[str, Any]] = {"nationality": "ES", "identifier_type": "NIDN", "national_id": "ES12345678Z"}


def _order(values: Values) -> Values:
    """Make the order that an execution fills, with the execution's quotes; one without a quantity ordered a hundred."""
    traded = values["trade_date"]
    quantity = values["quantity"] or 100
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
