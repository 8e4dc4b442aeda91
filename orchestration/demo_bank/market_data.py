"""Market data: real closes, reference rates and par yields, and implied volatilities made from the real closes.

Real series are delivered as published: a date on which the source published nothing has no rows. The system's feeds
cover 2015 onwards, because risk needs more history than the book.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray
from scipy.signal import lfilter

from orchestration.demo_bank.calendar import Days, DeliveryCalendar, Period
from orchestration.demo_bank.writing import Delivery, Feed, chosen, rounded_decimals
from python_models.pricing.curves import TENORS, bootstrap_zero_rates

Floats = NDArray[np.float64]

DATA: Final = Path(__file__).parent / "data"
VOLATILITY_TENORS: Final = np.array([30, 91, 182, 365])
VOLATILITY_FLOOR: Final = 0.10
STALE_TICKER: Final = "RRC"
STALE_DATES: Final = (date(2022, 12, 13), date(2022, 12, 14), date(2022, 12, 15))

EQUITY_PRICES: Final = Feed(
    "market_data", "equity_prices", "parquet", "close_price", 0, time(17, 15), "America/New_York"
)
FX_RATES: Final = Feed("market_data", "fx_rates", "parquet", "units_per_eur", 0, time(16, 10), "Europe/Paris")
PAR_YIELDS: Final = Feed(
    "market_data", "treasury_par_yields", "parquet", "par_yield_pct", 0, time(17, 45), "America/New_York"
)
VOLATILITIES: Final = Feed(
    "market_data", "implied_volatilities", "parquet", "implied_volatility", 0, time(17, 30), "America/New_York"
)


class MarketData:
    """The market's history, for the deliveries of this system and for the prices at which the bank trades.

    Parameters
    ----------
    seed : int
        Of the noise in the implied volatilities.

    Attributes
    ----------
    calendar : DeliveryCalendar
        Business days are the dates of the share prices.
    tickers, currencies, tenors : list of str
        Columns of `closes`, `units_per_eur` and `par_yields_pct`.
    closes : ndarray, shape (business days, tickers), USD
    units_per_eur : ndarray, shape (publication days, currencies)
    par_yields_pct : ndarray, shape (publication days, tenors), per cent; NaN = not published
    volatilities : ndarray, shape (business days, tickers, 4), annualised, decimal
    """

    def __init__(self, seed: int) -> None:
        business_days, self.tickers, self.closes = _read_wide("equity_closes")
        self._fx_days, self.currencies, self.units_per_eur = _read_wide("ecb_reference_rates")
        self._curve_days, self.tenors, self.par_yields_pct = _read_wide("treasury_par_yields")
        self.calendar = DeliveryCalendar(business_days)
        self.volatilities = implied_volatilities(self.closes, np.random.default_rng([seed, 1]))

    @cached_property
    def zero_rates(self) -> Floats:
        """Zero curve of each business day, shape (business days, 11); the last published one on a bond holiday."""
        wanted = [self.tenors.index(tenor) for tenor in TENORS]
        return bootstrap_zero_rates(self.par_yields_pct[:, wanted])[self._last_published(self._curve_days)]

    @cached_property
    def six_month_yields(self) -> Floats:
        """Six-month par yield of each business day, decimal: what a swap fixes at."""
        return self.par_yields_pct[self._last_published(self._curve_days), self.tenors.index("6 Mo")] / 100.0

    @cached_property
    def curve_yields_pct(self) -> Floats:
        """Par yields of each business day, per cent, shape (business days, tenors)."""
        return self.par_yields_pct[self._last_published(self._curve_days)]

    def pair_rates(self, base: str, quote: str) -> Floats:
        """Units of the quote currency for one of the base, per business day, crossed through the euro."""
        return self._per_euro(quote) / self._per_euro(base)

    def day_index(self, days: Days) -> NDArray[np.intp]:
        """Index of business days in every array of this class that has one row per business day."""
        return np.searchsorted(self.calendar.business_days, days)

    def _per_euro(self, currency: str) -> Floats:
        if currency == "EUR":
            return np.ones(len(self.calendar.business_days))
        return self.units_per_eur[self._last_published(self._fx_days), self.currencies.index(currency)]

    def _last_published(self, published: Days) -> NDArray[np.intp]:
        return np.searchsorted(published, self.calendar.business_days, side="right") - 1

    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """Rows of every feed for a period; a stale price has none."""
        days, rows = _slice(self.calendar.business_days, period)
        is_stale = np.isin(days, np.array(STALE_DATES, dtype="datetime64[D]"))[:, np.newaxis] & (
            np.array(self.tickers) == STALE_TICKER
        )
        kept = np.flatnonzero(~is_stale)
        table = _long_table("price_date", days, "ticker", self.tickers, "close_price", self.closes[rows], (18, 6))
        table = table.append_column("currency", chosen(["USD"], np.zeros(table.num_rows, dtype=np.int32)))
        yield Delivery(EQUITY_PRICES, period, table.take(pa.array(kept)))

        fx_days, fx_rows = _slice(self._fx_days, period)
        rates = self.units_per_eur[fx_rows]
        yield Delivery(
            FX_RATES,
            period,
            _long_table("rate_date", fx_days, "currency", self.currencies, "units_per_eur", rates, (18, 6)),
        )

        curve_days, curve_rows = _slice(self._curve_days, period)
        yields = self.par_yields_pct[curve_rows]
        yield Delivery(
            PAR_YIELDS,
            period,
            _long_table("curve_date", curve_days, "tenor", self.tenors, "par_yield_pct", yields, (9, 4)),
        )

        yield Delivery(VOLATILITIES, period, self._volatility_table(days, self.volatilities[rows]))

    def _volatility_table(self, days: Days, surface: Floats) -> pa.Table:
        n_tickers, n_tenors = len(self.tickers), len(VOLATILITY_TENORS)
        return pa.table(
            {
                "quote_date": np.repeat(days, n_tickers * n_tenors),
                "ticker": chosen(self.tickers, np.tile(np.repeat(np.arange(n_tickers), n_tenors), len(days))),
                "tenor_days": pa.array(np.tile(VOLATILITY_TENORS, len(days) * n_tickers), type=pa.int32()),
                "implied_volatility": rounded_decimals(surface.ravel(), 9, 6),
            }
        )


def implied_volatilities(closes: Floats, rng: np.random.Generator) -> Floats:
    """Make at-the-money implied volatilities from closes: synthetic, but they crash when the shares do.

    Parameters
    ----------
    closes : ndarray, shape (n days, k shares)
    rng : Generator

    Returns
    -------
    ndarray, shape (n, k, 4)
        Annualised, decimal, at `VOLATILITY_TENORS`, never below `VOLATILITY_FLOOR`, rounded to 6 decimals.

    Notes
    -----
    Short variance is an EWMA of squared log returns with lambda 0.94, long variance one with 0.995. Between them the
    variance of a tenor reverts as the expected average of a mean-reverting variance: long + (short - long) *
    (1 - exp(-kT)) / (kT) with k = 4 a year. A premium of 8 % over realised volatility, and noise of 2 % that lasts days
    and 0.3 % that does not, make it a quote rather than a formula.
    """
    squared = np.diff(np.log(closes), axis=0) ** 2
    squared = np.vstack([squared[:60].mean(axis=0), squared])
    short, long = (_ewma(squared, weight) * 252.0 for weight in (0.94, 0.995))
    reversion = 4.0 * VOLATILITY_TENORS / 365.0
    pull = (1.0 - np.exp(-reversion)) / reversion
    variance = long[..., np.newaxis] + (short - long)[..., np.newaxis] * pull
    lasting = lfilter([np.sqrt(1.0 - 0.9**2)], [1.0, -0.9], rng.standard_normal(short.shape), axis=0)
    noise = np.exp(0.02 * lasting[..., np.newaxis] + 0.003 * rng.standard_normal(variance.shape))
    quotes: Floats = np.maximum(1.08 * np.sqrt(variance) * noise, VOLATILITY_FLOOR)
    return quotes.round(6)


def _ewma(values: Floats, weight: float) -> Floats:
    """Exponentially weighted mean down the rows, started at the mean of the first sixty."""
    start = values[:60].mean(axis=0, keepdims=True) * weight
    averages: Floats = lfilter([1.0 - weight], [1.0, -weight], values, axis=0, zi=start)[0]
    return averages


def _read_wide(name: str) -> tuple[Days, list[str], Floats]:
    """Dates, column names and values of one committed file; an empty field is NaN."""
    table = pyarrow.csv.read_csv(DATA / f"{name}.csv.gz")
    days = table.column("date").to_numpy().astype("datetime64[D]")
    columns = table.column_names[1:]
    values = [table.column(column).cast(pa.float64()).to_numpy() for column in columns]
    return days, columns, np.column_stack(values)


def _slice(days: Days, period: Period) -> tuple[Days, slice]:
    """Days within a period, and where they are."""
    first, last = np.datetime64(period.first, "D"), np.datetime64(period.last, "D")
    rows = slice(*np.searchsorted(days, [first, last + 1]))
    return days[rows], rows


def _long_table(
    date_name: str,
    days: Days,
    key_name: str,
    keys: list[str],
    value_name: str,
    values: Floats,
    decimal: tuple[int, int],
) -> pa.Table:
    """One row per day and key."""
    return pa.table(
        {
            date_name: np.repeat(days, len(keys)),
            key_name: chosen(keys, np.tile(np.arange(len(keys)), len(days))),
            value_name: rounded_decimals(values.ravel(), *decimal),
        }
    )
