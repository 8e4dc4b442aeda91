"""VaR of a scope, its record against P&L, and what it is made of. VaR and ES are positive losses in USD."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import market_risk as repository
from streamlit_app.services.builds import weekday_date
from streamlit_app.services.choices import Scope
from streamlit_app.services.positions import Tie

LEVELS = (0.95, 0.99)

HEADLINE_METHOD = repository.HEADLINE_METHOD
HEADLINE_HORIZON = repository.HEADLINE_HORIZON
HEADLINE_RULE = "order_statistic"
HORIZONS = (1, 10)
TABLE_LEVELS = (0.99, 0.975, 0.95)

# In the reader's order: the figure of record, its relatives, the closed forms, the tail, and the heavy ones.
METHODS = {
    "historical_delta_gamma": (
        "Historical simulation, delta-gamma",
        "The moves of the last scenarios' business dates are applied to the sensitivities of the book on the date "
        "(delta and half gamma). Every scenario has the same weight. This is the figure of record.",
    ),
    "historical_full_revaluation": (
        "Historical simulation, full revaluation",
        "The same moves, with every position valued anew instead of by its sensitivities.",
    ),
    "age_weighted": (
        "Historical simulation, age-weighted",
        "The newer a scenario, the more it weighs.",
    ),
    "volatility_scaled": (
        "Historical simulation, volatility-scaled",
        "Each scenario is scaled by the volatility of today over that of its own day.",
    ),
    "filtered": (
        "Filtered historical simulation",
        "Scenarios are freed of the volatility of their day by a GARCH model and given that of today.",
    ),
    "stressed": (
        "Stressed VaR",
        "Historical simulation over the year that was worst for the firm, instead of the last scenarios.",
    ),
    "normal": ("Normal", "The scenarios' mean and standard deviation, and a normal distribution."),
    "student_t": ("Student t", "As normal, with the heavier tails of a t distribution."),
    "cornish_fisher": (
        "Cornish-Fisher",
        "As normal, with the quantile corrected for skewness and kurtosis of the scenarios.",
    ),
    "delta_gamma": ("Delta-gamma", "The covariance of the factors, and the book's delta and gamma, in closed form."),
    "generalised_pareto": (
        "Generalised Pareto tail",
        "A distribution of extreme values, fitted to the losses beyond a threshold.",
    ),
    "monte_carlo_normal": (
        "Monte Carlo, normal",
        "Factor moves drawn from a normal distribution with the factors' covariance; every position valued anew.",
    ),
    "monte_carlo_t": (
        "Monte Carlo, Student t",
        "Factor moves drawn from a t distribution with the factors' covariance; every position valued anew.",
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
    "weighted": (
        "VaR is the loss at which the weights of the losses beyond it reach 1 - level. "
        "Expected shortfall is the weighted mean of the losses beyond it."
    ),
    "closed_form": "VaR and expected shortfall follow from a formula; no single scenario is read.",
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


def methods(reader: Reader) -> pd.DataFrame:
    """Return what may be chosen: ``method, horizon_days, quantile_rule, last_date``, methods in the reader's order."""
    held = repository.methods(reader)
    rank = {name: place for place, name in enumerate(METHODS)}
    order = held["method"].map(rank).fillna(len(rank))
    rule_order = (held["quantile_rule"] != HEADLINE_RULE).astype(int)
    return (
        held.assign(order=order, rule_order=rule_order)
        .sort_values(["order", "method", "horizon_days", "rule_order", "quantile_rule"])
        .drop(columns=["order", "rule_order"])
        .reset_index(drop=True)
    )


def method_name(method: str) -> str:
    """Return how a reader calls a method; one without a name here keeps the mart's."""
    return METHODS[method][0] if method in METHODS else method.replace("_", " ").capitalize()


def method_words(method: str) -> str:
    """Return what a method does, or nothing when it is not known here."""
    return METHODS[method][1] if method in METHODS else ""


def rule_name(rule: str) -> str:
    """Return how a reader calls a quantile rule."""
    return rule.replace("_", " ").capitalize()


def share_words(of_var: float | None, of_moves: float | None) -> str:
    """Say the share of VaR, or, where that is not known, the share of the factor moves in the scenarios.

    Examples
    --------
    >>> share_words(0.123, 0.004), share_words(None, 0.004), share_words(None, None)
    ('12.3% of VaR', '0.4% of moves', 'missing')
    """
    for share, what in ((of_var, "VaR"), (of_moves, "moves")):
        if share is not None and not pd.isna(share):
            return f"{float(share):.1%} of {what}"
    return "missing"


def window_words(row: pd.Series) -> str:
    """Say how many scenarios a figure rests on and which dates they are of, where it has them.

    Examples
    --------
    >>> window_words(pd.Series({"scenarios": 500, "window_start": date(2021, 1, 4), "window_end": date(2022, 12, 28)}))
    '500 scenarios from Monday 4 January 2021 to Wednesday 28 December 2022'
    """
    if pd.isna(row["scenarios"]):
        return "no scenarios"
    counted = f"{row['scenarios']:,.0f} scenarios"
    if pd.isna(row["window_start"]) or pd.isna(row["window_end"]):
        return counted
    return f"{counted} from {weekday_date(row['window_start'])} to {weekday_date(row['window_end'])}"


def var_by_scope(
    reader: Reader, business_date: date, method: str, horizon_days: int, quantile_rule: str
) -> pd.DataFrame:
    """Return one row per scope and level."""
    return repository.var_by_scope(reader, business_date, method, horizon_days, quantile_rule)


