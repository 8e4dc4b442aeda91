"""The risk of single trades: what market, counterparty and operations could cost, a positive figure being a loss."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import transaction_risk as repository
from streamlit_app.services.choices import Scope

_TRADE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,63}")


def business_dates(reader: Reader) -> list[date]:
    """Return the dates with a trade, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def is_trade_id(text: str) -> bool:
    """Tell whether a text can be the identifier of a trade.

    Examples
    --------
    >>> is_trade_id("T000000001"), is_trade_id("T1'; drop table"), is_trade_id("")
    (True, False, False)
    """
    return _TRADE_ID.fullmatch(text) is not None


def trade(reader: Reader, trade_id: str) -> pd.Series | None:
    """Return the trade's row, or None when the build has none."""
    rows = repository.trade(reader, trade_id)
    return None if rows.empty else rows.iloc[0]


def largest(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the date's trades of the scope, largest total risk first; ``trades_in_all`` says how many there are."""
    return repository.largest(reader, business_date, scope.desk, scope.portfolio)


def totals(reader: Reader, business_date: date, scope: Scope) -> pd.Series:
    """Return the date's trades of the scope in sum."""
    return repository.totals(reader, business_date, scope.desk, scope.portfolio).iloc[0]
