"""Orders and fills of the last month: the bank's own trades split into executions, and what its clients trade.

Everything is numbers and indices here; `execution.py` turns it into the rows that are delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import DAILY_FILES, Days
from orchestration.demo_bank.market_data import VOLATILITY_TENORS, Floats, MarketData
from orchestration.demo_bank.parties import (
    BROKERS,
    CLEARING_LEI,
    EXECUTING_LEI,
    MAKER_CHANGE,
    Algorithm,
    Parties,
    broker_lei,
)
from orchestration.demo_bank.reference import BOOK_IDS, Reference
from orchestration.demo_bank.snapshots import NONE
from orchestration.demo_bank.trading import PRICE_UNIT, PRODUCTS, QUANTITY_UNIT, Columns, Trading
from orchestration.demo_bank.venues import (
    BOND_VENUES,
    BOND_WEIGHTS,
    DELISTED,
    IS_VENUE,
    OFF_VENUE,
    OPTION_VENUES,
    OPTION_WEIGHTS,
    SHARE_VENUES,
    SHARE_WEIGHTS,
    UNLISTED,
    VENUE_INDEX,
    VENUES,
    are_admitted,
    home_exchanges,
)
from python_models.pricing.bonds import value_bonds
from python_models.pricing.curves import interpolate_zero_rates
from python_models.pricing.dates import DAYS_PER_YEAR, year_fraction
from python_models.pricing.options import black_scholes, interpolate_volatilities

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

EXECUTIONS_A_DAY_AT_SCALE_1: Final = 1_000
FEWEST_A_DAY: Final = 56
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

_FILLS = np.array([1, 2, 3, 4])
_FILL_SHARES = np.array([0.55, 0.25, 0.12, 0.08])
_MEAN_FILLS = float(_FILLS @ _FILL_SHARES)
_OWN_LOTS = {SPOT: 1_000, FORWARD: 50_000, SWAP: 1_000_000, SHARE: 1, BOND: 100_000, OPTION: 1}
_HALF_SPREADS = {SHARE: 0.0003, BOND: 0.0002, OPTION: 0.012}
_DECIMALS = {SHARE: 3, BOND: 4, OPTION: 2}
_SECOND, _MINUTE = 1_000_000, 60_000_000
_EUROPE = (8 * 60 * _MINUTE, 16 * 60 * _MINUTE)
_AMERICA = (14 * 60 * _MINUTE + 31 * _MINUTE, 20 * 60 * _MINUTE + 45 * _MINUTE)
_REJECTED_DAY, _RESENT_DAY = np.datetime64("2022-12-09"), np.datetime64("2022-12-12")


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


@dataclass(frozen=True)
class OwnTrades:
    """Trade events of the window as the trading system delivers them, and the texts of their ids."""

    events: Columns
    ids: Texts


@dataclass(frozen=True)
class Flow:
    """The window's orders, fills and versions of fills.

    Attributes
    ----------
    orders : Rows
        One row per order.
    fills : Rows
        One row per execution, with its order; `number` counts them by time.
    events : Rows
        One row per execution and version: fill, version, action, delivered (day of the window), quantity, price.
    """

    orders: Rows
    fills: Rows
    events: Rows


class OrderFlow:
    """Makes the window's flow.

    Parameters
    ----------
    market, reference, trading, parties
    scale : float
        1 is about 1,000 executions a day.
    seed : int

    Attributes
    ----------
    days : ndarray of datetime64[D], shape (20,)
        The window: the business days that are delivered daily.
    """

    def __init__(
        self, market: MarketData, reference: Reference, trading: Trading, parties: Parties, scale: float, seed: int
    ) -> None:
        self._market, self._reference, self._trading, self._parties = market, reference, trading, parties
        self._scale = scale
        self._rng = np.random.default_rng([seed, 21])
        self.days: Days = market.calendar.book_days[-DAILY_FILES:]
        self._rows = market.day_index(self.days)
        self._dealers = reference.dealers.leis[reference.dealers.arrival_dates < self.days[0]].astype(object)
        self._share_count = len(market.tickers)
        self._option_offset = len(trading.instrument_ids) - len(reference.options.strikes)
        self._bond_offset = self._option_offset - len(reference.bonds.isins)

    def make(self, own: OwnTrades) -> Flow:
        """Put the executions of own trades and the clients' orders together."""
        orders, fills, events = self._own(own)
        client_orders, client_fills = self._clients(np.bincount(fills["day"], minlength=len(self.days)))
        client_fills["order"] = client_fills["order"] + len(orders)
        client_events = self._client_versions(client_fills)
        client_events["fill"] = client_events["fill"] + len(fills)
        all_fills = Rows.join([fills, client_fills])
        number = np.empty(len(all_fills), dtype=np.int64)
        number[np.lexsort((all_fills["order"], all_fills["moment"]))] = np.arange(1, len(all_fills) + 1)
        all_fills["number"] = number
        all_events = Rows.join([events, client_events])
        order = np.lexsort((all_events["version"], number[all_events["fill"]], all_events["delivered"]))
        return Flow(Rows.join([orders, client_orders]), all_fills, all_events.take(order))

    # Own account ----------------------------------------------------------------------------------------------------

    def _own(self, own: OwnTrades) -> tuple[Rows, Rows, Rows]:
        """One order for each trade, its fills, and a version of every fill for each version of the trade."""
        rng, events = self._rng, own.events
        ids, trade = np.unique(own.ids.astype(str), return_inverse=True)
        last = np.lexsort((events["version"], trade))
        last = last[np.append(trade[last][1:] != trade[last][:-1], True)]
        final = events.take(last)
        count = len(ids)
        product, quantity = final["product"], final["quantity"]
        lots = np.array([_OWN_LOTS[number] * QUANTITY_UNIT for number in range(len(PRODUCTS))])[product]
        n_fills = np.minimum(rng.choice(_FILLS, count, p=_FILL_SHARES), np.maximum(quantity // lots, 1))
        parent = np.repeat(np.arange(count), n_fills)
        turn = _turns(n_fills)
        pace = rng.integers(1, 30, count) * _SECOND
        moment = final["seconds"].astype("datetime64[us]").astype(np.int64)
        back = (n_fills[parent] - 1 - turn) * pace[parent]
        fill_moment = moment[parent] - back + rng.integers(0, 1_000, len(parent))
        price = final["price"][parent] / PRICE_UNIT
        day = np.searchsorted(self.days, self._market.calendar.book_days[final["day"]])
        fills = Rows(
            order=parent,
            day=day[parent],
            moment=fill_moment,
            product=product[parent],
            instrument=final["instrument"][parent],
            is_buy=(final["side"] == 0)[parent],
            quantity=_split(quantity, lots, n_fills, parent, turn),
            price=final["price"][parent],
            currency=np.array(self._trading.currencies, dtype=object)[final["currency"]][parent],
            base=_texts(self._trading.currencies, final["base"])[parent],
            maturity=final["maturity"][parent],
            trade_id=ids.astype(object)[parent],
            capacity=np.full(len(parent), DEAL),
            client=np.full(len(parent), NONE),
            counterparty=self._reference.dealers.leis.astype(object)[final["dealer"]][parent],
            decision_maker=np.full(len(parent), None, dtype=object),
            is_transmitted=np.zeros(len(parent), dtype=bool),
            transmitting=np.full(len(parent), None, dtype=object),
            complex_id=np.full(len(parent), None, dtype=object),
            is_sft=np.zeros(len(parent), dtype=bool),
        )
        venue = self._own_venues(fills["product"], fills["instrument"])
        fills["venue"] = venue
        self._decide_own(fills, self._reference.traders.trader_ids.astype(object)[final["trader"]][parent])
        self._quote(fills, price, np.where(fills["is_buy"], 1.0, -1.0), rng.uniform(-1.0, 0.6, len(parent)))
        self._mark(fills)

        version_parent, version_turn = np.repeat(trade, n_fills[trade]), _turns(n_fills[trade])
        first_fill = np.append(0, np.cumsum(n_fills)[:-1])
        fill = first_fill[version_parent] + version_turn
        source = np.repeat(np.arange(len(events)), n_fills[trade])
        multiple = events["quantity"][source] // quantity[version_parent]
        delivered = np.searchsorted(self.days, self._market.calendar.book_days[events["delivered"][source]])
        versions = Rows(
            fill=fill,
            version=events["version"][source],
            action=events["action"][source],
            delivered=self._clear_of_the_resent_file(delivered, fills["day"][fill]),
            quantity=fills["quantity"][fill] * multiple,
            price=events["price"][source],
        )
        first = np.minimum.reduceat(fills["moment"], first_fill)
        orders = self._orders(
            day=day,
            received=first - rng.integers(20, 600, count) * _SECOND,
            client=np.full(count, NONE),
            book=final["book"],
            instrument=final["instrument"],
            is_buy=final["side"] == 0,
            quantity=quantity,
            limit=np.full(count, NONE),
            currency=np.array(self._trading.currencies, dtype=object)[final["currency"]],
            is_directed=np.zeros(count, dtype=bool),
            cancelled=np.zeros(count, dtype=np.int64),
            closed=moment + _SECOND,
        )
        half = np.array([_HALF_SPREADS.get(number, np.nan) for number in range(len(PRODUCTS))])[product]
        middle = (final["price"] / PRICE_UNIT) * np.exp(0.0002 * rng.standard_normal(count))
        orders["arrival_bid"], orders["arrival_ask"] = _rounded_quotes(middle, half, product)
        return orders, fills, versions

    def _own_venues(self, product: Indices, instrument: Indices) -> Indices:
        rng, count = self._rng, len(product)
        home = home_exchanges(self._market.tickers)
        share = np.clip(instrument, 0, self._share_count - 1)
        is_off = (rng.random(count) < 0.45) & (share != self._market.tickers.index(DELISTED))
        shares = np.where(is_off, VENUE_INDEX[OFF_VENUE], home[share])
        return np.select(
            [product == SHARE, product == BOND, product == OPTION],
            [shares, self._bond_venues(instrument), _drawn(rng, OPTION_VENUES, OPTION_WEIGHTS, count)],
            VENUE_INDEX[UNLISTED],
        )

    def _bond_venues(self, instrument: Indices) -> Indices:
        """Bonds that are admitted nowhere trade over the counter only."""
        bond = np.clip(instrument - self._bond_offset, 0, len(self._reference.bonds.isins) - 1)
        listed = _drawn(self._rng, BOND_VENUES, BOND_WEIGHTS, len(instrument))
        return np.where(are_admitted(self._reference.bonds)[bond], listed, VENUE_INDEX[UNLISTED])

    def _decide_own(self, fills: Rows, trader: Texts) -> None:
        """Say who decided and who executed for the own account: traders, and algorithms for some products."""
        rng, count = self._rng, len(fills)
        product, venue = fills["product"], fills["venue"]
        chance = rng.random(count)
        on_exchange = IS_VENUE[venue]
        is_maker = (product == SHARE) & on_exchange & (chance < 0.4)
        is_sliced = ((product == SHARE) & on_exchange & ~is_maker & (chance < 0.7)) | (
            (product == SPOT) & (chance < 0.5)
        )
        is_hedge = (product == OPTION) & on_exchange & (chance < 0.25)
        maker = np.where(self.days[fills["day"]] < MAKER_CHANGE, Algorithm.OLD_MAKER, Algorithm.MAKER).astype(object)
        by_algorithm = is_maker | is_hedge
        fills["investment_type"] = np.where(by_algorithm, "algorithm", "person").astype(object)
        fills["investment_code"] = _chosen([is_maker, is_hedge], [maker, Algorithm.HEDGER], trader)
        fills["execution_type"] = np.where(by_algorithm | is_sliced, "algorithm", "person").astype(object)
        fills["execution_code"] = _chosen(
            [is_maker, is_hedge, is_sliced], [maker, Algorithm.HEDGER, Algorithm.SLICER], trader
        )
        by_hand = np.select(
            [
                (product == BOND) & on_exchange,
                np.isin(product, (BOND, FORWARD, SWAP)),
                (product == SHARE) & ~on_exchange,
            ],
            [REQUEST_FOR_QUOTE, VOICE, NEGOTIATED],
            OTHER,
        )
        fills["activity"] = np.select([is_maker, is_sliced | is_hedge], [HIGH_FREQUENCY, ALGORITHMIC], by_hand)

    # Clients --------------------------------------------------------------------------------------------------------

    def _clients(self, own_fills: Indices) -> tuple[Rows, Rows]:
        """Clients' orders and their fills; the own account's executions count towards the day's number."""
        rng = self._rng
        target = max(round(EXECUTIONS_A_DAY_AT_SCALE_1 * self._scale), FEWEST_A_DAY)
        n_orders = np.ceil(np.maximum(target - own_fills, target * 0.6) / _MEAN_FILLS).astype(np.int64)
        day = np.repeat(np.arange(len(self.days)), n_orders)
        count = len(day)
        people = self._parties.clients
        client = rng.choice(len(people.party_ids), count, p=people.activity / people.activity.sum())
        product = rng.choice([SHARE, OPTION, BOND], count, p=[0.74, 0.11, 0.15])
        kind = rng.random(count)
        share = rng.integers(0, self._share_count, count)
        bond = self._live(day, self._reference.bonds.issue_dates, self._reference.bonds.maturity_dates)
        option = self._live(day, self._reference.options.listing_dates, self._reference.options.expiry_dates)
        instrument = np.select(
            [product == SHARE, product == BOND], [share, bond + self._bond_offset], option + self._option_offset
        )
        is_delisted = share == self._market.tickers.index(DELISTED)
        is_american = (product == OPTION) | ((product == SHARE) & (is_delisted | (rng.random(count) < 0.2)))
        n_fills = rng.choice(_FILLS, count, p=_FILL_SHARES)
        # Both legs of a combination are executed at once, as one trade each.
        is_combined = (product == OPTION) & (rng.random(count) < 0.2)
        n_fills[is_combined] = 1
        admitted = are_admitted(self._reference.bonds)[bond]
        orders = Rows(
            day=day,
            client=client,
            product=product,
            instrument=instrument,
            is_american=is_american,
            is_buy=rng.random(count) < 0.52,
            lots=self._sizes(product, people.is_retail[client], n_fills),
            n_fills=n_fills,
            is_limit=rng.random(count) < 0.45,
            is_directed=(product == SHARE) & ~is_american & (rng.random(count) < 0.08),
            is_partial=rng.random(count) < 0.07,
            is_quoted=rng.random(count) > 0.05,
            capacity=np.where((product != OPTION) & (rng.random(count) < 0.13), MTCH, AOTC),
            is_sft=(product == BOND) & admitted & (kind < 0.06),
            is_passed_on=(product == SHARE) & ~is_american & (kind < 0.03),
            is_transmitted=(product == SHARE) & ~is_american & (kind > 0.98),
            is_brokered=(product == SHARE) & ~is_american & (kind > 0.5) & (kind < 0.54),
            combination=np.where(is_combined, np.arange(count), NONE),
            clock=rng.random(count),
            wander=rng.standard_normal(count),
            style=rng.random(count),
        )
        orders["capacity"] = np.where(orders["is_sft"], MTCH, orders["capacity"])
        for name in ("is_passed_on", "is_transmitted", "is_brokered"):
            orders["capacity"] = np.where(orders[name], AOTC, orders["capacity"])
        combined = np.flatnonzero(is_combined)
        second = orders.take(combined, instrument=self._counterpart(instrument[combined]))
        return self._fill(Rows.join([orders, second]))

    def _live(self, day: Indices, first: Days, end: Days) -> Indices:
        """Draw an instrument alive on each day: from the day after its first to the one before its end."""
        drawn = self._rng.random(len(day))
        chosen = np.empty(len(day), dtype=np.int64)
        for number, date in enumerate(self.days):
            alive = np.flatnonzero((first < date) & (end > date + 1))
            today = day == number
            chosen[today] = alive[(drawn[today] * len(alive)).astype(np.int64)]
        return chosen

    def _counterpart(self, instrument: Indices) -> Indices:
        """Find the put of each call with its strike and expiry, and the call of each put: they are listed in pairs."""
        other: Indices = ((instrument - self._option_offset) ^ 1) + self._option_offset
        return other

    def _sizes(self, product: Indices, is_retail: Flags, n_fills: Indices) -> Indices:
        """Lots of each order: shares, contracts, or a thousand of nominal."""
        size = np.exp(0.9 * self._rng.standard_normal(len(product)))
        median = np.select(
            [product == SHARE, product == BOND],
            [np.where(is_retail, 60.0, 1_400.0), np.where(is_retail, 12.0, 900.0)],
            np.where(is_retail, 4.0, 60.0),
        )
        return np.maximum(np.rint(size * median).astype(np.int64), n_fills)

    def _fill(self, orders: Rows) -> tuple[Rows, Rows]:
        rng, people = self._rng, self._parties.clients
        count = len(orders)
        day, product, instrument = orders["day"], orders["product"], orders["instrument"]
        is_american = orders["is_american"]
        opens, closes = (
            np.where(is_american, america, europe) for america, europe in zip(_AMERICA, _EUROPE, strict=True)
        )
        midnight = self.days.astype("datetime64[us]").astype(np.int64)[day]
        received = midnight + opens + ((closes - opens) * orders["clock"]).astype(np.int64)
        in_euro = (product == SHARE) & ~is_american
        half = np.array([_HALF_SPREADS.get(number, np.nan) for number in range(len(PRODUCTS))])[product]
        half = half * np.where(is_american & (product == SHARE), 0.5, 1.0)
        arrival = self._fair(day, product, instrument, in_euro) * np.exp(0.004 * orders["wander"] * (product != BOND))
        arrival_bid, arrival_ask = _rounded_quotes(arrival, half, product)
        unquoted = ~orders["is_quoted"]

        parent = np.repeat(np.arange(count), orders["n_fills"])
        turn = _turns(orders["n_fills"])
        lot = np.where(product == BOND, 1_000 * QUANTITY_UNIT, QUANTITY_UNIT)
        quantity = orders["lots"] * lot
        is_buy = orders["is_buy"][parent]
        sign = np.where(is_buy, 1.0, -1.0)
        fills = Rows(
            order=parent,
            day=day[parent],
            moment=received[parent]
            + (turn + 1) * rng.integers(200_000, 90 * _SECOND, count)[parent]
            + rng.integers(0, 1_000_000, len(parent)),
            product=product[parent],
            instrument=instrument[parent],
            is_buy=is_buy,
            quantity=_split(quantity, lot, orders["n_fills"], parent, turn),
            currency=np.where(in_euro, "EUR", "USD").astype(object)[parent],
            base=np.full(len(parent), None, dtype=object),
            maturity=np.full(len(parent), np.datetime64("NaT"), dtype="datetime64[D]"),
            trade_id=np.full(len(parent), None, dtype=object),
            capacity=orders["capacity"][parent],
            client=orders["client"][parent],
            decision_maker=people.decision_makers[orders["client"]][parent],
            is_transmitted=(orders["is_transmitted"] | orders["is_passed_on"])[parent],
            transmitting=_chosen(
                [orders["is_passed_on"], orders["is_brokered"]],
                [
                    EXECUTING_LEI,
                    np.array([broker_lei(n) for n in range(len(BROKERS))], dtype=object)[np.arange(count) % 2],
                ],
                None,
            )[parent],
            complex_id=_chosen(
                [orders["combination"] != NONE],
                [np.char.add("COMBI", orders["combination"].astype(str)).astype(object)],
            )[parent],
            is_sft=orders["is_sft"][parent],
        )
        # Both legs trade at the same instant on the same exchange, which their order's own style decides.
        is_leg = (orders["combination"] != NONE)[parent]
        fills["moment"] = np.where(is_leg, received[parent] + _SECOND, fills["moment"])
        self._route(fills, orders, parent)
        self._decide_for_clients(fills, orders, parent)
        middle = arrival[parent] * np.exp(0.00015 * rng.standard_normal(len(parent)) + 0.00006 * sign * (turn + 1))
        is_passive = orders["is_limit"][parent] & IS_VENUE[fills["venue"]] & (rng.random(len(parent)) < 0.6)
        inside = rng.random(len(parent))
        effort = np.where(is_passive, np.where(inside < 0.8, -1.0, -inside), np.where(inside < 0.7, 1.0, inside))
        self._quote_around(fills, middle, half[parent], sign, effort, unquoted[parent])
        self._mark(fills)

        worst = np.full(count, -np.inf)
        np.maximum.at(worst, parent, sign * fills["price"])
        tick = 10 ** (8 - np.array([_DECIMALS.get(number, 4) for number in range(len(PRODUCTS))])[product])
        slack = rng.integers(0, 12, count) * tick
        order_sign = np.where(orders["is_buy"], 1, -1)
        limit = np.maximum(order_sign * worst.astype(np.int64) + order_sign * slack, tick)
        last = np.zeros(count, dtype=np.int64)
        np.maximum.at(last, parent, fills["moment"])
        rest = np.where(orders["is_partial"], (orders["lots"] // 2 + 1) * lot, 0)
        made = self._orders(
            day=day,
            received=received,
            client=orders["client"],
            book=np.full(count, NONE),
            instrument=instrument,
            is_buy=orders["is_buy"],
            quantity=quantity + rest,
            limit=np.where(orders["is_limit"], limit, NONE),
            currency=np.where(in_euro, "EUR", "USD").astype(object),
            is_directed=orders["is_directed"],
            cancelled=rest,
            closed=np.where(orders["is_partial"], midnight + 21 * 60 * _MINUTE, last + _SECOND),
        )
        made["arrival_bid"], made["arrival_ask"] = (
            np.where(unquoted, np.nan, quote) for quote in (arrival_bid, arrival_ask)
        )
        return made, fills

    def _fair(self, day: Indices, product: Indices, instrument: Indices, in_euro: Flags) -> Floats:
        """Middle price of each order's instrument at the day's close, in its currency."""
        market, reference, row = self._market, self._reference, self._rows[day]
        fair = np.empty(len(day))
        is_share, is_bond, is_option = (product == number for number in (SHARE, BOND, OPTION))
        fair[is_share] = market.closes[row[is_share], instrument[is_share]]
        bond = instrument[is_bond] - self._bond_offset
        fair[is_bond], _ = value_bonds(
            self.days[day[is_bond]],
            reference.bonds.maturity_dates[bond],
            reference.bonds.coupons_pct[bond],
            market.zero_rates[row[is_bond]],
        )
        options, option = reference.options, instrument[is_option] - self._option_offset
        share = np.array([market.tickers.index(ticker) for ticker in options.tickers[option].tolist()], dtype=np.int64)
        times = year_fraction(self.days[day[is_option]], options.expiry_dates[option])
        fair[is_option] = black_scholes(
            market.closes[row[is_option], share],
            options.strikes[option],
            times,
            interpolate_zero_rates(market.zero_rates[row[is_option]], times),
            interpolate_volatilities(
                VOLATILITY_TENORS / DAYS_PER_YEAR, market.volatilities[row[is_option], share], times
            ),
            options.is_call[option],
        ).price
        fair = np.where(is_option, np.maximum(fair, 0.05), fair)
        return np.where(in_euro, fair / market.pair_rates("EUR", "USD")[row], fair)

    def _route(self, fills: Rows, orders: Rows, parent: Indices) -> None:
        """Where each fill happens, and who stands on the other side."""
        rng, count = self._rng, len(parent)
        product, instrument = fills["product"], fills["instrument"]
        is_american = orders["is_american"][parent]
        style = orders["style"][parent]
        home = home_exchanges(self._market.tickers)[np.clip(instrument, 0, self._share_count - 1)]
        european = _drawn(rng, SHARE_VENUES, SHARE_WEIGHTS, count)
        # The client of a directed order told the venue: all its fills are there.
        told = np.array([VENUE_INDEX[mic] for mic in SHARE_VENUES[:4]])[(style * 4).astype(np.int64)]
        european = np.where(orders["is_directed"][parent], told, european)
        passed_on = orders["is_passed_on"][parent]
        european = np.where(passed_on, VENUE_INDEX[OFF_VENUE], european)
        is_leg = fills["complex_id"] != None  # noqa: E711  (element by element)
        contracts = np.where(is_leg, VENUE_INDEX["XCBO"], _drawn(rng, OPTION_VENUES, OPTION_WEIGHTS, count))
        venue = np.select(
            [(product == SHARE) & is_american, product == SHARE, product == BOND],
            [home, european, self._bond_venues(instrument)],
            contracts,
        )
        venue = np.where(fills["is_sft"], VENUE_INDEX[OFF_VENUE], venue)
        fills["venue"] = venue

        dealers = self._dealers[rng.integers(0, len(self._dealers), count)]
        chance = rng.random(count)
        cleared = _chosen([chance < 0.6, chance < 0.88], [CLEARING_LEI, np.array(VENUES, dtype=object)[venue]], "INTC")
        is_book = IS_VENUE[venue] & (product == SHARE) & (fills["capacity"] == AOTC)
        fills["counterparty"] = np.where(is_book & ~is_american, cleared, dealers).astype(object)

    def _decide_for_clients(self, fills: Rows, orders: Rows, parent: Indices) -> None:
        rng, count = self._rng, len(parent)
        product, venue = fills["product"], fills["venue"]
        is_directed = orders["is_directed"][parent]
        chance, style = rng.random(count), orders["style"][parent]
        is_routed = np.isin(product, (SHARE, OPTION)) & IS_VENUE[venue] & ~is_directed & (style < 0.65)
        traders = self._reference.traders
        desk = np.select(
            [product == SHARE, product == BOND],
            [BOOK_IDS.index("EQ-VALUE"), BOOK_IDS.index("RT-GOVT-LONG")],
            BOOK_IDS.index("DV-OPTIONS"),
        )
        # The first trader of every portfolio is there from the start, in the order of the portfolios.
        person = traders.trader_ids[: len(BOOK_IDS)].astype(object)[desk]
        fills["execution_type"] = _chosen([is_directed, is_routed], ["client", "algorithm"], "person")
        fills["execution_code"] = _chosen(
            [is_directed, is_routed & (chance < 0.7), is_routed], [None, Algorithm.ROUTER, Algorithm.SLICER], person
        )
        is_mandate = fills["decision_maker"] == EXECUTING_LEI
        by_algorithm = is_mandate & (chance < 0.5)
        fills["investment_type"] = _chosen([by_algorithm, is_mandate], ["algorithm", "person"], None)
        fills["investment_code"] = _chosen([by_algorithm, is_mandate], [Algorithm.ALLOCATOR, person], None)
        by_hand = np.select(
            [
                (product == BOND) & IS_VENUE[venue],
                product == BOND,
                ~IS_VENUE[venue] & (product == SHARE),
                ~IS_VENUE[venue],
            ],
            [REQUEST_FOR_QUOTE, VOICE, NEGOTIATED, VOICE],
            OTHER,
        )
        fills["activity"] = np.where(is_routed, ALGORITHMIC, by_hand)

    def _client_versions(self, fills: Rows) -> Rows:
        """First versions as executed, and later ones: a wrong price put right, an execution that did not stand."""
        rng, count = self._rng, len(fills)
        chance = np.where(fills["complex_id"] == None, rng.random(count), 1.0)  # noqa: E711  (element by element)
        amended, cancelled = np.flatnonzero(chance < 0.012), np.flatnonzero((chance >= 0.012) & (chance < 0.018))
        again = np.concatenate([amended, cancelled])
        price = fills["price"].copy()
        price[amended] = price[amended] * 102 // 100
        last = len(self.days) - 1
        delivered = np.minimum(fills["day"][again] + rng.choice([0, 1, 2], len(again), p=[0.4, 0.5, 0.1]), last)
        return Rows(
            fill=np.append(np.arange(count), again),
            version=np.append(np.ones(count, dtype=np.int64), np.full(len(again), 2)),
            action=np.append(
                np.full(count, ACTIONS.index("new")),
                np.repeat([ACTIONS.index("amend"), ACTIONS.index("cancel")], [len(amended), len(cancelled)]),
            ),
            delivered=np.append(fills["day"], self._clear_of_the_resent_file(delivered, fills["day"][again])),
            quantity=np.append(fills["quantity"], fills["quantity"][again]),
            price=np.append(price, fills["price"][again]),
        )

    def _clear_of_the_resent_file(self, delivered: Indices, day: Indices) -> Indices:
        """Move corrections away from the day on which a rejected file is sent again: they come a day later."""
        rejected, resent = np.searchsorted(self.days, [_REJECTED_DAY, _RESENT_DAY])
        return np.where((day <= rejected) & (delivered == resent), delivered + 1, delivered)

    # Both -----------------------------------------------------------------------------------------------------------

    def _orders(self, **columns: NDArray) -> Rows:
        nothing = np.full(len(columns["day"]), np.nan)
        return Rows(**columns, arrival_bid=nothing, arrival_ask=nothing)

    def _quote(self, fills: Rows, price: Floats, sign: Floats, effort: Floats) -> None:
        """Quotes that fit prices which are given: `effort` is where between the middle and the touch they lie."""
        product = fills["product"]
        half = np.array([_HALF_SPREADS.get(number, np.nan) for number in range(len(PRODUCTS))])[product]
        middle = price / (1.0 + sign * effort * half)
        fills["bid"], fills["ask"] = _rounded_quotes(middle, half, product)
        fills["is_passive"] = effort < 0.0

    def _quote_around(
        self, fills: Rows, middle: Floats, half: Floats, sign: Floats, effort: Floats, unquoted: Flags
    ) -> None:
        """Quotes around the middle, and prices between or at them."""
        bid, ask = _rounded_quotes(middle, half, fills["product"])
        decimals = np.array([_DECIMALS.get(number, 4) for number in range(len(PRODUCTS))])[fills["product"]]
        unit = 10.0**decimals
        price = np.clip(np.rint(middle * (1.0 + sign * effort * half) * unit) / unit, bid, ask)
        price = np.where(np.abs(effort) == 1.0, np.where(sign * effort > 0, ask, bid), price)
        fills["price"] = np.rint(price * PRICE_UNIT).astype(np.int64)
        fills["bid"], fills["ask"] = (np.where(unquoted, np.nan, quote) for quote in (bid, ask))
        fills["is_passive"] = effort < 0.0

    def _mark(self, fills: Rows) -> None:
        """Waivers, short sales and post-trade flags where a report has them."""
        rng, count = self._rng, len(fills)
        chance, product, venue = rng.random(count), fills["product"], fills["venue"]
        is_european = np.isin(venue, [VENUE_INDEX[mic] for mic in SHARE_VENUES[:-1]])
        fills["waivers"] = _chosen(
            [is_european & (chance < 0.02), is_european & (chance < 0.03)], ["SIZE", "RFPT|SIZE"], None
        )
        is_off = (venue == VENUE_INDEX[OFF_VENUE]) & ~fills["is_sft"]
        fills["otc"] = _chosen([is_off & (chance < 0.06), is_off & (chance < 0.09)], ["LRGS", "BENC|LRGS"], None)
        is_sale = ~fills["is_buy"] & np.isin(product, (SHARE, BOND))
        how = rng.random(count)
        fills["short"] = _chosen(
            [is_sale & (how < 0.05), is_sale & (how < 0.07), is_sale], ["SESH", "UNDI", "SELL"], None
        )


def _turns(counts: Indices) -> Indices:
    """0, 1, 2, ... within each group of so many."""
    starts = np.append(0, np.cumsum(counts)[:-1])
    return np.arange(counts.sum()) - np.repeat(starts, counts)


def _split(quantity: Indices, lots: Indices, n_fills: Indices, parent: Indices, turn: Indices) -> Indices:
    """Whole lots of each fill that sum to the quantity; the last fill takes what is no whole lot."""
    whole = quantity // lots
    upper = (turn + 1) * whole[parent] // n_fills[parent]
    lower = turn * whole[parent] // n_fills[parent]
    is_last = turn == n_fills[parent] - 1
    return (upper - lower) * lots[parent] + np.where(is_last, (quantity % lots)[parent], 0)


def _rounded_quotes(middle: Floats, half: Floats, product: Indices) -> tuple[Floats, Floats]:
    """Bid and ask around the middle, a tick apart at least; NaN where nothing is quoted."""
    unit = 10.0 ** np.array([_DECIMALS.get(number, 4) for number in range(len(PRODUCTS))])[product]
    bid = np.maximum(np.floor(middle * (1.0 - half) * unit), 1.0)
    ask = np.maximum(np.ceil(middle * (1.0 + half) * unit), bid + 1.0)
    return bid / unit, ask / unit


def _drawn(rng: np.random.Generator, mics: tuple[str, ...], weights: tuple[float, ...], count: int) -> Indices:
    """Venues drawn by their weights."""
    pool = np.array([VENUE_INDEX[mic] for mic in mics])
    return pool[rng.choice(len(mics), count, p=weights)]


def _texts(pool: list[str], index: Indices) -> Texts:
    """Texts by their index; `NONE` becomes None."""
    return np.array([*pool, None], dtype=object)[index]


def _chosen(conditions: list[Flags], choices: list[Texts | str | None], default: Texts | str | None = None) -> Texts:
    """Take texts by the first condition that holds."""
    count = len(conditions[0])
    pools = [
        np.full(count, choice, dtype=object) if choice is None or isinstance(choice, str) else choice
        for choice in (*choices, default)
    ]
    return np.select(conditions, pools[:-1], pools[-1]).astype(object)
