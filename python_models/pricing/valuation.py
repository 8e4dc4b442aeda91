"""Values and sensitivities of every modelled instrument on every business date: long frames in, long frames out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, DatesLike, FloatArray
from python_models.frames import days_of, rounded
from python_models.pricing.bonds import value_bonds
from python_models.pricing.dates import year_fraction
from python_models.pricing.forwards import value_forwards
from python_models.pricing.market import Market, market_data
from python_models.pricing.options import black_scholes
from python_models.pricing.swaps import value_swaps
from python_models.pricing.terms import PRICE_DECIMALS, checked_terms

SENSITIVITY_DECIMALS = 12
PAIRS_PER_CHUNK = 50_000


class _Valued(NamedTuple):
    """Results of a chunk of n (date, instrument) pairs, before the contract multiplier is applied to sensitivities."""

    prices: FloatArray
    rate_deltas: FloatArray
    other: list[tuple[pd.Series, FloatArray, FloatArray]]


def value_instruments(
    instruments: pd.DataFrame,
    curves: pd.DataFrame,
    spots: pd.DataFrame,
    volatilities: pd.DataFrame,
    dates: DatesLike,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Price the modelled instruments and their sensitivities on every date on which each of them is alive.

    Parameters
    ----------
    instruments : DataFrame, one row per instrument
        ``instrument_id``; ``instrument_type`` (`government_bond`, `equity_option`, `fx_forward`,
        `interest_rate_swap`; filter the others out); ``currency``; ``base_currency`` (forwards);
        ``contract_multiplier``; ``start_date`` (issue or trade date; null = since ever, not for swaps);
        ``maturity_date``; ``coupon_rate_pct`` (bonds: coupon; swaps: fixed rate; per cent a year);
        ``coupons_per_year`` (bonds; 2); ``strike_price`` (options: USD per share; forwards: contract rate, quote per
        base); ``option_type`` (`call` or `put`); ``underlying_instrument_id`` (`EQ:<ticker>`).
    curves : DataFrame ``business_date``, ``tenor``, ``zero_rate``
        Zero rates as from `zero_curve_frame`. For swaps the curves must reach back to the first fixing date, at most
        six months and a week before the first of `dates`.
    spots : DataFrame ``business_date``, ``risk_factor_id``, ``level``
        `EQ:<ticker>` USD per share, `FX:<currency>` USD per unit of currency (`FX:USD` is 1 and not needed).
    volatilities : DataFrame ``business_date``, ``ticker``, ``tenor_days``, ``implied_volatility``
        Annualised, decimal.
    dates : array_like of dates
        Business dates to value.

    Returns
    -------
    prices : DataFrame ``business_date``, ``instrument_id``, ``price_local``, ``is_price_proxied``
        Contract units: bond, full price per 100 of face; option, per share; forward, quote currency per unit of base;
        swap (pay fixed), USD per unit of notional. Rounded as in `PRICE_DECIMALS`. Forwards are proxied (no points).
    sensitivities : DataFrame ``business_date``, ``instrument_id``, ``risk_factor_id``, ``delta_local``, ``gamma_local``
        Per unit of quantity, contract multiplier included, in the instrument's currency; rounded to 12 decimals.
        ``value change = delta_local * move + gamma_local * move^2 / 2`` with the move of the factor as a relative
        return for `EQ:` and `FX:`, as an absolute change for `IR:USD:<tenor>` (1.00 = 10,000 basis points) and
        `VOL:<ticker>` (1.00 = 100 volatility points; the option's own volatility moves as much as the factor).
        The translation of a foreign value into USD is not in it: add the market value itself to the delta of
        `FX:<currency>` for every instrument and cash balance that is not in USD.
        Linear instruments need no model: the delta of a share to `EQ:<ticker>` is its price; the delta of a currency
        pair is its price to `FX:<base>` and minus its price to `FX:<quote>`.

    Raises
    ------
    FrameError
        If a column is missing, a key appears twice, or the curves do not reach back to a swap's fixing.
    InstrumentError
        If a type is not modelled, a term is missing, or a term or level is impossible.

    Notes
    -----
    An instrument is alive from `start_date` to the day before `maturity_date`. A pair whose curve, spot, volatility or
    fixing is missing on the date has no row: missing is not zero, and carrying data forward (flagged) is the caller's
    decision. A swap is fixed at the 6 Mo par yield of the last curve up to `MAX_FIXING_AGE_DAYS` before the reset.
    Pairs are valued in chunks, so memory is that of the result. The result does not depend on the other instruments
    and dates in the call.
    """
    terms = checked_terms(instruments)
    market = market_data(curves, spots, volatilities, dates, terms)
    ids = pd.Index(terms["instrument_id"])
    priced: list[tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, NDArray[np.bool_]]] = []
    moved: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], FloatArray, FloatArray]] = []
    for instrument_type, value in _VALUERS.items():
        for instrument, date in alive_pairs(terms, instrument_type, market.dates):
            pair_terms = terms.iloc[instrument].reset_index(drop=True)
            valued = value(pair_terms, market, date)
            known = np.isfinite(valued.prices)
            prices = rounded(valued.prices[known], PRICE_DECIMALS[instrument_type])
            proxied = np.full(len(prices), instrument_type == "fx_forward")
            priced.append((date[known], instrument[known], prices, proxied))
            multiplier = pair_terms["contract_multiplier"].to_numpy(dtype=np.float64)
            for row, factor, delta, gamma in _sensitivity_rows(valued, market.factors):
                keep = known[row]
                row, delta, gamma = row[keep], delta[keep] * multiplier[row[keep]], gamma[keep] * multiplier[row[keep]]
                moved.append(
                    (
                        date[row].astype(np.int32),
                        instrument[row].astype(np.int32),
                        factor[keep].astype(np.int32),
                        rounded(delta, SENSITIVITY_DECIMALS),
                        rounded(gamma, SENSITIVITY_DECIMALS),
                    )
                )
    days = market.dates.astype("datetime64[s]")
    date, instrument, price, is_proxied = _stack(priced, (np.intp, np.intp, np.float64, np.bool_))
    prices_frame = pd.DataFrame(
        {
            "business_date": days[date],
            "instrument_id": _labels(ids, instrument),
            "price_local": price,
            "is_price_proxied": is_proxied,
        },
        copy=False,
    )
    date, instrument, factor, delta, gamma = _stack(moved, (np.int32, np.int32, np.int32, np.float64, np.float64))
    moved.clear()  # the chunks are as large as the result: free them before it is made
    sensitivities_frame = pd.DataFrame(
        {
            "business_date": days[date],
            "instrument_id": _labels(ids, instrument),
            "risk_factor_id": _labels(market.factors, factor),
            "delta_local": delta,
            "gamma_local": gamma,
        },
        copy=False,
    )
    return prices_frame, sensitivities_frame


