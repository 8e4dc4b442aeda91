"""Stress of a scope: the ladder of scenarios, the positions behind each, and what it takes to lose a target."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import stress as repository
from streamlit_app.services.choices import Scope
from streamlit_app.services.positions import Tie


def business_dates(reader: Reader) -> list[date]:
    """Return the dates on which the book was stressed, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def ladder(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return one row per scenario, worst first, those without a result last."""
    return repository.ladder(reader, business_date, scope.type, scope.id)


def positions(reader: Reader, business_date: date, scenario_id: str, scope: Scope) -> pd.DataFrame:
    """Return the scope's positions under the scenario, largest loss first, those without a result ahead of all."""
    held = repository.positions(reader, business_date, scenario_id, scope.desk, scope.portfolio)
    held["instrument_type"] = held["instrument_type"].str.replace("_", " ")
    return held


def by_part(positions_frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return ``part, pnl_usd`` summed per desk, portfolio or instrument type, largest loss first.

    A part with a position that has no result is null: its sum would be that of the others.
    """
    parts = (
        positions_frame.assign(part=positions_frame[by].fillna("unknown"))
        .groupby("part")["pnl_usd"]
        .agg(lambda values: values.sum(skipna=False))
    )
    return parts.rename("pnl_usd").sort_values(na_position="first").reset_index()


def positions_tie(reader: Reader, business_date: date, scenario_id: str, scope: Scope) -> Tie:
    """Tell whether the positions sum to the scenario's total."""
    difference = repository.positions_less_total(
        reader, business_date, scenario_id, scope.type, scope.id, scope.desk, scope.portfolio
    ).iloc[0]["difference_usd"]
    return Tie("Positions sum to the scenario's P&L", None if pd.isna(difference) else float(difference))


def reverse_stress(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return how far each scenario must be scaled until the scope loses the target."""
    return repository.reverse_stress(reader, business_date, scope.type, scope.id)


def history(reader: Reader, scenario_id: str, scope: Scope) -> pd.DataFrame:
    """Return the scenario's P&L on every date it was run on, oldest first."""
    return repository.history(reader, scenario_id, scope.type, scope.id)
