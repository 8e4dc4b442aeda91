"""Trading: one JSON line per trade and version, with inventories that move but neither explode nor vanish.

A *line* is one portfolio's position in one instrument. Its target value is a mean-reverting random path; a trade is
the step from one target to the next. So the size of the book does not depend on how many trades are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.signal import lfilter

from orchestration.demo_bank import identifiers
from orchestration.demo_bank.calendar import Days, Period, new_york_open
from orchestration.demo_bank.market_data import VOLATILITY_TENORS, Floats, MarketData
from orchestration.demo_bank.reference import BOOK_IDS, EM_PAIRS, G10_PAIRS, OPTION_UNDERLYINGS, Reference
from orchestration.demo_bank.writing import Delivery, Feed, chosen, decimals
from python_models.pricing.bonds import value_bonds
from python_models.pricing.curves import interpolate_zero_rates
from python_models.pricing.dates import DAYS_PER_YEAR, roll_back, year_fraction
from python_models.pricing.options import black_scholes, interpolate_volatilities
from python_models.pricing.swaps import value_swaps

Indices = NDArray[np.int64]

TRADES: Final = Feed("trading", "trades", "jsonl", "quantity", 0, time(21, 15), "America/New_York")
TRADES_AT_SCALE_1: Final = 60_000
PRODUCTS: Final = ("equity", "fx_spot", "government_bond", "equity_option", "fx_forward", "interest_rate_swap")
SHARES: Final = {
    "fx_spot": 0.3333,
    "government_bond": 5_000 / 60_000,
    "equity_option": 3_000 / 60_000,
    "fx_forward": 1_500 / 60_000,
    "interest_rate_swap": 300 / 60_000,
}
AMENDED: Final = 0.007
BOOKED_TWICE: Final = 0.003

_SIDES = ("buy", "sell")
_ACTIONS = ("new", "amend", "cancel")
QUANTITY_UNIT: Final = 10_000
PRICE_UNIT: Final = 100_000_000
_NONE = -1
_NO_DATE = np.datetime64("NaT", "D")

_REVERSION_DAYS = 20.0
_NEW_YORK_SESSION, _FX_OPEN, _FX_SESSION = 6.5 * 3600, 7 * 3600, 14 * 3600
_FORWARD_DAYS = np.array([30, 60, 91, 182, 365])
_SWAP_YEARS, _SWAP_WEIGHTS = np.array([2, 3, 5, 7, 10]), np.array([0.25, 0.15, 0.3, 0.1, 0.2])

_TECH, _HEALTH = ("AAPL", "AMD", "MSFT"), ("JNJ", "LLY", "MRK", "PFE", "UNH")
_VALUE = ("BAC", "BBY", "CVX", "GE", "HD", "JPM", "KO", "PEP", "PG", "RRC", "WMT", "XOM")
_EQUITY_BOOKS = (
    # portfolio, tickers, mean and standard deviation of a line's value in millions of USD
    ("EQ-TECH", _TECH, 42.0, 22.0),
    ("EQ-HEALTH", _HEALTH, 24.0, 15.0),
    ("EQ-VALUE", _VALUE, 13.0, 12.0),
    ("DV-HEDGE", OPTION_UNDERLYINGS, -5.0, 11.0),
    ("DV-STRUCT", ("AAPL", "JPM", "MSFT", "XOM"), 9.0, 7.0),
)
_FX_BOOKS = (
    ("FX-G10", G10_PAIRS, 0.0, 55.0),
    ("FX-EM", EM_PAIRS, 0.0, 25.0),
    ("FX-FWD", ("EURUSD", "GBPUSD", "USDJPY", "AUDUSD"), 0.0, 35.0),
)
_MILLION = 1e6


@dataclass(frozen=True)
class Lines:
    """Positions that a group of portfolios keeps in a group of instruments; one array element per line.

    Attributes
    ----------
    books, instruments : indices into `BOOK_IDS` and into the group's instruments
    first_days, last_days : first and last book day on which the line trades, both included
    weights : relative number of trades
    means, deviations : of the target value, USD
    lots : units per lot
    is_long_only : whether the target is held at zero or above
    is_closed : whether a line that can end at zero does
    """

    books: Indices
    instruments: Indices
    first_days: Indices
    last_days: Indices
    weights: Floats
    means: Floats
    deviations: Floats
    lots: Floats
    is_long_only: bool = False
    is_closed: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Steps:
    """Trades of a group of lines; one array element per trade, in order of line and time."""

    lines: Indices
    days: Indices
    fractions: Floats
    signed_quantities: Floats


class Columns:
    """Trade events as columns of equal length, joined group by group."""

    NAMES = (
        "number", "version", "action", "product", "seconds", "day", "book", "trader", "dealer", "instrument", "side",
        "quantity", "price", "currency", "base", "start", "maturity", "delivered",
    )  # fmt: skip

    def __init__(self, **columns: NDArray) -> None:
        self.values = {name: columns[name] for name in self.NAMES}

    def __getitem__(self, name: str) -> NDArray:
        return self.values[name]

    def __len__(self) -> int:
        return len(self.values["day"])

    def take(self, index: NDArray, **replaced: NDArray) -> Columns:
        """Rows by index, with some columns replaced."""
        return Columns(**({name: column[index] for name, column in self.values.items()} | replaced))

    @staticmethod
    def join(parts: list[Columns]) -> Columns:
        """Rows of all parts, one after the other."""
        return Columns(**{name: np.concatenate([part[name] for part in parts]) for name in Columns.NAMES})


class Trading:
    """The trading system: every trade event of the book's history, in memory as numbers and delivered period by period.

    Parameters
    ----------
    market : MarketData
    reference : Reference
    scale : float
        1 is 60,000 trades.
    seed : int
    """

    def __init__(self, market: MarketData, reference: Reference, scale: float, seed: int) -> None:
        self._market, self._reference = market, reference
        self._calendar = market.calendar
        self._rng = np.random.default_rng([seed, 3])
        self._scale = scale
        self._days = market.calendar.book_days
        self._rows = market.day_index(self._days)
        self._activity = np.append(0.0, np.cumsum(_activity(market.closes[self._rows])))
        self._equity_opens = new_york_open(self._days)
        self._fx_opens = self._days.astype("datetime64[s]") + np.timedelta64(_FX_OPEN, "s")
        bonds, options = reference.bonds, reference.options
        self._instrument_ids = [
            *(f"EQ:{ticker}" for ticker in market.tickers),
            *(f"FX:{pair}" for pair in (*G10_PAIRS, *EM_PAIRS)),
            *bonds.instrument_ids,
            *options.instrument_ids,
        ]
        self._currencies = sorted({"USD", "EUR", *market.currencies})
        self._events = self._make_events()
        self._bounds = np.searchsorted(
            self._calendar.period_index(self._days[self._events["delivered"]]),
            np.arange(len(self._calendar.periods) + 1),
        )

    @property
    def event_count(self) -> int:
        """Trade events of the whole history."""
        return len(self._events)

    @property
    def latest_trades(self) -> Columns:
        """Last version of every trade not cancelled; `instrument` counts shares, pairs, bonds and options in turn."""
        number, version = self._events["number"], self._events["version"]
        order = np.lexsort((version, number))
        is_last = np.append(number[order][1:] != number[order][:-1], True)
        last = order[is_last]
        return self._events.take(last[self._events["action"][last] != _ACTIONS.index("cancel")])

    @property
    def currencies(self) -> list[str]:
        """Currencies that the columns `currency` and `base` of a trade count into."""
        return self._currencies

    @property
    def instrument_ids(self) -> list[str]:
        """Instruments that the column `instrument` of a trade counts into: shares, pairs, bonds and options in turn."""
        return self._instrument_ids

    def events_of(self, days: Days) -> Columns:
        """Every event of the trades that were made on some of the last days; the column `day` counts book days."""
        first = len(self._days) - len(days)
        return self._events.take(np.flatnonzero(self._events["day"] >= first))

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Trade events delivered in a period, by time of execution and version."""
        if period.index == 0:
            return
        part = slice(self._bounds[period.index], self._bounds[period.index + 1])
        yield Delivery(
            TRADES, period, self._table({name: column[part] for name, column in self._events.values.items()})
        )

    def _table(self, event: dict[str, NDArray]) -> pa.Table:
        is_otc = event["instrument"] == _NONE
        instruments = pa.DictionaryArray.from_arrays(
            pa.array(event["instrument"].astype(np.int32), mask=is_otc), pa.array(self._instrument_ids)
        )
        base = pa.array(event["base"].astype(np.int32), mask=event["base"] == _NONE)
        contract = pa.StructArray.from_arrays(
            [
                pa.DictionaryArray.from_arrays(base, pa.array(self._currencies)).cast(pa.string()),
                pa.array(event["start"], type=pa.date32()),
                pa.array(event["maturity"], type=pa.date32()),
            ],
            names=["base_currency", "start_date", "maturity_date"],
            mask=pa.array(~is_otc),
        )
        return pa.table(
            {
                "trade_id": identifiers.padded("T", event["number"], 9),
                "version": event["version"].astype(np.int32),
                "action": chosen(_ACTIONS, event["action"]),
                "product_type": chosen(PRODUCTS, event["product"]),
                "executed_at": event["seconds"],
                "trade_date": self._days[event["day"]],
                "portfolio_id": chosen(BOOK_IDS, event["book"]),
                "trader_id": chosen(self._reference.traders.trader_ids.tolist(), event["trader"]),
                "counterparty_lei": chosen(self._reference.dealers.leis.tolist(), event["dealer"]),
                "instrument_id": instruments,
                "side": chosen(_SIDES, event["side"]),
                "quantity": decimals(event["quantity"], 18, 4),
                "price": decimals(event["price"], 18, 8),
                "currency": chosen(self._currencies, event["currency"]),
                "contract": contract,
            }
        )

    def _make_events(self) -> Columns:
        total = max(round(TRADES_AT_SCALE_1 * self._scale), 200)
        counts = {product: round(total * share) for product, share in SHARES.items()}
        twice = round(total * BOOKED_TWICE)
        counts["equity"] = total - twice - sum(counts.values())
        trades = Columns.join(
            [
                self._equities(counts["equity"]),
                self._spot(counts["fx_spot"]),
                self._bonds(counts["government_bond"]),
                self._options(counts["equity_option"]),
                self._forwards(counts["fx_forward"]),
                self._swaps(counts["interest_rate_swap"]),
            ]
        )
        return self._with_corrections(trades, twice)

    def _with_corrections(self, trades: Columns, twice: int) -> Columns:
        """Add bookings made twice and cancelled, and trades booked wrongly and amended; number and sort everything."""
        rng, last = self._rng, len(self._days) - 1
        picked = np.sort(rng.permutation(len(trades))[: twice + round(len(trades) * AMENDED)])
        is_twice = np.zeros(len(picked), dtype=bool)
        is_twice[rng.permutation(len(picked))[:twice]] = True

        copies = trades.take(picked[is_twice])
        copies.values["seconds"] = copies["seconds"] + np.timedelta64(4_000, "ms")
        trades = Columns.join([trades, copies])
        number = np.empty(len(trades), dtype=np.int64)
        number[np.lexsort((trades["instrument"], trades["seconds"]))] = np.arange(1, len(trades) + 1)
        trades.values["number"] = number

        copied = np.arange(len(trades) - twice, len(trades))
        cancelled = trades.take(
            copied,
            version=np.full(twice, 2),
            action=np.full(twice, _ACTIONS.index("cancel")),
            delivered=np.minimum(trades["day"][copied] + rng.integers(0, 3, twice), last),
        )
        wrong = picked[~is_twice]
        amended = trades.take(
            wrong,
            version=np.full(len(wrong), 2),
            action=np.full(len(wrong), _ACTIONS.index("amend")),
            delivered=np.minimum(trades["day"][wrong] + rng.choice([0, 0, 0, 1, 1, 2], len(wrong)), last),
        )
        is_price = rng.random(len(wrong)) < 0.6
        factor = np.where(rng.random(len(wrong)) < 0.5, 101, 99)
        trades["price"][wrong] = np.where(is_price, trades["price"][wrong] * factor // 100, trades["price"][wrong])
        trades["quantity"][wrong] *= np.where(is_price, 1, 2)

        events = Columns.join([trades, cancelled, amended])
        period = self._calendar.period_index(self._days[events["delivered"]])
        return events.take(np.lexsort((events["version"], events["number"], period)))

    def _equities(self, n_trades: int) -> Columns:
        market = self._market
        closes = market.closes[self._rows]
        lines = _standing_lines(_EQUITY_BOOKS, market.tickers, len(self._days), 100.0)
        steps = self._steps(n_trades, lines, closes)
        instrument = lines.instruments[steps.lines]
        daily_moves = market.volatilities[self._rows, :, 0][steps.days, instrument] / 16.0
        price = self._near(closes[steps.days, instrument], steps, daily_moves, 0.0002)
        return self._listed("equity", lines, steps, instrument, np.round(price, 3), "USD")

    def _spot(self, n_trades: int) -> Columns:
        pairs = [*G10_PAIRS, *EM_PAIRS]
        rates, base_values = self._pair_values(pairs)
        lines = _standing_lines(_FX_BOOKS, pairs, len(self._days), 50_000.0)
        steps = self._steps(n_trades, lines, base_values)
        pair = lines.instruments[steps.lines]
        price = self._near(rates[steps.days, pair], steps, 0.005, 0.00004)
        quotes = np.array([self._currencies.index(name[3:]) for name in pairs])
        return self._listed("fx_spot", lines, steps, pair + len(self._market.tickers), _fx_rounded(price), quotes[pair])

    def _bonds(self, n_trades: int) -> Columns:
        bonds = self._reference.bonds
        first = np.searchsorted(self._days, bonds.issue_dates)
        last = np.searchsorted(self._days, bonds.maturity_dates) - 1
        held = np.flatnonzero(last > first)
        is_short = bonds.terms[held] <= 5
        lines = Lines(
            books=np.where(is_short, BOOK_IDS.index("RT-GOVT-SHORT"), BOOK_IDS.index("RT-GOVT-LONG")),
            instruments=held,
            first_days=first[held],
            last_days=last[held],
            weights=(last[held] - first[held]).astype(float),
            means=np.where(is_short, 45.0, 40.0) * _MILLION,
            deviations=np.where(is_short, 18.0, 16.0) * _MILLION,
            lots=np.full(len(held), 100_000.0),
            is_long_only=True,
        )
        steps = self._steps(n_trades, lines, np.ones((len(self._days), len(bonds.terms))))
        bond = lines.instruments[steps.lines]
        maturity = bonds.maturity_dates[bond]
        fair, _ = value_bonds(
            self._days[steps.days], maturity, bonds.coupons_pct[bond], self._market.zero_rates[self._rows[steps.days]]
        )
        years = year_fraction(self._days[steps.days], maturity)
        price = self._near(fair, steps, 0.0004 * np.minimum(years, 15.0), 0.00003)
        offset = len(self._market.tickers) + len(G10_PAIRS) + len(EM_PAIRS)
        return self._listed("government_bond", lines, steps, bond + offset, np.round(price, 4), "USD")

    def _options(self, n_trades: int) -> Columns:
        rng, market, options = self._rng, self._market, self._reference.options
        first = np.searchsorted(self._days, options.listing_dates)
        last = np.searchsorted(self._days, options.expiry_dates) - 1
        tradable = np.flatnonzero(last > first + 5)
        n_lines = min(len(tradable), max(n_trades // 3, 1))
        option = np.sort(rng.choice(tradable, n_lines, replace=False))
        is_hedged = rng.random(n_lines) < 0.25
        in_line = 8.0 / np.sqrt(n_lines / 1_000)
        direction = np.where(rng.random(n_lines) < 0.5, 1.0, -1.0)
        lines = Lines(
            books=np.where(is_hedged, BOOK_IDS.index("DV-STRUCT"), BOOK_IDS.index("DV-OPTIONS")),
            instruments=option,
            first_days=first[option],
            last_days=last[option],
            weights=np.ones(n_lines),
            means=direction * in_line * _MILLION,
            deviations=np.full(n_lines, 0.5 * in_line * _MILLION),
            lots=np.full(n_lines, 1.0),
            is_closed=rng.random(n_lines) < 0.8,
        )
        share = np.array([market.tickers.index(ticker) for ticker in options.tickers])
        closes = market.closes[self._rows]
        contract_values = 100.0 * closes[:, share]
        steps = self._steps(n_trades, lines, contract_values)
        traded = option[steps.lines]
        days = self._days[steps.days]
        times = year_fraction(days, options.expiry_dates[traded])
        surface = market.volatilities[self._rows[steps.days], share[traded]]
        fair = black_scholes(
            closes[steps.days, share[traded]],
            options.strikes[traded],
            times,
            interpolate_zero_rates(market.zero_rates[self._rows[steps.days]], times),
            interpolate_volatilities(VOLATILITY_TENORS / DAYS_PER_YEAR, surface, times),
            options.is_call[traded],
        ).price
        price = np.maximum(np.round(self._near(fair, steps, 0.06, 0.005), 2), 0.01)
        offset = len(self._instrument_ids) - len(options.strikes)
        return self._listed("equity_option", lines, steps, traded + offset, price, "USD")

    def _forwards(self, n_trades: int) -> Columns:
        rng = self._rng
        pairs = [*G10_PAIRS, *EM_PAIRS]
        rates, base_values = self._pair_values(pairs)
        day, fraction = self._moments(np.zeros(n_trades, dtype=int), np.full(n_trades, len(self._days) - 1))
        pair = np.minimum(rng.exponential(6.0, n_trades).astype(int), len(pairs) - 1)
        sign = _balanced_signs(rng, pair, day)
        usd = 7.0 * _MILLION / np.sqrt(self._scale) * np.exp(0.5 * rng.standard_normal(n_trades))
        quantity = np.maximum(np.rint(np.minimum(usd, 4e8) / base_values[day, pair] / 50_000), 1.0) * 50_000
        steps = Steps(pair, day, fraction, sign * quantity)
        price = _fx_rounded(self._near(rates[day, pair], steps, 0.005, 0.0001))
        tenor = rng.choice(_FORWARD_DAYS, n_trades)
        return self._columns(
            "fx_forward",
            steps,
            book=np.full(n_trades, BOOK_IDS.index("FX-FWD")),
            instrument=np.full(n_trades, _NONE),
            price=price,
            currency=np.array([self._currencies.index(name[3:]) for name in pairs])[pair],
            base=np.array([self._currencies.index(name[:3]) for name in pairs])[pair],
            maturity=self._calendar.on_or_after(self._days[day] + tenor),
        )

    def _swaps(self, n_trades: int) -> Columns:
        rng, market = self._rng, self._market
        day, fraction = self._moments(np.zeros(n_trades, dtype=int), np.full(n_trades, len(self._days) - 1))
        years = rng.choice(_SWAP_YEARS, n_trades, p=_SWAP_WEIGHTS)
        sign = _balanced_signs(rng, years, day)
        # The desk hedges the bonds: it pays fixed on somewhat more than it receives, by the same amount at any scale.
        tilt = 1.0 + min(0.15 / np.sqrt(self._scale), 0.5) * sign
        usd = 25.0 * _MILLION / np.sqrt(self._scale) * np.exp(0.4 * rng.standard_normal(n_trades)) * tilt
        notional = np.maximum(np.rint(np.minimum(usd, 9e8) / _MILLION), 1.0) * _MILLION
        start = self._days[day]
        maturity = roll_back(start, -12 * years)
        curve, fixing = market.zero_rates[self._rows[day]], market.six_month_yields[self._rows[day]]
        floating, _ = value_swaps(start, start, maturity, np.zeros(n_trades), fixing, curve)
        less_one_per_cent, _ = value_swaps(start, start, maturity, np.ones(n_trades), fixing, curve)
        par_pct = floating / (floating - less_one_per_cent)
        noise = 0.02 * np.sqrt(1.0 - fraction) * rng.standard_normal(n_trades)
        return self._columns(
            "interest_rate_swap",
            Steps(years, day, fraction, sign * notional),
            book=np.full(n_trades, BOOK_IDS.index("RT-SWAPS")),
            instrument=np.full(n_trades, _NONE),
            price=np.round(par_pct + noise - 0.003 * sign, 4),
            currency=self._currencies.index("USD"),
            start=start,
            maturity=maturity,
        )

    def _pair_values(self, pairs: list[str]) -> tuple[Floats, Floats]:
        """Rates of the pairs and USD per unit of their base, each of shape (book days, pairs)."""
        market = self._market
        rates = np.column_stack([market.pair_rates(pair[:3], pair[3:]) for pair in pairs])
        base_values = np.column_stack([market.pair_rates(pair[:3], "USD") for pair in pairs])
        return rates[self._rows], base_values[self._rows]

    def _moments(self, first_days: Indices, last_days: Indices) -> tuple[Indices, Floats]:
        """Days within windows, more of them when markets move, and how far into the session, more at its ends."""
        before, after = self._activity[first_days], self._activity[last_days + 1]
        drawn = before + self._rng.random(len(first_days)) * (after - before)
        day = np.clip(np.searchsorted(self._activity, drawn, side="right") - 1, first_days, last_days)
        return day, np.clip(self._rng.beta(0.8, 0.7, len(first_days)), 0.001, 0.999)

    def _steps(self, n_trades: int, lines: Lines, unit_values: Floats) -> Steps:
        """Trades that take every line along its target path.

        `unit_values` is what one unit is worth in USD, shape (book days, instruments). Targets are whole lots, odd and
        even in turn, so that no step is empty.
        """
        rng, n_lines = self._rng, len(lines.books)
        window = self._activity[lines.last_days + 1] - self._activity[lines.first_days]
        weight = lines.weights * window
        line = np.repeat(np.arange(n_lines), rng.multinomial(n_trades, weight / weight.sum()))
        day, fraction = self._moments(lines.first_days[line], lines.last_days[line])
        order = np.lexsort((fraction, day, line))
        day, fraction = day[order], fraction[order]
        starts = np.searchsorted(line, np.arange(n_lines))
        turn = np.arange(n_trades) - starts[line]

        decay = np.exp(-1.0 / _REVERSION_DAYS)
        shocks = rng.standard_normal((len(self._days), n_lines))
        shocks[1:] *= np.sqrt(1.0 - decay**2)
        path = lfilter([1.0], [1.0, -decay], shocks, axis=0)
        flicker = 0.12 / max(self._scale, 1.0) ** 0.5 * rng.standard_normal(n_trades)
        value = lines.means[line] + lines.deviations[line] * (path[day, line] + flicker)
        lots = value / unit_values[day, lines.instruments[line]] / lines.lots[line]
        if lines.is_long_only:
            lots = np.maximum(lots, 0.0)
        odd = (turn + 1) % 2
        target = 2.0 * np.rint((lots - odd) / 2.0) + odd
        if lines.is_closed is not None:
            is_last = np.append(line[1:] != line[:-1], True)
            target[is_last & (odd == 0) & lines.is_closed[line]] = 0.0
        previous = np.where(turn == 0, 0.0, np.append(0.0, target[:-1]))
        return Steps(line, day, fraction, (target - previous) * lines.lots[line])

    def _near(self, fair: Floats, steps: Steps, daily_move: Floats | float, half_spread: float) -> Floats:
        """Prices around the close: closer to it later in the day, and better than it for the bank by half a spread."""
        wander = 0.5 * daily_move * np.sqrt(1.0 - steps.fractions) * self._rng.standard_normal(len(fair))
        return fair * np.exp(wander) * (1.0 - half_spread * np.sign(steps.signed_quantities))

    def _listed(
        self, product: str, lines: Lines, steps: Steps, instrument: Indices, price: Floats, currency: Indices | str
    ) -> Columns:
        code = self._currencies.index(currency) if isinstance(currency, str) else currency
        return self._columns(
            product, steps, book=lines.books[steps.lines], instrument=instrument, price=price, currency=code
        )

    def _columns(
        self,
        product: str,
        steps: Steps,
        *,
        book: Indices,
        instrument: Indices,
        price: Floats,
        currency: Indices | int,
        base: Indices | None = None,
        start: NDArray[np.datetime64] | None = None,
        maturity: NDArray[np.datetime64] | None = None,
    ) -> Columns:
        n_trades = len(steps.days)
        is_currency = product in ("fx_spot", "fx_forward")
        opens = self._fx_opens if is_currency else self._equity_opens
        session = _FX_SESSION if is_currency else _NEW_YORK_SESSION
        elapsed = np.rint(steps.fractions * session * 1000).astype("timedelta64[ms]")
        none = np.full(n_trades, _NO_DATE)
        return Columns(
            number=np.zeros(n_trades, dtype=np.int64),
            version=np.ones(n_trades, dtype=np.int64),
            action=np.zeros(n_trades, dtype=np.int64),
            product=np.full(n_trades, PRODUCTS.index(product)),
            seconds=opens[steps.days].astype("datetime64[ms]") + elapsed,
            day=steps.days,
            book=book,
            trader=self._traders(book, steps.days),
            dealer=self._dealers(steps.days),
            instrument=instrument,
            side=(steps.signed_quantities < 0).astype(np.int64),
            quantity=np.rint(np.abs(steps.signed_quantities) * QUANTITY_UNIT).astype(np.int64),
            price=np.rint(price * PRICE_UNIT).astype(np.int64),
            currency=np.broadcast_to(currency, n_trades),
            base=np.full(n_trades, _NONE) if base is None else base,
            start=none if start is None else start,
            maturity=none if maturity is None else maturity,
            delivered=steps.days,
        )

    def _traders(self, book: Indices, day: Indices) -> Indices:
        """Pick a trader with a mandate for the portfolio on the day."""
        traders = self._reference.traders
        candidates = np.stack([np.flatnonzero(traders.books == number)[[0, 1, -1]] for number in range(len(BOOK_IDS))])
        picked = candidates[book, self._rng.integers(0, 3, len(book))]
        return np.where(traders.mandate_from[picked] <= self._days[day], picked, candidates[book, 0])

    def _dealers(self, day: Indices) -> Indices:
        """Pick a counterparty known by the day; few do most of the business."""
        known = np.searchsorted(self._reference.dealers.arrival_dates, self._days[day], side="right")
        return (self._rng.random(len(day)) ** 1.8 * known).astype(np.int64)


def _standing_lines(
    books: tuple[tuple[str, tuple[str, ...], float, float], ...], instruments: list[str], n_days: int, lot: float
) -> Lines:
    """Lines that trade over the whole history."""
    rows = [
        (BOOK_IDS.index(book), instruments.index(name), mean, sd) for book, names, mean, sd in books for name in names
    ]
    book, instrument, mean, deviation = (np.array(column) for column in zip(*rows, strict=True))
    return Lines(
        books=book,
        instruments=instrument,
        first_days=np.zeros(len(rows), dtype=int),
        last_days=np.full(len(rows), n_days - 1),
        weights=np.sqrt(deviation),
        means=mean * _MILLION,
        deviations=deviation * _MILLION,
        lots=np.full(len(rows), lot),
    )


def _activity(closes: Floats) -> Floats:
    """How much is traded on each day: more when shares move, 1 on an ordinary day."""
    moves = np.abs(np.diff(np.log(closes), axis=0)).mean(axis=1)
    relative = np.append(1.0, moves / np.median(moves))
    return np.clip(0.5 + 0.5 * relative, 0.6, 3.0)


def _balanced_signs(rng: np.random.Generator, kind: Indices, day: Indices) -> Floats:
    """Signs that cancel two by two within each kind as time goes by, so that a book of contracts stays about flat."""
    sign = np.empty(len(kind))
    order = np.lexsort((day, kind))
    pairs = np.where(rng.random((len(kind) + 1) // 2) < 0.5, 1.0, -1.0)
    sign[order] = np.stack([pairs, -pairs], axis=1).ravel()[: len(kind)]
    return sign


def _fx_rounded(rates: Floats) -> Floats:
    """Rates as dealers quote them: five decimals, three above 20."""
    return np.where(rates >= 20.0, np.round(rates, 3), np.round(rates, 5))
