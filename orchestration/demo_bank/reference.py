"""Reference data: portfolios, traders, counterparties and listed instruments.

Issuers of shares are real; their LEIs and ratings are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.calendar import OPENING, Days, DeliveryCalendar, Period
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.writing import Delivery, Feed

Row: TypeAlias = dict[str, str | None]
Dated: TypeAlias = list[tuple[np.datetime64, Row]]
"""Rows with the date from which they are known."""

_EARLY: Final = time(5, 10)
COUNTERPARTIES: Final = Feed("reference", "counterparties", "csv", None, 1, _EARLY, "Europe/London")
PORTFOLIOS: Final = Feed("reference", "portfolios", "csv", None, 1, _EARLY, "Europe/London")
TRADERS: Final = Feed("reference", "traders", "csv", None, 1, _EARLY, "Europe/London")
INSTRUMENTS: Final = Feed("reference", "instruments", "csv", None, 1, _EARLY, "Europe/London")


class Portfolio(NamedTuple):
    """A trading portfolio and its desk."""

    portfolio_id: str
    name: str
    desk_id: str
    desk_name: str


_DESK_NAMES = {
    "FX": "Foreign exchange",
    "EQUITIES": "Cash equities",
    "RATES": "Rates",
    "DERIVATIVES": "Equity derivatives",
}
BOOKS: Final = tuple(
    Portfolio(portfolio_id, name, desk_id, _DESK_NAMES[desk_id])
    for portfolio_id, name, desk_id in (
        ("FX-G10", "Spot in the ten largest currencies", "FX"),
        ("FX-EM", "Spot in emerging-market currencies", "FX"),
        ("FX-FWD", "Outright forwards", "FX"),
        ("EQ-TECH", "Technology shares", "EQUITIES"),
        ("EQ-HEALTH", "Health-care shares", "EQUITIES"),
        ("EQ-VALUE", "Value shares", "EQUITIES"),
        ("RT-GOVT-SHORT", "Government bonds up to five years", "RATES"),
        ("RT-GOVT-LONG", "Government bonds beyond five years", "RATES"),
        ("RT-SWAPS", "Interest-rate swaps", "RATES"),
        ("DV-OPTIONS", "Listed equity options", "DERIVATIVES"),
        ("DV-HEDGE", "Delta hedges of the options", "DERIVATIVES"),
        ("DV-STRUCT", "Options against shares", "DERIVATIVES"),
    )
)
BOOK_IDS: Final = [book.portfolio_id for book in BOOKS]

TRADER_NAMES: Final = (
    "Adele Marchant", "Bruno Keller", "Chidi Okonkwo", "Dana Whitfield", "Emil Novak", "Farah Siddiqui",
    "Gregor Lindqvist", "Hana Takeda", "Ivo Baranov", "Jolene Pryce", "Kofi Mensah", "Lucia Ferrante", "Marek Dvorak",
    "Nadia Haddad", "Owen Castell", "Priya Raman", "Quentin Roux", "Rosa Delgado", "Stellan Berg", "Tamsin Ashby",
    "Umar Farooqi", "Vera Kowalski", "Wim de Boer", "Xenia Pavlou", "Yusuf Demir", "Zelda Hartmann",
)  # fmt: skip


class Issuer(NamedTuple):
    """A listed company: facts, but for the rating."""

    ticker: str
    name: str
    isin: str
    sector: str
    rating: str | None


ISSUERS: Final = (
    Issuer("AAPL", "Apple Inc.", "US0378331005", "Information Technology", "AA+"),
    Issuer("AMD", "Advanced Micro Devices, Inc.", "US0079031078", "Information Technology", "BBB-"),
    Issuer("BAC", "Bank of America Corporation", "US0605051046", "Financials", "A-"),
    Issuer("BBY", "Best Buy Co., Inc.", "US0865161014", "Consumer Discretionary", "BBB+"),
    Issuer("CVX", "Chevron Corporation", "US1667641005", "Energy", "AA-"),
    Issuer("GE", "General Electric Company", "US3696043013", "Industrials", "BBB+"),
    Issuer("HD", "The Home Depot, Inc.", "US4370761029", "Consumer Discretionary", "A"),
    Issuer("JNJ", "Johnson & Johnson", "US4781601046", "Health Care", "AAA"),
    Issuer("JPM", "JPMorgan Chase & Co.", "US46625H1005", "Financials", "A-"),
    Issuer("KO", "The Coca-Cola Company", "US1912161007", "Consumer Staples", "A+"),
    Issuer("LLY", "Eli Lilly and Company", "US5324571083", "Health Care", "A+"),
    Issuer("MRK", "Merck & Co., Inc.", "US58933Y1055", "Health Care", "A+"),
    Issuer("MSFT", "Microsoft Corporation", "US5949181045", "Information Technology", "AAA"),
    Issuer("PEP", "PepsiCo, Inc.", "US7134481081", "Consumer Staples", "A+"),
    Issuer("PFE", "Pfizer Inc.", "US7170811035", "Health Care", "A+"),
    Issuer("PG", "The Procter & Gamble Company", "US7427181091", "Consumer Staples", "AA-"),
    Issuer("RRC", "Range Resources Corporation", "US75281A1097", "Energy", None),
    Issuer("UNH", "UnitedHealth Group Incorporated", "US91324P1021", "Health Care", "A+"),
    Issuer("WMT", "Walmart Inc.", "US9311421039", "Consumer Staples", "AA"),
    Issuer("XOM", "Exxon Mobil Corporation", "US30231G1022", "Energy", "AA-"),
)
TREASURY_NAME: Final = "United States Department of the Treasury"
OPTION_UNDERLYINGS: Final = ("AAPL", "AMD", "HD", "JNJ", "JPM", "MSFT", "UNH", "XOM")

_DEALER_FIRST = (
    "Aldermoor", "Brackwater", "Castellan", "Dunmarch", "Eastgarth", "Fennimore", "Glasswick", "Harrowgate",
    "Ironbridge", "Juniper Hill", "Kestrel", "Larkspur", "Meridian", "Northolt", "Orrin", "Pemberlow", "Quarry",
    "Redmayne", "Silverthorn", "Tidewater", "Umberleigh", "Valemont", "Westerham", "Yarrow",
)  # fmt: skip
_DEALER_KINDS = (
    ("bank", "Bank AG", "Financials"),
    ("bank", "Bank plc", "Financials"),
    ("broker", "Securities LLC", "Financials"),
    ("fund", "Global Macro Fund", "Investment Funds"),
    ("fund", "Pension Trust", "Investment Funds"),
    ("insurer", "Assurance SA", "Insurance"),
    ("corporate", "Industries, Inc.", "Industrials"),
    ("corporate", "Shipping A/S", "Transportation"),
)
_COUNTRIES = ("US", "GB", "DE", "FR", "CH", "JP", "NL", "SE", "CA", "AU", "SG", "BR", "MX", "ZA", "TR", "PL")
RATINGS: Final = (
    "AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB", "BB-", "B+", "B", "B-", "CCC", "D",
)  # fmt: skip
_DEALERS = 96
_DEALERS_AT_OPENING = 84
_RATING_CHANGES = (
    "2020-04-08",
    "2020-04-08",
    "2020-04-09",
    "2020-05-12",
    "2021-03-16",
    "2021-09-14",
    "2022-07-19",
    "2022-12-09",
)

_BOND_ISSUES = {
    2: ("2018-02", "2019-02", "2020-02", "2021-02", "2022-02", "2022-08"),
    3: ("2017-05", "2018-05", "2019-05", "2020-05", "2021-05", "2022-05"),
    5: ("2017-08", "2018-08", "2019-08", "2020-08", "2021-08", "2022-08"),
    7: ("2018-11", "2021-11"),
    10: ("2017-02", "2018-08", "2019-05", "2020-08", "2021-05", "2022-11"),
    20: ("2020-05", "2021-11"),
    30: ("2017-02", "2019-02", "2021-02", "2022-08"),
}
"""Month of issue by years to maturity; a bond is dated and matures on the 15th."""

G10_PAIRS: Final = (
    "EURUSD", "GBPUSD", "USDJPY", "USDCHF", "AUDUSD", "USDCAD", "NZDUSD", "USDSEK", "USDNOK", "USDDKK", "EURGBP",
    "EURJPY", "EURCHF",
)  # fmt: skip
EM_PAIRS: Final = (
    "USDMXN", "USDZAR", "USDBRL", "USDTRY", "USDINR", "USDCNY", "USDKRW", "USDSGD", "USDHKD", "EURPLN", "EURHUF",
    "EURCZK",
)  # fmt: skip

_INSTRUMENT_COLUMNS = (
    "instrument_id",
    "instrument_type",
    "instrument_name",
    "isin",
    "ticker",
    "issuer_lei",
    "currency",
    "contract_multiplier",
    "issue_date",
    "maturity_date",
    "coupon_rate_pct",
    "coupons_per_year",
    "underlying_instrument_id",
    "option_type",
    "strike_price",
    "base_currency",
)
_STRIKE_FRACTIONS = np.array([0.85, 0.925, 1.0, 1.075, 1.15])
_MONTHS_LISTED = 3


@dataclass(frozen=True)
class Bonds:
    """Government bonds, one array element each."""

    instrument_ids: NDArray[np.str_]
    isins: NDArray[np.str_]
    issue_dates: Days
    maturity_dates: Days
    coupons_pct: NDArray[np.float64]
    terms: NDArray[np.int64]


@dataclass(frozen=True)
class Options:
    """Listed options, one array element each; `expiry_dates` is the last day of their life."""

    instrument_ids: NDArray[np.str_]
    tickers: NDArray[np.str_]
    listing_dates: Days
    expiry_dates: Days
    strikes: NDArray[np.float64]
    is_call: NDArray[np.bool_]


@dataclass(frozen=True)
class Dealers:
    """Counterparties the bank trades with, in order of arrival."""

    leis: NDArray[np.str_]
    arrival_dates: Days


@dataclass(frozen=True)
class TraderList:
    """Traders, one array element each; `books` counts into `BOOKS`."""

    trader_ids: NDArray[np.str_]
    books: NDArray[np.int64]
    mandate_from: Days


class Reference:
    """The reference system: static data and what is added to it over time.

    Parameters
    ----------
    market : MarketData
        Spot prices and yields at which options are listed and bonds issued.
    seed : int

    Attributes
    ----------
    issuer_leis : dict
        LEI by ticker; the government's under ``TREASURY``.
    missing_ratings : list of str
        LEIs that are delivered without a rating.
    """

    def __init__(self, market: MarketData, seed: int) -> None:
        self.calendar = market.calendar
        rng = np.random.default_rng([seed, 2])
        self.issuer_leis = {issuer.ticker: identifiers.lei(f"{issuer.ticker:0>8}0001") for issuer in ISSUERS}
        self.issuer_leis["TREASURY"] = identifiers.lei("TREASURY0001")
        self._counterparties, self.dealers = self._make_counterparties(rng)
        self.missing_ratings = [
            str(row["counterparty_lei"]) for _, row in self._counterparties if row["rating"] is None
        ]
        self._rating_changes = self._make_rating_changes(rng)
        self.traders = _make_traders()
        self.bonds = _make_bonds(market)
        self.options = _make_options(market)
        self._instruments = self._make_instruments()
        listed = np.array([known_from for known_from, _ in self._instruments], dtype="datetime64[D]")
        self._instrument_periods = self.calendar.period_index(listed)

    def _make_counterparties(self, rng: np.random.Generator) -> tuple[Dated, Dealers]:
        rows: Dated = [
            (
                OPENING,
                _counterparty(
                    self.issuer_leis[issuer.ticker], issuer.name, "corporate", issuer.sector, "US", issuer.rating
                ),
            )
            for issuer in ISSUERS
        ]
        rows.append(
            (
                OPENING,
                _counterparty(self.issuer_leis["TREASURY"], TREASURY_NAME, "sovereign", "Government", "US", "AA+"),
            )
        )
        later = np.linspace(0, len(self.calendar.book_days) - 2, _DEALERS - _DEALERS_AT_OPENING).astype(int)
        arrivals = np.append(np.full(_DEALERS_AT_OPENING, OPENING), self.calendar.book_days[later])
        grades = np.clip(rng.normal(6.0, 3.0, _DEALERS).round(), 0, 15).astype(int)
        has_rating = rng.random(_DEALERS) > 0.08
        leis = []
        for number, (arrival, grade, rated) in enumerate(zip(arrivals, grades, has_rating, strict=True)):
            kind, suffix, sector = _DEALER_KINDS[(number + number // len(_DEALER_FIRST)) % len(_DEALER_KINDS)]
            name = f"{_DEALER_FIRST[number % len(_DEALER_FIRST)]} {suffix}"
            country = _COUNTRIES[min(int(rng.exponential(3.5)), len(_COUNTRIES) - 1)]
            lei = identifiers.lei(f"{''.join(filter(str.isalpha, name)).upper()[:6]:X<6}{number:06d}")
            rows.append((arrival, _counterparty(lei, name, kind, sector, country, RATINGS[grade] if rated else None)))
            leis.append(lei)
        return rows, Dealers(np.array(leis), arrivals)

    def _make_rating_changes(self, rng: np.random.Generator) -> Dated:
        """Rows delivered again with a rating one or two grades lower."""
        rated = [row for arrival, row in self._counterparties if row["rating"] is not None and arrival == OPENING]
        picked = rng.choice(len(rated), len(_RATING_CHANGES), replace=False)
        changes: Dated = []
        for day, position in zip(_RATING_CHANGES, picked, strict=True):
            row = rated[position]
            grade = RATINGS.index(str(row["rating"]))
            lower = RATINGS[min(grade + int(rng.integers(1, 3)), len(RATINGS) - 1)]
            changes.append((np.datetime64(day, "D"), {**row, "rating": lower}))
        return changes

    def _make_instruments(self) -> Dated:
        """Every listed instrument with the date from which it is known, in that order."""
        rows = [*self._share_rows(), *self._pair_rows(), *self._bond_rows(), *self._option_rows()]
        return sorted(rows, key=lambda row: row[0])

    def _share_rows(self) -> Dated:
        return [
            (
                OPENING,
                _instrument(
                    instrument_id=f"EQ:{issuer.ticker}",
                    instrument_type="equity",
                    instrument_name=issuer.name,
                    isin=issuer.isin,
                    ticker=issuer.ticker,
                    issuer_lei=self.issuer_leis[issuer.ticker],
                    currency="USD",
                    contract_multiplier="1",
                ),
            )
            for issuer in ISSUERS
        ]

    def _pair_rows(self) -> Dated:
        return [
            (
                OPENING,
                _instrument(
                    instrument_id=f"FX:{pair}",
                    instrument_type="currency_pair",
                    instrument_name=f"{pair[:3]}/{pair[3:]} spot",
                    currency=pair[3:],
                    contract_multiplier="1",
                    base_currency=pair[:3],
                ),
            )
            for pair in (*G10_PAIRS, *EM_PAIRS)
        ]

    def _bond_rows(self) -> Dated:
        bonds = self.bonds
        return [
            (
                max(OPENING, bonds.issue_dates[item]),
                _instrument(
                    instrument_id=str(bonds.instrument_ids[item]),
                    instrument_type="government_bond",
                    instrument_name=f"Treasury {bonds.coupons_pct[item]:.3f} % {bonds.maturity_dates[item]}",
                    isin=str(bonds.isins[item]),
                    issuer_lei=self.issuer_leis["TREASURY"],
                    currency="USD",
                    contract_multiplier="0.01",
                    issue_date=str(bonds.issue_dates[item]),
                    maturity_date=str(bonds.maturity_dates[item]),
                    coupon_rate_pct=f"{bonds.coupons_pct[item]:.3f}",
                    coupons_per_year="2",
                ),
            )
            for item in range(len(bonds.instrument_ids))
        ]

    def _option_rows(self) -> Dated:
        options = self.options
        rows: Dated = []
        for item, ticker in enumerate(options.tickers.tolist()):
            kind, strike = "call" if options.is_call[item] else "put", f"{options.strikes[item]:g}"
            row = _instrument(
                instrument_id=str(options.instrument_ids[item]),
                instrument_type="equity_option",
                instrument_name=f"{ticker} {options.expiry_dates[item]} {strike} {kind}",
                ticker=ticker,
                issuer_lei=self.issuer_leis[ticker],
                currency="USD",
                contract_multiplier="100",
                issue_date=str(options.listing_dates[item]),
                maturity_date=str(options.expiry_dates[item]),
                underlying_instrument_id=f"EQ:{ticker}",
                option_type=kind,
                strike_price=strike,
            )
            rows.append((max(OPENING, options.listing_dates[item]), row))
        return rows

    @property
    def counterparties(self) -> Dated:
        """Every counterparty as it was first delivered, with the date from which it is known."""
        return self._counterparties

    @property
    def instruments(self) -> dict[str, Row]:
        """Every listed instrument by its id."""
        return {str(row["instrument_id"]): row for _, row in self._instruments}

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows that are new or changed in a period; a feed without any delivers nothing."""
        if period.index == 0:
            opened = {"opened_on": "2015-01-02"}
            columns = ("portfolio_id", "portfolio_name", "desk_id", "desk_name")
            books = [dict(zip(columns, book, strict=True)) | opened for book in BOOKS]
            yield Delivery(PORTFOLIOS, period, pa.Table.from_pylist(books))
        counterparties = [
            row for day, row in (*self._counterparties, *self._rating_changes) if self._is_in(day, period)
        ]
        if counterparties:
            yield Delivery(COUNTERPARTIES, period, pa.Table.from_pylist(counterparties))
        traders = self._trader_rows(period)
        if traders:
            yield Delivery(TRADERS, period, pa.Table.from_pylist(traders))
        instruments = [self._instruments[item][1] for item in np.flatnonzero(self._instrument_periods == period.index)]
        if instruments:
            yield Delivery(INSTRUMENTS, period, pa.Table.from_pylist(instruments))

    def _is_in(self, day: np.datetime64, period: Period) -> bool:
        return int(self.calendar.period_index(np.array([day]))[0]) == period.index

    def _trader_rows(self, period: Period) -> list[dict[str, str]]:
        traders = self.traders
        known = self.calendar.period_index(np.maximum(traders.mandate_from, OPENING))
        return [
            {
                "trader_id": str(traders.trader_ids[item]),
                "trader_name": TRADER_NAMES[item],
                "portfolio_id": BOOK_IDS[traders.books[item]],
                "mandate_from": str(traders.mandate_from[item]),
            }
            for item in np.flatnonzero(known == period.index)
        ]


