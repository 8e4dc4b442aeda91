"""Journals of the ledger, made from its balances, with chart of accounts, closing dates and bank statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.calendar import DeliveryCalendar, Period
from orchestration.demo_bank.chart import (
    DEBIT_SIGN,
    GL_ACCOUNTS,
    PROFIT_ACCOUNT,
    REPORTED_IN,
    STATEMENT_CODES,
    account,
    chart_table,
)
from orchestration.demo_bank.closing import (
    BANK_ACCOUNTS,
    BANK_STATEMENTS,
    CLOSING_CALENDAR,
    STATEMENT_ERRORS,
    Closing,
    statement_table,
)
from orchestration.demo_bank.journal_batch import GL_JOURNALS, Batch, journal_table
from orchestration.demo_bank.journal_makers import Makers, Window, profit_flows
from orchestration.demo_bank.ledger import ACCOUNTS, DIFFERENCES, RESERVES_ACCOUNT, Ledger
from orchestration.demo_bank.planted_journals import PLANTED, planted_batch
from orchestration.demo_bank.planting import Facts
from orchestration.demo_bank.snapshots import Indices, Snapshots
from orchestration.demo_bank.writing import Delivery

_FIRST_NUMBER: Final = 100_000_001
NUMBERING: Final = (("2021-11", 2), ("2022-01", 0), ("2022-10", 3))
"""Month in whose middle the number of a journal is so far above the one before: 1 in good books."""
STRANGE_QUARTER: Final = "2022-Q3"
ONE_SIDED: Final = (("2021-12", "E01|E02", 1_250_00), ("2022-08", "E01|E03", 90_000_00))
"""Month, companies, and cents by which the charged one books less than the other."""
UNEXPLAINED: Final = (("2021-11-30", "1790", "2710", 62_400_00), ("2022-05-31", "1310", "1320", 150_000_00))
"""Snapshot, and two accounts whose balances moved by cents that no journal explains."""
OLD_BREAK_DAYS: Final = 60
"""Age from which a difference between ledger and sub-ledger should have been cleared."""


class Journals:
    """The journals of the window.

    Parameters
    ----------
    calendar : DeliveryCalendar
    snapshots : Snapshots
    ledger : Ledger
        Its balances are what the journals lead from one snapshot to the next.
    scale : float
        1 is 2,000 journals a month; there are 900 at least.
    seed : int

    Attributes
    ----------
    batch : Batch
        All journals in the order of their numbers.
    numbers, sequence : ndarray of int
        By journal: number in its id, and in its fiscal year.
    """

    def __init__(
        self, calendar: DeliveryCalendar, snapshots: Snapshots, ledger: Ledger, scale: float, seed: int
    ) -> None:
        self._snapshots, self._ledger, self._seed = snapshots, ledger, seed
        self._closing = Closing(calendar, snapshots)
        window = Window.of(calendar, snapshots, scale)
        makers = Makers(window, seed, _last_month(STRANGE_QUARTER))
        texts = window.texts()
        planted = planted_batch(texts)
        made = Batch.join([planted, makers.written(), makers.standing(), makers.between_companies(ONE_SIDED)])
        batch = Batch.join([made, self._balancing(window, makers, made)])
        order = np.lexsort([batch.entered, batch.posted])
        self.batch = batch.ordered(order)
        self.numbers: Indices = _FIRST_NUMBER + np.arange(len(order))
        self.sequence = self._sequence()
        self._texts = pa.array(texts)
        self._places = np.argsort(order, kind="stable")[: len(PLANTED)]
        self._line_periods = calendar.period_index(self.batch.posted)[self.batch.journal]

    def _balancing(self, window: Window, makers: Makers, made: Batch) -> Batch:
        """Make the journals that are missing for the balances."""
        balances = np.array([[day[code] for code in STATEMENT_CODES] for day in self._ledger.balances])
        moves = np.diff(np.rint(balances * 100).astype(np.int64), axis=0) * DEBIT_SIGN
        for day, first, second, cents in UNEXPLAINED:
            month = self._snapshots.number_of(day) - 1
            moves[month, STATEMENT_CODES.index(first)] -= cents
            moves[month, STATEMENT_CODES.index(second)] += cents
        places = len(STATEMENT_CODES) + 1
        key = window.month(made.effective)[made.journal] * places + REPORTED_IN[made.account]
        booked = np.bincount(key, weights=made.amount, minlength=len(window) * places)
        moves -= np.rint(booked).astype(np.int64).reshape(len(window), places)[:, :-1]
        profit = STATEMENT_CODES.index(PROFIT_ACCOUNT)
        flows = profit_flows(moves[:, profit])
        kept = [column for column, code in enumerate(STATEMENT_CODES) if code not in (PROFIT_ACCOUNT, RESERVES_ACCOUNT)]
        targets = [account(STATEMENT_CODES[column]) for column in kept]
        contra = [ACCOUNTS[column].account_class == "off_balance" for column in kept]
        return makers.balancing(
            np.column_stack([moves[:, kept], *flows.values()]),
            np.array([*targets, *flows]),
            np.array([*contra, *(False for _ in flows)]),
            len(made),
        )

    def _sequence(self) -> Indices:
        """Numbers in the fiscal year, from 1, with the planted gaps and the number that two journals have."""
        posted = self.batch.posted
        step = np.ones(len(self.batch), dtype=np.int64)
        for place, above in zip(self._numbered(), (above for _, above in NUMBERING), strict=True):
            step[place] = above
        years = posted.astype("datetime64[Y]")
        total = np.cumsum(step)
        starts = np.flatnonzero(years[1:] != years[:-1]) + 1
        before = np.zeros(len(total), dtype=np.int64)
        for start in starts:
            before[start:] = total[start - 1]
        return total - before

    def _numbered(self) -> list[int]:
        """Places of the journals whose number does not follow the one before."""
        months = self.batch.posted.astype("datetime64[M]")
        return [
            int(np.searchsorted(months, np.datetime64(month)) + np.count_nonzero(months == np.datetime64(month)) // 2)
            for month, _ in NUMBERING
        ]

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of the feeds for one period: journals with each, the rest with the snapshots."""
        number = self._snapshots.number(period)
        if number is not None:
            if number == 0:
                yield Delivery(GL_ACCOUNTS, period, chart_table())
            yield Delivery(CLOSING_CALENDAR, period, self._closing.table(number))
            statements = statement_table(self._snapshots, number, self._ledger.balances[number], self._seed)
            yield Delivery(BANK_STATEMENTS, period, statements)
        first, last = np.searchsorted(self._line_periods, [period.index, period.index + 1])
        if first < last:
            table = journal_table(self.batch, slice(first, last), self.numbers, self.sequence, self._texts)
            yield Delivery(GL_JOURNALS, period, table)

    @property
    def found(self) -> Iterator[tuple[str, str, Facts]]:
        """Kind, outcome and facts of everything that a control must find."""
        for item, place in zip(PLANTED, self._places, strict=True):
            if item.control:
                yield _found(item.kind, item.control, f"J{self.numbers[place]}", item.posted)
        for place, (month, above) in zip(self._numbered(), NUMBERING, strict=True):
            number = int(self.sequence[place])
            kind = "number of a journal that is missing" if above else "number that two journals have"
            for missing in range(number - above + 1, number) if above else (number,):
                yield _found(kind, "JE-14", f"{month[:4]}-{missing}", month)
        for month, pair, _ in ONE_SIDED:
            yield _found("intercompany sides that differ", "JE-15", f"{pair}|{month}", month)
        kind = "amounts that people made up"
        yield _found(kind, "JE-16", f"vendor|{STRANGE_QUARTER}", _last_month(STRANGE_QUARTER))
        for difference in DIFFERENCES:
            for day in difference.days:
                yield _found("ledger differs from its sub-ledger", "RC-01", f"{difference.account}|{day}", day)
                age = (np.datetime64(day) - np.datetime64(difference.days[0])).astype(int)
                if age > OLD_BREAK_DAYS:
                    yield _found("difference that nobody cleared", "RC-05", f"{difference.account}|{day}", day)
        accounts = {item.account_code: item.number for item in BANK_ACCOUNTS}
        for error in STATEMENT_ERRORS:
            kind = "bank statement that nothing explains"
            yield _found(kind, "RC-02", f"{accounts[error.account_code]}|{error.day}", error.day)
        for day, *codes, _ in UNEXPLAINED:
            for code in codes:
                yield _found("balance that moved without a journal", "RC-03", f"{code}|{day}", day)


def _found(kind: str, control: str, item: str, day: str) -> tuple[str, str, Facts]:
    return kind, "found", {"control_id": control, "item_id": item, "month": day[:7]}


def _last_month(quarter: str) -> str:
    """Last month of a quarter such as ``2022-Q3``."""
    return str(np.datetime64(quarter[:4], "M") + 3 * int(quarter[-1]) - 1)
