"""Bands of a parameter, as the seeds hold them: a value for everything above one edge, up to and with the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from python_models.errors import CapitalError

#: Decimals that ratios are compared with: an edge such as 5.125 % is met although 0.05125 - 0.045 is not 0.00625.
RATIO_DECIMALS = 12


@dataclass(frozen=True)
class Band:
    """A value and where it counts.

    Attributes
    ----------
    above : float or None
        Lower edge, which is outside; None without one.
    up_to : float or None
        Upper edge, which is inside; None without one.
    value : float
    rule_id : str
        Row of the seed the value is from; empty when it is from no seed.
    """

    above: float | None
    up_to: float | None
    value: float
    rule_id: str = ""

    def holds(self, level: float) -> bool:
        """Say whether a level lies in the band."""
        return (self.above is None or level > self.above) and (self.up_to is None or level <= self.up_to)


def ordered_bands(bands: Iterable[Band]) -> list[Band]:
    """Sort bands by their lower edge and make sure that they cover every level once.

    Returns
    -------
    list of Band, rising

    Raises
    ------
    CapitalError
        If there is none, or bands overlap, leave a gap or do not reach to both ends.
    """
    rising = sorted(bands, key=lambda band: float("-inf") if band.above is None else band.above)
    if not rising:
        raise CapitalError("There is no band: give the parameter rows of the rule.")
    if any(lower.up_to is None or lower.up_to != upper.above for lower, upper in pairwise(rising)):
        raise CapitalError(f"The bands of {rising[0].rule_id or 'the rule'} overlap or leave a gap.")
    if rising[0].above not in (None, 0.0) or rising[-1].up_to is not None:
        raise CapitalError(f"The bands of {rising[0].rule_id or 'the rule'} do not cover every level.")
    return rising


def band_of(level: float, bands: Sequence[Band]) -> tuple[int, Band]:
    """Find the band of a level; the number of the lowest is 1.

    Parameters
    ----------
    level : float
        Compared to `RATIO_DECIMALS` decimals. A level below all bands is in the lowest.
    bands : sequence of Band

    Returns
    -------
    tuple of int and Band

    Raises
    ------
    CapitalError
        If the level is missing or the bands do not cover every level once.
    """
    if level != level:
        raise CapitalError("There is no level to find a band for.")
    rising = ordered_bands(bands)
    rounded = round(level, RATIO_DECIMALS)
    for number, band in enumerate(rising, start=1):
        if band.holds(rounded):
            return number, band
    return 1, rising[0]


def banded_amount(amount: float, bands: Sequence[Band]) -> float:
    """Charge every part of an amount with the value of its own band, as a tax scale does.

    Parameters
    ----------
    amount : float
        At least 0, in the unit of the edges.
    bands : sequence of Band

    Returns
    -------
    float
        Unit of `amount`.

    Raises
    ------
    CapitalError
        If the amount is missing or negative, or the bands do not cover every level once.
    """
    if not amount >= 0.0:
        raise CapitalError(f"An amount of {amount} has no part in any band; it must be zero or more.")
    parts = (
        (max(min(amount, float("inf") if band.up_to is None else band.up_to) - (band.above or 0.0), 0.0), band.value)
        for band in ordered_bands(bands)
    )
    return float(sum(part * value for part, value in parts))
