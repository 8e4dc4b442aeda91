"""Where the bank trades, and which instruments are admitted to trading in the European Economic Area.

Market identifier codes are those of ISO 10383. The bank's shares are American: they are admitted to German exchanges
and two multilateral trading facilities, options on them trade in the United States only.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.calendar import OPENING, Days
from orchestration.demo_bank.parties import Dated
from orchestration.demo_bank.reference import ISSUERS, Bonds

OFF_VENUE: Final = "XOFF"
UNLISTED: Final = "XXXX"
VENUES: Final = (
    "XETR", "XFRA", "XSTU", "XGAT", "TQEX", "CEUX", OFF_VENUE, "XNAS", "XNYS", "XCBO", "XPHL", "XISX", UNLISTED, "BTFE",
)  # fmt: skip
VENUE_INDEX: Final = {mic: number for number, mic in enumerate(VENUES)}
EEA_VENUES: Final = ("XETR", "XFRA", "XSTU", "XGAT", "TQEX", "CEUX", "BTFE")
IS_EEA: Final = np.isin(VENUES, EEA_VENUES)
IS_VENUE: Final = ~np.isin(VENUES, (OFF_VENUE, UNLISTED))

EXPIRED_EEA_VENUE: Final = "MSAX"
"""A French facility that closed in October 2021."""
NO_VENUE: Final = "XQZZ"
"""No such code is in ISO 10383."""

SHARE_VENUES: Final = ("XETR", "XFRA", "XSTU", "XGAT", "TQEX", "CEUX", OFF_VENUE)
SHARE_WEIGHTS: Final = (0.38, 0.1, 0.12, 0.12, 0.09, 0.09, 0.1)
BOND_VENUES: Final = ("BTFE", "XSTU", OFF_VENUE)
BOND_WEIGHTS: Final = (0.45, 0.15, 0.4)
OPTION_VENUES: Final = ("XCBO", "XPHL", "XISX", UNLISTED)
OPTION_WEIGHTS: Final = (0.5, 0.2, 0.2, 0.1)

DELISTED: Final = "RRC"
"""The share whose only admission ends."""
DELISTED_ON: Final = np.datetime64("2022-12-16")
DELISTING_KNOWN: Final = np.datetime64("2022-12-15")
_LEFT_EARLIER: Final = ("BBY", "XSTU", "2022-12-14", "2022-12-13")
"""A share that leaves one of its exchanges and stays on others: ticker, venue, last day (exclusive), known from."""
_AT_NASDAQ: Final = ("AAPL", "AMD", "MSFT", "PEP")
_FIRST_ADMISSION: Final = "2018-01-03"

ADMISSION_COLUMNS: Final = ("isin", "mic", "admitted_from", "terminated_on")


def home_exchanges(tickers: list[str]) -> NDArray[np.int64]:
    """Index into `VENUES` of the American exchange of each share."""
    return np.array([VENUE_INDEX["XNAS" if ticker in _AT_NASDAQ else "XNYS"] for ticker in tickers])


def are_admitted(bonds: Bonds) -> NDArray[np.bool_]:
    """Whether each bond is admitted: every other issue, in order of issue."""
    return np.arange(len(bonds.isins)) % 2 == 0


def admissions(bonds: Bonds) -> Dated:
    """Rows of the admissions feed."""
    rows: list[tuple[object, ...]] = [
        (issuer.isin, mic, _FIRST_ADMISSION, None, OPENING)
        for issuer in ISSUERS
        for mic in (SHARE_VENUES[:-1] if issuer.ticker != DELISTED else ("XFRA",))
    ]
    isins = {issuer.ticker: issuer.isin for issuer in ISSUERS}
    rows.append((isins[DELISTED], "XFRA", _FIRST_ADMISSION, str(DELISTED_ON), DELISTING_KNOWN))
    ticker, mic, terminated, known = _LEFT_EARLIER
    rows.append((isins[ticker], mic, _FIRST_ADMISSION, terminated, np.datetime64(known)))
    for item in np.flatnonzero(are_admitted(bonds)):
        issued = bonds.issue_dates[item]
        rows += [(str(bonds.isins[item]), mic, str(issued), None, max(OPENING, issued)) for mic in BOND_VENUES[:-1]]
    *columns, known_from = (list(column) for column in zip(*rows, strict=True))
    table = pa.table(dict(zip(ADMISSION_COLUMNS, columns, strict=True)))
    days: Days = np.array(known_from, dtype="datetime64[D]")
    return Dated(table, days)
