"""Funding: what customers and markets have placed with the bank, one row per account or contract at each month end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.calendar import Days, Period
from orchestration.demo_bank.obligors import Obligors
from orchestration.demo_bank.snapshots import (
    CURRENCIES,
    MILLION,
    NO_DATE,
    Flags,
    Floats,
    Indices,
    Snapshots,
    cents,
    day_column,
    labels,
    money,
    month_offset,
)
from orchestration.demo_bank.writing import Delivery, Feed

FUNDING: Final = Feed("treasury", "funding", "csv", "balance_amount", 1, time(5, 40), "Europe/London")
FUNDING_PRODUCTS: Final = (
    "current", "savings", "term_deposit", "operational", "correspondent", "certificate", "commercial_paper",
    "issued_bond", "central_bank_borrowing",
)  # fmt: skip
_CODE: Final = {name: code for code, name in enumerate(FUNDING_PRODUCTS)}


_RELATIONSHIP: Final = [_CODE[name] for name in ("operational", "current", "correspondent")]


@dataclass(frozen=True)
class Programme:
    """A kind of wholesale funding and its size.

    Attributes
    ----------
    name : str
    count : int
        Contracts alive at a time.
    millions : float
        Owed on average over the snapshots, millions of USD.
    months : (int, int) or None
        Shortest and longest term; None when payable on demand.
    providers : str
        ``corporates``, ``investors``, ``banks``, ``central_banks``, or ``bearer`` for nobody known.
    """

    name: str
    count: int
    millions: float
    months: tuple[int, int] | None
    providers: str


WHOLESALE: Final = (
    Programme("operational", 24, 1_300.0, None, "corporates"),
    Programme("operational", 6, 300.0, None, "investors"),
    Programme("current", 18, 560.0, None, "corporates"),
    Programme("term_deposit", 20, 900.0, (2, 24), "corporates"),
    Programme("term_deposit", 12, 600.0, (1, 12), "investors"),
    Programme("correspondent", 8, 140.0, None, "banks"),
    Programme("certificate", 9, 320.0, (3, 18), "bearer"),
    Programme("commercial_paper", 8, 280.0, (1, 6), "bearer"),
    Programme("issued_bond", 14, 1_450.0, (36, 120), "bearer"),
    Programme("central_bank_borrowing", 2, 300.0, (36, 36), "central_banks"),
)
RETAIL_MEDIANS: Final = {"current": 9_000.0, "savings": 26_000.0}
"""Median balance of a customer in the lowest segment, in the currency of the account."""
_SEGMENT_LEVELS: Final = {
    "mass": 1.0, "affluent": 3.0, "private": 12.0, "small_business": 3.5, "mid_corporate": 25.0,
    "large_corporate": 120.0,
}  # fmt: skip
_INSURED: Final = np.array([250_000.0, 100_000.0, 85_000.0])
"""What deposit insurance covers for one depositor in USD, EUR and GBP."""
EVERGREEN_MILLIONS: Final = 220.0
EVERGREEN_DAYS: Final = 95
EVERGREEN_PROVIDERS: Final = ("corporate", "LINDENFUND", "DUNINSURANCE", "ASHBYPENSION", "LAKEINSURAN", "FALKINSURAN")
_CURRENCY_WEIGHTS: Final = np.array([0.5, 0.27, 0.23])
_WINDOW_MONTHS: Final = 15
_LARGEST_SHARE: Final = 0.25


@dataclass(frozen=True)
class FundingState:
    """Funding at a snapshot, of which the first `accounts` are customers'; products and currencies by index."""

    accounts: int
    products: Indices
    currencies: Indices
    balances: Floats
    table: pa.Table


