"""Treasury: securities of the banking book, repos and reverse repos, and netting agreements, at each month end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.calendar import Period
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.obligors import Obligors
from orchestration.demo_bank.reference import RATINGS
from orchestration.demo_bank.snapshots import (
    CURRENCIES,
    MILLION,
    NO_DATE,
    NONE,
    Floats,
    Indices,
    Snapshots,
    cents,
    day_column,
    labels,
    money,
    month_offset,
)
from orchestration.demo_bank.trading_book import TradingBook
from orchestration.demo_bank.writing import Delivery, Feed
from python_models.pricing.bonds import value_bonds

_MORNING: Final = time(5, 40)
SECURITIES: Final = Feed("treasury", "securities", "csv", "carrying_amount", 1, _MORNING, "Europe/London")
SECURITIES_FINANCING: Final = Feed(
    "treasury", "securities_financing", "csv", "cash_amount", 1, _MORNING, "Europe/London"
)
NETTING_SETS: Final = Feed("treasury", "netting_sets", "csv", "variation_margin_amount", 1, _MORNING, "Europe/London")

SECURITY_TYPES: Final = (
    "central_bank_reserves", "cash", "government_bond", "public_sector_bond", "multilateral_bond", "covered_bond",
    "bank_bond", "corporate_bond", "mortgage_backed", "listed_equity", "unlisted_equity", "subordinated_bond",
)  # fmt: skip
_TYPE: Final = {name: code for code, name in enumerate(SECURITY_TYPES)}
_CLASSES: Final = ("amortised_cost", "fair_value_oci")
_REPO, _REVERSE = 0, 1
_DIRECTIONS: Final = ("repo", "reverse_repo")
RESERVES_ID: Final = "S000001"
"""The balance at the central bank that makes the balance sheet balance; its amount comes from the ledger."""


class Holding(NamedTuple):
    """Securities of one type and issuer: how many, how much in all (millions of the currency), and their terms."""

    kind: str
    issuer: str
    currency: str
    rating: str | None
    number: int
    millions: float
    years: tuple[int, int] | None
    coupon_pct: float
    is_eligible: bool = True
    is_oci: bool = False
    is_pledged: bool = False


HOLDINGS: Final = (
    Holding("central_bank_reserves", "FEDRESERVE", "USD", None, 1, 0.0, None, 0.0),
    Holding("central_bank_reserves", "ECBANK", "EUR", None, 1, 60.0, None, 0.0),
    Holding("central_bank_reserves", "BOFENGLAND", "GBP", None, 1, 45.0, None, 0.0),
    Holding("cash", "", "USD", None, 1, 38.0, None, 0.0),
    Holding("government_bond", "TREASURY", "USD", "AA+", 8, 250.0, (2, 9), 1.4, is_oci=True),
    Holding("government_bond", "TREASURY", "USD", "AA+", 3, 240.0, (3, 7), 1.6, is_pledged=True),
    Holding("government_bond", "UNITEDKINGDM", "GBP", "AA", 4, 130.0, (2, 10), 1.1, is_pledged=True),
    Holding("government_bond", "GERMANY", "EUR", "AAA", 4, 150.0, (2, 10), 0.2, is_pledged=True),
    Holding("government_bond", "FRANCE", "EUR", "AA", 3, 80.0, (3, 8), 0.4),
    Holding("government_bond", "ITALY", "EUR", "BBB", 2, 55.0, (3, 8), 1.2),
    Holding("public_sector_bond", "LANDMERE", "EUR", "AAA", 2, 70.0, (3, 7), 0.5),
    Holding("public_sector_bond", "CITYNORTHWCK", "GBP", "AA-", 2, 40.0, (3, 8), 1.5),
    Holding("multilateral_bond", "IBRD", "USD", "AAA", 3, 90.0, (2, 6), 1.3),
    Holding("multilateral_bond", "EIB", "EUR", "AAA", 2, 60.0, (2, 6), 0.3),
    Holding("covered_bond", "MEREBANK", "EUR", "AAA", 3, 110.0, (3, 8), 0.7, is_pledged=True),
    Holding("covered_bond", "NORTHBS", "GBP", "AA+", 2, 60.0, (3, 8), 1.4),
    Holding("bank_bond", "LAKEBANK", "USD", "BBB+", 2, 55.0, (2, 6), 3.1, is_eligible=False),
    Holding("bank_bond", "COLDBANK", "GBP", None, 2, 30.0, (2, 6), 3.0, is_eligible=False),
    Holding("bank_bond", "GREYBANK", "GBP", None, 1, 8.0, (3, 5), 4.2, is_eligible=False),
    Holding("corporate_bond", "CORPORATE:20", "USD", "AA-", 2, 60.0, (3, 8), 2.8, is_oci=True),
    Holding("corporate_bond", "CORPORATE:23", "EUR", "A", 2, 55.0, (3, 8), 1.9, is_oci=True),
    Holding("corporate_bond", "CORPORATE:26", "USD", "BBB", 2, 50.0, (3, 7), 3.6, is_oci=True),
    Holding("corporate_bond", "CORPORATE:29", "GBP", "BB+", 1, 18.0, (3, 6), 5.1, is_eligible=False, is_oci=True),
    Holding("mortgage_backed", "NORTHBS", "GBP", "AA", 2, 45.0, (10, 20), 2.0),
    Holding("listed_equity", "CORPORATE:32", "USD", None, 2, 24.0, None, 0.0, is_oci=True),
    Holding("unlisted_equity", "CORPORATE:35", "EUR", None, 2, 11.0, None, 0.0, is_eligible=False, is_oci=True),
    Holding("subordinated_bond", "MEREBANK", "EUR", "BBB", 1, 14.0, (6, 10), 4.4, is_eligible=False, is_oci=True),
)
_PLEDGED_UNTIL_DAYS: Final = (45, 400)
_TAX: Final = 0.25
_MARGINED_ABOVE: Final = 10 * MILLION


class Financing(NamedTuple):
    """Repos or reverse repos against one kind of security: how many, how much in all, millions of USD."""

    direction: int
    kind: str
    rating: str | None
    number: int
    millions: float
    days: tuple[int, int]
    haircut: float


class _Contract(NamedTuple):
    """A repo or reverse repo: what kind, from when to when, cash in USD, currency, and counterparty by position."""

    kind: Financing
    start: np.datetime64
    end: np.datetime64
    usd: float
    currency: int
    dealer: int


FINANCING: Final = (
    Financing(_REPO, "government_bond", "AA+", 8, 330.0, (7, 90), 0.01),
    Financing(_REPO, "covered_bond", "AAA", 3, 80.0, (14, 120), 0.04),
    Financing(_REPO, "corporate_bond", "A", 3, 45.0, (14, 90), 0.07),
    Financing(_REVERSE, "government_bond", "AA+", 8, 290.0, (7, 60), 0.01),
    Financing(_REVERSE, "corporate_bond", "BBB", 3, 70.0, (14, 90), 0.08),
    Financing(_REVERSE, "listed_equity", None, 3, 60.0, (14, 90), 0.15),
)


@dataclass(frozen=True)
class SecurityState:
    """Securities at a snapshot; amounts in currency. The carrying amount of the reserves is for the ledger to say."""

    types: Indices
    currencies: Indices
    carrying: Floats
    fair: Floats
    unrealised_usd: float


class Treasury:
    """The treasury system, without its funding.

    Parameters
    ----------
    snapshots : Snapshots
    market : MarketData
        Curves that value the bonds.
    obligors : Obligors
    book : TradingBook
        Values of the contracts for which margin is exchanged.
    seed : int

    Attributes
    ----------
    missing_netting_set : str
        LEI of a counterparty with contracts and no netting set: a planted gap.
    """

    def __init__(
        self, snapshots: Snapshots, market: MarketData, obligors: Obligors, book: TradingBook, seed: int
    ) -> None:
        self._snapshots, self._market, self._obligors, self._book, self._seed = snapshots, market, obligors, book, seed
        self._reserves = np.zeros(len(snapshots))
        self._make_securities(np.random.default_rng([seed, 20]))
        self._make_financing(np.random.default_rng([seed, 21]))
        self._make_netting_sets(np.random.default_rng([seed, 22]))

    def set_reserves(self, number: int, usd: float) -> None:
        """Take the balance at the central bank that the ledger of a snapshot needs."""
        self._reserves[number] = usd

    # Securities -----------------------------------------------------------------------------------------------------

    def _make_securities(self, rng: np.random.Generator) -> None:
        rows = [(holding, part) for holding in HOLDINGS for part in range(holding.number)]
        count = len(rows)
        last = self._snapshots.days[-1]
        self._holdings = [holding for holding, _ in rows]
        self._security_types = np.array([_TYPE[holding.kind] for holding, _ in rows])
        self._security_currencies = np.array([CURRENCIES.index(holding.currency) for holding, _ in rows])
        size = np.exp(0.35 * rng.standard_normal(count))
        totals = np.array(
            [sum(size[n] for n, (other, _) in enumerate(rows) if other is holding) for holding, _ in rows]
        )
        share = size / totals
        self._nominal = np.round(share * [holding.millions for holding, _ in rows] * MILLION, -4)
        years = np.array([holding.years or (0, 0) for holding, _ in rows])
        months = 12 * years[:, 0] + (12 * (years[:, 1] - years[:, 0]) * rng.random(count)).astype(np.int64)
        has_maturity = np.array([holding.years is not None for holding, _ in rows])
        self._maturity = np.where(has_maturity, month_offset(np.full(count, last), months), NO_DATE)
        self._issuers = [self._issuer(holding.issuer) for holding, _ in rows]
        self._names = [
            f"{holding.kind.replace('_', ' ').capitalize()} {holding.currency} {part + 1}" for holding, part in rows
        ]
        # Bought at par when the history begins, so that what they are worth follows the curve from there.
        self._first_price = self._prices(0)

    def _issuer(self, name: str) -> str | None:
        if name.startswith("CORPORATE:"):
            return self._obligors.corporates[int(name.partition(":")[2])]
        return self._obligors.by_name[name] if name else None

    def _prices(self, number: int) -> Floats:
        """Price per 100 of each security on the dollar curve; shares move with the market."""
        prices = np.full(len(self._holdings), 100.0)
        bonds = np.flatnonzero(~np.isnat(self._maturity))
        day = np.full(len(bonds), self._snapshots.days[number])
        curve = self._market.zero_rates[self._snapshots.market_rows[number]]
        coupons = np.array([self._holdings[bond].coupon_pct for bond in bonds])
        prices[bonds], _ = value_bonds(
            day, self._maturity[bonds], coupons, np.broadcast_to(curve, (len(bonds), len(curve)))
        )
        rows = self._snapshots.market_rows
        index = self._market.closes[rows[number]] / self._market.closes[rows[0]]
        prices[self._security_types == _TYPE["listed_equity"]] = 100.0 * float(np.median(index))
        return prices

    def securities(self, number: int) -> SecurityState:
        """Return the securities at a snapshot; those at fair value carry it."""
        relative = self._prices(number) / self._first_price
        fair = cents(self._nominal * relative)
        is_oci = np.array([holding.is_oci for holding in self._holdings])
        carrying = np.where(is_oci, fair, self._nominal)
        carrying[0] = fair[0] = self._reserves[number]
        gain = self._snapshots.in_usd(number, self._security_currencies, np.where(is_oci, fair - self._nominal, 0.0))
        return SecurityState(
            self._security_types, self._security_currencies, carrying, fair, float(gain.sum()) * (1.0 - _TAX)
        )

    def _security_table(self, number: int) -> pa.Table:
        state, day = self.securities(number), self._snapshots.days[number]
        count = len(self._holdings)
        ratings = [NONE if item.rating is None else RATINGS.index(item.rating) for item in self._holdings]
        is_pledged = np.array([item.is_pledged for item in self._holdings])
        # Repos turn over; what secures central bank borrowing stays pledged for longer.
        days = np.where(np.arange(count) % 2 == 0, *_PLEDGED_UNTIL_DAYS)
        nominal = np.where(state.types == _TYPE["central_bank_reserves"], state.carrying, self._nominal)
        return pa.table(
            {
                "as_of_date": day_column(day, count),
                "security_id": pa.array([f"S{item + 1:06d}" for item in range(count)]),
                "issuer_id": pa.array(self._issuers, type=pa.string()),
                "security_type": labels(SECURITY_TYPES, state.types),
                "security_name": pa.array(self._names),
                "currency": labels(CURRENCIES, state.currencies),
                "nominal_amount": money(nominal),
                "carrying_amount": money(state.carrying),
                "fair_value": money(state.fair),
                "maturity_date": self._maturity,
                "issue_rating": labels(RATINGS, np.array(ratings)),
                "accounting_class": labels(_CLASSES, np.array([int(item.is_oci) for item in self._holdings])),
                "is_operationally_eligible": np.array([item.is_eligible for item in self._holdings]),
                "encumbered_until": np.where(is_pledged, day + days, NO_DATE),
            }
        )

    def encumbered(self) -> list[str]:
        """Ids of government bonds that would be liquid assets were they not pledged: a planted answer."""
        return [
            f"S{number + 1:06d}"
            for number, item in enumerate(self._holdings)
            if item.is_pledged and item.kind == "government_bond"
        ]

    # Securities financing -------------------------------------------------------------------------------------------

    def _make_financing(self, rng: np.random.Generator) -> None:
        """Contracts that follow each other: a slot is renewed as often as its term fits into the history."""
        self._financing: list[_Contract] = []
        first, last = self._snapshots.days[0] - 120, self._snapshots.days[-1]
        for kind in FINANCING:
            size = np.exp(0.4 * rng.standard_normal(kind.number))
            amounts = np.round(size / size.sum() * kind.millions * MILLION, -4)
            for amount in amounts:
                start = first - int(rng.integers(0, kind.days[1]))
                while start <= last:
                    begin = np.busday_offset(start, 0, roll="forward")
                    end = np.busday_offset(begin + int(rng.integers(*kind.days)) + 1, 0, roll="forward")
                    currency = int(rng.choice(len(CURRENCIES), p=[0.6, 0.25, 0.15]))
                    dealer = int(rng.integers(0, len(self._obligors.dealer_banks)))
                    self._financing.append(_Contract(kind, begin, end, float(amount), currency, dealer))
                    start = end
        self._financing.sort(key=lambda contract: contract.start)

    def financing(self, number: int) -> tuple[Indices, Indices, Floats]:
        """Direction, currency and cash of the contracts alive at a snapshot."""
        alive = self._alive_financing(number)
        return (
            np.array([contract.kind.direction for _, contract in alive]),
            np.array([contract.currency for _, contract in alive]),
            np.array([self._cash(contract) for _, contract in alive]),
        )

    def _alive_financing(self, number: int) -> list[tuple[int, _Contract]]:
        day = self._snapshots.days[number]
        return [
            (item, contract) for item, contract in enumerate(self._financing) if contract.start <= day < contract.end
        ]

    def _cash(self, contract: _Contract) -> float:
        return float(cents(np.array([contract.usd / self._snapshots.rates[-1, contract.currency]]))[0])

    def _financing_table(self, number: int) -> pa.Table:
        alive = self._alive_financing(number)
        contracts = [contract for _, contract in alive]
        cash = np.array([self._cash(contract) for contract in contracts])
        haircut = np.array([contract.kind.haircut for contract in contracts])
        is_repo = np.array([contract.kind.direction == _REPO for contract in contracts])
        # Who lends cash holds more than it in securities, but prices have moved since.
        moved = 1.0 + 0.01 * np.random.default_rng([self._seed, 23, number]).standard_normal(len(contracts))
        is_equity = np.array([contract.kind.kind == "listed_equity" for contract in contracts])
        end = np.array([contract.end for contract in contracts], dtype="datetime64[D]")
        ratings = [
            NONE if contract.kind.rating is None else RATINGS.index(contract.kind.rating) for contract in contracts
        ]
        dealers = [self._obligors.dealer_banks[contract.dealer] for contract in contracts]
        return pa.table(
            {
                "as_of_date": day_column(self._snapshots.days[number], len(contracts)),
                "transaction_id": pa.array([f"Q{item + 1:06d}" for item, _ in alive], type=pa.string()),
                "counterparty_lei": pa.array(dealers, type=pa.string()),
                "direction": labels(_DIRECTIONS, np.where(is_repo, _REPO, _REVERSE)),
                "currency": labels(CURRENCIES, np.array([contract.currency for contract in contracts])),
                "cash_amount": money(cash),
                "security_type": labels(
                    SECURITY_TYPES, np.array([_TYPE[contract.kind.kind] for contract in contracts])
                ),
                "security_rating": labels(RATINGS, np.array(ratings)),
                "security_value": money(cents(cash / (1.0 - haircut) * moved)),
                "security_maturity_date": np.where(
                    is_equity, NO_DATE, end + 900 + 37 * np.array([item % 40 for item, _ in alive])
                ),
                "start_date": np.array([contract.start for contract in contracts], dtype="datetime64[D]"),
                "maturity_date": end,
                # Some counterparties have a master agreement under which repos and reverse repos net.
                "netting_set_id": pa.array(
                    [f"N5{contract.dealer:05d}" if contract.dealer % 3 == 0 else None for contract in contracts],
                    type=pa.string(),
                ),
            }
        )

    # Netting --------------------------------------------------------------------------------------------------------

    def _make_netting_sets(self, rng: np.random.Generator) -> None:
        """One agreement per counterparty, but for the one with the smallest contracts at the end."""
        values = self._book.values[-1]
        trading = np.flatnonzero(values.contracts)
        smallest = trading[np.argmin(np.abs(values.by_dealer[trading]))] if len(trading) else 0
        count = len(self._obligors.dealers)
        self.missing_netting_set = self._obligors.dealers[int(smallest)]
        self._has_set = np.arange(count) != smallest
        # Who owes much must exchange margin, the others agree to it or not.
        largest = np.abs([values.by_dealer for values in self._book.values]).max(axis=0)
        self._is_margined = (rng.random(count) < 0.55) | (largest > _MARGINED_ABOVE)
        self._threshold = np.where(self._is_margined, rng.choice([0.0, 0.0, 1e6, 5e6], count), 0.0)
        self._minimum_transfer = np.where(self._is_margined, rng.choice([0.25e6, 0.5e6, 1e6], count), 0.0)
        self._independent = np.where(rng.random(count) < 0.2, rng.choice([0.5e6, 1e6, 2e6], count), 0.0)
        self._margin_days = np.where(rng.random(count) < 0.1, 20, 10)
        self._has_opinion = rng.random(count) > 0.06

    def margin(self, number: int) -> Floats:
        """Net variation margin of each counterparty's agreement, USD: what exceeds the threshold."""
        value = self._book.values[number].by_dealer
        beyond = np.sign(value) * np.maximum(np.abs(value) - self._threshold, 0.0)
        is_called = self._is_margined & self._has_set & (np.abs(beyond) >= self._minimum_transfer)
        return np.where(is_called, np.round(0.98 * beyond, -4), 0.0) + 0.0

    def _netting_table(self, number: int) -> pa.Table:
        known = np.flatnonzero(self._has_set & self._obligors.is_dealer_known(self._snapshots.days[number]))
        count = len(known)
        return pa.table(
            {
                "as_of_date": day_column(self._snapshots.days[number], count),
                "netting_set_id": pa.array([f"N{dealer + 1:06d}" for dealer in known]),
                "counterparty_lei": pa.array([self._obligors.dealers[dealer] for dealer in known]),
                "is_margined": self._is_margined[known],
                "threshold_amount": money(self._threshold[known]),
                "minimum_transfer_amount": money(self._minimum_transfer[known]),
                "independent_collateral_amount": money(self._independent[known]),
                "variation_margin_amount": money(self.margin(number)[known]),
                "margin_period_days": pa.array(self._margin_days[known], type=pa.int32()),
                "currency": labels(CURRENCIES, np.zeros(count, dtype=np.int64)),
                "is_qualifying_ccp": np.zeros(count, dtype=bool),
                "has_netting_opinion": self._has_opinion[known],
            }
        )

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of the feeds at a snapshot; nothing between them."""
        number = self._snapshots.number(period)
        if number is None:
            return
        yield Delivery(SECURITIES, period, self._security_table(number))
        yield Delivery(SECURITIES_FINANCING, period, self._financing_table(number))
        yield Delivery(NETTING_SETS, period, self._netting_table(number))
