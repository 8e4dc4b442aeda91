"""The general ledger: balances computed from the rows of the other systems, which tie but for planted differences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.demo_bank import capital
from orchestration.demo_bank.calendar import Period
from orchestration.demo_bank.facilities import PRODUCTS
from orchestration.demo_bank.funding import FUNDING_PRODUCTS, Funding
from orchestration.demo_bank.lending import Lending
from orchestration.demo_bank.snapshots import MILLION, Floats, Indices, Snapshots, day_column, money
from orchestration.demo_bank.trading_book import TradingBook
from orchestration.demo_bank.treasury import SECURITY_TYPES, Treasury
from orchestration.demo_bank.writing import Delivery, Feed

_THIRD_DAY: Final = time(9, 30)
GL_BALANCES: Final = Feed("ledger", "gl_balances", "csv", "balance_amount", 3, _THIRD_DAY, "Europe/London")
OWN_FUNDS: Final = Feed("ledger", "own_funds", "csv", "amount", 3, _THIRD_DAY, "Europe/London")
SUBSIDIARY_CAPITAL: Final = Feed("ledger", "subsidiary_capital", "csv", "rwa", 3, _THIRD_DAY, "Europe/London")
INCOME_STATEMENT: Final = Feed("ledger", "income_statement", "csv", "amount", 3, _THIRD_DAY, "Europe/London")
LOSS_EVENTS: Final = Feed("ledger", "loss_events", "csv", "gross_loss_amount", 3, _THIRD_DAY, "Europe/London")


class Account(NamedTuple):
    """An account of the ledger; `source` says which total of the other systems it holds."""

    code: str
    name: str
    account_class: str
    source: str


ACCOUNTS: Final = (
    Account("1100", "Balances at central banks", "asset", "security:central_bank_reserves"),
    Account("1110", "Notes and coins", "asset", "security:cash"),
    Account("1210", "Term loans", "asset", "loan:term_loan"),
    Account("1220", "Residential mortgages", "asset", "loan:residential_mortgage"),
    Account("1230", "Commercial mortgages", "asset", "loan:commercial_mortgage"),
    Account("1240", "Construction loans", "asset", "loan:construction_loan"),
    Account("1250", "Credit cards", "asset", "loan:credit_card"),
    Account("1260", "Overdrafts", "asset", "loan:overdraft"),
    Account("1270", "Revolving credit facilities", "asset", "loan:revolving_credit"),
    Account("1280", "Placements with banks", "asset", "loan:interbank_placement"),
    Account("1298", "General allowance for credit losses", "asset", "-own:general_provisions"),
    Account("1299", "Specific provisions", "asset", "-provisions"),
    Account("1310", "Government bonds", "asset", "security:government_bond"),
    Account("1320", "Public sector bonds", "asset", "security:public_sector_bond"),
    Account("1330", "Multilateral bank bonds", "asset", "security:multilateral_bond"),
    Account("1340", "Covered bonds", "asset", "security:covered_bond"),
    Account("1350", "Bank bonds", "asset", "security:bank_bond"),
    Account("1360", "Corporate bonds", "asset", "security:corporate_bond"),
    Account("1370", "Mortgage-backed securities", "asset", "security:mortgage_backed"),
    Account("1380", "Listed equities", "asset", "security:listed_equity"),
    Account("1385", "Unlisted equities", "asset", "security:unlisted_equity"),
    Account("1390", "Subordinated bonds", "asset", "security:subordinated_bond"),
    Account("1400", "Reverse repos", "asset", "financing:reverse_repo"),
    Account("1510", "Trading shares, long", "asset", "trading:shares:long"),
    Account("1520", "Trading government bonds, long", "asset", "trading:bonds:long"),
    Account("1530", "Trading currency balances, long", "asset", "trading:currencies:long"),
    Account("1610", "Derivatives with a positive value", "asset", "trading:derivatives:long"),
    Account("1650", "Cash collateral posted", "asset", "margin:posted"),
    Account("1710", "Goodwill", "asset", "own:goodwill"),
    Account("1720", "Other intangible assets", "asset", "own:other_intangibles"),
    Account("1730", "Deferred tax assets from losses", "asset", "own:deferred_tax_losses"),
    Account(
        "1740", "Deferred tax assets from temporary differences", "asset", "own:deferred_tax_temporary_differences"
    ),
    Account("1750", "Mortgage servicing rights", "asset", "own:mortgage_servicing_rights"),
    Account(
        "1760", "Significant holdings in financial institutions", "asset", "own:significant_financial_holdings_cet1"
    ),
    Account("1765", "Other holdings in financial institutions", "asset", "own:insignificant_financial_holdings"),
    Account("1770", "Defined benefit pension asset", "asset", "own:defined_benefit_pension_asset"),
    Account("1790", "Premises, equipment and other assets", "asset", "other:assets"),
    Account("2110", "Current accounts", "liability", "funding:current"),
    Account("2120", "Savings", "liability", "funding:savings"),
    Account("2130", "Term deposits", "liability", "funding:term_deposit"),
    Account("2140", "Operational deposits", "liability", "funding:operational"),
    Account("2150", "Correspondent accounts", "liability", "funding:correspondent"),
    Account("2160", "Certificates of deposit", "liability", "funding:certificate"),
    Account("2170", "Commercial paper", "liability", "funding:commercial_paper"),
    Account("2180", "Bonds issued", "liability", "funding:issued_bond"),
    Account("2190", "Borrowing from central banks", "liability", "funding:central_bank_borrowing"),
    Account("2400", "Repos", "liability", "financing:repo"),
    Account("2510", "Trading shares, short", "liability", "trading:shares:short"),
    Account("2520", "Trading government bonds, short", "liability", "trading:bonds:short"),
    Account("2530", "Trading currency balances, short", "liability", "trading:currencies:short"),
    Account("2610", "Derivatives with a negative value", "liability", "trading:derivatives:short"),
    Account("2650", "Cash collateral received", "liability", "margin:received"),
    Account("2710", "Accruals and other liabilities", "liability", "other:liabilities"),
    Account("2750", "Subordinated debt", "liability", "own:t2_instruments"),
    Account("2760", "Subordinated debt of subsidiaries held by others", "liability", "minority:t2"),
    Account("3010", "Common shares", "equity", "own:common_shares"),
    Account("3020", "Share premium", "equity", "own:share_premium"),
    Account("3030", "Retained earnings and profit of the year", "equity", "own:retained_earnings"),
    Account("3040", "Accumulated other comprehensive income", "equity", "own:accumulated_oci"),
    Account("3060", "Additional tier 1 instruments", "equity", "own:at1_instruments"),
    Account("3070", "Non-controlling interests", "equity", "minority:tier_1"),
    Account("3090", "Own shares held", "equity", "-own:own_shares"),
    Account("9140", "Undrawn construction loans", "off_balance", "undrawn:construction_loan"),
    Account("9150", "Undrawn credit card limits", "off_balance", "undrawn:credit_card"),
    Account("9160", "Undrawn overdrafts", "off_balance", "undrawn:overdraft"),
    Account("9170", "Undrawn revolving credit facilities", "off_balance", "undrawn:revolving_credit"),
    Account("9180", "Note issuance facilities", "off_balance", "undrawn:note_issuance_facility"),
    Account("9210", "Trade letters of credit", "off_balance", "undrawn:trade_letter_of_credit"),
    Account("9220", "Performance guarantees", "off_balance", "undrawn:performance_guarantee"),
    Account("9230", "Financial guarantees", "off_balance", "undrawn:financial_guarantee"),
)
RESERVES_ACCOUNT: Final = "1100"
OTHER_ASSETS: Final = 128 * MILLION
OTHER_LIABILITIES: Final = 96 * MILLION
TARGET_RESERVES: Final = 310 * MILLION
"""Balance at the central bank that the treasury steers to, within a fifth: funding is raised until it is met."""


class Difference(NamedTuple):
    """What an account is above its sub-ledger on some days, USD: a planted fault."""

    account: str
    days: tuple[str, ...]
    amount: float


DIFFERENCES: Final = (
    Difference("1230", ("2022-01-31", "2022-02-28", "2022-03-31", "2022-04-29", "2022-05-31"), 318_400.00),
    Difference("1270", ("2022-09-30",), 1_250_000.00),
    Difference("1270", ("2022-12-28",), 1_250_000.00),
)
"""The first stays for months; the second is cleared, and comes again."""


class Ledger:
    """The general ledger and finance's own records.

    Parameters
    ----------
    snapshots : Snapshots
    lending : Lending
    treasury : Treasury
        Gets the balance at the central bank that makes the balance sheet balance.
    funding : Funding
        Is raised to what the assets need.
    book : TradingBook
    seed : int

    Attributes
    ----------
    balances : list of dict
        By snapshot: balance of every account, USD, rounded to cents.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        lending: Lending,
        treasury: Treasury,
        funding: Funding,
        book: TradingBook,
        seed: int,
    ) -> None:
        self._snapshots = snapshots
        self._lending, self._treasury, self._funding, self._book = lending, treasury, funding, book
        self._own_funds = [
            capital.own_funds_amounts(snapshots, number, treasury.securities(number).unrealised_usd)
            for number in range(len(snapshots))
        ]
        needed = [self._gap(self._totals(number)) + self._funded(number) for number in range(len(snapshots))]
        wander = np.random.default_rng([seed, 25]).uniform(0.8, 1.2, len(snapshots))
        funding.raise_to(np.array(needed) + TARGET_RESERVES * wander)
        self.balances = [self._balanced(number) for number in range(len(snapshots))]
        self._losses, self._booked = capital.make_losses(snapshots.days[-1], seed)

    def _balanced(self, number: int) -> dict[str, float]:
        """Balances of a snapshot; the central bank holds what is left over."""
        balances = self._totals(number)
        for difference in DIFFERENCES:
            if str(self._snapshots.days[number]) in difference.days:
                balances[difference.account] = round(balances[difference.account] + difference.amount, 2)
        left = round(-self._gap(balances), 2)
        self._treasury.set_reserves(number, left)
        balances[RESERVES_ACCOUNT] = round(balances[RESERVES_ACCOUNT] + left, 2)
        return balances

    def _gap(self, balances: dict[str, float]) -> float:
        """Assets less liabilities and equity."""
        sign = {"asset": 1.0, "liability": -1.0, "equity": -1.0, "off_balance": 0.0}
        return float(sum(sign[account.account_class] * balances[account.code] for account in ACCOUNTS))

    def _funded(self, number: int) -> float:
        state = self._funding.state(number)
        return float(self._snapshots.in_usd(number, state.currencies, state.balances).sum())

    def _totals(self, number: int) -> dict[str, float]:
        """Balance of every account from the rows of its source."""
        sources = self._sources(number)
        balances = {}
        for account in ACCOUNTS:
            name = account.source.removeprefix("-")
            sign = -1.0 if account.source.startswith("-") else 1.0
            balances[account.code] = round(sign * sources.get(name, 0.0), 2) + 0.0
        return balances

    def _sources(self, number: int) -> dict[str, float]:
        """Totals of the other systems at a snapshot, USD."""
        snapshots = self._snapshots
        loans = self._lending.state(number)
        product, currency = loans.facilities.products, loans.facilities.currencies
        outstanding = snapshots.in_usd(number, currency, loans.drawn + loans.accrued)
        securities, funding = self._treasury.securities(number), self._funding.state(number)
        direction, money_of, cash = self._treasury.financing(number)
        margin = self._treasury.margin(number)
        values = self._book.values[number]
        minority = capital.SUBSIDIARIES
        totals = {
            "provisions": float(snapshots.in_usd(number, currency, loans.provisions).sum()),
            "margin:posted": float(-margin[margin < 0].sum()),
            "margin:received": float(margin[margin > 0].sum()),
            "other:assets": OTHER_ASSETS,
            "other:liabilities": OTHER_LIABILITIES,
            "minority:tier_1": MILLION * sum(item.cet1[1] + item.at1[1] for item in minority),
            "minority:t2": MILLION * sum(item.t2[1] for item in minority),
        }
        for name, sides in (
            ("shares", values.shares),
            ("bonds", values.bonds),
            ("currencies", values.currencies),
            ("derivatives", values.derivatives),
        ):
            totals |= {f"trading:{name}:long": sides[0], f"trading:{name}:short": sides[1]}
        totals |= {f"own:{code}": amount for code, amount in self._own_funds[number].items()}
        totals |= _by("loan", PRODUCTS, product, outstanding)
        totals |= _by("undrawn", PRODUCTS, product, snapshots.in_usd(number, currency, loans.undrawn))
        carrying = snapshots.in_usd(number, securities.currencies, securities.carrying)
        totals |= _by("security", SECURITY_TYPES, securities.types, carrying)
        owed = snapshots.in_usd(number, funding.currencies, funding.balances)
        totals |= _by("funding", FUNDING_PRODUCTS, funding.products, owed)
        lent = snapshots.in_usd(number, money_of, cash)
        return totals | _by("financing", ("repo", "reverse_repo"), direction, lent)

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of the feeds at a snapshot; nothing between them."""
        number = self._snapshots.number(period)
        if number is None:
            return
        day = self._snapshots.days[number]
        yield Delivery(GL_BALANCES, period, self._balance_table(number))
        yield Delivery(OWN_FUNDS, period, capital.own_funds_table(day, self._own_funds[number]))
        yield Delivery(SUBSIDIARY_CAPITAL, period, capital.subsidiary_table(day))
        if years := capital.income_years(period.last, number == 0):
            yield Delivery(INCOME_STATEMENT, period, capital.income_table(years))
        before = self._snapshots.days[number - 1] if number else np.datetime64("1900-01-01", "D")
        if len(rows := np.flatnonzero((self._booked > before) & (self._booked <= day))):
            yield Delivery(LOSS_EVENTS, period, self._losses.take(pa.array(rows)))

    def _balance_table(self, number: int) -> pa.Table:
        return pa.table(
            {
                "as_of_date": day_column(self._snapshots.days[number], len(ACCOUNTS)),
                "account_code": pa.array([account.code for account in ACCOUNTS]),
                "account_name": pa.array([account.name for account in ACCOUNTS]),
                "account_class": pa.array([account.account_class for account in ACCOUNTS]),
                "currency": pa.array(["USD"] * len(ACCOUNTS)),
                "balance_amount": money(np.array([self.balances[number][account.code] for account in ACCOUNTS])),
            }
        )


def _by(prefix: str, names: tuple[str, ...], index: Indices, amounts: Floats) -> dict[str, float]:
    """Sum of amounts by name."""
    sums = np.bincount(index, weights=amounts, minlength=len(names))
    return {f"{prefix}:{name}": float(total) for name, total in zip(names, sums, strict=True)}
