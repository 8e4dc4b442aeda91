"""The bank's own trades as executions: each trade has one order and up to four fills that follow its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from orchestration.demo_bank.fills import (
    ALGORITHMIC,
    BOND,
    DEAL,
    FILL_SHARES,
    FILLS,
    FORWARD,
    HALF_SPREADS,
    HIGH_FREQUENCY,
    NEGOTIATED,
    OPTION,
    OTHER,
    REQUEST_FOR_QUOTE,
    SECOND,
    SHARE,
    SPOT,
    SWAP,
    VOICE,
    FillMaker,
    Indices,
    Rows,
    Texts,
    chosen_texts,
    drawn,
    rounded_quotes,
    split,
    texts_of,
    turns,
)
from orchestration.demo_bank.parties import MAKER_CHANGE, Algorithm
from orchestration.demo_bank.snapshots import NONE
from orchestration.demo_bank.trading import PRICE_UNIT, PRODUCTS, QUANTITY_UNIT, Columns
from orchestration.demo_bank.venues import (
    DELISTED,
    IS_VENUE,
    OFF_VENUE,
    OPTION_VENUES,
    OPTION_WEIGHTS,
    UNLISTED,
    VENUE_INDEX,
    home_exchanges,
)

_LOTS: Final = {SPOT: 1_000, FORWARD: 50_000, SWAP: 1_000_000, SHARE: 1, BOND: 100_000, OPTION: 1}


@dataclass(frozen=True)
class OwnTrades:
    """Trade events of the window as the trading system delivers them, and the texts of their ids."""

    events: Columns
    ids: Texts


class OwnFlow(FillMaker):
    """Makes the fills of own trades."""

    def make(self, own: OwnTrades) -> tuple[Rows, Rows, Rows]:
        """Make one order for each trade, its fills, and a version of every fill for each version of the trade."""
        rng, events = self.rng, own.events
        ids, trade = np.unique(own.ids.astype(str), return_inverse=True)
        last = np.lexsort((events["version"], trade))
        last = last[np.append(trade[last][1:] != trade[last][:-1], True)]
        final = events.take(last)
        count = len(ids)
        product, quantity = final["product"], final["quantity"]
        lots = np.array([_LOTS[number] * QUANTITY_UNIT for number in range(len(PRODUCTS))])[product]
        n_fills = np.minimum(rng.choice(FILLS, count, p=FILL_SHARES), np.maximum(quantity // lots, 1))
        parent = np.repeat(np.arange(count), n_fills)
        turn = turns(n_fills)
        pace = rng.integers(1, 30, count) * SECOND
        moment = final["seconds"].astype("datetime64[us]").astype(np.int64)
        back = (n_fills[parent] - 1 - turn) * pace[parent]
        fill_moment = moment[parent] - back + rng.integers(0, 1_000, len(parent))
        price = final["price"][parent] / PRICE_UNIT
        day = np.searchsorted(self.days, self.market.calendar.book_days[final["day"]])
        fills = Rows(
            order=parent,
            day=day[parent],
            moment=fill_moment,
            product=product[parent],
            instrument=final["instrument"][parent],
            is_buy=(final["side"] == 0)[parent],
            quantity=split(quantity, lots, n_fills, parent, turn),
            price=final["price"][parent],
            currency=np.array(self.trading.currencies, dtype=object)[final["currency"]][parent],
            base=texts_of(self.trading.currencies, final["base"])[parent],
            maturity=final["maturity"][parent],
            trade_id=ids.astype(object)[parent],
            capacity=np.full(len(parent), DEAL),
            client=np.full(len(parent), NONE),
            counterparty=self.reference.dealers.leis.astype(object)[final["dealer"]][parent],
            decision_maker=np.full(len(parent), None, dtype=object),
            is_transmitted=np.zeros(len(parent), dtype=bool),
            transmitting=np.full(len(parent), None, dtype=object),
            complex_id=np.full(len(parent), None, dtype=object),
            is_sft=np.zeros(len(parent), dtype=bool),
        )
        venue = self._venues(fills["product"], fills["instrument"])
        fills["venue"] = venue
        self._decide(fills, self.reference.traders.trader_ids.astype(object)[final["trader"]][parent])
        self.quote(fills, price, np.where(fills["is_buy"], 1.0, -1.0), rng.uniform(-1.0, 0.6, len(parent)))
        self.mark(fills)

        version_parent, version_turn = np.repeat(trade, n_fills[trade]), turns(n_fills[trade])
        first_fill = np.append(0, np.cumsum(n_fills)[:-1])
        fill = first_fill[version_parent] + version_turn
        source = np.repeat(np.arange(len(events)), n_fills[trade])
        multiple = events["quantity"][source] // quantity[version_parent]
        delivered = np.searchsorted(self.days, self.market.calendar.book_days[events["delivered"][source]])
        versions = Rows(
            fill=fill,
            version=events["version"][source],
            action=events["action"][source],
            delivered=self.clear_of_the_resent_file(delivered, fills["day"][fill]),
            quantity=fills["quantity"][fill] * multiple,
            price=events["price"][source],
        )
        first = np.minimum.reduceat(fills["moment"], first_fill)
        orders = self.orders(
            day=day,
            received=first - rng.integers(20, 600, count) * SECOND,
            client=np.full(count, NONE),
            book=final["book"],
            instrument=final["instrument"],
            is_buy=final["side"] == 0,
            quantity=quantity,
            limit=np.full(count, NONE),
            currency=np.array(self.trading.currencies, dtype=object)[final["currency"]],
            is_directed=np.zeros(count, dtype=bool),
            cancelled=np.zeros(count, dtype=np.int64),
            closed=moment + SECOND,
        )
        half = np.array([HALF_SPREADS.get(number, np.nan) for number in range(len(PRODUCTS))])[product]
        middle = (final["price"] / PRICE_UNIT) * np.exp(0.0002 * rng.standard_normal(count))
        orders["arrival_bid"], orders["arrival_ask"] = rounded_quotes(middle, half, product)
        return orders, fills, versions

    def _venues(self, product: Indices, instrument: Indices) -> Indices:
        rng, count = self.rng, len(product)
        home = home_exchanges(self.market.tickers)
        share = np.clip(instrument, 0, self.share_count - 1)
        is_off = (rng.random(count) < 0.45) & (share != self.market.tickers.index(DELISTED))
        shares = np.where(is_off, VENUE_INDEX[OFF_VENUE], home[share])
        return np.select(
            [product == SHARE, product == BOND, product == OPTION],
            [shares, self.bond_venues(instrument), drawn(rng, OPTION_VENUES, OPTION_WEIGHTS, count)],
            VENUE_INDEX[UNLISTED],
        )

    def _decide(self, fills: Rows, trader: Texts) -> None:
        """Say who decided and who executed for the own account: traders, and algorithms for some products."""
        rng, count = self.rng, len(fills)
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
        fills["investment_code"] = chosen_texts([is_maker, is_hedge], [maker, Algorithm.HEDGER], trader)
        fills["execution_type"] = np.where(by_algorithm | is_sliced, "algorithm", "person").astype(object)
        fills["execution_code"] = chosen_texts(
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
