"""Honest journals: what people write, what sub-ledgers and standing orders post, and what group companies charge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from orchestration.demo_bank.calendar import Days, DeliveryCalendar
from orchestration.demo_bank.chart import (
    CONTRA_ACCOUNT,
    DUE_FROM_GROUP,
    DUE_TO_GROUP,
    GROUP_EXPENSE,
    GROUP_INCOME,
    account,
    accounts,
)
from orchestration.demo_bank.closing import Moments, utc
from orchestration.demo_bank.journal_batch import (
    ENTITIES,
    MANUAL,
    NEVER,
    RECURRING,
    SUBLEDGER,
    SYSTEM,
    VENDORS,
    WHO,
    Batch,
    benford_cents,
    in_two_lines,
)
from orchestration.demo_bank.ledger import RESERVES_ACCOUNT
from orchestration.demo_bank.snapshots import NONE, Flags, Indices, Snapshots

FIRST_MONTH: Final = np.datetime64("2021-10", "M")
LIMIT_CENTS: Final = 50_000_00
"""From this amount on, and for revenue, only the group's financial controllers approve."""
_AT_SCALE_1: Final = 2_000
_AT_LEAST: Final = 900
_MANUAL, _INVOICES, _RECURRING = 0.25, 0.25, 0.08
_LATE: Final = 0.06
_PREPARERS: Final = 24
_CONTROLLERS: Final = np.arange(24, 30)
_GROUP_CONTROLLERS: Final = np.arange(30, 32)
_HOUR: Final = 3600
_MINUTE: Final = np.timedelta64(60, "s")
_ENTITY_WEIGHTS: Final = (0.76, 0.12, 0.12)
_EXPENSES: Final = accounts("5210", "5220", "5230", "5240", "5250", "5260", "5270")
_STRANGE_SHARE: Final = 0.55
"""Share of the invoices of the quarter whose amounts are made up."""


class Template(NamedTuple):
    """What a person books again and again."""

    debit: str
    credit: str
    text: str
    weight: float
    is_revenue: bool = False


TEMPLATES: Final = (
    Template("5240", "2712", "Accrual of fees for legal and audit services", 9),
    Template("5230", "2712", "Accrual of software maintenance not yet invoiced", 9),
    Template("5210", "2712", "Accrual of variable pay and social security", 8),
    Template("5260", "2712", "Accrual of travel expenses claimed by staff", 5),
    Template("5270", "2712", "Accrual of the supervisor's annual fee", 3),
    Template("5220", "1791", "Rent paid in advance, part of the month", 6),
    Template("1791", "1100", "Insurance premium paid in advance for the year", 4),
    Template("2712", "1100", "Payment of expenses accrued in an earlier month", 8),
    Template("5410", "1299", "Specific provision as decided by the credit committee", 7),
    Template("1299", "5410", "Release of a provision after a loan was repaid", 4),
    Template("1792", "2711", "Equipment delivered and put into use", 6),
    Template("5240", "2711", "Invoice of an adviser that came on paper", 5),
    Template("5310", "1792", "Depreciation of equipment after its review", 4),
    Template("5510", "2713", "Tax on income, estimate of the month", 3),
    Template("2713", "1793", "Set-off of recoverable against payable taxes", 3),
    Template("1100", "4110", "Arrangement fee of a syndicated loan received", 6, True),
    Template("4110", "2712", "Fee income deferred to the term of the loan", 4, True),
    Template("1790", "4310", "Recharge of premises let to third parties", 4, True),
)
_TEXTS: Final = (
    *(template.text for template in TEMPLATES),
    "Invoice taken over from accounts payable",
    "Standing order of the month",
    "Services charged between group companies",
    "Totals of the day taken over from the sub-ledger",
    "Revaluation and accruals of the day",
)
INVOICE, STANDING, GROUP_CHARGE, TOTALS, SYSTEM_RUN = range(len(TEMPLATES), len(_TEXTS))
_SYSTEM_ACCOUNTS: Final = frozenset({"1510", "1520", "1530", "1610", "2510", "2520", "2530", "2610"})
_FLOWS: Final = (("4110", -6.5), ("4210", -2.5), ("5010", 8.5), ("5110", 1.9), ("5210", 9.5))
"""Millions of USD that the systems post each month to an account of profit and loss, debit positive."""
_INTEREST: Final = "4010"


