"""Lending: credit facilities as they stand at each month end, with the collateral and guarantees that secure them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.calendar import Days, Period
from orchestration.demo_bank.facilities import Facilities, State, state_at
from orchestration.demo_bank.obligors import Obligors
from orchestration.demo_bank.reference import RATINGS
from orchestration.demo_bank.retail_lending import make_retail, planted_mortgages
from orchestration.demo_bank.snapshots import (
    CURRENCIES,
    NO_DATE,
    NONE,
    Flags,
    Floats,
    Indices,
    Snapshots,
    cents,
    day_column,
    labels,
    money,
)
from orchestration.demo_bank.wholesale_lending import WholesaleBook
from orchestration.demo_bank.writing import Delivery, Feed

_MORNING: Final = time(5, 30)
CREDIT_FACILITIES: Final = Feed("lending", "credit_facilities", "csv", "drawn_amount", 1, _MORNING, "Europe/London")
COLLATERAL: Final = Feed("lending", "collateral", "csv", "market_value", 1, _MORNING, "Europe/London")
GUARANTEES: Final = Feed("lending", "guarantees", "csv", "guaranteed_amount", 1, _MORNING, "Europe/London")

UNKNOWN_OBLIGOR: Final = identifiers.lei("UNLISTED0001")
COLLATERAL_TYPES: Final = (
    "cash", "gold", "government_bond", "bank_bond", "corporate_bond", "main_index_equity", "listed_equity",
    "receivables", "other_physical",
)  # fmt: skip
_COLLATERAL_WEIGHTS = (0.16, 0.04, 0.16, 0.07, 0.10, 0.12, 0.08, 0.17, 0.10)
_BONDS = tuple(COLLATERAL_TYPES.index(name) for name in ("government_bond", "bank_bond", "corporate_bond"))
_REVALUATION_DAYS = np.array([1, 10, 20, 90])
_SECURED, _GUARANTEED, _OTHER_CURRENCY = 0.26, 0.12, 0.12
_GUARANTORS: Final = ("UNITEDKINGDM", "GERMANY", "FRANCE", "MEREBANK", "NORTHBS", "LAKEBANK", "EIB", "DUNINSURANCE")
SHORT_GUARANTEE_ENDS: Final = np.datetime64("2024-06-28", "D")


@dataclass(frozen=True)
class _Collateral:
    """Collateral of the whole history; `facilities` count into the book, `coverages` are values per amount granted."""

    facilities: Indices
    types: Indices
    ratings: Indices
    currencies: Indices
    coverages: Floats
    maturities: Days
    revaluation_days: Indices


@dataclass(frozen=True)
class _Guarantees:
    """Guarantees of the whole history; `shares` are parts of the amount granted."""

    facilities: Indices
    guarantors: list[str]
    shares: Floats
    maturities: Days


class Lending:
    """The lending system.

    Parameters
    ----------
    snapshots : Snapshots
    obligors : Obligors
        Gets the customers who borrow.
    core : Banking
    seed : int
    """

    def __init__(self, snapshots: Snapshots, obligors: Obligors, core: Banking, seed: int) -> None:
        self._snapshots, self._obligors, self._seed = snapshots, obligors, seed
        self._retail = make_retail(snapshots, obligors, core, seed)
        self._wholesale = WholesaleBook(snapshots, obligors, UNKNOWN_OBLIGOR, seed)
        self._book = Facilities.join([self._wholesale.facilities, self._retail])
        rng = np.random.default_rng([seed, 16])
        self._collateral = self._make_collateral(rng)
        self._guarantees = self._make_guarantees(rng)

    def state(self, number: int) -> State:
        """Return all facilities as they stand at a snapshot."""
        return self._states[number]

    @cached_property
    def _states(self) -> list[State]:
        return [state_at(self._book, self._snapshots, number, self._seed) for number in range(len(self._snapshots))]

    def borrowers(self) -> set[str]:
        """Ids of customers with a facility at any time."""
        return set(self._retail.obligor_ids.tolist())

    def planted(self, name: str) -> list[str]:
        """Ids of the wholesale facilities that were made by hand under a name."""
        return self._wholesale.planted(name)

    def planted_mortgages(self) -> list[str]:
        """Ids of the planted mortgages: without a property value, then two in a currency that is not earned."""
        return [str(found) for found in self._retail.facility_ids[planted_mortgages(self._retail)]]

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of the feeds at a snapshot; nothing between them."""
        number = self._snapshots.number(period)
        if number is None:
            return
        state = self.state(number)
        yield Delivery(CREDIT_FACILITIES, period, state.table())
        alive = self._book.alive(state.day)
        yield Delivery(COLLATERAL, period, self._collateral_table(number, alive))
        yield Delivery(GUARANTEES, period, self._guarantee_table(number, alive))

    def _securable(self) -> Indices:
        """Wholesale loans and credit lines that may be secured by something else than property."""
        book = self._wholesale.facilities
        is_loan = book.is_product("term_loan", "revolving_credit", "note_issuance_facility", "overdraft")
        return np.flatnonzero(is_loan & (np.arange(len(book)) >= len(self._wholesale.hand_made)))

    def _make_collateral(self, rng: np.random.Generator) -> _Collateral:
        free = self._securable()
        secured = free[rng.random(len(free)) < _SECURED]
        mismatched = self._position(self.planted("loan to secure with collateral of another currency")[0])
        facility = np.append(mismatched, secured)
        count = len(facility)
        types = rng.choice(len(COLLATERAL_TYPES), count, p=_COLLATERAL_WEIGHTS)
        types[0] = COLLATERAL_TYPES.index("government_bond")
        own = self._book.currencies[facility]
        is_other = rng.random(count) < _OTHER_CURRENCY
        is_other[0] = True
        currency = np.where(is_other, (own + 1) % len(CURRENCIES), own)
        currency = np.where(types == COLLATERAL_TYPES.index("gold"), CURRENCIES.index("USD"), currency)
        is_bond = np.isin(types, _BONDS)
        last = self._snapshots.days[-1]
        coverage = rng.uniform(0.25, 1.15, count)
        coverage[0] = 0.8
        return _Collateral(
            facilities=facility,
            types=types,
            ratings=np.where(is_bond, np.clip(rng.normal(5.0, 2.5, count).round(), 0, 11), NONE).astype(np.int64),
            currencies=currency,
            coverages=coverage,
            maturities=np.where(is_bond, last + rng.integers(60, 3000, count), NO_DATE),
            revaluation_days=_REVALUATION_DAYS[rng.choice(4, count, p=[0.35, 0.3, 0.25, 0.1])],
        )

    def _make_guarantees(self, rng: np.random.Generator) -> _Guarantees:
        free = self._securable()
        free = free[~np.isnat(self._book.maturities[free])]
        guaranteed = free[rng.random(len(free)) < _GUARANTEED]
        outlived = self._position(self.planted("loan longer than its guarantee")[0])
        facility = np.append(outlived, guaranteed)
        maturities = self._book.maturities[facility].copy()
        maturities[0] = SHORT_GUARANTEE_ENDS
        shares = np.round(rng.uniform(0.3, 1.0, len(facility)), 2)
        shares[0] = 0.6
        who = rng.integers(0, len(_GUARANTORS), len(facility))
        return _Guarantees(
            facilities=facility,
            guarantors=[self._obligors.by_name[_GUARANTORS[number]] for number in who],
            shares=shares,
            maturities=maturities,
        )

    def _position(self, facility_id: str) -> int:
        return int(np.flatnonzero(self._book.facility_ids == facility_id)[0])

    def _collateral_table(self, number: int, alive: Flags) -> pa.Table:
        own = self._collateral
        picked = np.flatnonzero(alive[own.facilities])
        facility, currency = own.facilities[picked], own.currencies[picked]
        rates = self._snapshots.rates[number]
        # Values wander: by a few per cent, and by as much as currencies do.
        wander = 1.0 + 0.04 * np.random.default_rng([self._seed, 17, number]).standard_normal(len(own.types))[picked]
        granted = self._book.principals[facility] * rates[self._book.currencies[facility]] / rates[currency]
        return pa.table(
            {
                "as_of_date": day_column(self._snapshots.days[number], len(picked)),
                "collateral_id": identifiers.padded("L", 1 + picked, 8),
                "facility_id": pa.array(self._book.facility_ids[facility].tolist(), type=pa.string()),
                "collateral_type": labels(COLLATERAL_TYPES, own.types[picked]),
                "issuer_rating": labels(RATINGS, own.ratings[picked]),
                "currency": labels(CURRENCIES, currency),
                "market_value": money(cents(own.coverages[picked] * granted * wander)),
                "maturity_date": own.maturities[picked],
                "revaluation_days": pa.array(own.revaluation_days[picked], type=pa.int32()),
            }
        )

    def _guarantee_table(self, number: int, alive: Flags) -> pa.Table:
        own = self._guarantees
        day = self._snapshots.days[number]
        picked = np.flatnonzero(alive[own.facilities] & (own.maturities > day))
        facility = own.facilities[picked]
        return pa.table(
            {
                "as_of_date": day_column(day, len(picked)),
                "guarantee_id": identifiers.padded("W", 1 + picked, 8),
                "facility_id": pa.array(self._book.facility_ids[facility].tolist(), type=pa.string()),
                "guarantor_id": pa.array([own.guarantors[position] for position in picked], type=pa.string()),
                "currency": labels(CURRENCIES, self._book.currencies[facility]),
                "guaranteed_amount": money(np.round(own.shares[picked] * self._book.principals[facility], -3)),
                "maturity_date": own.maturities[picked],
            }
        )

    @property
    def collateral_of_another_currency(self) -> str:
        """Id of the planted collateral whose currency is not that of its facility."""
        return "L00000001"

    @property
    def guarantee_that_ends_early(self) -> str:
        """Id of the planted guarantee that ends before its facility."""
        return "W00000001"
