"""Real series are delivered as published; what is invented around them is consistent with them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from orchestration.demo_bank.market_data import STALE_DATES, VOLATILITY_FLOOR, MarketData, implied_volatilities
from orchestration.demo_bank.reference import BOOKS, Reference
from python_models.pricing.bonds import accrued_interest, value_bonds
from tests.unit.demo_bank.conftest import SEED, MadeBank


@pytest.fixture(scope="module")
def market() -> MarketData:
    return MarketData(SEED)


@pytest.fixture(scope="module")
def reference(market: MarketData) -> Reference:
    return Reference(market, SEED)


def row(bank: MadeBank, feed: str, condition: str, column: str) -> list[object]:
    return [value for (value,) in bank.clean_rows(feed).filter(condition).project(column).fetchall()]


class TestPublishedSeries:
    """Figures as the sources printed them (ECB, US Treasury, skfolio)."""

    def test_a_reference_rate(self, bank: MadeBank) -> None:
        found = row(bank, "fx_rates", "rate_date = '2022-12-28' and currency = 'USD'", "units_per_eur")
        assert found == [Decimal("1.064000")]

    def test_a_par_yield(self, bank: MadeBank) -> None:
        found = row(bank, "treasury_par_yields", "curve_date = '2015-01-02' and tenor = '10 Yr'", "par_yield_pct")
        assert found == [Decimal("2.1200")]

    def test_a_close(self, bank: MadeBank) -> None:
        found = row(bank, "equity_prices", "price_date = '2022-12-28' and ticker = 'AAPL'", "close_price")
        assert found == [Decimal("125.674000")]

    def test_days_without_publication_stay_missing(self, bank: MadeBank) -> None:
        assert row(bank, "fx_rates", "rate_date = '2022-04-18'", "currency") == []  # Easter Monday
        assert row(bank, "treasury_par_yields", "curve_date = '2022-10-10'", "tenor") == []  # Columbus Day
        assert len(row(bank, "equity_prices", "price_date = '2022-10-10'", "ticker")) == 20

    def test_a_tenor_that_was_not_published_is_empty_and_a_zero_yield_is_zero(self, bank: MadeBank) -> None:
        two_months = row(bank, "treasury_par_yields", "tenor = '2 Mo' and curve_date < '2018-10-16'", "par_yield_pct")
        assert len(two_months) > 900
        assert set(two_months) == {None}
        zeros = row(bank, "treasury_par_yields", "par_yield_pct = 0", "tenor")
        assert len(zeros) > 10

    def test_what_a_source_publishes_on_a_new_york_holiday_is_delivered_too(self, bank: MadeBank) -> None:
        thanksgiving = row(bank, "fx_rates", "rate_date = '2022-11-24'", "currency")
        assert len(thanksgiving) == 22

    def test_the_stale_share_has_no_price_on_its_days_and_all_others_have(self, bank: MadeBank) -> None:
        days = ", ".join(f"'{day}'" for day in STALE_DATES)
        found = row(bank, "equity_prices", f"price_date in ({days})", "ticker")
        assert len(found) == 3 * 19
        assert "RRC" not in found


class TestPricesToTradeAt:
    def test_on_a_bond_holiday_the_last_published_curve_holds(self, market: MarketData) -> None:
        before, holiday, after = market.day_index(
            np.array(["2022-10-07", "2022-10-10", "2022-10-11"], dtype="datetime64[D]")
        )
        assert (market.zero_rates[holiday] == market.zero_rates[before]).all()
        assert (market.zero_rates[after] != market.zero_rates[before]).any()
        assert market.six_month_yields[holiday] == market.six_month_yields[before]

    def test_crosses_go_through_the_euro(self, market: MarketData) -> None:
        last = market.day_index(np.array(["2022-12-28"], dtype="datetime64[D]"))[0]
        assert market.pair_rates("EUR", "USD")[last] == 1.064
        assert market.pair_rates("USD", "JPY")[last] == pytest.approx(142.21 / 1.064)


class TestVolatilities:
    def test_they_are_delivered_for_every_share_tenor_and_business_day(
        self, bank: MadeBank, market: MarketData
    ) -> None:
        rows = bank.clean_rows("implied_volatilities").aggregate("count(*)").fetchone()
        assert rows == (len(market.calendar.business_days) * 20 * 4,)

    def test_they_stay_between_the_floor_and_the_contract_maximum(self, market: MarketData) -> None:
        assert market.volatilities.min() >= VOLATILITY_FLOOR
        assert market.volatilities.max() < 5

    def test_the_crash_of_2020_lifts_the_short_end_above_the_long(self, market: MarketData) -> None:
        calm, crash = market.day_index(np.array(["2019-12-16", "2020-03-20"], dtype="datetime64[D]"))
        ticker = market.tickers.index("JPM")
        assert market.volatilities[crash, ticker, 0] > 3 * market.volatilities[calm, ticker, 0]
        assert (np.diff(market.volatilities[crash, ticker]) < 0).all()

    def test_a_share_that_never_moves_is_quoted_at_the_floor(self) -> None:
        surface = implied_volatilities(np.full((100, 1), 50.0), np.random.default_rng(0))
        assert (surface == VOLATILITY_FLOOR).all()

    def test_a_share_that_moves_steadily_is_quoted_near_its_realised_volatility(self) -> None:
        rng = np.random.default_rng(3)
        closes = 100 * np.exp(np.cumsum(0.02 * rng.standard_normal((1500, 1)), axis=0))
        surface = implied_volatilities(closes, np.random.default_rng(0))
        assert surface.mean() == pytest.approx(1.08 * 0.02 * np.sqrt(252), rel=0.1)


class TestReference:
    def test_bonds_are_issued_at_about_par(self, market: MarketData, reference: Reference) -> None:
        bonds = reference.bonds
        issued = market.calendar.on_or_after(bonds.issue_dates)
        zero_rates = market.zero_rates[market.day_index(issued)]
        full, _ = value_bonds(issued, bonds.maturity_dates, bonds.coupons_pct, zero_rates)
        clean = full - accrued_interest(issued, bonds.maturity_dates, bonds.coupons_pct)
        assert len(clean) == 32
        assert (np.abs(clean - 100) < 5).all()
        assert np.abs(clean - 100).mean() < 1.5

    def test_some_bonds_mature_while_the_bank_trades(self, reference: Reference) -> None:
        maturity = reference.bonds.maturity_dates
        inside = (maturity > np.datetime64("2019-07-01")) & (maturity < np.datetime64("2022-12-28"))
        assert 5 <= inside.sum() <= 15

    def test_options_list_three_months_before_a_business_day_expiry(
        self, market: MarketData, reference: Reference
    ) -> None:
        options = reference.options
        life = (options.expiry_dates - options.listing_dates).astype(int)
        assert life.min() >= 80
        assert life.max() <= 100
        inside = options.expiry_dates <= market.calendar.business_days[-1]
        assert np.isin(options.expiry_dates[inside], market.calendar.business_days).all()
        assert np.datetime64("2022-04-14") in options.expiry_dates  # Good Friday moves the expiry to Thursday
        assert np.datetime64("2022-04-15") not in options.expiry_dates

    def test_strikes_lie_around_the_spot_of_the_listing_day(self, market: MarketData, reference: Reference) -> None:
        options = reference.options
        share = [market.tickers.index(ticker) for ticker in options.tickers]
        moneyness = options.strikes / market.closes[market.day_index(options.listing_dates), share]
        assert moneyness.min() > 0.8
        assert moneyness.max() < 1.2

    def test_instruments_arrive_in_the_period_in_which_they_begin(self, bank: MadeBank) -> None:
        connection = bank.clean_rows("instruments")
        ids = [value for (value,) in connection.project("instrument_id").fetchall()]
        assert len(ids) == len(set(ids)) == 20 + 25 + 32 + 3_600

    def test_twelve_portfolios_on_four_desks(self) -> None:
        assert len({book.portfolio_id for book in BOOKS}) == 12
        assert {book.desk_id for book in BOOKS} == {"FX", "EQUITIES", "RATES", "DERIVATIVES"}

    def test_some_ratings_are_missing_and_some_change(self, bank: MadeBank, reference: Reference) -> None:
        missing = row(bank, "counterparties", "rating is null", "counterparty_lei")
        assert sorted(str(value) for value in missing) == sorted(reference.missing_ratings)
        assert 3 <= len(missing) <= 20
        twice = bank.clean_rows("counterparties").aggregate("counterparty_lei, count(distinct rating) as ratings")
        assert len(twice.filter("ratings = 2").fetchall()) == 8
