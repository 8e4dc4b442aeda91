"""Sensitivities of a scope: delta, key-rate DV01 and vega for the moves a desk quotes them for. USD, gains positive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import sensitivities as repository
from streamlit_app.services.choices import Scope
from streamlit_app.services.positions import Tie

# In the reader's order: the mart's factor type, the sensitivity's name, whose moves it is for.
TYPES = {
    "equity": ("Equity delta", "every share price"),
    "fx": ("Currency delta", "every currency against the dollar"),
    "interest_rate": ("DV01", "every rate: a parallel shift"),
    "volatility": ("Vega", "every implied volatility"),
}
_MONTHS = {"mo": 1, "yr": 12}


@dataclass(frozen=True)
class Headline:
    """The sensitivity of a scope to all factors of one type moving alike.

    Attributes
    ----------
    name, move, moved : str
        What it is called, the move it is quoted for, and what moves.
    factors : int
        Factors of the type that move the scope; 0 when none does.
    usd : float or None
        Change in value; None when a factor's sensitivity is missing, or when no factor moves the scope.
    """

    name: str
    move: str
    moved: str
    factors: int
    usd: float | None

    @property
    def label(self) -> str:
        """Name, move and unit."""
        return f"{self.name}{f' for {self.move}' if self.move else ''}, USD"


def by_factor(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return one row per risk factor with the move it is quoted for in words: by type, rates by tenor, else by name."""
    return in_order(repository.by_factor(reader, business_date, scope.desk, scope.portfolio))


def in_order(factors: pd.DataFrame) -> pd.DataFrame:
    """Return factors by type, rates by tenor and the rest by name, with ``type_name`` and ``move``."""
    rank = {name: place for place, name in enumerate(TYPES)}
    return (
        factors.assign(
            rank=factors["factor_type"].map(rank).fillna(len(rank)),
            months=factors["risk_factor_id"].map(tenor_months),
            type_name=factors["factor_type"].map(type_name),
            move=[
                move_words(kind, move)
                for kind, move in zip(factors["factor_type"], factors["quoted_move"], strict=True)
            ],
        )
        .sort_values(["rank", "factor_type", "months", "risk_factor_id"], na_position="last", kind="stable")
        .drop(columns=["rank", "months"])
        .reset_index(drop=True)
    )


def type_name(factor_type: str) -> str:
    """Return how a desk calls the sensitivity to factors of a type.

    Examples
    --------
    >>> type_name("fx"), type_name("credit_spread")
    ('Currency delta', 'Credit spread')
    """
    return TYPES[factor_type][0] if factor_type in TYPES else factor_type.replace("_", " ").capitalize()


def move_words(factor_type: str, move: float) -> str:
    """Say the move a sensitivity is quoted for: basis points of a rate, points of a volatility, percent of the rest.

    Examples
    --------
    >>> move_words("interest_rate", 0.0001), move_words("volatility", 0.01), move_words("equity", 0.01)
    ('1 bp', '1 point', '1%')
    """
    if factor_type == "interest_rate":
        return f"{move * 10_000:g} bp"
    if factor_type == "volatility":
        points = f"{move * 100:g}"
        return f"{points} point" if points == "1" else f"{points} points"
    return f"{move * 100:g}%"


def tenor(risk_factor_id: str) -> str:
    """Return the tenor of a rate, the last part of its identifier.

    Examples
    --------
    >>> tenor("IR:USD:30 Yr")
    '30 Yr'
    """
    return risk_factor_id.rpartition(":")[2]


def tenor_months(risk_factor_id: str) -> float:
    """Return the months of a rate's tenor, or not-a-number for what is no rate or has a tenor of another form.

    Examples
    --------
    >>> tenor_months("IR:USD:6 Mo"), tenor_months("IR:USD:30 Yr"), tenor_months("EQ:AAPL")
    (6.0, 360.0, nan)
    """
    found = re.fullmatch(r"IR:\w+:(\d+(?:\.\d+)?) (Mo|Yr)", risk_factor_id)
    return float("nan") if found is None else float(found[1]) * _MONTHS[found[2].lower()]


def largest(factors: pd.DataFrame) -> str:
    """Return the factor with the largest sensitivity, whatever its sign; a missing one goes before all."""
    size = factors["quoted_sensitivity_usd"].astype(float).abs().fillna(float("inf"))
    return str(factors["risk_factor_id"].iloc[int(size.to_numpy().argmax())])


def headlines(factors: pd.DataFrame) -> list[Headline]:
    """Return the sum per type of factor, in the reader's order; a type that moves nothing has no amount."""
    known = [*TYPES, *sorted(set(factors["factor_type"]) - set(TYPES))]
    sums = []
    for kind in known:
        rows = factors[factors["factor_type"] == kind]
        total = rows["quoted_sensitivity_usd"].sum(skipna=False) if len(rows) else None
        sums.append(
            Headline(
                name=type_name(kind),
                move=" or ".join(dict.fromkeys(rows["move"])),
                moved=TYPES[kind][1] if kind in TYPES else f"every {kind.replace('_', ' ')}",
                factors=len(rows),
                usd=None if total is None or pd.isna(total) else float(total),
            )
        )
    return sums


def key_rates(factors: pd.DataFrame) -> pd.DataFrame:
    """Return the rates of ``by_factor`` in tenor order, with ``tenor``."""
    rows = factors[factors["factor_type"] == "interest_rate"]
    return rows.assign(tenor=rows["risk_factor_id"].map(tenor)).reset_index(drop=True)


def positions(reader: Reader, business_date: date, risk_factor_id: str, scope: Scope) -> pd.DataFrame:
    """Return one row per portfolio and instrument that the factor moves, largest sensitivity first."""
    return repository.positions(reader, business_date, risk_factor_id, scope.desk, scope.portfolio)


def positions_tie(held: pd.DataFrame, factor: pd.Series) -> Tie:
    """Tell whether the positions' sensitivities sum to the factor's."""
    total, parts = factor["quoted_sensitivity_usd"], held["quoted_sensitivity_usd"].sum(skipna=False)
    is_missing = held.empty or pd.isna(total) or pd.isna(parts)
    return Tie(
        f"Positions sum to the sensitivity to {factor['risk_factor_id']}",
        None if is_missing else float(parts) - float(total),
    )