def alive_pairs(
    terms: pd.DataFrame, instrument_type: str, dates: DateArray
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Pair the instruments of a type with the dates on which they are alive.

    Parameters
    ----------
    terms : DataFrame
        As from `python_models.pricing.terms.checked_terms`.
    instrument_type : str
    dates : ndarray of datetime64[D], sorted

    Yields
    ------
    instrument, date : ndarray of int
        Positions in `terms` and `dates`, in chunks; instruments of like length together, to spare padding.
    """
    group = terms[terms["instrument_type"] == instrument_type].sort_values(["maturity_date", "instrument_id"])
    start, maturity = days_of(group["start_date"]), days_of(group["maturity_date"])
    first = np.where(np.isnat(start), 0, np.searchsorted(dates, start))
    count = np.maximum(np.searchsorted(dates, maturity) - first, 0)
    instrument = np.repeat(group.index.to_numpy(dtype=np.intp), count)
    date = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    for begin in range(0, len(instrument), PAIRS_PER_CHUNK):
        yield instrument[begin : begin + PAIRS_PER_CHUNK], date[begin : begin + PAIRS_PER_CHUNK]


def _value_bonds(terms: pd.DataFrame, market: Market, date: NDArray[np.intp]) -> _Valued:
    prices, deltas = value_bonds(
        market.dates[date], days_of(terms["maturity_date"]), terms["coupon_rate_pct"], market.zero_rates[date]
    )
    return _Valued(prices, deltas, [])


def _value_options(terms: pd.DataFrame, market: Market, date: NDArray[np.intp]) -> _Valued:
    underlying = terms["underlying_instrument_id"].astype("str")
    ticker = underlying.str.removeprefix("EQ:")
    time = year_fraction(market.dates[date], days_of(terms["maturity_date"]))
    rate, lower, weight = market.rate(date, time)
    volatility = market.volatility(ticker, date, time)
    spot = market.spot(underlying, date)
    is_call = terms["option_type"].to_numpy() == "call"
    option = black_scholes(spot, terms["strike_price"], time, rate, volatility, is_call)
    pairs = np.arange(len(date))
    rate_deltas = np.zeros((len(date), market.zero_rates.shape[1]))
    rate_deltas[pairs, lower] = option.rho * (1.0 - weight)
    rate_deltas[pairs, lower + 1] = option.rho * weight
    return _Valued(
        option.price,
        rate_deltas,
        [
            (underlying, option.delta * spot, option.gamma * spot * spot),
            ("VOL:" + ticker, option.vega, np.zeros_like(option.vega)),
        ],
    )


def _value_forwards(terms: pd.DataFrame, market: Market, date: NDArray[np.intp]) -> _Valued:
    base, quote = "FX:" + terms["base_currency"].astype("str"), "FX:" + terms["currency"].astype("str")
    time = year_fraction(market.dates[date], days_of(terms["maturity_date"]))
    cross = market.spot(base, date) / market.spot(quote, date)
    forward = value_forwards(cross, terms["strike_price"], time, market.zero_rates[date])
    none = np.zeros_like(forward.price)
    return _Valued(
        forward.price, forward.key_rate_deltas, [(base, forward.base_delta, none), (quote, forward.quote_delta, none)]
    )


def _value_swaps(terms: pd.DataFrame, market: Market, date: NDArray[np.intp]) -> _Valued:
    start, maturity = days_of(terms["start_date"]), days_of(terms["maturity_date"])
    fixing = market.fixings(market.dates[date], start, maturity)
    values, deltas = value_swaps(
        market.dates[date], start, maturity, terms["coupon_rate_pct"], fixing, market.zero_rates[date]
    )
    return _Valued(values, deltas, [])


_VALUERS: Final[dict[str, Callable[[pd.DataFrame, Market, NDArray[np.intp]], _Valued]]] = {
    "government_bond": _value_bonds,
    "equity_option": _value_options,
    "fx_forward": _value_forwards,
    "interest_rate_swap": _value_swaps,
}


def _sensitivity_rows(
    valued: _Valued, factors: pd.Index
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]]:
    """(pair, factor, delta, gamma) of every factor a pair depends on; the dollar is not a factor."""
    row, node = np.nonzero(valued.rate_deltas)
    yield row, node, valued.rate_deltas[row, node], np.zeros(len(row))
    for factor_ids, delta, gamma in valued.other:
        factor = factors.get_indexer(pd.Index(factor_ids))
        row = np.flatnonzero(factor >= 0)
        yield row, factor[row], delta[row], gamma[row]


def _stack(parts: list[Any], dtypes: tuple[Any, ...]) -> list[Any]:
    """Concatenate the parts column by column; typed empty columns when there are none."""
    if not parts:
        return [np.empty(0, dtype=dtype) for dtype in dtypes]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _labels(names: pd.Index, codes: NDArray[Any]) -> pd.Series:
    return pd.Series(names.astype("str").take(codes).array)
