"""Simplified standardised charges for equity and foreign exchange (Basel MAR40), before their scaling factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from python_models.errors import CapitalError


@dataclass(frozen=True)
class EquityCharge:
    """Charge for equity positions in one market.

    Attributes
    ----------
    net : float
        Long less short; negative when the book is short.
    general : float
        For the market as a whole, of the net position.
    specific : float
        For the single issuers, of the gross position.
    """

    net: float
    general: float
    specific: float

    @property
    def total(self) -> float:
        """Sum of the two."""
        return self.general + self.specific


def equity_charge(long: float, short: float, general_weight: float, specific_weight: float) -> EquityCharge:
    """Charge the equity positions of one market (MAR40.44 to MAR40.52).

    Parameters
    ----------
    long, short : float
        Market value of the net long and net short positions in single issuers, both zero or more, one currency.
    general_weight, specific_weight : float
        Of the overall net and of the gross position, as decimals.

    Returns
    -------
    EquityCharge, currency of the positions

    Raises
    ------
    CapitalError
        If a position or weight is missing or negative.
    """
    if not np.isfinite([long, short, general_weight, specific_weight]).all() or min(long, short) < 0.0:
        raise CapitalError("Long and short positions are both zero or more; one is missing or negative.")
    net = long - short
    return EquityCharge(net=net, general=general_weight * abs(net), specific=specific_weight * (long + short))


@dataclass(frozen=True)
class ForeignExchangeCharge:
    """Charge for open positions in foreign currencies and gold.

    Attributes
    ----------
    base : float
        The larger of all net long and all net short positions, and the position in gold, long or short.
    charge : float
    """

    base: float
    charge: float


def foreign_exchange_charge(net_open_positions: ArrayLike, gold: float, weight: float) -> ForeignExchangeCharge:
    """Charge open positions by the shorthand method (MAR40.75).

    Parameters
    ----------
    net_open_positions : array_like, shape (n,)
        Net open position in each foreign currency, short negative, all in the reporting currency.
    gold : float
        Net open position in gold, short negative.
    weight : float
        As a decimal.

    Returns
    -------
    ForeignExchangeCharge, in the reporting currency

    Raises
    ------
    CapitalError
        If a position is missing.
    """
    positions = np.asarray(net_open_positions, dtype=np.float64)
    if not np.isfinite(positions).all() or not np.isfinite([gold, weight]).all():
        raise CapitalError("An open position is missing; missing is not zero.")
    long = float(positions[positions > 0.0].sum())
    short = float(-positions[positions < 0.0].sum())
    base = max(long, short) + abs(gold)
    return ForeignExchangeCharge(base=base, charge=weight * base)