class Funding:
    """The funding book.

    Parameters
    ----------
    snapshots : Snapshots
    obligors : Obligors
    core : Banking
    borrowers : set of str
        Customers with a facility: they have an established relationship with the bank.
    seed : int
    """

    def __init__(self, snapshots: Snapshots, obligors: Obligors, core: Banking, borrowers: set[str], seed: int) -> None:
        self._snapshots, self._seed = snapshots, seed
        rng = np.random.default_rng([seed, 18])
        self._make_accounts(rng, core, borrowers)
        self._make_contracts(rng, obligors)

    def _make_accounts(self, rng: np.random.Generator, core: Banking, borrowers: set[str]) -> None:
        """Every open account of a customer, with its usual balance."""
        accounts = core.accounts.filter(pc.not_equal(core.accounts.column("account_status"), "closed"))
        segments = dict(
            zip(
                core.customers.column("customer_id").to_pylist(),
                core.customers.column("segment").to_pylist(),
                strict=True,
            )
        )
        owners = accounts.column("customer_id").to_numpy(zero_copy_only=False)
        count = len(owners)
        is_savings = accounts.column("account_type").to_numpy(zero_copy_only=False) == "savings"
        levels = np.array([_SEGMENT_LEVELS[segments[owner]] for owner in owners])
        median = np.where(is_savings, RETAIL_MEDIANS["savings"], RETAIL_MEDIANS["current"])
        self._account_ids = accounts.column("account_id").to_numpy(zero_copy_only=False)
        self._owners = owners
        self._owner_number = np.unique(owners, return_inverse=True)[1]
        self._opened: Days = accounts.column("opened_on").to_numpy().astype("datetime64[D]")
        self._is_savings = is_savings
        self._account_currency = _currency_index(accounts.column("currency").to_numpy(zero_copy_only=False))
        self._usual_balance = median * levels * np.exp(0.8 * rng.standard_normal(count))
        self._is_transactional = ~is_savings & (rng.random(count) < 0.85)
        self._has_relationship = np.isin(owners, list(borrowers)) | (rng.random(count) < 0.35)

    def _make_contracts(self, rng: np.random.Generator, obligors: Obligors) -> None:
        pools: dict[str, list[str | None]] = {
            "corporates": [*obligors.corporates[20:140]],
            "investors": [*obligors.investors],
            "banks": [*obligors.banks[:-1], *obligors.dealer_banks[:8]],
            "central_banks": [obligors.by_name["ECBANK"], obligors.by_name["BOFENGLAND"]],
            "bearer": [None],
        }
        columns: list[tuple[NDArray, ...]] = []
        last = self._snapshots.days[-1]
        for programme in WHOLESALE:
            if programme.months is None:
                count = programme.count
                start: Days = np.full(count, last - 2_000)
                end: Days = np.full(count, NO_DATE)
            else:
                mean = sum(programme.months) / 2.0
                count = round(programme.count * (_WINDOW_MONTHS + mean) / mean)
                term = rng.integers(programme.months[0], programme.months[1] + 1, count)
                # One after the other rather than by chance: the treasury spreads its maturities.
                ago = (_WINDOW_MONTHS + term) * (np.arange(count) + rng.random(count)) / count
                start = np.busday_offset(last - (ago * 30.4).astype(np.int64), 0, roll="backward")
                end = month_offset(start, term)
            pool = np.array(pools[programme.providers], dtype=object)
            provider = pool[np.arange(count) % len(pool)]
            if programme.name == "central_bank_borrowing":
                start, end = np.full(count, np.datetime64("2020-09-30")), np.full(count, np.datetime64("2024-09-27"))
            currency = _currencies(programme, provider, rng)
            size = np.exp(0.45 * rng.standard_normal(count))
            alive = np.stack([(start <= day) & ~(end <= day) for day in self._snapshots.days]).mean(axis=0)
            usd = size * programme.millions * MILLION / float(size @ alive)
            usd = np.minimum(usd, _LARGEST_SHARE * programme.millions * MILLION) if count > 4 else usd
            amount = np.round(usd / self._snapshots.rates[-1, currency], -4)
            early = (rng.random(count) < 0.15) & (programme.name == "term_deposit")
            columns.append((np.full(count, _CODE[programme.name]), provider, currency, start, end, amount, early))
        product, provider, currency, start, end, amount, early = (
            np.concatenate(part) for part in zip(*columns, strict=True)
        )
        # The evergreen deposits come last; until the ledger says what it needs they are nothing.
        count = len(EVERGREEN_PROVIDERS)
        self._evergreen_providers = [
            obligors.by_name.get(name, obligors.corporates[-12]) for name in EVERGREEN_PROVIDERS
        ]
        self._evergreen_shares = 0.7 + 0.6 * rng.random(count)
        self._evergreen_shares /= self._evergreen_shares.sum()
        self._evergreen = np.zeros((len(self._snapshots), count))
        order = np.argsort(start, kind="stable")
        self._product, self._provider, self._currency = product[order], provider[order], currency[order]
        self._start, self._end, self._amount = start[order], end[order], amount[order]
        self._early: Flags = early[order]

    def raise_to(self, usd: Floats) -> None:
        """Size the wholesale funding so that the whole book is worth the amounts asked for.

        Parameters
        ----------
        usd : ndarray, shape (snapshots,)
            What the funding should be at each snapshot, USD.

        Notes
        -----
        Contracts are scaled alike. What is missing then differs from month to month; evergreen deposits, whose sums
        are agreed anew each month, make it up, with at least `EVERGREEN_MILLIONS`.
        """
        accounts, contracts = np.zeros(len(usd)), np.zeros(len(usd))
        for number in range(len(usd)):
            state = self.state(number)
            values = self._snapshots.in_usd(number, state.currencies, state.balances)
            accounts[number], contracts[number] = values[: state.accounts].sum(), values[state.accounts :].sum()
        factor = ((usd - accounts - EVERGREEN_MILLIONS * MILLION) / contracts).min()
        self._amount = np.round(self._amount * factor, -4)
        for number in range(len(usd)):
            state = self.state(number)
            have = float(self._snapshots.in_usd(number, state.currencies, state.balances).sum())
            self._evergreen[number] = cents((usd[number] - have) * self._evergreen_shares)

    def state(self, number: int) -> FundingState:
        """Return the funding as it stands at a snapshot."""
        day = self._snapshots.days[number]
        rng = np.random.default_rng([self._seed, 19, number])
        # Salaries come in at the month's end: balances wander by a tenth from one to the next.
        balance = cents(self._usual_balance * np.exp(0.10 * rng.standard_normal(len(self._usual_balance))))
        wander = np.exp(0.03 * rng.standard_normal(len(self._amount)))
        on_demand = np.isnat(self._end)
        amount = cents(np.where(on_demand, self._amount * wander, self._amount))
        accounts = np.flatnonzero(self._opened <= day)
        contracts = np.flatnonzero((self._start <= day) & ~(self._end <= day))
        evergreen = self._evergreen[number]
        wholesale, fresh = len(contracts), len(evergreen)
        balance = balance[accounts]
        product = np.concatenate(
            [
                np.where(self._is_savings[accounts], _CODE["savings"], _CODE["current"]),
                self._product[contracts],
                np.full(fresh, _CODE["term_deposit"]),
            ]
        )
        currency = np.concatenate(
            [self._account_currency[accounts], self._currency[contracts], np.zeros(fresh, dtype=np.int64)]
        )
        balances = np.concatenate([balance, amount[contracts], evergreen])
        ids = [
            *self._account_ids[accounts],
            *(f"U{contract + 1:06d}" for contract in contracts),
            *(f"U9{deposit + 1:05d}" for deposit in range(fresh)),
        ]
        providers = [*self._owners[accounts], *self._provider[contracts], *self._evergreen_providers]
        is_relation = np.isin(self._product[contracts], _RELATIONSHIP)
        nobody = np.zeros(fresh, dtype=bool)
        table = pa.table(
            {
                "as_of_date": day_column(day, len(balances)),
                "funding_id": pa.array(ids, type=pa.string()),
                "provider_id": pa.array(providers, type=pa.string()),
                "product_type": labels(FUNDING_PRODUCTS, product),
                "currency": labels(CURRENCIES, currency),
                "balance_amount": money(balances),
                "insured_amount": money(np.append(self._insured(accounts, balance), np.zeros(wholesale + fresh))),
                "maturity_date": np.concatenate(
                    [
                        np.full(len(accounts), NO_DATE),
                        self._end[contracts],
                        np.full(fresh, np.busday_offset(day + EVERGREEN_DAYS, 0, roll="forward")),
                    ]
                ),
                "is_transactional": np.concatenate([self._is_transactional[accounts], is_relation, nobody]),
                "has_established_relationship": np.concatenate([self._has_relationship[accounts], is_relation, nobody]),
                "has_early_withdrawal": np.concatenate(
                    [np.zeros(len(accounts), dtype=bool), self._early[contracts], nobody]
                ),
            }
        )
        return FundingState(len(accounts), product, currency, balances, table)

    def _insured(self, accounts: Indices, balances: Floats) -> Floats:
        """Deposit insurance of each depositor, used up by the current account first."""
        owner = self._owner_number[accounts]
        is_savings = self._is_savings[accounts]
        limit = _INSURED[self._account_currency[accounts]]
        on_current = np.bincount(owner, weights=np.where(is_savings, 0.0, balances), minlength=owner.max() + 1)[owner]
        room = np.where(is_savings, np.maximum(limit - on_current, 0.0), limit)
        return cents(np.minimum(balances, room))

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of a snapshot; nothing between them."""
        number = self._snapshots.number(period)
        if number is not None:
            yield Delivery(FUNDING, period, self.state(number).table)


def _currencies(programme: Programme, provider: NDArray, rng: np.random.Generator) -> Indices:
    if programme.providers == "central_banks":
        return np.array([CURRENCIES.index("EUR"), CURRENCIES.index("GBP")])[np.arange(len(provider)) % 2]
    drawn: Indices = rng.choice(len(CURRENCIES), len(provider), p=_CURRENCY_WEIGHTS)
    return drawn


def _currency_index(names: NDArray) -> Indices:
    found: Indices = np.select([names == name for name in CURRENCIES], list(range(len(CURRENCIES))))
    return found
