"""Foreign exchange forwards on one discount curve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from python_models.arrays import FloatArray
from python_models.errors import InstrumentError
from python_models.pricing.curves import present_values


class ForwardValues(NamedTuple):
    """Values of the buyer of the base currency, per unit of base, in quote currency; shape (n,) unless said.

    Attributes
    ----------
    price : present value
    base_delta : change for a base currency worth 100 % more, in USD terms
    quote_delta : change for a quote currency worth 100 % more; the translation of `price` to USD is not in it
    key_rate_deltas : shape (n, 11), change for a zero rate higher by 1.00 at the node
    """

    price: FloatArray
    base_delta: FloatArray
    quote_delta: FloatArray
    key_rate_deltas: FloatArray


def forward_cash_flows(forward_rates: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Say what the buyer of the base currency receives at settlement, per unit of base.

    Parameters
    ----------
    forward_rates : array_like, shape (n,), > 0
        Contract rate K, quote currency per unit of base.

    Returns
    -------
    base : ndarray, shape (n,), base currency; 1
    quote : ndarray, shape (n,), quote currency; -K

    Raises
    ------
    InstrumentError
        If a rate is not positive.
    """
    forward = np.asarray(forward_rates, dtype=np.float64)
    if (forward <= 0.0).any():
        raise InstrumentError("A currency forward has a contract rate of zero or less; correct the contract.")
    return np.ones_like(forward), -forward


def value_forwards(
    spots: ArrayLike, forward_rates: ArrayLike, times: ArrayLike, zero_rates: ArrayLike
) -> ForwardValues:
    """Present value ``(S - K) * DF(T)`` of currency forwards and its sensitivities.

    Parameters
    ----------
    spots : array_like, shape (n,), > 0
        Quote currency per unit of base.
    forward_rates : array_like, shape (n,), > 0
        Contract rate K, quote currency per unit of base.
    times : array_like, shape (n,), years to settlement, > 0
    zero_rates : array_like, shape (n, 11)
        Continuously compounded, decimal.

    Returns
    -------
    ForwardValues
        NaN where an input is NaN.

    Raises
    ------
    InstrumentError
        If a rate is not positive or a forward has settled.

    Notes
    -----
    A proxy: no foreign discount curve is delivered, so both currencies are discounted on the USD curve and forward
    points are zero. In USD the value is ``DF(T) * (B - K * Q)``, linear in the two currencies' rates B and Q, so
    there is no gamma once the caller has added the translation delta of the value itself to the quote currency.
    """
    spot, time = np.asarray(spots, dtype=np.float64), np.asarray(times, dtype=np.float64)
    base_amount, quote_amount = forward_cash_flows(forward_rates)
    if (spot <= 0.0).any():
        raise InstrumentError("A currency forward has a spot rate of zero or less; correct the rate.")
    if (time <= 0.0).any():
        raise InstrumentError("A currency forward is valued on or after its settlement; keep only the dates before it.")
    price, key_rate_deltas = present_values(
        np.asarray(zero_rates, dtype=np.float64),
        time[np.newaxis, :],
        (spot * base_amount + quote_amount)[np.newaxis, :],
    )
    base, _ = present_values(
        np.asarray(zero_rates, dtype=np.float64), time[np.newaxis, :], (spot * base_amount)[np.newaxis, :]
    )
    return ForwardValues(price, base, -base, key_rate_deltas)