def var_by_method(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return one row per method, quantile rule, horizon and level of a scope on the date."""
    return repository.var_by_method(reader, business_date, scope.type, scope.id)


def methods_side_by_side(var: pd.DataFrame, held: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return one row per method and quantile rule: VaR and ES at both horizons, and a note on what is missing.

    Parameters
    ----------
    var : DataFrame
        As ``var_by_method`` gives it.
    held : DataFrame
        As ``methods`` gives it: a method the build holds for another date is listed without figures, and its note
        says so.
    level : float
        Confidence level.
    """
    keys = ["method", "quantile_rule"]
    table = held[keys].drop_duplicates(keys).reset_index(drop=True)
    at_level_rows = var[np.isclose(var["confidence_level"].astype(float), level)]
    for horizon in HORIZONS:
        rows = at_level_rows[at_level_rows["horizon_days"] == horizon]
        table = table.merge(
            rows[[*keys, "var_usd", "es_usd", "note"]].rename(
                columns={
                    "var_usd": f"var_{horizon}d_usd",
                    "es_usd": f"es_{horizon}d_usd",
                    "note": f"note_{horizon}d",
                }
            ),
            on=keys,
            how="left",
        )
    present = set(zip(var["method"], var["quantile_rule"], strict=True))
    newest = held.groupby(keys)["last_date"].max()
    table["note"] = [
        _method_note(row, (row["method"], row["quantile_rule"]) in present, newest) for _, row in table.iterrows()
    ]
    table["method_name"] = table["method"].map(method_name)
    table["rule_name"] = table["quantile_rule"].map(rule_name)
    return table.drop(columns=[f"note_{horizon}d" for horizon in HORIZONS])


def _method_note(row: pd.Series, is_present: bool, newest: pd.Series) -> str:
    if not is_present:
        last = newest[(row["method"], row["quantile_rule"])]
        return f"Not computed for this date or scope; newest: {weekday_date(last)}."
    notes = {horizon: row[f"note_{horizon}d"] for horizon in HORIZONS}
    said = {horizon: str(note) for horizon, note in notes.items() if not pd.isna(note) and note}
    if len(set(said.values())) == 1 and len(said) == len(HORIZONS):
        return next(iter(said.values()))
    return " ".join(f"{horizon} {'day' if horizon == 1 else 'days'}: {note}" for horizon, note in said.items())


def class_name(risk_class: str) -> str:
    """Return how a reader calls a class of risk factors.

    Examples
    --------
    >>> class_name("fx"), class_name("interest_rate")
    ('Currency', 'Interest rate')
    """
    return "Currency" if risk_class == "fx" else risk_class.replace("_", " ").capitalize()


def risk_classes(var: pd.DataFrame) -> pd.DataFrame:
    """Return one row per risk class with VaR and ES at every level, largest VaR first; empty when there is none."""
    rows = side_by_side(var, scope_types=("risk_class",))
    return rows.sort_values("var_99_usd", ascending=False, na_position="last", kind="stable").reset_index(drop=True)


def decomposition(reader: Reader, business_date: date, scope: Scope, level: float, quantile_rule: str) -> pd.DataFrame:
    """Return standalone, component, marginal and incremental VaR of the scope's members, largest component first."""
    return repository.decomposition(reader, business_date, scope.type, scope.id, level, quantile_rule)


def components_tie(members: pd.DataFrame, var: pd.Series | None) -> Tie:
    """Tell whether the components of members of one type sum to the VaR."""
    parts = members["component_var_usd"].sum(skipna=False)
    is_missing = var is None or members.empty or pd.isna(parts) or pd.isna(var["var_usd"])
    return Tie("Components sum to VaR", None if is_missing or var is None else float(parts) - float(var["var_usd"]))


def at_level(var: pd.DataFrame, scope: Scope, level: float) -> pd.Series | None:
    """Return the scope's row at a level, or None when the build has none."""
    is_wanted = (
        (var["scope_type"] == scope.type)
        & (var["scope_id"] == scope.id)
        & np.isclose(var["confidence_level"].astype(float), level)
    )
    return var[is_wanted].iloc[0] if is_wanted.any() else None


def side_by_side(var: pd.DataFrame, scope_types: tuple[str, ...] = ("firm", "desk", "portfolio")) -> pd.DataFrame:
    """Return one row per scope, firm first, with VaR and ES at every level and shares.

    Columns are called ``var_95_usd``, ``es_975_usd`` and so on.
    """
    var = var[var["scope_type"].isin(scope_types)]
    levels = {
        f"{level * 1000:.0f}".removesuffix("0"): var[np.isclose(var["confidence_level"].astype(float), level)]
        for level in TABLE_LEVELS
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


def exception_window(reader: Reader, business_date: date) -> int | None:
    """Return how many business dates the supervisor counts exceptions over, or None when no backtest says so."""
    found = repository.exception_window(reader, business_date)["window_observations"]
    return int(found.iloc[0]) if len(found) else None


def count_exceptions(history: pd.DataFrame, window: int | None) -> list[ExceptionCount]:
    """Count the exceptions of the last ``window`` business dates, per level; without a window those of all dates."""
    counts = []
    for level in LEVELS:
        rows = history[np.isclose(history["confidence_level"].astype(float), level)].tail(window or len(history))
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


def exception_list(history: pd.DataFrame, window: int | None) -> pd.DataFrame:
    """Return the exceptions ``count_exceptions`` counts, newest first, with the loss beyond VaR."""
    dates = history["business_date"].drop_duplicates().sort_values().tail(window or len(history))
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
