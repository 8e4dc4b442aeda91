"""What the trading book is worth at each month end, from the bank's own trades: the ledger's trading accounts.

Prices come from `python_models.pricing` and the market data, as in the warehouse. Faulty deliveries that the warehouse
must cope with (a stale price, trades that are planted) are not seen here, so that small differences remain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo_bank.market_data import VOLATILITY_TENORS, MarketData
from orchestration.demo_bank.reference import EM_PAIRS, G10_PAIRS, Reference
from orchestration.demo_bank.snapshots import Floats, Indices, Snapshots
from orchestration.demo_bank.trading import PRICE_UNIT, PRODUCTS, QUANTITY_UNIT, Trading
from python_models.pricing.bonds import value_bonds
from python_models.pricing.curves import interpolate_zero_rates
from python_models.pricing.dates import DAYS_PER_YEAR, year_fraction
from python_models.pricing.forwards import value_forwards
from python_models.pricing.options import black_scholes, interpolate_volatilities
from python_models.pricing.swaps import fixing_dates, value_swaps

_CODE = {name: code for code, name in enumerate(PRODUCTS)}


@dataclass(frozen=True)
class TradingValues:
    """Values of the trading book at a snapshot, USD, both sides positive.

    Attributes
    ----------
    shares, bonds, currencies, derivatives : (float, float)
        Of positions with a positive value, and of those with a negative one. Shares, bonds and listed options count by
        portfolio and instrument, contracts over the counter one by one, currencies net over all portfolios.
    by_dealer : ndarray, shape (dealers,)
        Net value of the contracts over the counter.
    contracts : ndarray of int, shape (dealers,)
        How many of them are alive.
    """

    shares: tuple[float, float]
    bonds: tuple[float, float]
    currencies: tuple[float, float]
    derivatives: tuple[float, float]
    by_dealer: Floats
    contracts: Indices


class TradingBook:
    """Values the trades at the snapshots.

    Parameters
    ----------
    snapshots : Snapshots
    market : MarketData
    reference : Reference
    trading : Trading
    """

    def __init__(self, snapshots: Snapshots, market: MarketData, reference: Reference, trading: Trading) -> None:
        self._snapshots, self._market, self._reference = snapshots, market, reference
        self._trades = trading.latest_trades
        self._currencies = trading.currencies
        days = market.calendar.book_days
        self._day = days[self._trades["day"]]
        sign = np.where(self._trades["side"] == 0, 1.0, -1.0)
        self._quantity = sign * self._trades["quantity"] / QUANTITY_UNIT
        self._price = self._trades["price"] / PRICE_UNIT
        self._pairs = [*G10_PAIRS, *EM_PAIRS]
        self.values = [self._at(number) for number in range(len(snapshots))]

    def _at(self, number: int) -> TradingValues:
        day, row = self._snapshots.days[number], int(self._snapshots.market_rows[number])
        known = self._day <= day
        options = self._options(known, day, row)
        forwards, forward_dealers = self._forwards(known, day, row)
        swaps, swap_dealers = self._swaps(known, day, row)
        count = len(self._reference.dealers.leis)
        dealers = np.append(forward_dealers, swap_dealers)
        contracts = np.append(forwards, swaps)
        return TradingValues(
            shares=_sides(self._shares(known, row)),
            bonds=_sides(self._bonds(known, day, row)),
            currencies=_sides(self._currency_balances(known, day, row)),
            derivatives=_sides(np.append(options, contracts)),
            by_dealer=np.bincount(dealers, weights=contracts, minlength=count).astype(np.float64),
            contracts=np.bincount(dealers, minlength=count),
        )

    def _positions(self, known: np.ndarray, product: str, first: int) -> tuple[Indices, Floats]:
        """Instruments of a product, counted from its first, and net quantities by portfolio."""
        of = np.flatnonzero(known & (self._trades["product"] == _CODE[product]))
        key = self._trades["book"][of] * 100_000 + self._trades["instrument"][of] - first
        keys, position = np.unique(key, return_inverse=True)
        quantities = np.bincount(position, weights=self._quantity[of], minlength=len(keys)).astype(np.float64)
        return keys % 100_000, quantities

    def _shares(self, known: np.ndarray, row: int) -> Floats:
        instrument, quantity = self._positions(known, "equity", 0)
        values: Floats = quantity * self._market.closes[row, instrument]
        return values

    def _bonds(self, known: np.ndarray, day: np.datetime64, row: int) -> Floats:
        bonds = self._reference.bonds
        first = len(self._market.tickers) + len(self._pairs)
        instrument, quantity = self._positions(known, "government_bond", first)
        alive = bonds.maturity_dates[instrument] > day
        instrument, quantity = instrument[alive], quantity[alive]
        curve = np.broadcast_to(self._market.zero_rates[row], (len(instrument), self._market.zero_rates.shape[1]))
        maturities = bonds.maturity_dates[instrument]
        price, _ = value_bonds(np.full(len(instrument), day), maturities, bonds.coupons_pct[instrument], curve)
        values: Floats = quantity * price * 0.01
        return values

    def _options(self, known: np.ndarray, day: np.datetime64, row: int) -> Floats:
        market, options = self._market, self._reference.options
        first = len(market.tickers) + len(self._pairs) + len(self._reference.bonds.instrument_ids)
        instrument, quantity = self._positions(known, "equity_option", first)
        alive = options.expiry_dates[instrument] > day
        instrument, quantity = instrument[alive], quantity[alive]
        if not len(instrument):
            return np.zeros(0)
        share = np.array([market.tickers.index(ticker) for ticker in options.tickers[instrument]])
        times = year_fraction(np.full(len(instrument), day), options.expiry_dates[instrument])
        curve = np.broadcast_to(market.zero_rates[row], (len(instrument), market.zero_rates.shape[1]))
        price = black_scholes(
            market.closes[row, share],
            options.strikes[instrument],
            times,
            interpolate_zero_rates(curve, times),
            interpolate_volatilities(VOLATILITY_TENORS / DAYS_PER_YEAR, market.volatilities[row, share], times),
            options.is_call[instrument],
        ).price
        values: Floats = quantity * 100.0 * price
        return values

    def _currency_balances(self, known: np.ndarray, day: np.datetime64, row: int) -> Floats:
        """Net balance of each currency but USD, from spot trades and forwards that were delivered."""
        trades = self._trades
        is_spot = known & (trades["product"] == _CODE["fx_spot"])
        is_delivered = known & (trades["product"] == _CODE["fx_forward"]) & (trades["maturity"] <= day)
        bases = np.array([self._currencies.index(pair[:3]) for pair in self._pairs])
        pair = trades["instrument"] - len(self._market.tickers)
        base = np.where(is_spot, bases[np.clip(pair, 0, len(bases) - 1)], trades["base"])
        of = np.flatnonzero(is_spot | is_delivered)
        count = len(self._currencies)
        balances = np.bincount(base[of], weights=self._quantity[of], minlength=count)
        paid = (self._quantity * self._price)[of]
        balances -= np.bincount(trades["currency"][of], weights=paid, minlength=count)
        return np.array(
            [
                balance * self._usd(currency, row)
                for currency, balance in zip(self._currencies, balances, strict=True)
                if currency != "USD"
            ]
        )

    def _forwards(self, known: np.ndarray, day: np.datetime64, row: int) -> tuple[Floats, Indices]:
        trades = self._trades
        of = np.flatnonzero(known & (trades["product"] == _CODE["fx_forward"]) & (trades["maturity"] > day))
        usd = np.array([self._usd(currency, row) for currency in self._currencies])
        base, quote = trades["base"][of], trades["currency"][of]
        curve = np.broadcast_to(self._market.zero_rates[row], (len(of), self._market.zero_rates.shape[1]))
        times = year_fraction(np.full(len(of), day), trades["maturity"][of])
        price = value_forwards(usd[base] / usd[quote], self._price[of], times, curve).price if len(of) else np.zeros(0)
        return self._quantity[of] * price * usd[quote], trades["dealer"][of]

    def _swaps(self, known: np.ndarray, day: np.datetime64, row: int) -> tuple[Floats, Indices]:
        trades, market = self._trades, self._market
        of = np.flatnonzero(known & (trades["product"] == _CODE["interest_rate_swap"]) & (trades["maturity"] > day))
        if not len(of):
            return np.zeros(0), of
        start, maturity, today = trades["start"][of], trades["maturity"][of], np.full(len(of), day)
        fixed_on = market.calendar.on_or_before(fixing_dates(today, start, maturity))
        curve = np.broadcast_to(market.zero_rates[row], (len(of), market.zero_rates.shape[1]))
        fixing = market.six_month_yields[market.day_index(fixed_on)]
        value, _ = value_swaps(today, start, maturity, self._price[of], fixing, curve)
        return self._quantity[of] * value, trades["dealer"][of]

    def _usd(self, currency: str, row: int) -> float:
        return float(self._market.pair_rates(currency, "USD")[row])


def _sides(values: Floats) -> tuple[float, float]:
    """Sum of what is above zero and of what is below, both positive."""
    return float(values[values > 0].sum()), float(-values[values < 0].sum())
