"""Trades are in living instruments, at fair prices, by known people, and leave a book of believable size."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.reference import BOOK_IDS, Reference
from orchestration.demo_bank.trading import PRODUCTS, SHARES, Trading, _balanced_signs
from tests.unit.demo_bank.conftest import SEED, MadeBank


@pytest.fixture(scope="module")
def database(bank: MadeBank) -> duckdb.DuckDBPyConnection:
    """Trades, latest versions and what they refer to, without the planted rows."""
    connection = duckdb.connect()
    for feed in ("trades", "instruments", "counterparties", "traders", "equity_prices", "fx_rates"):
        table = bank.clean_rows(feed).to_arrow_table()
        connection.register("made", table)
        connection.execute(f"create table {feed} as select * from made")
        connection.unregister("made")
    connection.execute(
        """
        create table latest as
        select * from trades
        qualify row_number() over (partition by trade_id order by version desc) = 1 and action <> 'cancel'
        """
    )
    return connection


def one(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    return connection.execute(query).fetchall()[0][0]


class TestTrades:
    def test_products_have_their_shares(self, database: duckdb.DuckDBPyConnection) -> None:
        found = dict(
            database.execute("select product_type, count(*) from trades where version = 1 group by 1").fetchall()
        )
        assert found.keys() == set(PRODUCTS)
        for product, share in SHARES.items():
            assert found[product] == pytest.approx(1_200 * share, abs=6)

    def test_no_trade_in_an_instrument_before_or_after_its_life(self, database: duckdb.DuckDBPyConnection) -> None:
        listed, dead = database.execute(
            """
            select count(*), count(*) filter (
                trades.trade_date < coalesce(instruments.issue_date::date, date '1900-01-01')
                or trades.trade_date >= coalesce(instruments.maturity_date::date, date '9999-01-01')
            )
            from trades join instruments using (instrument_id)
            """
        ).fetchone() or (0, 0)
        assert listed == one(database, "select count(*) from trades where instrument_id is not null")
        assert dead == 0

    def test_every_instrument_counterparty_and_trader_is_known_in_time(
        self, bank: MadeBank, database: duckdb.DuckDBPyConnection
    ) -> None:
        assert one(database, "select count(*) from trades anti join counterparties using (counterparty_lei)") == 0
        early = """
            select count(*) from trades join traders using (trader_id)
            where traders.portfolio_id <> trades.portfolio_id or traders.mandate_from::date > trades.trade_date
        """
        assert one(database, early) == 0
        first_delivery: dict[str, str] = {}
        for path in sorted(bank.delivered("instruments")):
            for line in (bank.inbox / path).read_text().splitlines()[1:-1]:
                first_delivery.setdefault(line.split(",")[0], path.split("/")[1])
        traded = database.execute(
            "select instrument_id, trade_date from trades where instrument_id is not null"
        ).fetchnumpy()
        calendar = MarketData(SEED).calendar
        periods = calendar.period_index(traded["trade_date"].astype("datetime64[D]"))
        unknown = [
            instrument
            for instrument, period in zip(traded["instrument_id"], periods, strict=True)
            if first_delivery[instrument] > calendar.periods[period].last.isoformat()
        ]
        assert unknown == []

    def test_over_the_counter_trades_carry_their_contract(self, database: duckdb.DuckDBPyConnection) -> None:
        broken = """
            select count(*) from trades where
            (product_type in ('fx_forward', 'interest_rate_swap')) <> (instrument_id is null)
            or (instrument_id is null and contract.maturity_date::date <= trade_date)
            or (product_type = 'fx_forward') <> (contract.base_currency is not null)
            or (product_type = 'interest_rate_swap') <> coalesce(contract.start_date::date = trade_date, false)
        """
        assert one(database, broken) == 0

    def test_they_are_executed_in_market_hours_of_their_trade_date(self, database: duckdb.DuckDBPyConnection) -> None:
        outside = """
            select count(*) from trades where executed_at::timestamp::date <> trade_date
            or (product_type not like 'fx%' and executed_at::timestamp::time not between '13:30' and '21:00')
            or (product_type like 'fx%' and executed_at::timestamp::time not between '07:00' and '21:01')
        """
        assert one(database, outside) == 0

    def test_shares_trade_near_their_close_and_currencies_near_the_reference_rate(
        self, database: duckdb.DuckDBPyConnection
    ) -> None:
        shares = """
            select max(abs(price / close_price::double - 1)), avg(abs(price / close_price::double - 1))
            from latest join equity_prices
            on instrument_id = 'EQ:' || ticker and price_date = trade_date
        """
        worst, usual = database.execute(shares).fetchone() or (None, None)
        assert worst < 0.15
        assert 0.001 < usual < 0.02
        rates = """
            with rates as (
                select rate_date, currency, units_per_eur::double as units from fx_rates
                union all select distinct rate_date, 'EUR', 1.0 from fx_rates
            )
            select max(abs(price / (quoted.units / base.units) - 1))
            from latest
            join rates as base on base.rate_date = trade_date and base.currency = instrument_id[4:6]
            join rates as quoted on quoted.rate_date = trade_date and quoted.currency = instrument_id[7:9]
            where product_type = 'fx_spot'
        """
        assert 0 < float(str(one(database, rates))) < 0.03

    def test_bonds_trade_near_par_and_options_for_more_than_nothing(self, database: duckdb.DuckDBPyConnection) -> None:
        low, high = database.execute(
            "select min(price), max(price) from latest where product_type = 'government_bond'"
        ).fetchone() or (0, 0)
        assert 40 < low < 100 < high < 170
        assert float(str(one(database, "select min(price) from latest where product_type = 'equity_option'"))) >= 0.01

    def test_swap_rates_follow_the_curve_down_and_up(self, database: duckdb.DuckDBPyConnection) -> None:
        by_year = dict(
            database.execute(
                "select year(trade_date), avg(price) from latest where product_type = 'interest_rate_swap' group by 1"
            ).fetchall()
        )
        assert by_year[2020] < 1.5
        assert by_year[2022] > by_year[2020]

    def test_amendments_and_cancellations_follow_a_first_version(self, database: duckdb.DuckDBPyConnection) -> None:
        actions = dict(database.execute("select action, count(*) from trades group by 1").fetchall())
        assert actions == {"new": 1_200, "amend": 8, "cancel": 4}
        assert one(database, "select count(*) from trades where (version = 1) <> (action = 'new')") == 0
        orphans = """
            select count(*) from trades as later where version = 2 and not exists (
                select 1 from trades as first where first.trade_id = later.trade_id and first.version = 1
                and first.trade_date = later.trade_date and first.executed_at = later.executed_at
            )
        """
        assert one(database, orphans) == 0

    def test_an_amendment_changes_price_or_quantity_and_a_cancellation_changes_nothing(
        self, database: duckdb.DuckDBPyConnection
    ) -> None:
        changed = database.execute(
            """
            select later.action, (first.price <> later.price)::int + (first.quantity <> later.quantity)::int as changes
            from trades as later join trades as first on first.trade_id = later.trade_id and first.version = 1
            where later.version = 2
            """
        ).fetchall()
        assert {tuple(row) for row in changed} == {("amend", 1), ("cancel", 0)}


@pytest.fixture(scope="module")
def positions() -> dict[str, np.ndarray]:
    """Positions of the listed products at scale 0.2 by day, instrument and portfolio."""
    market = MarketData(SEED)
    trading = Trading(market, Reference(market, SEED), 0.2, SEED)
    table = trading._events
    order = np.lexsort((table["version"], table["number"]))
    number = table["number"][order]
    latest = order[np.append(number[1:] != number[:-1], True)]
    kept = latest[(table["action"][latest] != 2) & (table["instrument"][latest] >= 0)]
    days, size = len(market.calendar.book_days), len(trading._instrument_ids)
    signed = np.where(table["side"][kept] == 0, 1, -1) * table["quantity"][kept] / 10_000
    found = {}
    for book, portfolio in enumerate(BOOK_IDS):
        mine = table["book"][kept] == book
        moves = np.zeros((days, size))
        np.add.at(moves, (table["day"][kept][mine], table["instrument"][kept][mine]), signed[mine])
        found[portfolio] = moves.cumsum(axis=0)
    found["closes"] = market.closes[market.day_index(market.calendar.book_days)]
    return found


class TestBook:
    def test_bonds_are_never_sold_short(self, positions: dict[str, np.ndarray]) -> None:
        for portfolio in ("RT-GOVT-SHORT", "RT-GOVT-LONG"):
            assert positions[portfolio].min() >= 0
            assert positions[portfolio].max() > 10e6

    def test_share_inventories_neither_explode_nor_vanish(self, positions: dict[str, np.ndarray]) -> None:
        closes = positions["closes"]
        books = ("EQ-TECH", "EQ-HEALTH", "EQ-VALUE", "DV-HEDGE", "DV-STRUCT")
        gross = sum(np.abs(positions[book][:, : closes.shape[1]] * closes).sum(axis=1) for book in books)
        settled = gross[120:]
        assert settled.min() > 2e8
        assert settled.max() < 1.5e9

    def test_the_book_has_the_same_size_at_any_number_of_trades(self) -> None:
        market = MarketData(SEED)
        reference = Reference(market, SEED)
        sizes = []
        for scale in (0.1, 2.0):
            trading = Trading(market, reference, scale, SEED)
            lots = trading._events["quantity"][trading._events["product"] == PRODUCTS.index("interest_rate_swap")]
            sizes.append(lots.sum() / np.sqrt(scale))
        assert sizes[1] == pytest.approx(sizes[0], rel=0.35)

    def test_contract_signs_cancel_two_by_two_in_time_order(self) -> None:
        rng = np.random.default_rng(1)
        kind, day = rng.integers(0, 3, 300), rng.permutation(300)
        signs = _balanced_signs(rng, kind, day)
        assert set(signs) == {-1.0, 1.0}
        for code in range(3):
            mine = kind == code
            running = np.cumsum(signs[mine][np.argsort(day[mine])])
            assert np.abs(running).max() <= 2
