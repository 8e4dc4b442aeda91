"""Banking: customers, accounts, cards, merchants, payments and card transactions. Every person and number is invented.

Static data is made at once; the two large feeds are made period by period from a random stream of their own each, so
that no more than one delivery is ever in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.calendar import BOOK_START, OPENING, Days, DeliveryCalendar, Period
from orchestration.demo_bank.names import (
    BUSINESSES,
    DOMAINS,
    FIRM_FORMS,
    FIRMS,
    FIRST_NAMES,
    LAST_NAMES,
    STREETS,
    TOWNS,
)
from orchestration.demo_bank.writing import Delivery, Feed, chosen, decimals

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_NIGHT: Final = time(3, 40)
CUSTOMERS: Final = Feed("banking", "customers", "csv", None, 1, _NIGHT, "Europe/London")
ACCOUNTS: Final = Feed("banking", "accounts", "csv", None, 1, _NIGHT, "Europe/London")
CARDS: Final = Feed("banking", "cards", "csv", None, 1, _NIGHT, "Europe/London")
MERCHANTS: Final = Feed("banking", "merchants", "csv", None, 1, _NIGHT, "Europe/London")
PAYMENTS: Final = Feed("banking", "payments", "csv", "amount", 1, _NIGHT, "Europe/London")
CARD_TRANSACTIONS: Final = Feed("banking", "card_transactions", "csv", "amount", 1, _NIGHT, "Europe/London")

CUSTOMERS_AT_SCALE_1: Final = 5_000
MERCHANTS_AT_SCALE_1: Final = 2_000
BENEFICIARIES_AT_SCALE_1: Final = 20_000
PAYMENTS_AT_SCALE_1: Final = 200_000
CARD_TRANSACTIONS_AT_SCALE_1: Final = 300_000

_COUNTRIES = ("GB", "DE", "US")
_COUNTRY_CURRENCY = ("GBP", "EUR", "USD")
_RETAIL_SEGMENTS, _CORPORATE_SEGMENTS = (
    ("mass", "affluent", "private"),
    ("small_business", "mid_corporate", "large_corporate"),
)
_SEGMENTS = (*_RETAIL_SEGMENTS, *_CORPORATE_SEGMENTS)


@dataclass(frozen=True)
class _Category:
    """How people spend at one kind of merchant: a median amount in the card's currency and its spread in logs."""

    code: str
    label: str
    share: float
    median: float
    spread: float
    entry_weights: tuple[float, float, float, float, float]


_ENTRY_MODES: Final = ("chip", "contactless", "online", "magstripe", "atm")
_CATEGORIES: Final = (
    _Category("5411", "Grocers", 0.27, 24.0, 0.7, (0.3, 0.65, 0.03, 0.02, 0.0)),
    _Category("5812", "Restaurant", 0.13, 28.0, 0.6, (0.4, 0.55, 0.02, 0.03, 0.0)),
    _Category("5814", "Coffee", 0.12, 6.5, 0.5, (0.1, 0.88, 0.01, 0.01, 0.0)),
    _Category("5541", "Fuel", 0.09, 46.0, 0.35, (0.6, 0.35, 0.0, 0.05, 0.0)),
    _Category("4111", "Transit", 0.08, 4.2, 0.5, (0.05, 0.9, 0.05, 0.0, 0.0)),
    _Category("5912", "Chemist", 0.05, 14.0, 0.6, (0.3, 0.65, 0.04, 0.01, 0.0)),
    _Category("5311", "Department Store", 0.05, 52.0, 0.8, (0.55, 0.3, 0.12, 0.03, 0.0)),
    _Category("5999", "Online Market", 0.08, 33.0, 0.9, (0.0, 0.0, 1.0, 0.0, 0.0)),
    _Category("5815", "Streaming", 0.04, 10.99, 0.25, (0.0, 0.0, 1.0, 0.0, 0.0)),
    _Category("7011", "Hotel", 0.015, 165.0, 0.6, (0.55, 0.1, 0.32, 0.03, 0.0)),
    _Category("4511", "Airline", 0.01, 230.0, 0.7, (0.02, 0.0, 0.98, 0.0, 0.0)),
    _Category("5732", "Electronics", 0.015, 140.0, 0.9, (0.5, 0.15, 0.33, 0.02, 0.0)),
    _Category("6011", "Cash Machine", 0.05, 80.0, 0.6, (0.0, 0.0, 0.0, 0.0, 1.0)),
)
_CASH_MACHINE = [category.code for category in _CATEGORIES].index("6011")
_HOURS = np.array([1, 0.5, 0.3, 0.2, 0.3, 1, 3, 6, 8, 7, 7, 8, 10, 9, 7, 7, 8, 10, 11, 9, 7, 5, 3, 2], dtype=float)
_WEEKDAY_SPENDING = np.array([0.9, 0.9, 0.95, 1.0, 1.25, 1.35, 1.0])
_OFFICE_HOURS = np.array(
    [1, 0.5, 0.3, 0.2, 0.2, 0.5, 2, 5, 9, 11, 11, 10, 8, 9, 10, 9, 8, 6, 5, 4, 3, 3, 2, 1], dtype=float
)
_WEEKDAY_PAYING = np.array([1.2, 1.05, 1.0, 1.0, 1.25, 0.35, 0.25])

