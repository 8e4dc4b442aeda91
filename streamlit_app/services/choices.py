"""What a reader may choose, and what the address bar may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FIRM = "FIRM"


@dataclass(frozen=True)
class Scope:
    """The firm, one desk or one portfolio.

    Attributes
    ----------
    desk, portfolio : str or None
        None means all of them; a portfolio always comes with its desk.
    """

    desk: str | None = None
    portfolio: str | None = None

    @property
    def type(self) -> str:
        """``firm``, ``desk`` or ``portfolio``, as in the marts' ``scope_type``."""
        if self.portfolio is not None:
            return "portfolio"
        return "firm" if self.desk is None else "desk"

    @property
    def id(self) -> str:
        """The marts' ``scope_id``."""
        return self.portfolio or self.desk or FIRM

    @property
    def label(self) -> str:
        """How a page calls it."""
        return "the firm" if self.type == "firm" else f"{self.type} {self.id}"

    @property
    def heading(self) -> str:
        """The label at the start of a sentence; a desk's name keeps its letters.

        Examples
        --------
        >>> Scope().heading, Scope("FX").heading
        ('The firm', 'Desk FX')
        """
        return self.label[0].upper() + self.label[1:]


def last_before(dates: Sequence[date], day: date) -> date | None:
    """Return the last of the dates that is before the day, or None.

    Examples
    --------
    >>> last_before([date(2020, 3, 31), date(2020, 2, 28)], date(2020, 3, 16))
    datetime.date(2020, 2, 28)
    """
    return max((one for one in dates if one < day), default=None)


def resolve(requested: str | None, options: Sequence[str], default: str) -> tuple[str, bool]:
    """Return the option the address asks for, or the default, and whether the request was refused.

    Only an exact member of ``options`` is ever returned, so nothing typed into the address reaches SQL or the page.

    Examples
    --------
    >>> resolve("FX", ["FX", "RATES"], "RATES")
    ('FX', False)
    >>> resolve("'; drop table", ["FX", "RATES"], "RATES")
    ('RATES', True)
    """
    if requested is None:
        return default, False
    return (requested, False) if requested in options else (default, True)
