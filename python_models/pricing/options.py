"""European options on shares without dividends: Black-Scholes values, sensitivities, volatility interpolation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from python_models.arrays import FloatArray
from python_models.errors import InstrumentError


class OptionValues(NamedTuple):
    """Values per share of the underlying, each an ndarray of the broadcast shape of the inputs.

    Attributes
    ----------
    price : premium, currency of the strike
    delta : change of price for a spot higher by 1
    gamma : change of delta for a spot higher by 1
    vega : change of price for a volatility higher by 1.00 (100 percentage points)
    rho : change of price for a continuous rate to expiry higher by 1.00
    """

    price: FloatArray
    delta: FloatArray
    gamma: FloatArray
    vega: FloatArray
    rho: FloatArray


def black_scholes(
    spots: ArrayLike,
    strikes: ArrayLike,
    times: ArrayLike,
    rates: ArrayLike,
    volatilities: ArrayLike,
    is_call: ArrayLike,
) -> OptionValues:
    """Black-Scholes value and sensitivities of European calls and puts.

    Parameters
    ----------
    spots, strikes : array_like, > 0, one currency
    times : array_like, years to expiry, >= 0
    rates : array_like, continuously compounded, decimal, to expiry
    volatilities : array_like, annualised, decimal, >= 0
    is_call : array_like of bool
        True for a call, False for a put. All inputs broadcast.

    Returns
    -------
    OptionValues
        NaN where an input is NaN. On the day of expiry (time 0), or with no volatility, the price is the discounted
        intrinsic value, gamma and vega are 0 and delta is 0, +-1 or, exactly at the money, +-0.5.

    Raises
    ------
    InstrumentError
        If a spot or strike is not positive, or a time or volatility is negative.

    Notes
    -----
    No dividends. Hull, Options, Futures, and Other Derivatives, ch. 15 (value) and ch. 19 (sensitivities).
    """
    terms = _d_terms(spots, strikes, times, rates, volatilities, is_call)
    sign, spot, d1, deviation = terms.sign, terms.spot, terms.d1, terms.deviation
    root_time = np.sqrt(terms.time)
    density = np.exp(-0.5 * d1 * d1) / np.sqrt(2.0 * np.pi)
    gamma = np.divide(density, spot * deviation, out=np.where(np.isnan(deviation), np.nan, 0.0), where=deviation > 0.0)
    return OptionValues(
        price=_price(terms),
        delta=sign * ndtr(sign * d1),
        gamma=gamma,
        vega=np.where(deviation == 0.0, 0.0, spot * density * root_time),
        rho=sign * terms.time * terms.discounted_strike * ndtr(sign * terms.d2),
    )


def option_prices(
    spots: ArrayLike,
    strikes: ArrayLike,
    times: ArrayLike,
    rates: ArrayLike,
    volatilities: ArrayLike,
    is_call: ArrayLike,
) -> FloatArray:
    """Black-Scholes values alone, for when many are wanted: the `price` of `black_scholes`.

    Parameters, errors
        As in `black_scholes`.

    Returns
    -------
    ndarray of the broadcast shape of the inputs
    """
    return _price(_d_terms(spots, strikes, times, rates, volatilities, is_call))


class _DTerms(NamedTuple):
    """What the value and the sensitivities share; all of the broadcast shape but `sign`."""

    sign: FloatArray
    spot: FloatArray
    time: FloatArray
    deviation: FloatArray
    d1: FloatArray
    d2: FloatArray
    discounted_strike: FloatArray


def _d_terms(
    spots: ArrayLike,
    strikes: ArrayLike,
    times: ArrayLike,
    rates: ArrayLike,
    volatilities: ArrayLike,
    is_call: ArrayLike,
) -> _DTerms:
    spot, strike, time, rate, volatility = np.broadcast_arrays(
        *(np.asarray(given, dtype=np.float64) for given in (spots, strikes, times, rates, volatilities))
    )
    if (spot <= 0.0).any() or (strike <= 0.0).any():
        raise InstrumentError("An option has a spot or strike of zero or less; correct the price or the contract.")
    if (time < 0.0).any() or (volatility < 0.0).any():
        raise InstrumentError("An option has a negative time to expiry or volatility; value it only up to its expiry.")
    deviation = volatility * np.sqrt(time)
    log_forward_moneyness = np.log(spot / strike) + rate * time
    with np.errstate(divide="ignore", invalid="ignore"):
        centred = np.where(
            deviation == 0.0,
            np.where(log_forward_moneyness == 0.0, 0.0, np.copysign(np.inf, log_forward_moneyness)),
            log_forward_moneyness / deviation,
        )
    return _DTerms(
        sign=np.where(np.asarray(is_call, dtype=np.bool_), 1.0, -1.0),
        spot=spot,
        time=time,
        deviation=deviation,
        d1=centred + deviation / 2.0,
        d2=centred - deviation / 2.0,
        discounted_strike=strike * np.exp(-rate * time),
    )


def _price(terms: _DTerms) -> FloatArray:
    sign = terms.sign
    price: FloatArray = sign * (terms.spot * ndtr(sign * terms.d1) - terms.discounted_strike * ndtr(sign * terms.d2))
    return price


def interpolate_volatilities(pillar_years: ArrayLike, volatilities: ArrayLike, times: ArrayLike) -> FloatArray:
    """Implied volatility at any expiry: linear in total variance between the quoted expiries.

    Parameters
    ----------
    pillar_years : array_like, shape (k,), increasing, > 0
    volatilities : array_like, shape (n, k)
        Annualised, decimal; one row per wanted time. NaN = not quoted.
    times : array_like, shape (n,), years, >= 0

    Returns
    -------
    ndarray, shape (n,)
        ``sqrt(w(t) / t)``, where total variance ``w = volatility^2 * t`` is linear between pillars; the volatility is
        flat before the first and after the last pillar. NaN where a pillar that is needed is NaN.

    Raises
    ------
    InstrumentError
        If the shapes do not fit or the pillars do not increase.
    """
    pillars = np.asarray(pillar_years, dtype=np.float64)
    quoted = np.asarray(volatilities, dtype=np.float64)
    time = np.asarray(times, dtype=np.float64)
    if quoted.shape != (len(time), len(pillars)) or not (np.diff(pillars, prepend=0.0) > 0.0).all():
        raise InstrumentError(
            "Give increasing expiries and one row of volatilities, a value per expiry, for every time."
        )
    if len(pillars) == 1:
        return quoted[:, 0].copy()
    rows = np.arange(len(time))
    upper = np.clip(np.searchsorted(pillars, time, side="left"), 1, len(pillars) - 1)
    lower = upper - 1
    weight = np.clip((time - pillars[lower]) / (pillars[upper] - pillars[lower]), 0.0, 1.0)
    # Outside the pillars the clipped weight leaves one pillar's variance, over that pillar's own time: flat volatility.
    clipped = np.clip(time, pillars[0], pillars[-1])
    low = np.where(weight < 1.0, quoted[rows, lower] ** 2 * pillars[lower], 0.0)
    high = np.where(weight > 0.0, quoted[rows, upper] ** 2 * pillars[upper], 0.0)
    interpolated: FloatArray = np.sqrt(((1.0 - weight) * low + weight * high) / clipped)
    return interpolated