_PAYMENT_TYPES: Final = ("credit_transfer", "standing_order", "direct_debit", "instant", "wire")
_TRANSFER, _STANDING_ORDER, _DIRECT_DEBIT, _INSTANT, _WIRE = range(len(_PAYMENT_TYPES))
_CHANNELS: Final = ("mobile", "web", "branch", "api")
_MOBILE, _WEB, _BRANCH, _API = range(len(_CHANNELS))
_LARGEST = 9_500_000_00


@dataclass(frozen=True)
class _Recurring:
    """Payments that come back every month, one array element each.

    `days` is the day of the month, `cents` the usual amount and `spread` how far it varies (in logs), `beneficiaries`
    an index into the pool of payees.
    """

    accounts: Indices
    beneficiaries: Indices
    days: Indices
    cents: Indices
    payment_type: int
    channel: int
    spread: float


class _Pool:
    """Accounts or cards to draw from, in order of arrival; some are used far more than others.

    Parameters
    ----------
    items : ndarray of int
    known_from : ndarray of datetime64[D], ascending
        Day from which each item may be drawn.
    """

    def __init__(self, rng: np.random.Generator, items: Indices, known_from: Days) -> None:
        self._items, self._known_from = items, known_from
        self._weight = np.append(0.0, np.cumsum(rng.gamma(1.2, 1.0, len(items))))

    def draw(self, rng: np.random.Generator, days: Days) -> Indices:
        """One item for each day, among those known by it."""
        known = np.searchsorted(self._known_from, days, side="right")
        drawn = rng.random(len(days)) * self._weight[known]
        return self._items[np.clip(np.searchsorted(self._weight, drawn, side="right") - 1, 0, known - 1)]