@dataclass(frozen=True)
class Window:
    """Business days of the months in which there are journals.

    Attributes
    ----------
    days : ndarray of datetime64[D]
    start, count : ndarray of int, shape (months,)
        First position of a month in the days, and its days.
    journals : int
        Journals a month.
    """

    days: Days
    start: Indices
    count: Indices
    journals: int

    @classmethod
    def of(cls, calendar: DeliveryCalendar, snapshots: Snapshots, scale: float) -> Window:
        """Make the window of a bank of some scale."""
        book = calendar.book_days
        days = book[(book.astype("datetime64[M]") >= FIRST_MONTH) & (book <= snapshots.days[-1])]
        _, start, count = np.unique(days.astype("datetime64[M]"), return_index=True, return_counts=True)
        return cls(days, start, count, max(round(_AT_SCALE_1 * scale), _AT_LEAST))

    def __len__(self) -> int:
        return len(self.start)

    def month(self, days: Days) -> Indices:
        """Count of the month of each day."""
        months: Indices = (days.astype("datetime64[M]") - FIRST_MONTH).astype(np.int64)
        return months

    def texts(self) -> list[str]:
        """All texts of honest journals: each of `_TEXTS` for each month."""
        return [f"{text}, {FIRST_MONTH + month}" for text in _TEXTS for month in range(len(self))]


