"""One planted execution for each reporting rule, which breaks that rule and no other.

A misprinted LEI keeps its form, a venue that no list has gives no code to its transactions, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Final, TypeAlias

from orchestration.demo_bank.execution import UNDECIDED, Instruments
from orchestration.demo_bank.parties import (
    ANNULLED_LEI,
    EXECUTING_LEI,
    HOME_COUNTRY,
    LAPSED_LEI,
    RETIRED_LEI,
    UNKNOWN_LEI,
    Algorithm,
)
from orchestration.demo_bank.planted_executions import SHARE_TICKER, SPANISH, PlantedExecutions
from orchestration.demo_bank.planting import Values
from orchestration.demo_bank.venues import EXPIRED_EEA_VENUE, NO_VENUE, OFF_VENUE, UNLISTED

Breaking: TypeAlias = tuple[str, Callable[[int], Values]]
"""A rule, and what makes the row that breaks it on a day of the window."""

_FIRST_FAULT_DAY, _LAST_FAULT_DAY = 1, 16
_NOBODY: Final = "TR999"
_WRONG_LEI: Final = UNKNOWN_LEI[:-1] + str((int(UNKNOWN_LEI[-1]) + 1) % 10)
_WRONG_EXECUTING_LEI: Final = EXECUTING_LEI[:-1] + str((int(EXECUTING_LEI[-1]) + 1) % 10)
_WARNINGS: Final = frozenset({"R07-3", "R16-3", "R40-1"})


class ReportingFaults:
    """Plants the executions that break rules.

    Parameters
    ----------
    make : PlantedExecutions
    instruments : Instruments
    """

    def __init__(self, make: PlantedExecutions, instruments: Instruments) -> None:
        self._make, self._instruments = make, instruments

    def plant(self) -> None:
        """Make one execution for each rule, in the order in which the answers list them."""
        # None is delivered on the day of the file that is rejected, nor on the day on which that is sent again.
        days = [
            day
            for day in range(_FIRST_FAULT_DAY, _LAST_FAULT_DAY + 1)
            if day not in (self._make.rejected_day, self._make.rejected_day + 1)
        ]
        for number, (rule, make) in enumerate(self._rules()):
            self._break(rule, make, days[number % len(days)])
        self._repeated_reference(6)
        self._unknown_instrument(5)

    def _break(self, rule: str, make: Callable[[int], Values], day: int) -> None:
        is_warning = rule in _WARNINGS
        event = self._make.add(make(day), day, is_faulty=not is_warning)
        self._make.found("reporting rule broken", event, rule=rule, severity="warning" if is_warning else "error")

    def _rules(self) -> Iterator[Breaking]:
        """Rule and the row that breaks it, for a day of the window."""
        for field_number, side in ((7, "buy"), (16, "sell")):
            yield from self._party_rules(field_number, side)
        yield from self._rules_of_all()
        yield from self._rules_of_terms()
        yield from self._rules_of_options()
        yield from self._rules_of_decisions()

    def _party_rules(self, number: int, side: str) -> Iterator[Breaking]:
        """Rules on the buyer's fields from 7 and the seller's from 16: our client's side, or the other for a MIC."""
        other = "sell" if side == "buy" else "buy"
        is_buyer = side == "buy"
        client = {
            f"R{number:02d}-1": self._make.firm(_WRONG_LEI),
            f"R{number:02d}-2": self._make.firm(RETIRED_LEI if is_buyer else ANNULLED_LEI),
            f"R{number:02d}-3": self._make.firm(LAPSED_LEI),
            f"R{number:02d}-5": self._make.person(identifier_type="CCPT", national_id="DEC01X00T478"),
            f"R{number:02d}-6": (
                self._make.person(nationality="ES", identifier_type="NIDN", national_id="ES12345678A")
                if is_buyer
                else self._make.person(national_id="DE19710623#####MUSTE")
            ),
            f"R{number:02d}-7": (
                self._make.person(national_id="DE19710624ERIKAMUSTE")
                if is_buyer
                else self._make.person(national_id="AT19710623ERIKAMUSTE")
            ),
            f"R{number + 1:02d}-1": self._make.person(branch_country=None),
            f"R{number + 1:02d}-2": self._make.person(client_category=None),
            f"R{number + 2:02d}-1": self._make.person(first_name=None),
            f"R{number + 2:02d}-2": self._make.person(first_name="Erika" if is_buyer else "DR ERIKA"),
            f"R{number + 3:02d}-1": self._make.person(surname=None),
            f"R{number + 4:02d}-1": self._make.person(**SPANISH, birth_date=None),
            f"R{number + 4:02d}-2": self._make.person(
                **SPANISH, birth_date=date(1871, 6, 23) if is_buyer else date(2022, 11, 25)
            ),
        }
        for rule, party_id in client.items():
            yield rule, partial(self._make.share, side, client_party_id=party_id)
        code = NO_VENUE if is_buyer else EXPIRED_EEA_VENUE
        yield f"R{number:02d}-4", partial(self._make.share, other, counterparty_code=code)
        nameless = self._make.person(client_category=None, branch_country=None, first_name=None, surname=None)
        for rule, decision_maker in (
            (f"R{number + 5:02d}-1", "P999999"),
            (f"R{number + 5:02d}-2", RETIRED_LEI),
            (f"R{number + 6:02d}-1", nameless),
        ):
            yield rule, partial(self._make.share, side, decision_maker_code=decision_maker)

    def _rules_of_all(self) -> Iterator[Breaking]:
        """Who reports, how the order came, when it was executed and in which capacity."""
        off: Values = {"venue_mic": OFF_VENUE, "counterparty_code": self._make.dealer}
        yield (
            "R02-1",
            lambda day: self._make.share("buy", day, transaction_reference=f"tieo-{self._make.days[day]:%Y%m%d}/1"),
        )
        yield "R03-1", partial(self._make.share, "buy", venue_transaction_id=None)
        yield "R03-2", partial(self._make.share, "buy", **off, venue_transaction_id="TRADEWITHOUTVENUE1")
        yield "R04-1", partial(self._make.share, "buy", executing_entity_lei=_WRONG_EXECUTING_LEI)
        yield "R04-2", partial(self._make.share, "buy", executing_entity_lei=LAPSED_LEI)
        yield (
            "R25-1",
            partial(self._make.share, "buy", capacity="MTCH", is_transmitted=True, counterparty_code=self._make.dealer),
        )
        yield "R26-1", partial(self._make.share, "buy", transmitting_firm_lei=_WRONG_LEI)
        yield "R27-1", partial(self._make.share, "sell", transmitting_firm_lei=UNKNOWN_LEI)
        yield "R28-1", lambda day: self._make.share("buy", day, executed_at=f"{self._make.days[day]} 10:15:07")
        for activity, digits in (("high_frequency", ".123Z"), ("algorithmic", "Z"), ("other", ".4Z")):
            yield "R28-2", partial(self._stamped, activity, digits)
        yield "R28-3", lambda day: self._make.share("buy", day, executed_at=f"{self._make.days[day + 1]}T09:15:07.000Z")
        yield "R28-4", lambda day: self._make.share("buy", day, executed_at=f"{self._make.days[day - 1]}T23:59:59.999Z")
        yield "R29-1", partial(self._make.own, "buy", client_party_id=self._make.client)
        yield "R29-2", partial(self._make.share, "buy", counterparty_code=EXECUTING_LEI, short_selling="SELL")
        yield "R36-1", partial(self._make.share, "buy", venue_mic=NO_VENUE)
        yield "R36-1", partial(self._make.share, "buy", venue_mic="xetr")
        yield "R36-2", partial(self._make.share, "buy", venue_mic=EXPIRED_EEA_VENUE)
        yield "R36-3", partial(self._make.share, "buy", venue_mic=UNLISTED)
        yield "R36-4", partial(self._make.contract, "buy", venue_mic=OFF_VENUE)
        yield "R37-1", partial(self._make.share, "buy", membership_country=None)
        yield "R37-2", partial(self._make.share, "buy", **off, membership_country=HOME_COUNTRY)
        yield "R61-1", partial(self._make.share, "buy", **off, waivers="SIZE")
        yield "R61-2", partial(self._make.share, "buy", waivers="SIZE|ABCD")
        yield "R62-1", partial(self._make.share, "sell", short_selling=None)
        yield "R62-1", partial(self._make.debt, "sell", short_selling=None)
        yield "R62-2", partial(self._make.share, "buy", short_selling="SELL")
        yield "R62-3", partial(self._make.share, "sell", short_selling="LONG")
        yield "R63-1", partial(self._make.share, "buy", **off, otc_post_trade="LRGS|WXYZ")
        yield "R64-1", partial(self._make.share, "buy", is_commodity_hedge=True)

    def _stamped(self, activity: str, digits: str, day: int) -> Values:
        """Make an execution of an activity whose time ends so."""
        return self._make.share("buy", day, activity=activity, executed_at=f"{self._make.days[day]}T10:15:07{digits}")

    def _rules_of_terms(self) -> Iterator[Breaking]:
        """Quantity, price, amounts and the instrument's number."""
        share_isin = dict(zip(self._instruments.ids, self._instruments.columns["isin"], strict=True))[
            f"EQ:{SHARE_TICKER}"
        ]
        wrong_isin = f"{str(share_isin)[:-1]}{(int(str(share_isin)[-1]) + 1) % 10}"
        yield "R30-1", partial(self._make.share, "buy", quantity=None)
        yield "R30-1", partial(self._make.share, "buy", quantity=0)
        yield "R30-1", partial(self._make.share, "buy", quantity=-100)
        yield "R30-2", partial(self._make.share, "buy", quantity_type="nominal", quantity_currency="EUR")
        yield "R31-1", partial(self._make.debt, "buy", quantity_currency=None)
        yield "R31-2", partial(self._make.share, "buy", quantity_currency="EUR")
        yield "R31-3", partial(self._make.debt, "buy", quantity_currency="XAU")
        yield "R32-1", partial(self._make.share, "buy", notional_change="INCR")
        yield "R33-1", partial(self._make.share, "buy", price=None)
        yield "R33-2", partial(self._make.share, "buy", price_type="percentage", price_currency=None)
        yield "R33-2", partial(self._make.debt, "buy", price_type="monetary", price_currency="USD")
        yield "R34-1", partial(self._make.share, "buy", price_currency=None)
        yield "R34-2", partial(self._make.debt, "buy", price_currency="USD")
        yield "R34-3", partial(self._make.share, "buy", price_currency="XAG")
        yield "R35-1", partial(self._make.debt, "buy", net_amount=None)
        yield "R35-2", partial(self._make.share, "buy", net_amount=13_000)
        yield "R35-3", partial(self._make.debt, "buy", net_amount=-47_750)
        yield "R41-1", partial(self._make.share, "buy", isin=None)
        yield "R41-2", partial(self._make.share, "buy", isin=wrong_isin)

    def _rules_of_options(self) -> Iterator[Breaking]:
        """Details that an instrument needs which no trading venue of the area lists."""
        yield "R38-1", partial(self._make.contract, "buy", up_front_payment=500, up_front_payment_currency="USD")
        yield "R39-1", partial(self._make.contract, "buy", up_front_payment=500, notional_change="INCR")
        yield "R40-1", partial(self._make.contract, "buy", complex_trade_id="COMBIWITHONELEG")
        changes: tuple[tuple[str, Values], ...] = (
            ("R42-1", {"instrument_name": None}),
            ("R43-1", {"cfi_code": None}),
            ("R43-1", {"cfi_code": "OCASP"}),
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
            yield rule, partial(self._make.contract, "buy", **change)

    def _rules_of_decisions(self) -> Iterator[Breaking]:
        """Who decided to invest, and who executed."""
        for name, number, make in (("investment", 57, self._make.own), ("execution", 59, self._make.share)):
            kind, code, country = (f"{name}_decision_{part}" for part in ("type", "code", "country"))
            wrong = Algorithm.RETIRED if number == 57 else Algorithm.ALLOCATOR
            changes: tuple[tuple[str, Values], ...] = (
                (f"R{number}-1", {kind: None, code: None, country: None}),
                (f"R{number}-2", {kind: "algorithm", code: wrong, country: None}),
                (f"R{number}-3", {code: _NOBODY}),
                (f"R{number + 1}-1", {country: None}),
            )
            for rule, change in changes:
                yield rule, partial(make, "buy", **change)
        yield "R57-1", partial(self._make.share, "buy", decision_maker_code=EXECUTING_LEI)
        yield (
            "R62-1",
            partial(self._make.own, "buy", client_party_id=self._make.client, counterparty_code=EXECUTING_LEI),
        )
        nobody = {"client_category": None, "branch_country": None, "national_id": "DE19710623#####MUSTE"}
        malformed = self._make.person(**nobody)
        yield "R13-1", partial(self._make.share, "buy", decision_maker_code=malformed)
        yield "R22-1", partial(self._make.share, "sell", decision_maker_code=malformed)
        yield "R57-3", partial(self._make.own, "buy", investment_decision_code=malformed)
        yield "R59-3", partial(self._make.share, "buy", execution_decision_code=malformed)

    def _repeated_reference(self, day: int) -> None:
        """Use a reference twice: the later execution is at fault."""
        first = self._make.add(self._make.share("buy", day), day)
        again = self._make.share("buy", day, transaction_reference=first.values["transaction_reference"])
        second = self._make.add(again, day, is_faulty=True)
        self._make.found("reporting rule broken", second, rule="R02-2", severity="error")

    def _unknown_instrument(self, day: int) -> None:
        """Execute nobody knows what, off venue: it cannot be told whether it must be reported."""
        event = self._make.add(
            self._make.share(
                "buy",
                day,
                venue_mic=OFF_VENUE,
                instrument_id=None,
                isin=None,
                instrument_name=None,
                cfi_code=None,
            ),
            day,
            reason=UNDECIDED,
        )
        self._make.found("instrument unknown", event, reports=[], state="held", reason=UNDECIDED)
