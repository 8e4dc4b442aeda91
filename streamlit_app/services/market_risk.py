"""VaR of a scope, its record against P&L, and what it is made of. VaR and ES are positive losses in USD."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import market_risk as repository
from streamlit_app.services.choices import Scope
from streamlit_app.services.positions import Tie

LEVELS = (0.95, 0.99)
EXCEPTION_WINDOW = 250

METHODS = {
    "historical_delta_gamma": (
        "Historical simulation: the moves of the last scenarios' business dates are applied to the sensitivities of "
        "the book on the date (delta and half gamma). Every scenario has the same weight."
    ),
}
RULES = {
    "order_statistic": (
        "VaR is the k-th worst loss, k = scenarios * (1 - level) rounded down: the 25th of 500 at 95%, the 5th at 99%. "
        "Expected shortfall is the mean of the k - 1 losses beyond it."
    ),
    "linear": (
        "VaR interpolates linearly between the two losses around the quantile (type 7). "
        "Expected shortfall is the mean of the losses at or beyond VaR."
    ),
    "inverted_cdf": (
        "VaR is the k-th worst loss, k = scenarios * (1 - level) rounded up (type 1). "
        "Expected shortfall is the mean of the k worst losses, VaR included."
    ),
}


@dataclass(frozen=True)
class ExceptionCount:
    """Days of a window on which the loss was larger than the VaR of the evening before.

    Attributes
    ----------
    level : float
        Confidence level.
    actual, hypothetical : int
        Exceptions against either P&L.
    days : int
        Business dates in the window; fewer than asked for when history is short.
    missing : int
        Dates of the window on which VaR or a P&L is missing. The mart counts each as an exception (Basel, MAR32.5).
    """

    level: float
    actual: int
    hypothetical: int
    days: int
    missing: int

    @property
    def expected(self) -> float:
        """Exceptions a right VaR has on average in a window of this length."""
        return self.days * (1 - self.level)


def business_dates(reader: Reader) -> list[date]:
    """Return the dates that have a VaR, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def quantile_rules(reader: Reader) -> list[str]:
    """Return the quantile rules the build holds, the order statistic first."""
    return list(repository.quantile_rules(reader)["quantile_rule"])


def var_by_scope(reader: Reader, business_date: date, quantile_rule: str) -> pd.DataFrame:
    """Return one row per scope and level."""
    return repository.var_by_scope(reader, business_date, quantile_rule)


def at_level(var: pd.DataFrame, scope: Scope, level: float) -> pd.Series | None:
    """Return the scope's row at a level, or None when the build has none."""
    is_wanted = (
        (var["scope_type"] == scope.type)
        & (var["scope_id"] == scope.id)
        & np.isclose(var["confidence_level"].astype(float), level)
    )
    return var[is_wanted].iloc[0] if is_wanted.any() else None


def side_by_side(var: pd.DataFrame) -> pd.DataFrame:
    """Return one row per scope, firm first, with VaR and ES at both levels (``var_95_usd`` and so on) and shares."""
    levels = {
        f"{level:.0%}".rstrip("%"): var[np.isclose(var["confidence_level"].astype(float), level)] for level in LEVELS
    }
    keys = ["scope_type", "scope_id"]
    table = var[[*keys, "stale_share", "proxied_share"]].drop_duplicates(keys)
    for name, rows in levels.items():
        table = table.merge(
            rows[[*keys, "var_usd", "es_usd"]].rename(
                columns={"var_usd": f"var_{name}_usd", "es_usd": f"es_{name}_usd"}
            ),
            on=keys,
            how="left",
        )
    rank = table["scope_type"].map({"firm": 0, "desk": 1, "portfolio": 2})
    return table.assign(rank=rank).sort_values(["rank", "scope_id"]).drop(columns="rank").reset_index(drop=True)


def exceptions(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the scope's P&L against VaR up to the date, oldest first, one row per date and level."""
    return repository.exceptions(reader, business_date, scope.type, scope.id)


def count_exceptions(history: pd.DataFrame, window: int = EXCEPTION_WINDOW) -> list[ExceptionCount]:
    """Count the exceptions of the last ``window`` business dates, per level."""
    counts = []
    for level in LEVELS:
        rows = history[np.isclose(history["confidence_level"].astype(float), level)].tail(window)
        figures = rows[["var_usd", "actual_pnl_usd", "hypothetical_pnl_usd"]]
        counts.append(
            ExceptionCount(
                level=level,
                actual=int(rows["is_actual_exception"].fillna(value=False).astype(bool).sum()),
                hypothetical=int(rows["is_hypothetical_exception"].fillna(value=False).astype(bool).sum()),
                days=len(rows),
                missing=int(figures.isna().any(axis=1).sum()),
            )
        )
    return counts


def exception_list(history: pd.DataFrame, window: int = EXCEPTION_WINDOW) -> pd.DataFrame:
    """Return the exceptions of the last ``window`` business dates, newest first, with the loss beyond VaR."""
    dates = history["business_date"].drop_duplicates().sort_values().tail(window)
    is_exception = history["is_actual_exception"].fillna(value=False).astype(bool) | history[
        "is_hypothetical_exception"
    ].fillna(value=False).astype(bool)
    rows = history[is_exception & history["business_date"].isin(dates)].copy()
    worst = rows[["actual_pnl_usd", "hypothetical_pnl_usd"]].astype(float).min(axis=1)
    rows["beyond_var_usd"] = -worst - rows["var_usd"].astype(float)
    against = np.select(
        [
            rows["is_actual_exception"].fillna(value=False).astype(bool)
            & rows["is_hypothetical_exception"].fillna(value=False).astype(bool),
            rows["is_actual_exception"].fillna(value=False).astype(bool),
        ],
        ["actual and hypothetical", "actual"],
        default="hypothetical",
    )
    return rows.assign(against=against).sort_values(["business_date", "confidence_level"], ascending=[False, True])


def contributions(
    reader: Reader, business_date: date, scope: Scope, level: float, quantile_rule: str, by: str
) -> pd.DataFrame:
    """Return the contributions to the VaR, largest first, per ``portfolio`` or ``risk_factor``."""
    return repository.contributions(reader, business_date, scope.type, scope.id, level, quantile_rule, by)


def contributions_tie(reader: Reader, business_date: date, scope: Scope, level: float, quantile_rule: str) -> Tie:
    """Tell whether the contributions sum to the VaR."""
    difference = repository.contributions_less_var(
        reader, business_date, scope.type, scope.id, level, quantile_rule
    ).iloc[0]["difference_usd"]
    return Tie("Contributions sum to VaR", None if pd.isna(difference) else float(difference))


def scenario_pnl(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the scope's scenario P&Ls on the date, worst first."""
    return repository.scenario_pnl(reader, business_date, scope.desk, scope.portfolio)