def _counterparty(lei: str, name: str, kind: str, sector: str, country: str, rating: str | None) -> Row:
    agency = "Meridian Ratings" if country == "US" else "Nordlys Ratings"
    return {
        "counterparty_lei": lei,
        "counterparty_name": name,
        "counterparty_type": kind,
        "sector": sector,
        "country": country,
        "rating": rating,
        "rating_agency": agency if rating else None,
    }


def _instrument(**values: str) -> Row:
    """One instrument's row; what does not apply to it stays empty."""
    return dict.fromkeys(_INSTRUMENT_COLUMNS) | values


def _make_traders() -> TraderList:
    """Two traders per portfolio from the start, and two who join in 2021."""
    number = np.arange(len(TRADER_NAMES))
    is_later = number >= 2 * len(BOOKS)
    return TraderList(
        trader_ids=np.array([f"TR{item + 1:03d}" for item in number]),
        books=np.where(
            is_later, np.array([BOOK_IDS.index("EQ-TECH"), BOOK_IDS.index("RT-SWAPS")])[number % 2], number % len(BOOKS)
        ),
        mandate_from=np.where(is_later, np.datetime64("2021-03-01"), np.datetime64("2016-01-04")).astype(
            "datetime64[D]"
        ),
    )


def _make_bonds(market: MarketData) -> Bonds:
    """Bonds issued at about par: the coupon is the par yield of the issue date, down to the next eighth."""
    issues = sorted((month, term) for term, months in _BOND_ISSUES.items() for month in months)
    terms = np.array([term for _, term in issues])
    first = np.array([month for month, _ in issues], dtype="datetime64[M]")
    issue_dates = first.astype("datetime64[D]") + 14
    maturities = (first + 12 * terms).astype("datetime64[D]") + 14
    nodes = np.array([market.tenors.index(f"{term} Yr") for term in terms])
    yields = market.curve_yields_pct[market.day_index(market.calendar.on_or_before(issue_dates)), nodes]
    coupons = np.maximum(np.floor(yields * 8.0) / 8.0, 0.125)
    ids = [
        f"GB:T-{coupon:.3f}-{str(maturity).replace('-', '')}"
        for coupon, maturity in zip(coupons, maturities, strict=True)
    ]
    isins = [identifiers.bond_isin(number) for number in range(1, len(ids) + 1)]
    return Bonds(np.array(ids), np.array(isins), issue_dates, maturities, coupons, terms)