class Banking:
    """The core banking system.

    Parameters
    ----------
    calendar : DeliveryCalendar
    scale : float
        1 is 5,000 customers, 200,000 payments and 300,000 card transactions.
    seed : int
    """

    def __init__(self, calendar: DeliveryCalendar, scale: float, seed: int) -> None:
        self._calendar, self._scale, self._seed = calendar, scale, seed
        rng = np.random.default_rng([seed, 4])
        self._make_customers(rng)
        self._make_accounts(rng)
        self._make_cards(rng)
        self._make_merchants(rng)
        self._make_payees()
        self._recurring = self._make_recurring(rng)
        self._plan_days(rng)

    # Static data ----------------------------------------------------------------------------------------------------

    def _make_customers(self, rng: np.random.Generator) -> None:
        count = max(round(CUSTOMERS_AT_SCALE_1 * self._scale), 40)
        number = np.arange(count)
        self._onboarded = self._dates_of_arrival(rng, count, 0.8, np.datetime64("1998-01-05"))
        is_corporate = number % 10 == 9
        country = rng.choice(3, count, p=[0.5, 0.2, 0.3])
        country[0] = 2
        grade = rng.choice(3, count, p=[0.8, 0.16, 0.04])
        self._is_corporate, self._customer_country = is_corporate, country
        self._segment = grade + 3 * is_corporate
        # What a customer usually spends, relative to others: people differ more than a person's own days do.
        self._level = (
            np.exp(0.45 * rng.standard_normal(count)) * np.array([1.0, 2.2, 6.0, 4.0, 18.0, 70.0])[self._segment]
        )

        first, last = rng.integers(0, len(FIRST_NAMES), count), rng.integers(0, len(LAST_NAMES), count)
        people = pc.binary_join_element_wise(_take(FIRST_NAMES, first), _take(LAST_NAMES, last), " ")
        firms = _firm_names(rng, count)
        self._customer_names = pc.if_else(pa.array(is_corporate), firms, people)
        mailbox = pc.binary_join_element_wise(
            pc.utf8_lower(_take(FIRST_NAMES, first)), pa.array(number).cast(pa.string()), "."
        )
        email = pc.binary_join_element_wise(mailbox, _take(DOMAINS, rng.integers(0, 3, count)), "@")
        birth = np.datetime64("1938-01-01") + rng.integers(0, 365 * 63, count)
        house = pa.array(rng.integers(1, 240, count)).cast(pa.string())
        street = pc.binary_join_element_wise(house, _take(STREETS, rng.integers(0, len(STREETS), count)), " ")
        address = pc.binary_join_element_wise(street, _take(TOWNS, rng.integers(0, len(TOWNS), count)), ", ")
        has_ssn = ~is_corporate & ((country == 2) | (rng.random(count) < 0.1))
        has_email, has_phone = rng.random(count) > 0.04, rng.random(count) > 0.06
        has_email[0] = has_phone[0] = True
        self.ssns = identifiers.social_security_numbers(number)
        self._customers = pa.table(
            {
                "customer_id": identifiers.padded("C", number + 1, 8),
                "customer_type": _take(("retail", "corporate"), is_corporate),
                "full_name": self._customer_names,
                "ssn": _null_unless(has_ssn, self.ssns),
                "birth_date": _null_unless(~is_corporate, pa.array(birth.astype("datetime64[D]"))),
                "email": _null_unless(has_email, email),
                "phone": _null_unless(has_phone, _phones(country, rng.integers(0, 1000, count))),
                "address": address,
                "country": _take(_COUNTRIES, country),
                "segment": _take(_SEGMENTS, self._segment),
                "onboarded_on": self._onboarded,
            }
        )

    def _make_accounts(self, rng: np.random.Generator) -> None:
        """Every customer has a current account; three in ten have savings as well. Sorted by opening date."""
        customers = np.arange(len(self._onboarded))
        savers = customers[rng.random(len(customers)) < 0.3]
        owner = np.concatenate([customers, savers])
        is_savings = np.repeat([False, True], [len(customers), len(savers)])
        order = np.lexsort((is_savings, owner))
        owner, is_savings = owner[order], is_savings[order]
        number = np.arange(len(owner))
        status = rng.choice(3, len(owner), p=[0.96, 0.03, 0.01])
        status[:2] = 0
        country = self._customer_country[owner]
        self.account_numbers = identifiers.own_ibans(number, country == 1)
        self._account_owner, self._account_currency = owner, country
        self._accounts = pa.table(
            {
                "account_id": identifiers.padded("A", number + 1, 9),
                "customer_id": identifiers.padded("C", owner + 1, 8),
                "account_number": self.account_numbers,
                "account_type": _take(("current", "savings"), is_savings),
                "currency": _take(_COUNTRY_CURRENCY, country),
                "opened_on": self._onboarded[owner],
                "account_status": _take(("open", "dormant", "closed"), status),
            }
        )
        self._payers = np.flatnonzero(~is_savings & (status == 0))
        is_firm = self._is_corporate[owner[self._payers]]
        self._people, self._firms = self._payers[~is_firm], self._payers[is_firm]
        self._person_pool = _Pool(rng, self._people, self._onboarded[owner[self._people]])
        self._firm_pool = _Pool(rng, self._firms, self._onboarded[owner[self._firms]])

    def _make_cards(self, rng: np.random.Generator) -> None:
        """Cards on the open current accounts of people, some with two; business cards for a third of the firms."""
        owner = self._account_owner[self._payers]
        chance = np.where(self._is_corporate[owner], 0.33, 0.95)
        has_first = rng.random(len(owner)) < chance
        has_first[0] = True
        has_second = has_first & (rng.random(len(owner)) < 0.15)
        account = np.concatenate([self._payers[has_first], self._payers[has_second]])
        opened = np.maximum(self._onboarded[self._account_owner[account]], np.datetime64("2018-01-02"))
        earlier = np.minimum(opened + rng.integers(0, 540, len(account)), OPENING)
        issued = np.where(opened >= OPENING, opened, earlier)
        issued[0] = np.datetime64("2018-01-02")  # so that the first customer's card is the first card at any scale
        order = np.lexsort((account, issued))
        account, issued = account[order], issued[order]
        number = np.arange(len(account))
        self.card_numbers = identifiers.card_numbers(number)
        self._card_account, self._card_issued = account, issued
        self._card_pool = _Pool(rng, number, issued)
        self._cards = pa.table(
            {
                "card_id": identifiers.padded("K", number + 1, 9),
                "account_id": identifiers.padded("A", account + 1, 9),
                "card_number": self.card_numbers,
                "card_type": _take(("debit", "credit"), rng.random(len(account)) < 0.3),
                "issued_on": issued,
                "expires_on": ((issued.astype("datetime64[M]") + 61).astype("datetime64[D]") - 1),
            }
        )

    def _make_merchants(self, rng: np.random.Generator) -> None:
        """Merchants by kind; within a kind the early ones are the popular ones."""
        count = max(round(MERCHANTS_AT_SCALE_1 * self._scale), 5 * len(_CATEGORIES))
        number = np.arange(count)
        self._merchant_arrival = self._dates_of_arrival(rng, count, 0.9, OPENING)
        category = number % len(_CATEGORIES)
        names = pc.binary_join_element_wise(
            _take(FIRMS, rng.integers(0, len(FIRMS), count)),
            _take([item.label for item in _CATEGORIES], category),
            pa.array(number // len(_CATEGORIES) + 1).cast(pa.string()),
            " ",
        )
        self._merchants = pa.table(
            {
                "merchant_id": identifiers.padded("M", number + 1, 6),
                "merchant_name": names,
                "merchant_category_code": _take([item.code for item in _CATEGORIES], category),
                "country": _take((*_COUNTRIES, "FR", "ES"), rng.choice(5, count, p=[0.46, 0.2, 0.24, 0.06, 0.04])),
            }
        )

    def _make_payees(self) -> None:
        """Accounts at other banks, then the bank's own accounts: the pool of beneficiaries and their names."""
        rng = np.random.default_rng([self._seed, 5])
        count = max(round(BENEFICIARIES_AT_SCALE_1 * self._scale), 300)
        number = np.arange(count)
        bank = rng.integers(0, 4, count)
        british = [identifiers.gb_ibans(code, identifiers.scatter(number, 10**8)) for code in ("ZZNB", "ZZWB", "ZZEB")]
        german = identifiers.de_ibans(99000099, identifiers.scatter(number, 10**10))
        ibans = pc.choose(pa.array(bank), *british, german)
        people = pc.binary_join_element_wise(
            _take(FIRST_NAMES, rng.integers(0, len(FIRST_NAMES), count)),
            _take(LAST_NAMES, rng.integers(0, len(LAST_NAMES), count)),
            " ",
        )
        names = pc.if_else(pa.array(rng.random(count) < 0.45), _firm_names(rng, count), people)
        self._external_payees = count
        self.first_payee = (str(ibans[0]), str(names[0]))
        self._payee_ibans = pa.concat_arrays([ibans, self.account_numbers])
        self._payee_names = pa.concat_arrays([names, self._customer_names.take(pa.array(self._account_owner))])

    def _dates_of_arrival(self, rng: np.random.Generator, count: int, early: float, earliest: np.datetime64) -> Days:
        """Ascending business days: a share up to the opening load, the others spread over the book's history."""
        at_opening = int(np.ceil(count * early))
        span = int((OPENING - earliest) / np.timedelta64(1, "D"))
        before = earliest.astype("datetime64[D]") + np.sort(rng.integers(0, span + 1, at_opening))
        later = np.sort(rng.choice(self._calendar.book_days, count - at_opening))
        return np.append(before, later)

    @property
    def customers(self) -> pa.Table:
        """Every customer of the history, in order of arrival."""
        return self._customers

    @property
    def accounts(self) -> pa.Table:
        """Every account of the history; those of a customer stand together, the current account first."""
        return self._accounts

    def customer_row(self, number: int) -> dict[str, str | None]:
        """One customer's row as text, for a correction."""
        row = self._customers.slice(number, 1).to_pylist()[0]
        return {name: None if value is None else str(value) for name, value in row.items()}

    # Movements ------------------------------------------------------------------------------------------------------

    def _make_recurring(self, rng: np.random.Generator) -> tuple[_Recurring, ...]:
        """Rent, bills and wages: about half of all payments."""
        people, firms = self._people, self._firms
        renters, billed = people[rng.random(len(people)) < 0.25], people[rng.random(len(people)) < 0.25]
        employees = people[rng.random(len(people)) < 0.2]
        landlords, billers = max(self._external_payees // 20, 10), max(self._external_payees // 200, 10)
        level = np.sqrt(self._level[self._account_owner])
        # Bigger firms employ more; a firm pays only those who joined the bank after it, so that both accounts exist.
        employer = firms[(rng.random(len(employees)) ** 2 * len(firms)).astype(int)]
        is_possible = employer < employees
        employees, employer = employees[is_possible], employer[is_possible]
        usual_rent = _cents(850.0 * level[renters] * np.exp(0.25 * rng.standard_normal(len(renters))))
        usual_bill = _cents(72.0 * level[billed] * np.exp(0.4 * rng.standard_normal(len(billed))))
        wage = _cents(2_600.0 * level[employees] * np.exp(0.3 * rng.standard_normal(len(employees))))
        return (
            _Recurring(
                accounts=renters,
                beneficiaries=rng.integers(0, landlords, len(renters)),
                days=rng.integers(1, 6, len(renters)),
                cents=usual_rent,
                payment_type=_STANDING_ORDER,
                channel=_MOBILE,
                spread=0.0,
            ),
            _Recurring(
                accounts=billed,
                beneficiaries=landlords + rng.integers(0, billers, len(billed)),
                days=rng.integers(5, 22, len(billed)),
                cents=usual_bill,
                payment_type=_DIRECT_DEBIT,
                channel=_API,
                spread=0.12,
            ),
            _Recurring(
                accounts=employer,
                beneficiaries=self._external_payees + employees,
                days=rng.choice([25, 26, 27, 28], len(employees)),
                cents=wage,
                payment_type=_TRANSFER,
                channel=_API,
                spread=0.03,
            ),
        )

    def _plan_days(self, rng: np.random.Generator) -> None:
        """How many payments and card transactions each calendar day has; their totals are what the scale asks for."""
        last = np.datetime64(self._calendar.periods[-1].last, "D")
        self._days = np.arange(BOOK_START, last + 1)
        weekday = (self._days.astype(int) + 3) % 7
        growth = 1.0 + 0.25 * np.arange(len(self._days)) / len(self._days)
        month = self._days.astype("datetime64[M]").astype(int) % 12
        december = np.where(month == 11, 1.2, 1.0)

        recurring = np.zeros(len(self._days), dtype=np.int64)
        for payments in self._recurring:
            for first_of_month in np.unique(self._days.astype("datetime64[M]")):
                due, _ = self._due(payments, first_of_month)
                inside = due[(due >= self._days[0]) & (due <= last)]
                recurring += np.bincount((inside - self._days[0]).astype(int), minlength=len(self._days))
        weights = _WEEKDAY_PAYING[weekday] * growth
        others = max(round(PAYMENTS_AT_SCALE_1 * self._scale) - int(recurring.sum()), 0)
        self._other_payments = rng.multinomial(others, weights / weights.sum())
        self._payments_before = np.append(0, np.cumsum(recurring + self._other_payments))
        weights = _WEEKDAY_SPENDING[weekday] * growth * december
        total = round(CARD_TRANSACTIONS_AT_SCALE_1 * self._scale)
        self._purchases = rng.multinomial(total, weights / weights.sum())
        self._purchases_before = np.append(0, np.cumsum(self._purchases))

    def _due(self, payments: _Recurring, month: np.datetime64) -> tuple[Days, Indices]:
        """Dates on which recurring payments of a month are made, and which of them: those whose accounts are open."""
        due = month.astype("datetime64[D]") + (payments.days - 1)
        due = np.busday_offset(due, 0, roll="forward")
        later = np.maximum(payments.accounts, payments.beneficiaries - self._external_payees)
        is_open = self._onboarded[self._account_owner[later]] <= due
        return due[is_open], np.flatnonzero(is_open)

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of a period; the opening load has no movements, and a feed without rows delivers nothing."""
        static = (
            (CUSTOMERS, self._customers, self._onboarded),
            (ACCOUNTS, self._accounts, self._onboarded[self._account_owner]),
            (CARDS, self._cards, self._card_issued),
            (MERCHANTS, self._merchants, self._merchant_arrival),
        )
        for feed, table, known_from in static:
            known = self._calendar.period_index(np.maximum(known_from, OPENING))
            if len(rows := np.flatnonzero(known == period.index)):
                yield Delivery(feed, period, table.take(pa.array(rows)))
        if period.index:
            first, last = (np.datetime64(day, "D") for day in (max(period.first, BOOK_START.item()), period.last))
            yield Delivery(PAYMENTS, period, self._payments(first, last, period.index))
            yield Delivery(CARD_TRANSACTIONS, period, self._card_transactions(first, last, period.index))

    def _payments(self, first: np.datetime64, last: np.datetime64, stream: int) -> pa.Table:
        rng = np.random.default_rng([self._seed, 6, stream])
        parts = [self._irregular(rng, first, last)]
        for month in np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1):
            for payments in self._recurring:
                due, which = self._due(payments, month)
                inside = (due >= first) & (due <= last)
                due, which = due[inside], which[inside]
                cents = np.rint(payments.cents[which] * np.exp(payments.spread * rng.standard_normal(len(which))))
                night = due.astype("datetime64[s]") + rng.integers(2 * 3600, 6 * 3600, len(which))
                kind, channel = (np.full(len(which), code) for code in (payments.payment_type, payments.channel))
                account, payee = payments.accounts[which], payments.beneficiaries[which]
                parts.append((night, account, payee, cents.astype(np.int64), kind, channel))
        booked, account, payee, cents, kind, channel = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(booked, kind="stable")
        account, payee = account[order], payee[order]
        number = self._payments_before[int((first - self._days[0]).astype(int))] + np.arange(1, len(order) + 1)
        return pa.table(
            {
                "payment_id": identifiers.padded("P", number, 12),
                "booked_at": booked[order],
                "account_number": chosen(self.account_numbers, account),
                "beneficiary_account_number": chosen(self._payee_ibans, payee),
                "beneficiary_name": chosen(self._payee_names, payee),
                "amount": decimals(cents[order], 18, 2),
                "currency": chosen(_COUNTRY_CURRENCY, self._account_currency[account]),
                "payment_type": chosen(_PAYMENT_TYPES, kind[order]),
                "channel": chosen(_CHANNELS, channel[order]),
            }
        )

    def _irregular(self, rng: np.random.Generator, first: np.datetime64, last: np.datetime64) -> tuple[NDArray, ...]:
        """Payments people and firms make now and then, mostly to payees they have paid before."""
        span = slice(int((first - self._days[0]).astype(int)), int((last - self._days[0]).astype(int)) + 1)
        day = np.repeat(self._days[span], self._other_payments[span])
        count = len(day)
        # A tenth of the customers, the firms, make four tenths of these payments.
        is_firm = rng.random(count) < 0.4
        account = np.where(is_firm, self._firm_pool.draw(rng, day), self._person_pool.draw(rng, day))
        owner = self._account_owner[account]
        slot = np.minimum(rng.exponential(3.0, count).astype(np.int64), 11)
        usual = _mixed(account * 16 + slot, self._external_payees)
        payee = np.where(rng.random(count) < 0.8, usual, rng.integers(0, self._external_payees, count))
        median = np.where(is_firm, 310.0, 58.0)
        spread = np.where(is_firm, 1.1, 1.0)
        cents = _cents(median * self._level[owner] * np.exp(spread * rng.standard_normal(count)))
        # People pay round sums: a third of their transfers are whole tens.
        is_round = ~is_firm & (rng.random(count) < 0.33)
        cents = np.where(is_round, np.maximum(cents // 1000, 1) * 1000, cents)
        draw = rng.random(count)
        is_wire, is_instant = is_firm & (cents > 2_500_000) & (draw < 0.5), ~is_firm & (draw < 0.45)
        kind = np.select([is_wire, is_instant], [_WIRE, _INSTANT], _TRANSFER)
        by_firm = np.where(draw < 0.6, _API, _WEB)
        by_person = np.select([draw < 0.7, draw < 0.95], [_MOBILE, _WEB], _BRANCH)
        channel = np.where(is_firm, by_firm, by_person)
        booked = day.astype("datetime64[s]") + _seconds(rng, count, _OFFICE_HOURS)
        return booked, account, payee, cents, kind, channel

    def _card_transactions(self, first: np.datetime64, last: np.datetime64, stream: int) -> pa.Table:
        rng = np.random.default_rng([self._seed, 7, stream])
        span = slice(int((first - self._days[0]).astype(int)), int((last - self._days[0]).astype(int)) + 1)
        day = np.repeat(self._days[span], self._purchases[span])
        count = len(day)
        card = self._card_pool.draw(rng, day)
        account = self._card_account[card]
        level = np.sqrt(np.minimum(self._level[self._account_owner[account]], 12.0))

        category = rng.choice(len(_CATEGORIES), count, p=_normalised([item.share for item in _CATEGORIES]))
        merchants = np.searchsorted(self._merchant_arrival, day, side="right")
        in_category = (merchants - category + len(_CATEGORIES) - 1) // len(_CATEGORIES)
        slot = np.minimum(rng.exponential(1.5, count).astype(np.int64), 5)
        # A card's usual places are the same at any time: they are picked among the merchants of the opening load.
        standing = int(np.searchsorted(self._merchant_arrival, OPENING, side="right")) // len(_CATEGORIES)
        usual = _mixed((card * 8 + slot) * len(_CATEGORIES) + category, 2**30) / 2**30
        rank = np.where(rng.random(count) < 0.7, usual**2 * standing, rng.random(count) ** 2 * in_category)
        merchant = rank.astype(np.int64) * len(_CATEGORIES) + category

        median = np.array([item.median for item in _CATEGORIES])[category]
        spread = np.array([item.spread for item in _CATEGORIES])[category]
        cents = _cents(median * level * np.exp(spread * rng.standard_normal(count)))
        cents = np.where(category == _CASH_MACHINE, np.maximum(np.rint(cents / 1000), 1).astype(np.int64) * 1000, cents)
        modes = np.cumsum([item.entry_weights for item in _CATEGORIES], axis=1)
        mode = (rng.random(count)[:, np.newaxis] >= modes[category]).sum(axis=1)
        at = day.astype("datetime64[s]") + _seconds(rng, count, _HOURS)
        order = np.argsort(at, kind="stable")
        card, account = card[order], account[order]
        number = self._purchases_before[span.start] + np.arange(1, count + 1)
        return pa.table(
            {
                "card_transaction_id": identifiers.padded("X", number, 12),
                "transacted_at": at[order],
                "card_number": chosen(self.card_numbers, card),
                "account_number": chosen(self.account_numbers, account),
                "merchant_id": chosen(self._merchants.column("merchant_id").combine_chunks(), merchant[order]),
                "amount": decimals(cents[order], 18, 2),
                "currency": chosen(_COUNTRY_CURRENCY, self._account_currency[account]),
                "entry_mode": chosen(_ENTRY_MODES, np.minimum(mode[order], len(_ENTRY_MODES) - 1)),
            }
        )


def _take(pool: tuple[str, ...] | list[str], index: NDArray) -> pa.Array:
    return pa.array(pool).take(pa.array(index.astype(np.int32)))


def _null_unless(condition: NDArray[np.bool_], values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(condition), values, pa.scalar(None, values.type))


def _normalised(weights: list[float]) -> Floats:
    return np.array(weights) / np.sum(weights)


def _cents(amounts: Floats) -> Indices:
    """Amounts in cents, at least one and below the largest payment the bank makes."""
    return np.clip(np.rint(amounts * 100.0), 1, _LARGEST).astype(np.int64)


def _seconds(rng: np.random.Generator, count: int, hourly_weights: Floats) -> Indices:
    """Second of the day, following a daily pattern."""
    hour = rng.choice(24, count, p=hourly_weights / hourly_weights.sum())
    return hour * 3600 + rng.integers(0, 3600, count)


def _mixed(key: Indices, modulus: int) -> Indices:
    """Mix a key into a number below the modulus: random to the eye, always the same (the finaliser of splitmix64)."""
    value = key.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((value ^ (value >> np.uint64(31))) % np.uint64(modulus)).astype(np.int64)


def _firm_names(rng: np.random.Generator, count: int) -> pa.Array:
    parts = [_take(pool, rng.integers(0, len(pool), count)) for pool in (FIRMS, BUSINESSES, FIRM_FORMS)]
    return pc.binary_join_element_wise(pc.binary_join_element_wise(parts[0], parts[1], " "), parts[2], "")


def _phones(country: Indices, number: Indices) -> pa.Array:
    """Telephone numbers kept free for fiction; there is no such range for Germany, so Germans have a London number."""
    london = identifiers.padded("+44 20 7946 0", number, 3)
    american = identifiers.padded("+1 202 555 01", number % 100, 2)
    return pc.if_else(pa.array(country == 2), american, london)