class Makers:
    """Makes honest journals.

    Parameters
    ----------
    window : Window
    seed : int
    strange_quarter : str
        Last month of the quarter in which people made up the amounts of invoices: a planted fault.
    """

    def __init__(self, window: Window, seed: int, strange_quarter: str) -> None:
        self._window, self._seed = window, seed
        self._strange = int((np.datetime64(strange_quarter, "M") - FIRST_MONTH).astype(np.int64))

    def _rng(self, stream: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, 60, stream])

    def _some_day(self, rng: np.random.Generator, month: Indices) -> Indices:
        window = self._window
        return window.start[month] + (rng.random(len(month)) * window.count[month]).astype(np.int64)

    def written(self) -> Batch:
        """Journals of people, and invoices of vendors: no vendor has the same amount twice."""
        window = self._window
        rng = self._rng(1)
        manual, invoices = (round(window.journals * share) for share in (_MANUAL, _INVOICES))
        weights = np.array([template.weight for template in TEMPLATES], dtype=np.float64)
        kind = rng.choice(len(TEMPLATES), len(window) * manual, p=weights / weights.sum())
        month = np.repeat(np.arange(len(window)), manual)
        amount = benford_cents(rng, len(window), manual, 2, 3)
        debit = accounts(*(template.debit for template in TEMPLATES))[kind]
        credit = accounts(*(template.credit for template in TEMPLATES))[kind]
        of_invoice = benford_cents(rng, len(window), invoices, 1, 4)
        invoice_month = np.repeat(np.arange(len(window)), invoices)
        is_strange = (invoice_month > self._strange - 3) & (invoice_month <= self._strange)
        is_strange &= rng.random(len(is_strange)) < _STRANGE_SHARE
        made_up = rng.integers(600_00, 999_00, len(is_strange)) * 10 ** rng.integers(0, 2, len(is_strange))
        of_invoice = np.where(is_strange, made_up, of_invoice)

        popularity = 1.0 / (np.arange(len(VENDORS)) + 8.0)
        vendor = rng.choice(len(VENDORS), len(kind) + len(of_invoice), p=popularity / popularity.sum())
        vendor[: len(kind)][credit != account("2711")] = NONE
        both = _told_apart(vendor, np.concatenate([amount, of_invoice]))
        by_people = self._manual(rng, kind, month, both[: len(kind)], debit, credit, vendor[: len(kind)])
        by_vendors = self._invoices(rng, invoice_month, both[len(kind) :], vendor[len(kind) :])
        return Batch.join([by_people, by_vendors])

    def _manual(
        self,
        rng: np.random.Generator,
        kind: Indices,
        month: Indices,
        amount: Indices,
        debit: Indices,
        credit: Indices,
        vendor: Indices,
    ) -> Batch:
        """Journals of people: the amount in one line, and in one to five that sum to it."""
        window, count = self._window, len(kind)
        day = self._some_day(rng, month)
        effective, posted = window.days[day].copy(), window.days[day].copy()
        late = np.flatnonzero((rng.random(count) < _LATE) & (month < len(window) - 1))
        effective[late] = window.days[window.start[month[late] + 1] - 1]
        posted[late] = window.days[window.start[month[late] + 1] + rng.integers(0, 2, len(late))]
        can_split = np.isin(debit, _EXPENSES) & (credit == account("2712"))
        parts = np.where(can_split, rng.choice(5, count, p=(0.5, 0.24, 0.14, 0.08, 0.04)) + 1, 1)
        journal = np.repeat(np.arange(count), parts)
        first = np.flatnonzero(np.diff(journal, prepend=-1))
        weight = rng.uniform(0.2, 1.0, len(journal))
        share = weight / np.repeat(np.add.reduceat(weight, first), parts)
        part = np.floor(amount[journal] * share).astype(np.int64)
        part[first] += amount - np.add.reduceat(part, first)
        part_account = _EXPENSES[rng.integers(0, len(_EXPENSES), len(journal))]
        part_account[first] = debit
        lines = np.argsort(np.concatenate([journal, np.arange(count)]), kind="stable")
        is_revenue = np.array([template.is_revenue for template in TEMPLATES])[kind]
        entered = utc(posted, rng.integers(8 * _HOUR, 18 * _HOUR, count))
        return Batch(
            source=np.full(count, MANUAL),
            prepared=rng.integers(0, _PREPARERS, count),
            approved=_approvers(rng, is_revenue | (amount >= LIMIT_CENTS)),
            text=kind * len(window) + window.month(effective),
            document=np.where(vendor == NONE, NONE, 10_000_000 + np.arange(count)),
            effective=effective,
            posted=posted,
            entered=entered,
            approved_at=entered + rng.integers(3, 30, count) * _MINUTE,
            journal=np.concatenate([journal, np.arange(count)])[lines],
            account=np.concatenate([part_account, credit])[lines],
            entity=rng.choice(len(ENTITIES), count, p=_ENTITY_WEIGHTS)[
                np.concatenate([journal, np.arange(count)])[lines]
            ],
            partner=np.full(len(lines), NONE),
            vendor=np.concatenate([np.full(len(journal), NONE), vendor])[lines],
            amount=np.concatenate([part, -amount])[lines],
        )

    def _invoices(self, rng: np.random.Generator, month: Indices, amount: Indices, vendor: Indices) -> Batch:
        """Invoices from accounts payable: expense, most with tax, owed to the vendor."""
        count = len(month)
        posted = self._window.days[self._some_day(rng, month)]
        tax = np.where(rng.random(count) < 0.7, amount // 6, 0)
        expense = _EXPENSES[vendor % len(_EXPENSES)]
        shape = (count, 3)
        account_of = np.column_stack([expense, np.full(count, account("1793")), np.full(count, account("2711"))])
        cents = np.column_stack([amount - tax, tax, -amount])
        owed = np.column_stack([np.full((count, 2), NONE), vendor])
        entity = np.broadcast_to(rng.choice(len(ENTITIES), count, p=_ENTITY_WEIGHTS)[:, None], shape)
        journal = np.broadcast_to(np.arange(count)[:, None], shape)
        kept = (cents != 0).ravel()
        return self._posted(
            posted,
            np.full(count, SUBLEDGER),
            np.full(count, WHO.index("SVC-GL03")),
            INVOICE,
            utc(posted, rng.integers(8 * _HOUR, 18 * _HOUR, count)),
            document=20_000_000 + np.arange(count),
            journal=journal.ravel()[kept],
            account=account_of.ravel()[kept],
            entity=entity.ravel()[kept],
            vendor=owed.ravel()[kept],
            amount=cents.ravel()[kept],
        )

    def standing(self) -> Batch:
        """Standing orders: the same amount in every month, written once and approved each time."""
        window, rng = self._window, self._rng(2)
        orders = round(window.journals * _RECURRING)
        pairs = accounts("5310", "5220", "5230", "5210"), accounts("1792", "1791", "2712", "2712")
        kind = rng.integers(0, len(pairs[0]), orders)
        amount = np.rint(10.0 ** rng.uniform(3.0, 5.0, orders) * 100).astype(np.int64)
        preparer, entity = rng.integers(0, _PREPARERS, orders), rng.choice(len(ENTITIES), orders, p=_ENTITY_WEIGHTS)
        place = rng.random(orders)
        count = orders * len(window)
        month = np.repeat(np.arange(len(window)), orders)
        order = np.tile(np.arange(orders), len(window))
        posted = window.days[window.start[month] + (place[order] * window.count[month]).astype(np.int64)]
        journal, account_of, cents = in_two_lines(
            np.arange(count), pairs[0][kind[order]], pairs[1][kind[order]], amount[order]
        )
        return self._posted(
            posted,
            np.full(count, RECURRING),
            preparer[order],
            STANDING,
            utc(posted, rng.integers(8 * _HOUR, 17 * _HOUR, count)),
            approved=_approvers(rng, amount[order] >= LIMIT_CENTS),
            journal=journal,
            account=account_of,
            entity=np.repeat(entity[order], 2),
            amount=cents,
        )

    def between_companies(self, missing: tuple[tuple[str, str, int], ...]) -> Batch:
        """Charges between group companies: a journal in each company's books, or one for both.

        Parameters
        ----------
        missing : tuple of (str, str, int)
            Month, pair such as ``E01|E02`` and cents by which the side that is charged books less in it.
        """
        window, rng = self._window, self._rng(3)
        pairs = np.array([(0, 1), (0, 2), (1, 2)])
        each = max(round(window.journals / 300), 3)
        month = np.repeat(np.arange(len(window)), len(pairs) * each)
        pair = np.tile(np.repeat(np.arange(len(pairs)), each), len(window))
        count = len(month)
        is_turned = rng.random(count) < 0.4
        seller = np.where(is_turned, pairs[pair, 1], pairs[pair, 0])
        buyer = np.where(is_turned, pairs[pair, 0], pairs[pair, 1])
        amount = np.rint(10.0 ** rng.uniform(4.0, 5.5, count) * 100).astype(np.int64)
        less = np.zeros(count, dtype=np.int64)
        in_one = rng.random(count) < 0.3
        for name, companies, cents in missing:
            number = int((np.datetime64(name, "M") - FIRST_MONTH).astype(np.int64))
            wanted = [ENTITIES.index(part) for part in companies.split("|")]
            first = np.flatnonzero((month == number) & (pairs[pair] == wanted).all(axis=1))[0]
            less[first], in_one[first] = cents, False
        head = np.cumsum(np.where(in_one, 1, 2)) - np.where(in_one, 1, 2)
        of_buyer = np.where(in_one, head, head + 1)
        charge = np.repeat(np.arange(count), np.where(in_one, 1, 2))
        posted = window.days[self._some_day(rng, month)][charge]
        due_from, income, expense, due_to = accounts(DUE_FROM_GROUP, GROUP_INCOME, GROUP_EXPENSE, DUE_TO_GROUP)
        nobody = np.full(count, NONE)
        return self._posted(
            posted,
            np.full(len(charge), RECURRING),
            rng.integers(0, _PREPARERS, len(charge)),
            GROUP_CHARGE,
            utc(posted, rng.integers(8 * _HOUR, 17 * _HOUR, len(charge))),
            approved=_approvers(rng, np.ones(len(charge), dtype=np.bool_)),
            journal=np.column_stack([head, head, of_buyer, of_buyer]).ravel(),
            account=np.tile([due_from, income, expense, due_to], count),
            entity=np.column_stack([seller, seller, buyer, buyer]).ravel(),
            partner=np.column_stack([buyer, nobody, nobody, seller]).ravel(),
            amount=np.column_stack([amount, -amount, amount - less, less - amount]).ravel(),
        )

    def balancing(self, needed: Indices, targets: Indices, contra: Flags, journals_made: int) -> Batch:
        """Make what sub-ledgers and systems post, so that accounts move as their balances do.

        Parameters
        ----------
        needed : ndarray of int, shape (months, accounts)
            Cents by which each account must move, debit positive; profit and loss is in one of them.
        targets : ndarray of int, shape (accounts,)
            Positions in the chart.
        contra : ndarray of bool, shape (accounts,)
            Whether the other side is the contra account of commitments, and not the account at the central bank.
        journals_made : int
            Journals that there are already.
        """
        window, rng = self._window, self._rng(4)
        moves = int(np.count_nonzero(needed))
        each = max(round((window.journals * len(window) - journals_made) / max(moves, 1)), 2)
        month, column = np.nonzero(needed)
        month, column = np.repeat(month, each), np.repeat(column, each)
        share = rng.dirichlet(np.ones(each), moves)
        total = needed[needed != 0]
        wander = rng.standard_normal((moves, each)) * np.abs(total)[:, None] * 0.4
        cents = np.rint(share * total[:, None] + wander - wander.mean(axis=1, keepdims=True)).astype(np.int64)
        cents[:, -1] = total - cents[:, :-1].sum(axis=1)
        amount = cents.ravel()
        kept = amount != 0
        month, column, amount = month[kept], column[kept], amount[kept]
        count = len(amount)
        other = np.where(contra[column], account(CONTRA_ACCOUNT), account(RESERVES_ACCOUNT))
        journal, account_of, line_cents = in_two_lines(np.arange(count), targets[column], other, amount)
        of_system = np.isin(targets, [account(code) for code in _SYSTEM_ACCOUNTS]) | (targets >= account(_INTEREST))
        of_system &= ~contra
        is_system = of_system[column]
        posted = window.days[self._some_day(rng, month)]
        service = np.where(is_system, 4 + column % 2, np.array([0, 1, 3])[column % 3])
        return self._posted(
            posted,
            np.where(is_system, SYSTEM, SUBLEDGER),
            WHO.index("SVC-GL01") + service,
            np.where(is_system, SYSTEM_RUN, TOTALS),
            utc(posted, rng.integers(19 * _HOUR, 22 * _HOUR, count)),
            journal=journal,
            account=account_of,
            amount=line_cents,
        )

    def _posted(
        self,
        posted: Days,
        source: Indices,
        prepared: Indices,
        text: int | Indices,
        entered: Moments,
        *,
        journal: Indices,
        account: Indices,
        amount: Indices,
        approved: Indices | None = None,
        document: Indices | None = None,
        entity: Indices | None = None,
        partner: Indices | None = None,
        vendor: Indices | None = None,
    ) -> Batch:
        """Journals that count on the day they are posted, approved at once if they are."""
        heads, nothing = len(posted), np.full(len(journal), NONE)
        at = np.full(heads, NEVER) if approved is None else entered + 10 * _MINUTE
        return Batch(
            source=source,
            prepared=prepared,
            approved=np.full(heads, NONE) if approved is None else approved,
            text=text * len(self._window) + self._window.month(posted),
            document=np.full(heads, NONE) if document is None else document,
            effective=posted,
            posted=posted,
            entered=entered,
            approved_at=at,
            journal=journal,
            account=account,
            entity=np.zeros(len(journal), dtype=np.int64) if entity is None else entity,
            partner=nothing if partner is None else partner,
            vendor=nothing if vendor is None else vendor,
            amount=amount,
        )


def profit_flows(needed: Indices) -> dict[int, Indices]:
    """Cents by account of profit and loss that sum to what profit must move in each month."""
    flows = {account(code): np.full(len(needed), round(million * 1e8)) for code, million in _FLOWS}
    return flows | {account(_INTEREST): needed - np.sum(list(flows.values()), axis=0)}


def _approvers(rng: np.random.Generator, by_group: Flags) -> Indices:
    """Who approves: a controller, or where it must be one of the group's."""
    count = len(by_group)
    return np.where(by_group, rng.choice(_GROUP_CONTROLLERS, count), rng.choice(_CONTROLLERS, count))


def _told_apart(vendor: Indices, amount: Indices) -> Indices:
    """Amounts that are not the same twice for a vendor: a repeated one is a cent more."""
    told = amount.copy()
    owed = vendor != NONE
    while True:
        key = vendor * np.int64(10**12) + told
        _, first = np.unique(key, return_index=True)
        again = owed.copy()
        again[first] = False
        if not again.any():
            return told
        told[again] += 1
