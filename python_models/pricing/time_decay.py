"""What one unit of an instrument gains or loses from one business date to the next when the market stands still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_models.arrays import DateArray, FloatArray
from python_models.errors import FrameError
from python_models.frames import days_of, require_columns, rounded
from python_models.pricing.bonds import bond_cash_flows
from python_models.pricing.curves import present_values
from python_models.pricing.dates import year_fraction
from python_models.pricing.forwards import forward_cash_flows
from python_models.pricing.market import Market, market_data
from python_models.pricing.options import option_prices
from python_models.pricing.swaps import swap_cash_flows
from python_models.pricing.terms import checked_terms
from python_models.pricing.valuation import alive_pairs

DECAY_DECIMALS = 12


def time_decay_frame(
    instruments: pd.DataFrame,
    curves: pd.DataFrame,
    spots: pd.DataFrame,
    volatilities: pd.DataFrame,
    dates: pd.DataFrame,
) -> pd.DataFrame:
    """Change of every modelled instrument's value through the passing of time alone.

    Parameters
    ----------
    instruments, curves, spots, volatilities : DataFrame
        As in `python_models.pricing.valuation.value_instruments`; market data of the previous business dates.
    dates : DataFrame ``business_date``, ``previous_business_date``
        Distinct business dates, each with the one before it.

    Returns
    -------
    DataFrame ``business_date``, ``instrument_id``, ``time_decay_local``
        Value of one unit of quantity on `business_date` with the market of the date before, less its value on the date
        before; contract multiplier included, the instrument's currency, rounded to 12 decimals. One row per instrument
        that was alive on the date before and could be valued on it. Shares, currency pairs and cash do not age.

    Raises
    ------
    FrameError
        If a column or date is missing, a date comes twice, or a date is not after the one before it.
    InstrumentError
        As in `value_instruments`.

    Notes
    -----
    Before cash paid: what falls due after the previous date and up to the date itself is counted at its amount. An
    option that expires between the dates is worth its intrinsic value, a forward its undiscounted value, both at the
    previous date's spot. Payments are those known on the previous date; a swap whose floating rate is reset between
    the dates has a floating leg worth par on that day, as in `value_swaps`. An option's volatility is read off the
    previous date's quotes at its new, shorter time to expiry, its rate off the curve likewise.
    """
    require_columns(dates, "dates", ("business_date", "previous_business_date"))
    days, previous = days_of(dates["business_date"]), days_of(dates["previous_business_date"])
    if np.isnat(days).any() or np.isnat(previous).any() or len(np.unique(previous)) != len(previous):
        raise FrameError("The frame 'dates' lacks a date or has one twice; give each business date and the one before.")
    if (days <= previous).any():
        raise FrameError(f"The business date {days[days <= previous][0]} is not after the one before it; correct it.")
    terms = checked_terms(instruments)
    market = market_data(curves, spots, volatilities, previous, terms)
    order = np.argsort(previous)
    following = days[order][np.searchsorted(previous[order], market.dates)]
    parts = []
    for instrument_type, change in _CHANGES.items():
        for instrument, date in alive_pairs(terms, instrument_type, market.dates):
            pair_terms = terms.iloc[instrument].reset_index(drop=True)
            multiplier = pair_terms["contract_multiplier"].to_numpy(dtype=np.float64)
            decay = rounded(change(pair_terms, market, date, following[date]) * multiplier, DECAY_DECIMALS)
            known = np.isfinite(decay)
            parts.append(
                pd.DataFrame(
                    {
                        "business_date": following[date][known].astype("datetime64[s]"),
                        "instrument_id": pair_terms["instrument_id"].astype("str").to_numpy()[known],
                        "time_decay_local": decay[known],
                    }
                )
            )
    dtypes = {"business_date": "datetime64[s]", "instrument_id": "str", "time_decay_local": "float64"}
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in dtypes.items()})
    return pd.concat(parts, ignore_index=True).astype(dtypes)


def _change_of_payments(
    zero_rates: FloatArray, times: FloatArray, amounts: FloatArray, elapsed: FloatArray
) -> FloatArray:
    """Change of value of payments after some years; those that have fallen due count at their amount."""
    aged = times - elapsed
    paid = np.where((times > 0.0) & (aged <= 0.0), amounts, 0.0)
    before, _ = present_values(zero_rates, times, amounts)
    after, _ = present_values(zero_rates, aged, amounts)
    settled: FloatArray = np.add.accumulate(paid, axis=0)[-1] if len(paid) else np.zeros_like(before)
    return after + settled - before


def _bond_change(terms: pd.DataFrame, market: Market, date: NDArray[np.intp], following: DateArray) -> FloatArray:
    day = market.dates[date]
    times, amounts = bond_cash_flows(day, days_of(terms["maturity_date"]), terms["coupon_rate_pct"])
    return _change_of_payments(market.zero_rates[date], times, amounts, year_fraction(day, following))


def _swap_change(terms: pd.DataFrame, market: Market, date: NDArray[np.intp], following: DateArray) -> FloatArray:
    day, start, maturity = market.dates[date], days_of(terms["start_date"]), days_of(terms["maturity_date"])
    fixing = market.fixings(day, start, maturity)
    times, amounts = swap_cash_flows(day, start, maturity, terms["coupon_rate_pct"], fixing)
    change = _change_of_payments(market.zero_rates[date], times, amounts, year_fraction(day, following))
    return np.where(np.isnan(fixing), np.nan, change)


def _forward_change(terms: pd.DataFrame, market: Market, date: NDArray[np.intp], following: DateArray) -> FloatArray:
    day = market.dates[date]
    base, quote = "FX:" + terms["base_currency"].astype("str"), "FX:" + terms["currency"].astype("str")
    base_amount, quote_amount = forward_cash_flows(terms["strike_price"])
    amount = market.spot(base, date) / market.spot(quote, date) * base_amount + quote_amount
    time = year_fraction(day, days_of(terms["maturity_date"]))
    return _change_of_payments(
        market.zero_rates[date], time[np.newaxis, :], amount[np.newaxis, :], year_fraction(day, following)
    )


def _option_change(terms: pd.DataFrame, market: Market, date: NDArray[np.intp], following: DateArray) -> FloatArray:
    underlying = terms["underlying_instrument_id"].astype("str")
    spot, is_call = market.spot(underlying, date), terms["option_type"].to_numpy() == "call"
    time = year_fraction(market.dates[date], days_of(terms["maturity_date"]))
    before, after = (
        option_prices(
            spot,
            terms["strike_price"],
            left,
            market.rate(date, left)[0],
            market.volatility(underlying.str.removeprefix("EQ:"), date, left),
            is_call,
        )
        for left in (time, np.maximum(time - year_fraction(market.dates[date], following), 0.0))
    )
    return after - before


_CHANGES: Final[dict[str, Callable[[pd.DataFrame, Market, NDArray[np.intp], DateArray], FloatArray]]] = {
    "government_bond": _bond_change,
    "equity_option": _option_change,
    "fx_forward": _forward_change,
    "interest_rate_swap": _swap_change,
}
