"""Orders of clients, executed as agent or as matched principal, and their fills."""

from __future__ import annotations

from typing import Final

import numpy as np

from orchestration.demo_bank.calendar import Days
from orchestration.demo_bank.fills import (
    ACTIONS,
    ALGORITHMIC,
    AOTC,
    BOND,
    DECIMALS,
    FILL_SHARES,
    FILLS,
    HALF_SPREADS,
    MEAN_FILLS,
    MINUTE,
    MTCH,
    NEGOTIATED,
    OPTION,
    OTHER,
    REQUEST_FOR_QUOTE,
    SECOND,
    SHARE,
    VOICE,
    FillMaker,
    Flags,
    Indices,
    Rows,
    chosen_texts,
    drawn,
    rounded_quotes,
    split,
    turns,
)
from orchestration.demo_bank.market_data import VOLATILITY_TENORS, Floats, MarketData
from orchestration.demo_bank.parties import (
    BROKERS,
    CLEARING_LEI,
    EXECUTING_LEI,
    Algorithm,
    Clients,
    broker_lei,
)
from orchestration.demo_bank.reference import BOOK_IDS, Reference
from orchestration.demo_bank.snapshots import NONE
from orchestration.demo_bank.trading import PRODUCTS, QUANTITY_UNIT, Trading
from orchestration.demo_bank.venues import (
    DELISTED,
    IS_VENUE,
    OFF_VENUE,
    OPTION_VENUES,
    OPTION_WEIGHTS,
    SHARE_VENUES,
    SHARE_WEIGHTS,
    VENUE_INDEX,
    VENUES,
    are_admitted,
    home_exchanges,
)
from python_models.pricing.bonds import value_bonds
from python_models.pricing.curves import interpolate_zero_rates
from python_models.pricing.dates import DAYS_PER_YEAR, year_fraction
from python_models.pricing.options import black_scholes, interpolate_volatilities

EXECUTIONS_A_DAY_AT_SCALE_1: Final = 1_000
FEWEST_A_DAY: Final = 56
_EUROPE: Final = (8 * 60 * MINUTE, 16 * 60 * MINUTE)
_AMERICA: Final = (14 * 60 * MINUTE + 31 * MINUTE, 20 * 60 * MINUTE + 45 * MINUTE)
"""When orders arrive, from midnight UTC."""


