"""The books at month ends: they tie to each other, live as real ones do, and leave the older feeds alone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import duckdb
import numpy as np
import pytest

from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.books import Books
from orchestration.demo_bank.facilities import NEVER, PRODUCTS
from orchestration.demo_bank.ledger import ACCOUNTS, DIFFERENCES
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.obligors import GROUPS
from orchestration.demo_bank.reference import Reference
from orchestration.demo_bank.trading import Trading
from tests.unit.demo_bank.conftest import SEED, MadeBank

MONEY_FEEDS = ("credit_facilities", "securities", "funding", "securities_financing", "own_funds", "netting_sets")


def make_books(scale: float) -> tuple[Books, Banking, Trading]:
    market = MarketData(SEED)
    static, core = Reference(market, SEED), Banking(market.calendar, scale, SEED)
    trading = Trading(market, static, scale, SEED)
    return Books(market, static, trading, core, SEED), core, trading


@pytest.fixture(scope="module")
def books() -> Books:
    return make_books(0.3)[0]


@pytest.fixture(scope="module")
def delivered(bank: MadeBank) -> duckdb.DuckDBPyConnection:
    """The rows of the month-end feeds as delivered, without the planted ones, amounts as decimals."""
    connection = duckdb.connect()
    for feed in (*MONEY_FEEDS, "gl_balances", "obligors", "collateral", "guarantees", "loss_events"):
        table = bank.clean_rows(feed).to_arrow_table()
        connection.register("rows", table)
        amounts = [name for name in table.column_names if name.endswith(("amount", "_value"))]
        casts = ", ".join(f"cast({name} as decimal(18, 2)) as {name}" for name in amounts)
        connection.execute(f"create table {feed} as select * {f'replace ({casts})' if amounts else ''} from rows")
    connection.register("rates_read", bank.clean_rows("fx_rates").to_arrow_table())
    connection.execute(
        """
        create table rates as
        with days as (select distinct cast(as_of_date as date) as as_of_date from gl_balances),
        per_euro as (
            select days.as_of_date, currency, arg_max(cast(units_per_eur as double), rate_date) as units
            from days inner join rates_read on rate_date <= days.as_of_date group by all
        )
        select as_of_date::varchar as as_of_date, currency, usd.units / per_euro.units as rate
        from per_euro
        inner join (select as_of_date, units from per_euro where currency = 'USD') as usd using (as_of_date)
        union all
        select as_of_date::varchar, 'EUR', units from per_euro where currency = 'USD'
        """
    )
    return connection


def balances(connection: duckdb.DuckDBPyConnection, amount: str, feed: str, key: str) -> dict[tuple[str, str], float]:
    found = connection.execute(
        f"select as_of_date, {key}, sum(({amount}) * rate) from {feed} inner join rates using (as_of_date, currency) "
        "group by all"
    ).fetchall()
    return {(day, name): total for day, name, total in found}


def ledger(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Decimal]:
    rows = connection.execute("select as_of_date, account_code, balance_amount from gl_balances").fetchall()
    return {(day, code): amount for day, code, amount in rows}


class TestLedger:
    def test_there_is_a_snapshot_for_each_month_end_and_the_last_day(self, books: Books) -> None:
        days = np.datetime_as_string(books.snapshots.days).tolist()
        assert len(days) == 16
        assert days[:2] == ["2021-09-30", "2021-10-29"]
        assert days[-2:] == ["2022-11-30", "2022-12-28"]

    def test_assets_are_liabilities_and_equity_to_the_cent(self, delivered: duckdb.DuckDBPyConnection) -> None:
        rows = delivered.execute(
            """
            select as_of_date, sum(case account_class when 'asset' then balance_amount
                when 'off_balance' then 0 else -balance_amount end)
            from gl_balances group by all
            """
        ).fetchall()
        assert len(rows) == 16
        assert {left for _, left in rows} == {Decimal("0.00")}

    @pytest.mark.parametrize(
        ("feed", "key", "amount", "source", "class_"),
        [
            ("credit_facilities", "product_type", "drawn_amount + accrued_interest_amount", "loan", "asset"),
            ("credit_facilities", "product_type", "greatest(limit_amount - drawn_amount, 0)", "undrawn", "off_balance"),
            ("securities", "security_type", "carrying_amount", "security", "asset"),
            ("funding", "product_type", "balance_amount", "funding", "liability"),
            ("securities_financing", "direction", "cash_amount", "financing", None),
        ],
    )
    def test_accounts_tie_to_their_rows_but_for_the_planted_difference(
        self, delivered: duckdb.DuckDBPyConnection, feed: str, key: str, amount: str, source: str, class_: str | None
    ) -> None:
        found, of_rows = ledger(delivered), balances(delivered, amount, feed, key)
        planted = {(day, item.account): item.amount for item in DIFFERENCES for day in item.days}
        compared = 0
        for account in ACCOUNTS:
            prefix, _, name = account.source.partition(":")
            if prefix != source:
                continue
            assert class_ in (None, account.account_class)
            for day in {day for day, _ in found}:
                expected = of_rows.get((day, name), 0.0) + planted.get((day, account.code), 0.0)
                assert float(found[day, account.code]) == pytest.approx(expected, abs=0.02), (day, account)
                compared += 1
        assert compared >= 2 * 16

    def test_own_funds_are_those_of_the_ledger(self, delivered: duckdb.DuckDBPyConnection) -> None:
        found = ledger(delivered)
        items = {
            (day, code): Decimal(amount)
            for day, code, amount in delivered.execute("select as_of_date, item_code, amount from own_funds").fetchall()
        }
        compared = 0
        for account in ACCOUNTS:
            prefix, _, name = account.source.removeprefix("-").partition(":")
            if prefix == "own":
                sign = -1 if account.source.startswith("-") else 1
                for day in {day for day, _ in found}:
                    assert found[day, account.code] == sign * items[day, name]
                    compared += 1
        assert compared > 200

    @pytest.mark.parametrize("scale", [0.02, 0.3, 1.0])
    def test_the_central_bank_balance_is_plausible_at_any_scale(self, scale: float) -> None:
        books, _, _ = make_books(scale)
        reserves = [balance["1100"] for balance in books.ledger.balances]
        assert min(reserves) > 300e6
        assert max(reserves) < 900e6
        total = [
            sum(balance[a.code] for a in ACCOUNTS if a.account_class == "asset") for balance in books.ledger.balances
        ]
        assert 7.5e9 < min(total) < max(total) < 10.5e9


class TestFacilities:
    def test_an_amortising_mortgage_falls_from_month_to_month(self, books: Books) -> None:
        fell = 0
        drawn = [
            dict(zip(state.facilities.facility_ids, state.drawn, strict=True))
            for state in map(books.lending.state, range(16))
        ]
        own = books.lending.state(0).facilities
        for number in np.flatnonzero(own.is_product("residential_mortgage") & (own.repayments == 1)):
            if own.defaults_from[number] < NEVER:
                continue
            path = [month[own.facility_ids[number]] for month in drawn if own.facility_ids[number] in month]
            assert (np.diff(path) < 0).all()
            fell += 1
        assert fell > 50

    def test_facilities_start_and_end(self, books: Books) -> None:
        ids = [set(books.lending.state(number).facilities.facility_ids.tolist()) for number in (0, 15)]
        assert len(ids[0] - ids[1]) > 100
        assert len(ids[1] - ids[0]) > 100

    def test_defaults_appear_and_cure_and_are_past_due_for_more_than_90_days(self, books: Books) -> None:
        states = [books.lending.state(number) for number in range(16)]
        defaulted = [set(state.facilities.facility_ids[state.is_defaulted].tolist()) for state in states]
        everyone = [set(state.facilities.facility_ids.tolist()) for state in states]
        appeared = sum(len(after - before) for before, after in pairwise(defaulted))
        cured = sum(
            len((before - after) & alive)
            for before, after, alive in zip(defaulted, defaulted[1:], everyone[1:], strict=False)
        )
        assert appeared >= 10
        assert cured >= 3
        for state in states:
            assert ((state.days_past_due > 90) == state.is_defaulted).all()
            assert (state.provisions[~state.is_defaulted] == 0).all()
            assert (state.provisions <= state.drawn).all()

    def test_loans_to_value_lie_in_every_band(self, books: Books) -> None:
        state = books.lending.state(15)
        own = state.facilities
        is_home = own.is_product("residential_mortgage") & ~np.isnan(own.property_values)
        ratio = state.drawn[is_home] / own.property_values[is_home]
        bands = np.histogram(ratio, [0.0, 0.5, 0.6, 0.8, 0.9, 1.0, 1.3])[0]
        assert (bands > 0).all()

    def test_every_product_is_there(self, books: Books) -> None:
        assert set(books.lending.state(15).facilities.products.tolist()) == set(range(len(PRODUCTS)))

    def test_wholesale_lending_does_not_depend_on_the_scale(self, books: Books) -> None:
        other, _, _ = make_books(0.02)
        for made in (0, 15):
            here, there = (
                {
                    name: amount
                    for name, amount in zip(state.facilities.facility_ids, state.facilities.principals, strict=True)
                    if name.startswith("F1")
                }
                for state in (books.lending.state(made), other.lending.state(made))
            )
            assert here == there

    def test_no_group_is_large_but_the_planted_ones(self, books: Books) -> None:
        state = books.lending.state(15)
        usd = books.snapshots.in_usd(15, state.facilities.currencies, state.drawn + state.undrawn)
        by_obligor: dict[str, float] = {}
        for obligor, amount in zip(state.facilities.obligor_ids, usd, strict=True):
            by_obligor[obligor] = by_obligor.get(obligor, 0.0) + amount
        of_groups = [sum(by_obligor.pop(member, 0.0) for member in group) for group in books.obligors.group_members]
        tier_1 = 930e6
        assert 0.10 * tier_1 < of_groups[0] < 0.25 * tier_1
        assert of_groups[1] > 0.25 * tier_1
        assert of_groups[2] < 0.10 * tier_1
        assert max(by_obligor.values()) < 0.25 * tier_1


class TestObligors:
    def test_a_worse_rating_has_a_higher_probability_of_default(self, delivered: duckdb.DuckDBPyConnection) -> None:
        from orchestration.demo_bank.reference import RATINGS

        rated = delivered.execute(
            """
            select external_rating, min(cast(default_probability as double)), max(cast(default_probability as double))
            from obligors where external_rating is not null and default_probability is not null group by 1
            """
        ).fetchall()
        ordered = sorted(rated, key=lambda row: RATINGS.index(row[0]))
        assert len(ordered) > 8
        for (_, _, highest), (_, lowest, _) in pairwise(ordered):
            assert highest <= lowest

    def test_every_obligor_of_a_facility_is_known_when_it_is_delivered_but_the_planted_one(
        self, delivered: duckdb.DuckDBPyConnection
    ) -> None:
        unknown = delivered.execute(
            "select distinct obligor_id from credit_facilities anti join obligors using (obligor_id)"
        ).fetchall()
        assert len(unknown) == 1

    def test_groups_have_their_members(self, delivered: duckdb.DuckDBPyConnection) -> None:
        found = delivered.execute(
            "select connected_group_id, any_value(connection_basis), count(distinct obligor_id) from obligors "
            "where connected_group_id is not null group by 1 order by 1"
        ).fetchall()
        assert found == [tuple(group) for group in GROUPS]


class TestSeparateness:
    def test_the_books_change_nothing_in_the_systems_they_read(self) -> None:
        _, core, trading = make_books(0.02)
        market = MarketData(SEED)
        fresh_core = Banking(market.calendar, 0.02, SEED)
        fresh = Trading(market, Reference(market, SEED), 0.02, SEED)
        assert core.customers.equals(fresh_core.customers)
        assert core.accounts.equals(fresh_core.accounts)
        for name, column in trading.latest_trades.values.items():
            np.testing.assert_array_equal(column, fresh.latest_trades.values[name])

    def test_another_seed_gives_other_books(self, bank: MadeBank, make: Callable[[int], MadeBank]) -> None:
        other = make(SEED + 1)
        paths = [path for path in bank.files if "credit_facilities" in path or "funding" in path]
        assert len(paths) > 30
        same = [path for path in paths if (bank.inbox / path).read_bytes() == (other.inbox / path).read_bytes()]
        assert same == []


class TestGaps:
    def test_every_gap_names_rows_as_delivered(self, bank: MadeBank, delivered: duckdb.DuckDBPyConnection) -> None:
        gaps = [fault for fault in bank.answers["faults"] if "condition" in fault]
        assert len(gaps) >= 20
        for gap in gaps:
            rows = delivered.execute(f"select count(*) from {gap['feed']} where {gap['condition']}").fetchone()
            assert (rows[0] > 0) == gap["is_present"], gap

    def test_the_counterparty_without_a_netting_set_has_contracts(self, books: Books) -> None:
        values = books.trading_book.values[-1]
        position = books.obligors.dealers.index(books.treasury.missing_netting_set)
        assert values.contracts[position] > 0

    def test_the_guarantee_ends_before_its_facility_and_the_collateral_is_in_another_currency(
        self, bank: MadeBank, delivered: duckdb.DuckDBPyConnection
    ) -> None:
        short = delivered.execute(
            "select count(*) from guarantees inner join credit_facilities as facility using (as_of_date, facility_id) "
            "where guarantee_id = 'W00000001' and guarantees.maturity_date < facility.maturity_date"
        ).fetchone()
        other = delivered.execute(
            "select count(*) from collateral inner join credit_facilities as facility using (as_of_date, facility_id) "
            "where collateral_id = 'L00000001' and collateral.currency <> facility.currency"
        ).fetchone()
        assert short == other == (16,)

    def test_the_planted_mortgages_are_in_a_currency_their_owners_do_not_earn(
        self, bank: MadeBank, delivered: duckdb.DuckDBPyConnection
    ) -> None:
        planted = [f["facility_id"] for f in bank.answers["faults"] if "not earned" in f["kind"]]
        assert len(planted) == 2
        rows = delivered.execute(
            "select distinct facility_id from credit_facilities inner join obligors using (obligor_id) "
            "where income_currency <> currency and list_contains(?, facility_id)",
            [planted],
        ).fetchall()
        assert len(rows) == 2

    def test_provisions_are_below_at_and_above_a_fifth(
        self, bank: MadeBank, delivered: duckdb.DuckDBPyConnection
    ) -> None:
        shares = {}
        for fault in bank.answers["faults"]:
            if "default with a" in fault["kind"]:
                shares[fault["kind"]] = delivered.execute(
                    "select max(specific_provision_amount / drawn_amount) from credit_facilities where facility_id = ? "
                    "and is_defaulted = 'true'",
                    [fault["facility_id"]],
                ).fetchone()[0]
        assert sorted(round(share, 4) for share in shares.values()) == [0.12, 0.2, 0.45]

    def test_one_loss_is_reported_twice(self, delivered: duckdb.DuckDBPyConnection) -> None:
        rows = delivered.execute(
            "select count(*) from loss_events group by occurred_on, event_type, currency, gross_loss_amount "
            "having count(*) > 1"
        ).fetchall()
        assert rows == [(2,)]
