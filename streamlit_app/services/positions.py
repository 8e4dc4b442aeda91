"""Positions and P&L of a scope on a date, and the proof that they tie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import positions as repository
from streamlit_app.services.choices import Scope


@dataclass(frozen=True)
class Tie:
    """Two ways to one figure, and what is left between them.

    Attributes
    ----------
    statement : str
        What should equal what.
    difference : float or None
        In the unit of the figure; None when either side is missing, which is not a tie.
    decimals : int
        Decimals that the figure has: 2 for USD, 4 for lots, 0 for counts.
    """

    statement: str
    difference: float | None
    decimals: int = 2

    @property
    def holds(self) -> bool:
        """Whether the two agree to half of the last decimal: the parts of a sum in USD are rounded before it."""
        return self.difference is not None and abs(self.difference) < 0.5 * 10**-self.decimals

    @property
    def verdict(self) -> str:
        """``yes``, ``NO``, or that it cannot be told."""
        if self.difference is None:
            return "cannot be told"
        return "yes" if self.holds else "NO"


def business_dates(reader: Reader) -> list[date]:
    """Return the dates that can be shown, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def portfolios_by_desk(reader: Reader) -> dict[str, list[str]]:
    """Return each desk with its portfolios, both in alphabetical order."""
    frame = repository.portfolios(reader)
    return {str(desk): list(group["portfolio_id"]) for desk, group in frame.groupby("desk_id", sort=True)}


def by_scope(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per firm, desk and portfolio: value and P&L in USD; a missing figure stays missing."""
    pnl = repository.pnl_by_scope(reader, business_date)
    value = repository.value_by_scope(reader, business_date)
    is_firm = value["scope_type"] == "firm"
    value["scope_id"] = value["scope_id"].where(~is_firm, Scope().id)
    return pnl.merge(value, on=["scope_type", "scope_id"], how="left")


def row_of(by_scope_frame: pd.DataFrame, scope: Scope) -> pd.Series | None:
    """Return the scope's own row, or None when the build has none on the date."""
    rows = by_scope_frame[(by_scope_frame["scope_type"] == scope.type) & (by_scope_frame["scope_id"] == scope.id)]
    return None if rows.empty or pd.isna(rows.iloc[0]["day_pnl_usd"]) else rows.iloc[0]


def parts_of(by_scope_frame: pd.DataFrame, scope: Scope, portfolios: dict[str, list[str]]) -> pd.DataFrame:
    """Return the rows below a scope: desks and portfolios of the firm, portfolios of a desk, a portfolio itself."""
    frame = by_scope_frame
    if scope.type == "portfolio":
        rows = frame[(frame["scope_type"] == "portfolio") & (frame["scope_id"] == scope.portfolio)]
    elif scope.type == "desk":
        rows = frame[(frame["scope_type"] == "portfolio") & frame["scope_id"].isin(portfolios.get(scope.id, []))]
    else:
        rows = frame[frame["scope_type"] != "firm"]
    desk_of = {portfolio: desk for desk, names in portfolios.items() for portfolio in names}
    desk = rows["scope_id"].map(desk_of).where(rows["scope_type"] == "portfolio", rows["scope_id"])
    return (
        rows.assign(desk_id=desk, portfolio_id=rows["scope_id"].where(rows["scope_type"] == "portfolio", "all"))
        .sort_values(["desk_id", "scope_type", "scope_id"])
        .reset_index(drop=True)
    )


def pnl_history(reader: Reader, scope: Scope) -> pd.DataFrame:
    """Return the scope's P&L per business date, oldest first."""
    return repository.pnl_history(reader, scope.type, scope.id)


def positions(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the scope's positions on the date, largest market value first."""
    held = repository.positions(reader, business_date, scope.desk, scope.portfolio)
    held["instrument_type"] = held["instrument_type"].str.replace("_", " ")
    return held


def trades(reader: Reader, instrument_id: str, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the trades behind a position, newest first; ``trades_in_all`` says how many there are."""
    return repository.trades(reader, instrument_id, business_date, scope.desk, scope.portfolio)


def instrument_history(reader: Reader, instrument_id: str, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return one instrument in the scope through time, newest first."""
    return repository.instrument_history(reader, instrument_id, business_date, scope.desk, scope.portfolio)


def ties(reader: Reader, business_date: date, scope: Scope) -> list[Tie]:
    """Return the differences a careful reader would compute, computed."""
    row = repository.tie_differences(reader, business_date, scope.type, scope.id, scope.desk, scope.portfolio).iloc[0]
    statements = {
        "instruments_less_scope": f"Instruments sum to P&L of {scope.label}",
        "desks_less_firm": "Desks sum to firm P&L",
        "firm_value_less_cumulative": "Firm value is cumulative P&L",
    }
    return [
        Tie(statement, None if pd.isna(row[column]) else float(row[column])) for column, statement in statements.items()
    ]
