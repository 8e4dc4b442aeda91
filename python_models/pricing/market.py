"""Market data of many dates as matrices, and what an instrument reads from them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray, as_days
from python_models.errors import FrameError
from python_models.frames import pivot_long, require_columns
from python_models.pricing.curves import RISK_FACTORS, TENOR_YEARS, TENORS, node_weights
from python_models.pricing.dates import DAYS_PER_YEAR
from python_models.pricing.options import interpolate_volatilities
from python_models.pricing.swaps import HALF_YEAR, fixing_dates

FIXING_NODE: Final = TENORS.index("6 Mo")
MAX_FIXING_AGE_DAYS = 7


class Market(NamedTuple):
    """Market data on the business dates to be valued; NaN = missing. Rows of every matrix follow `dates`."""

    dates: DateArray
    zero_rates: FloatArray
    factors: pd.Index
    spots: FloatArray
    spot_columns: pd.Index
    volatilities: FloatArray
    volatility_tickers: pd.Index
    pillar_years: FloatArray
    fixing_dates: DateArray
    fixing_rates: FloatArray

    def spot(self, factor_ids: pd.Series, date: NDArray[np.intp]) -> FloatArray:
        """Level of one factor per pair; 1 for the dollar itself."""
        column = self.spot_columns.get_indexer(pd.Index(factor_ids))
        level = (
            np.where(column >= 0, self.spots[date, column], np.nan) if self.spots.size else np.full(len(date), np.nan)
        )
        return np.where(factor_ids.to_numpy() == "FX:USD", 1.0, level)

    def volatility(self, tickers: pd.Series, date: NDArray[np.intp], times: FloatArray) -> FloatArray:
        """Implied volatility of one share per pair at a time to expiry in years."""
        column = self.volatility_tickers.get_indexer(pd.Index(tickers))
        if not self.volatilities.size:
            return np.full(len(date), np.nan)
        surface = np.where((column >= 0)[:, np.newaxis], self.volatilities[date, column], np.nan)
        return interpolate_volatilities(self.pillar_years, surface, times)

    def rate(self, date: NDArray[np.intp], times: FloatArray) -> tuple[FloatArray, NDArray[np.intp], FloatArray]:
        """Zero rate per pair at a time in years, with the lower of its two nodes and the weight of the upper one."""
        lower, weight = node_weights(times)
        curve = self.zero_rates[date]
        pairs = np.arange(len(date))
        return (1.0 - weight) * curve[pairs, lower] + weight * curve[pairs, lower + 1], lower, weight

    def fixings(self, valuation: DateArray, start: DateArray, maturity: DateArray) -> FloatArray:
        """Floating rate of a swap's period in progress, per pair of valuation date and swap.

        Raises
        ------
        FrameError
            If a period began before the first curve.
        """
        reset = fixing_dates(valuation, start, maturity)
        source = np.searchsorted(self.fixing_dates, reset, side="right") - 1
        if (source < 0).any():
            missing = reset[source < 0].min()
            raise FrameError(
                f"A swap was fixed on {missing}, before the first curve; give the curves from that date on."
            )
        age = (reset - self.fixing_dates[source]).astype(np.int64)
        return np.where(age <= MAX_FIXING_AGE_DAYS, self.fixing_rates[source], np.nan)


def market_data(
    curves: pd.DataFrame,
    spots: pd.DataFrame,
    volatilities: pd.DataFrame,
    dates: DatesLike,
    terms: pd.DataFrame,
    *,
    only_dates_with_curve: bool = True,
) -> Market:
    """All market data as matrices on the business dates.

    Parameters
    ----------
    curves, spots, volatilities : DataFrame
        As in `python_models.pricing.valuation.value_instruments`.
    dates : array_like of dates
        Business dates to value.
    terms : DataFrame ``underlying_instrument_id``, ``currency``, ``base_currency``
        Terms of the instruments, whose factors are those of the result.
    only_dates_with_curve : bool
        True leaves out the dates without a complete curve; False keeps them, with a curve of NaN.

    Returns
    -------
    Market

    Raises
    ------
    FrameError
        If a column is missing or a key appears twice.
    """
    require_columns(curves, "curves", ("business_date", "tenor", "zero_rate"))
    require_columns(spots, "spots", ("business_date", "risk_factor_id", "level"))
    require_columns(volatilities, "volatilities", ("business_date", "ticker", "tenor_days", "implied_volatility"))
    curve_dates, zero_rates = pivot_long(curves, "curves", "business_date", "tenor", "zero_rate", TENORS)
    complete = ~np.isnan(zero_rates).any(axis=1)
    curve_dates, zero_rates = curve_dates[complete], zero_rates[complete]
    valued = np.unique(as_days(dates))
    if only_dates_with_curve:
        valued = np.intersect1d(curve_dates, valued, assume_unique=True)

    spot_columns = pd.Index(np.unique(spots["risk_factor_id"].to_numpy(dtype=object)))
    spot_dates, levels = pivot_long(spots, "spots", "business_date", "risk_factor_id", "level", list(spot_columns))

    tickers = pd.Index(np.unique(volatilities["ticker"].to_numpy(dtype=object)))
    tenors = np.unique(volatilities["tenor_days"].to_numpy(dtype=np.int64))
    keyed = volatilities.assign(
        quote=volatilities["ticker"].astype("str") + " " + volatilities["tenor_days"].astype("str")
    )
    quotes = [f"{ticker} {tenor}" for ticker in tickers for tenor in tenors]
    quote_dates, quoted = pivot_long(keyed, "volatilities", "business_date", "quote", "implied_volatility", quotes)

    underlyings = terms["underlying_instrument_id"].dropna().unique()
    currencies = pd.concat([terms["currency"], terms["base_currency"]]).dropna().unique()
    factors = [
        *RISK_FACTORS,
        *sorted(underlyings),
        *sorted(f"VOL:{underlying.removeprefix('EQ:')}" for underlying in underlyings),
        *sorted(f"FX:{currency}" for currency in currencies if currency != "USD"),
    ]
    return Market(
        dates=valued,
        zero_rates=_on_dates(zero_rates, curve_dates, valued),
        factors=pd.Index(factors),
        spots=_on_dates(levels, spot_dates, valued),
        spot_columns=spot_columns,
        volatilities=_on_dates(quoted, quote_dates, valued).reshape(len(valued), len(tickers), len(tenors)),
        volatility_tickers=tickers,
        pillar_years=tenors / DAYS_PER_YEAR,
        fixing_dates=curve_dates,
        fixing_rates=np.expm1(zero_rates[:, FIXING_NODE] * TENOR_YEARS[FIXING_NODE]) / HALF_YEAR,
    )


def _on_dates(matrix: FloatArray, matrix_dates: DateArray, dates: DateArray) -> FloatArray:
    """Rows of the matrix for the wanted dates, NaN where it has none."""
    rows = np.full((len(dates), matrix.shape[1]), np.nan)
    _, source, target = np.intersect1d(matrix_dates, dates, assume_unique=True, return_indices=True)
    rows[target] = matrix[source]
    return rows