class ClientFlow(FillMaker):
    """Makes clients' orders and their fills.

    Parameters
    ----------
    market, reference, trading, rng
        As for `FillMaker`.
    clients : Clients
    scale : float
        1 is about 1,000 executions a day, the own account's among them.
    """

    def __init__(
        self,
        market: MarketData,
        reference: Reference,
        trading: Trading,
        rng: np.random.Generator,
        clients: Clients,
        scale: float,
    ) -> None:
        super().__init__(market, reference, trading, rng)
        self._clients, self._scale = clients, scale
        self._dealers = reference.dealers.leis[reference.dealers.arrival_dates < self.days[0]].astype(object)

    def make(self, own_fills: Indices) -> tuple[Rows, Rows]:
        """Make clients' orders and their fills; the own account's executions count towards the day's number."""
        rng = self.rng
        target = max(round(EXECUTIONS_A_DAY_AT_SCALE_1 * self._scale), FEWEST_A_DAY)
        n_orders = np.ceil(np.maximum(target - own_fills, target * 0.6) / MEAN_FILLS).astype(np.int64)
        day = np.repeat(np.arange(len(self.days)), n_orders)
        count = len(day)
        people = self._clients
        client = rng.choice(len(people.party_ids), count, p=people.activity / people.activity.sum())
        product = rng.choice([SHARE, OPTION, BOND], count, p=[0.74, 0.11, 0.15])
        kind = rng.random(count)
        share = rng.integers(0, self.share_count, count)
        bond = self._live(day, self.reference.bonds.issue_dates, self.reference.bonds.maturity_dates)
        option = self._live(day, self.reference.options.listing_dates, self.reference.options.expiry_dates)
        instrument = np.select(
            [product == SHARE, product == BOND], [share, bond + self.bond_offset], option + self.option_offset
        )
        is_delisted = share == self.market.tickers.index(DELISTED)
        is_american = (product == OPTION) | ((product == SHARE) & (is_delisted | (rng.random(count) < 0.2)))
        n_fills = rng.choice(FILLS, count, p=FILL_SHARES)
        # Both legs of a combination are executed at once, as one trade each.
        is_combined = (product == OPTION) & (rng.random(count) < 0.2)
        n_fills[is_combined] = 1
        admitted = are_admitted(self.reference.bonds)[bond]
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
        drawn = self.rng.random(len(day))
        chosen = np.empty(len(day), dtype=np.int64)
        for number, date in enumerate(self.days):
            alive = np.flatnonzero((first < date) & (end > date + 1))
            today = day == number
            chosen[today] = alive[(drawn[today] * len(alive)).astype(np.int64)]
        return chosen

    def _counterpart(self, instrument: Indices) -> Indices:
        """Find the put of each call with its strike and expiry, and the call of each put: they are listed in pairs."""
        other: Indices = ((instrument - self.option_offset) ^ 1) + self.option_offset
        return other

    def _sizes(self, product: Indices, is_retail: Flags, n_fills: Indices) -> Indices:
        """Lots of each order: shares, contracts, or a thousand of nominal."""
        size = np.exp(0.9 * self.rng.standard_normal(len(product)))
        median = np.select(
            [product == SHARE, product == BOND],
            [np.where(is_retail, 60.0, 1_400.0), np.where(is_retail, 12.0, 900.0)],
            np.where(is_retail, 4.0, 60.0),
        )
        return np.maximum(np.rint(size * median).astype(np.int64), n_fills)

    def _fill(self, orders: Rows) -> tuple[Rows, Rows]:
        rng, people = self.rng, self._clients
        count = len(orders)
        day, product, instrument = orders["day"], orders["product"], orders["instrument"]
        is_american = orders["is_american"]
        opens, closes = (
            np.where(is_american, america, europe) for america, europe in zip(_AMERICA, _EUROPE, strict=True)
        )
        midnight = self.days.astype("datetime64[us]").astype(np.int64)[day]
        received = midnight + opens + ((closes - opens) * orders["clock"]).astype(np.int64)
        in_euro = (product == SHARE) & ~is_american
        half = np.array([HALF_SPREADS.get(number, np.nan) for number in range(len(PRODUCTS))])[product]
        half = half * np.where(is_american & (product == SHARE), 0.5, 1.0)
        arrival = self._fair(day, product, instrument, in_euro) * np.exp(0.004 * orders["wander"] * (product != BOND))
        arrival_bid, arrival_ask = rounded_quotes(arrival, half, product)
        unquoted = ~orders["is_quoted"]

        parent = np.repeat(np.arange(count), orders["n_fills"])
        turn = turns(orders["n_fills"])
        lot = np.where(product == BOND, 1_000 * QUANTITY_UNIT, QUANTITY_UNIT)
        quantity = orders["lots"] * lot
        is_buy = orders["is_buy"][parent]
        sign = np.where(is_buy, 1.0, -1.0)
        fills = Rows(
            order=parent,
            day=day[parent],
            moment=received[parent]
            + (turn + 1) * rng.integers(200_000, 90 * SECOND, count)[parent]
            + rng.integers(0, 1_000_000, len(parent)),
            product=product[parent],
            instrument=instrument[parent],
            is_buy=is_buy,
            quantity=split(quantity, lot, orders["n_fills"], parent, turn),
            currency=np.where(in_euro, "EUR", "USD").astype(object)[parent],
            base=np.full(len(parent), None, dtype=object),
            maturity=np.full(len(parent), np.datetime64("NaT"), dtype="datetime64[D]"),
            trade_id=np.full(len(parent), None, dtype=object),
            capacity=orders["capacity"][parent],
            client=orders["client"][parent],
            decision_maker=people.decision_makers[orders["client"]][parent],
            is_transmitted=(orders["is_transmitted"] | orders["is_passed_on"])[parent],
            transmitting=chosen_texts(
                [orders["is_passed_on"], orders["is_brokered"]],
                [
                    EXECUTING_LEI,
                    np.array([broker_lei(n) for n in range(len(BROKERS))], dtype=object)[np.arange(count) % 2],
                ],
                None,
            )[parent],
            complex_id=chosen_texts(
                [orders["combination"] != NONE],
                [np.char.add("COMBI", orders["combination"].astype(str)).astype(object)],
            )[parent],
            is_sft=orders["is_sft"][parent],
        )
        # Both legs trade at the same instant.
        is_leg = (orders["combination"] != NONE)[parent]
        fills["moment"] = np.where(is_leg, received[parent] + SECOND, fills["moment"])
        self._route(fills, orders, parent)
        self._decide_for_clients(fills, orders, parent)
        middle = arrival[parent] * np.exp(0.00015 * rng.standard_normal(len(parent)) + 0.00006 * sign * (turn + 1))
        is_passive = orders["is_limit"][parent] & IS_VENUE[fills["venue"]] & (rng.random(len(parent)) < 0.6)
        inside = rng.random(len(parent))
        effort = np.where(is_passive, np.where(inside < 0.8, -1.0, -inside), np.where(inside < 0.7, 1.0, inside))
        self.quote_around(fills, middle, half[parent], sign, effort, unquoted[parent])
        self.mark(fills)

        worst = np.full(count, -np.inf)
        np.maximum.at(worst, parent, sign * fills["price"])
        tick = 10 ** (8 - np.array([DECIMALS.get(number, 4) for number in range(len(PRODUCTS))])[product])
        slack = rng.integers(0, 12, count) * tick
        order_sign = np.where(orders["is_buy"], 1, -1)
        limit = np.maximum(order_sign * worst.astype(np.int64) + order_sign * slack, tick)
        last = np.zeros(count, dtype=np.int64)
        np.maximum.at(last, parent, fills["moment"])
        rest = np.where(orders["is_partial"], (orders["lots"] // 2 + 1) * lot, 0)
        made = self.orders(
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
            closed=np.where(orders["is_partial"], midnight + 21 * 60 * MINUTE, last + SECOND),
        )
        made["arrival_bid"], made["arrival_ask"] = (
            np.where(unquoted, np.nan, quote) for quote in (arrival_bid, arrival_ask)
        )
        return made, fills

    def _fair(self, day: Indices, product: Indices, instrument: Indices, in_euro: Flags) -> Floats:
        """Middle price of each order's instrument at the day's close, in its currency."""
        market, reference, row = self.market, self.reference, self.rows[day]
        fair = np.empty(len(day))
        is_share, is_bond, is_option = (product == number for number in (SHARE, BOND, OPTION))
        fair[is_share] = market.closes[row[is_share], instrument[is_share]]
        bond = instrument[is_bond] - self.bond_offset
        fair[is_bond], _ = value_bonds(
            self.days[day[is_bond]],
            reference.bonds.maturity_dates[bond],
            reference.bonds.coupons_pct[bond],
            market.zero_rates[row[is_bond]],
        )
        options, option = reference.options, instrument[is_option] - self.option_offset
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
        rng, count = self.rng, len(parent)
        product, instrument = fills["product"], fills["instrument"]
        is_american = orders["is_american"][parent]
        style = orders["style"][parent]
        home = home_exchanges(self.market.tickers)[np.clip(instrument, 0, self.share_count - 1)]
        european = drawn(rng, SHARE_VENUES, SHARE_WEIGHTS, count)
        # The client of a directed order told the venue: all its fills are there.
        told = np.array([VENUE_INDEX[mic] for mic in SHARE_VENUES[:4]])[(style * 4).astype(np.int64)]
        european = np.where(orders["is_directed"][parent], told, european)
        passed_on = orders["is_passed_on"][parent]
        european = np.where(passed_on, VENUE_INDEX[OFF_VENUE], european)
        is_leg = fills["complex_id"] != None  # noqa: E711  (element by element)
        contracts = np.where(is_leg, VENUE_INDEX["XCBO"], drawn(rng, OPTION_VENUES, OPTION_WEIGHTS, count))
        venue = np.select(
            [(product == SHARE) & is_american, product == SHARE, product == BOND],
            [home, european, self.bond_venues(instrument)],
            contracts,
        )
        venue = np.where(fills["is_sft"], VENUE_INDEX[OFF_VENUE], venue)
        fills["venue"] = venue

        dealers = self._dealers[rng.integers(0, len(self._dealers), count)]
        chance = rng.random(count)
        cleared = chosen_texts(
            [chance < 0.6, chance < 0.88], [CLEARING_LEI, np.array(VENUES, dtype=object)[venue]], "INTC"
        )
        is_book = IS_VENUE[venue] & (product == SHARE) & (fills["capacity"] == AOTC)
        fills["counterparty"] = np.where(is_book & ~is_american, cleared, dealers).astype(object)

    def _decide_for_clients(self, fills: Rows, orders: Rows, parent: Indices) -> None:
        rng, count = self.rng, len(parent)
        product, venue = fills["product"], fills["venue"]
        is_directed = orders["is_directed"][parent]
        chance, style = rng.random(count), orders["style"][parent]
        is_routed = np.isin(product, (SHARE, OPTION)) & IS_VENUE[venue] & ~is_directed & (style < 0.65)
        traders = self.reference.traders
        desk = np.select(
            [product == SHARE, product == BOND],
            [BOOK_IDS.index("EQ-VALUE"), BOOK_IDS.index("RT-GOVT-LONG")],
            BOOK_IDS.index("DV-OPTIONS"),
        )
        # The first trader of every portfolio is there from the start, in the order of the portfolios.
        person = traders.trader_ids[: len(BOOK_IDS)].astype(object)[desk]
        fills["execution_type"] = chosen_texts([is_directed, is_routed], ["client", "algorithm"], "person")
        fills["execution_code"] = chosen_texts(
            [is_directed, is_routed & (chance < 0.7), is_routed], [None, Algorithm.ROUTER, Algorithm.SLICER], person
        )
        is_mandate = fills["decision_maker"] == EXECUTING_LEI
        by_algorithm = is_mandate & (chance < 0.5)
        fills["investment_type"] = chosen_texts([by_algorithm, is_mandate], ["algorithm", "person"], None)
        fills["investment_code"] = chosen_texts([by_algorithm, is_mandate], [Algorithm.ALLOCATOR, person], None)
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

    def versions(self, fills: Rows) -> Rows:
        """Make first versions as executed, and later ones: a wrong price put right, an execution that did not stand."""
        rng, count = self.rng, len(fills)
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
            delivered=np.append(fills["day"], self.clear_of_the_resent_file(delivered, fills["day"][again])),
            quantity=np.append(fills["quantity"], fills["quantity"][again]),
            price=np.append(price, fills["price"][again]),
        )
