"""Fills of orders as columns: what executions of the own account and of clients have in common.

Quantities and prices are whole numbers of their last digit, times are microseconds since 1970, instruments, products
and venues are indices into their lists.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import DAILY_FILES, REJECTED_FILE_DAY, Days
from orchestration.demo_bank.market_data import Floats, MarketData
from orchestration.demo_bank.reference import Reference
from orchestration.demo_bank.trading import PRICE_UNIT, PRODUCTS, Trading
from orchestration.demo_bank.venues import (
    BOND_VENUES,
    BOND_WEIGHTS,
    OFF_VENUE,
    SHARE_VENUES,
    UNLISTED,
    VENUE_INDEX,
    are_admitted,
)

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

ACTIONS: Final = ("new", "amend", "cancel")
ACTIVITIES: Final = ("high_frequency", "algorithmic", "voice", "request_for_quote", "negotiated", "other")
HIGH_FREQUENCY, ALGORITHMIC, VOICE, REQUEST_FOR_QUOTE, NEGOTIATED, OTHER = range(len(ACTIVITIES))
FRACTION_DIGITS: Final = np.array([6, 3, 0, 0, 0, 3])
"""Digits of a second in the time stamps of each activity: (EU) 2017/574."""
CAPACITIES: Final = ("DEAL", "MTCH", "AOTC")
DEAL, MTCH, AOTC = range(len(CAPACITIES))
SPOT, FORWARD, SWAP, SHARE, BOND, OPTION = (
    PRODUCTS.index(name)
    for name in ("fx_spot", "fx_forward", "interest_rate_swap", "equity", "government_bond", "equity_option")
)

FILLS: Final = np.array([1, 2, 3, 4])
"""How many fills an order can have; `FILL_SHARES` is how often."""
FILL_SHARES: Final = np.array([0.55, 0.25, 0.12, 0.08])
MEAN_FILLS: Final = float(FILLS @ FILL_SHARES)
HALF_SPREADS: Final = {SHARE: 0.0003, BOND: 0.0002, OPTION: 0.012}
"""Half the usual spread of each product, as a part of the price; the others are not quoted."""
DECIMALS: Final = {SHARE: 3, BOND: 4, OPTION: 2}
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND


class Rows:
    """Columns of equal length under their names."""

    def __init__(self, **columns: NDArray) -> None:
        self.columns = columns

    def __getitem__(self, name: str) -> NDArray:
        return self.columns[name]

    def __setitem__(self, name: str, values: NDArray) -> None:
        self.columns[name] = values

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def take(self, index: NDArray, **replaced: NDArray) -> Rows:
        """Rows by index, with some columns replaced."""
        return Rows(**({name: column[index] for name, column in self.columns.items()} | replaced))

    @staticmethod
    def join(parts: list[Rows]) -> Rows:
        """Rows of all parts, one after the other."""
        return Rows(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0].columns})


class FillMaker:
    """What makes fills: it draws venues, quotes and marks.

    Parameters
    ----------
    market, reference, trading
    rng : Generator
        Shared by all makers.

    Attributes
    ----------
    days : ndarray of datetime64[D], shape (20,)
        The window: the business days that are delivered daily.
    rows : ndarray of int
        Rows of the days in the market data.
    share_count, bond_offset, option_offset : int
        Where bonds and options begin in the trading system's list of instruments, which shares begin.
    """

    def __init__(self, market: MarketData, reference: Reference, trading: Trading, rng: np.random.Generator) -> None:
        self.market, self.reference, self.trading, self.rng = market, reference, trading, rng
        self.days: Days = market.calendar.book_days[-DAILY_FILES:]
        self.rows = market.day_index(self.days)
        self.share_count = len(market.tickers)
        self.option_offset = len(trading.instrument_ids) - len(reference.options.strikes)
        self.bond_offset = self.option_offset - len(reference.bonds.isins)

    def bond_venues(self, instrument: Indices) -> Indices:
        """Bonds that are admitted nowhere trade over the counter only."""
        bond = np.clip(instrument - self.bond_offset, 0, len(self.reference.bonds.isins) - 1)
        listed = drawn(self.rng, BOND_VENUES, BOND_WEIGHTS, len(instrument))
        return np.where(are_admitted(self.reference.bonds)[bond], listed, VENUE_INDEX[UNLISTED])

    def clear_of_the_resent_file(self, delivered: Indices, day: Indices) -> Indices:
        """Move corrections away from the day on which a rejected file is sent again: they come a day later."""
        rejected = np.searchsorted(self.days, REJECTED_FILE_DAY)
        return np.where((day <= rejected) & (delivered == rejected + 1), delivered + 1, delivered)

    def orders(self, **columns: NDArray) -> Rows:
        """Make orders that nothing is quoted for yet."""
        nothing = np.full(len(columns["day"]), np.nan)
        return Rows(**columns, arrival_bid=nothing, arrival_ask=nothing)

    def quote(self, fills: Rows, price: Floats, sign: Floats, effort: Floats) -> None:
        """Quotes that fit prices which are given: `effort` is where between the middle and the touch they lie."""
        product = fills["product"]
        half = np.array([HALF_SPREADS.get(number, np.nan) for number in range(len(PRODUCTS))])[product]
        middle = price / (1.0 + sign * effort * half)
        fills["bid"], fills["ask"] = rounded_quotes(middle, half, product)
        fills["is_passive"] = effort < 0.0

    def quote_around(
        self, fills: Rows, middle: Floats, half: Floats, sign: Floats, effort: Floats, unquoted: Flags
    ) -> None:
        """Quotes around the middle, and prices between or at them."""
        bid, ask = rounded_quotes(middle, half, fills["product"])
        decimals = np.array([DECIMALS.get(number, 4) for number in range(len(PRODUCTS))])[fills["product"]]
        unit = 10.0**decimals
        price = np.clip(np.rint(middle * (1.0 + sign * effort * half) * unit) / unit, bid, ask)
        price = np.where(np.abs(effort) == 1.0, np.where(sign * effort > 0, ask, bid), price)
        fills["price"] = np.rint(price * PRICE_UNIT).astype(np.int64)
        fills["bid"], fills["ask"] = (np.where(unquoted, np.nan, quote) for quote in (bid, ask))
        fills["is_passive"] = effort < 0.0

    def mark(self, fills: Rows) -> None:
        """Waivers, short sales and post-trade flags where a report has them."""
        rng, count = self.rng, len(fills)
        chance, product, venue = rng.random(count), fills["product"], fills["venue"]
        is_european = np.isin(venue, [VENUE_INDEX[mic] for mic in SHARE_VENUES[:-1]])
        fills["waivers"] = chosen_texts(
            [is_european & (chance < 0.02), is_european & (chance < 0.03)], ["SIZE", "RFPT|SIZE"], None
        )
        is_off = (venue == VENUE_INDEX[OFF_VENUE]) & ~fills["is_sft"]
        fills["otc"] = chosen_texts([is_off & (chance < 0.06), is_off & (chance < 0.09)], ["LRGS", "BENC|LRGS"], None)
        is_sale = ~fills["is_buy"] & np.isin(product, (SHARE, BOND))
        how = rng.random(count)
        fills["short"] = chosen_texts(
            [is_sale & (how < 0.05), is_sale & (how < 0.07), is_sale], ["SESH", "UNDI", "SELL"], None
        )


def turns(counts: Indices) -> Indices:
    """0, 1, 2, ... within each group of so many."""
    starts = np.append(0, np.cumsum(counts)[:-1])
    return np.arange(counts.sum()) - np.repeat(starts, counts)


def split(quantity: Indices, lots: Indices, n_fills: Indices, parent: Indices, turn: Indices) -> Indices:
    """Whole lots of each fill that sum to the quantity; the last fill takes what is no whole lot."""
    whole = quantity // lots
    upper = (turn + 1) * whole[parent] // n_fills[parent]
    lower = turn * whole[parent] // n_fills[parent]
    is_last = turn == n_fills[parent] - 1
    return (upper - lower) * lots[parent] + np.where(is_last, (quantity % lots)[parent], 0)


def rounded_quotes(middle: Floats, half: Floats, product: Indices) -> tuple[Floats, Floats]:
    """Bid and ask around the middle, a tick apart at least; NaN where nothing is quoted."""
    unit = 10.0 ** np.array([DECIMALS.get(number, 4) for number in range(len(PRODUCTS))])[product]
    bid = np.maximum(np.floor(middle * (1.0 - half) * unit), 1.0)
    ask = np.maximum(np.ceil(middle * (1.0 + half) * unit), bid + 1.0)
    return bid / unit, ask / unit


def drawn(rng: np.random.Generator, mics: tuple[str, ...], weights: tuple[float, ...], count: int) -> Indices:
    """Venues drawn by their weights."""
    pool = np.array([VENUE_INDEX[mic] for mic in mics])
    return pool[rng.choice(len(mics), count, p=weights)]


def texts_of(pool: list[str], index: Indices) -> Texts:
    """Texts by their index; `NONE` becomes None."""
    return np.array([*pool, None], dtype=object)[index]


def chosen_texts(
    conditions: list[Flags], choices: list[Texts | str | None], default: Texts | str | None = None
) -> Texts:
    """Take texts by the first condition that holds."""
    count = len(conditions[0])
    pools = [
        np.full(count, choice, dtype=object) if choice is None or isinstance(choice, str) else choice
        for choice in (*choices, default)
    ]
    return np.select(conditions, pools[:-1], pools[-1]).astype(object)