def _make_options(market: MarketData) -> Options:
    """List calls and puts at five strikes, three months before each monthly expiry (the third Friday)."""
    calendar: DeliveryCalendar = market.calendar
    last = calendar.business_days[-1]
    expiry_months = np.arange("2019-07", "2023-04", dtype="datetime64[M]")
    third_fridays = np.busday_offset(expiry_months.astype("datetime64[D]"), 2, roll="forward", weekmask="Fri")
    earlier_fridays = np.busday_offset(
        (expiry_months - _MONTHS_LISTED).astype("datetime64[D]"), 2, roll="forward", weekmask="Fri"
    )
    expiries = calendar.on_or_before(third_fridays)
    listings = calendar.on_or_after(earlier_fridays + 1)
    columns: list[tuple[str, str, np.datetime64, np.datetime64, float, bool]] = []
    for listing, expiry in zip(listings, expiries, strict=True):
        if listing > last:
            continue
        for ticker in OPTION_UNDERLYINGS:
            spot = market.closes[market.day_index(listing), market.tickers.index(ticker)]
            grid = 1.0 if spot < 50 else 2.5 if spot < 100 else 5.0 if spot < 250 else 10.0
            for strike in np.unique(np.rint(spot * _STRIKE_FRACTIONS / grid) * grid):
                for letter in "CP":
                    name = f"OP:{ticker}-{str(expiry).replace('-', '')}-{letter}-{strike:g}"
                    columns.append((name, ticker, listing, expiry, float(strike), letter == "C"))
    ids, tickers, listing_dates, expiry_dates, strikes, is_call = (
        np.array(column) for column in zip(*columns, strict=True)
    )
    return Options(ids, tickers, listing_dates, expiry_dates, strikes, is_call)
