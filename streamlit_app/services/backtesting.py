"""The record of VaR: zones, exceptions through time, and the tests on them in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import backtesting as repository
from streamlit_app.services.builds import weekday_date
from streamlit_app.services.choices import Scope

CLUSTER_DAYS = 20
PNL_TYPES = ("actual", "hypothetical")
SCOPE_RANK = {"firm": 0, "desk": 1, "portfolio": 2}


@dataclass(frozen=True)
class Statement:
    """A test's outcome in words.

    Attributes
    ----------
    test, pnl_type : str
        What was tested, against which P&L.
    statistic, p_value : float or None
        None where the test gives none.
    verdict : str
        ``passed``, ``failed`` or ``cannot be told``.
    words : str
        What the figures say.
    has_no_p_value : bool
        Whether the test is one without a p-value.
    """

    test: str
    pnl_type: str
    statistic: float | None
    p_value: float | None
    verdict: str
    words: str
    has_no_p_value: bool = False


@dataclass(frozen=True)
class Zone:
    """A zone of the traffic light.

    Attributes
    ----------
    name : str
        ``green``, ``amber`` or ``red``.
    low, high : int, int or None
        Fewest and most exceptions in it; None has no upper end.
    multipliers : tuple of float
        The smallest and the largest multiplier in it.
    source : str
        Where it is laid down.
    """

    name: str
    low: int
    high: int | None
    multipliers: tuple[float, float]
    source: str

    @property
    def range_words(self) -> str:
        """The counts that fall into the zone."""
        if self.high is None:
            return f"{self.low} or more"
        return f"{self.low}" if self.low == self.high else f"{self.low} to {self.high}"

    @property
    def multiplier_words(self) -> str:
        """The multipliers that go with it."""
        smallest, largest = self.multipliers
        return f"{smallest:.2f}" if smallest == largest else f"{smallest:.2f} to {largest:.2f}"


@dataclass(frozen=True)
class Rule:
    """What a test of the record is judged by.

    Attributes
    ----------
    significance : float
        Probability of calling a right model failed. A test with a p-value fails below it.
    critical_value : float or None
        The statistic fails below it; None for a test with a p-value.
    level, observations : float or None, int or None
        What the critical value is for.
    """

    significance: float
    critical_value: float | None = None
    level: float | None = None
    observations: int | None = None

    def fits(self, level: float, observations: int) -> bool:
        """Tell whether the critical value is for this level and number of observations."""
        return (
            self.critical_value is not None
            and self.level is not None
            and bool(np.isclose(self.level, level))
            and self.observations == observations
        )


@dataclass(frozen=True)
class Cluster:
    """The stretch of business dates with the most exceptions.

    Attributes
    ----------
    first, last : date
        The first and the last exception in it.
    exceptions : int
        Dates in it with an exception against either P&L.
    in_all, days : int
        Exceptions in the whole history, and its length in business dates.
    expected : float
        Exceptions a right VaR has on average in a stretch of ``CLUSTER_DAYS`` business dates.
    """

    first: date
    last: date
    exceptions: int
    in_all: int
    days: int
    expected: float

    @property
    def words(self) -> str:
        """The cluster in a sentence."""
        return (
            f"{self.exceptions} of {self.in_all} exceptions in {self.days:,} business dates fell between "
            f"{weekday_date(self.first)} and {weekday_date(self.last)}. A right VaR has {self.expected:.1f} on average "
            f"in {CLUSTER_DAYS} business dates, wherever they lie."
        )


def business_dates(reader: Reader) -> list[date]:
    """Return the dates with a backtest, newest first."""
    return list(repository.business_dates(reader)["business_date"].dt.date)


def backtests(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return one row per scope, level and kind of P&L on the date."""
    return repository.backtests(reader, business_date)


def levels_of(tests: pd.DataFrame) -> list[float]:
    """Return the confidence levels that were backtested, the highest first: the supervisor's."""
    return sorted({round(float(level), 6) for level in tests["confidence_level"]}, reverse=True)


def zone_rules(reader: Reader, business_date: date) -> pd.DataFrame:
    """Return the traffic light in force on the date: one row per confidence level and range of exceptions."""
    return repository.zones(reader, business_date)


def zones_at(rules: pd.DataFrame, level: float) -> list[Zone]:
    """Return the zones of a confidence level, fewest exceptions first; none where the level has no zones."""
    rows = rules[np.isclose(rules["confidence_level"].astype(float), level)].sort_values("exceptions_from")
    return [
        Zone(
            name=str(name),
            low=int(own["exceptions_from"].min()),
            high=None if own["exceptions_to"].isna().any() else int(own["exceptions_to"].max()),
            multipliers=(float(own["multiplier"].min()), float(own["multiplier"].max())),
            source=str(own["source_paragraph"].iloc[0]),
        )
        for name, own in rows.groupby("zone", sort=False)
    ]


def levels_with_zones(rules: pd.DataFrame) -> str:
    """Say at which confidence levels zones are defined."""
    return _either([_percent(level) for level in levels_of(rules)]) + " only" if len(rules) else "none in force"


def zone_words(rules: pd.DataFrame, window: int) -> str:
    """Say which counts of a full window fall into which zone, at every level that has zones."""
    said = []
    for level in levels_of(rules):
        zones = zones_at(rules, level)
        ranges = ", ".join(f"{zone.name} {zone.range_words}" for zone in zones)
        said.append(f"Of {window:,} days at {_percent(level)}: {ranges} exceptions (Basel, {zones[0].source}).")
    return (
        " ".join([*said, f"Defined at {levels_with_zones(rules)}."]) if said else "No zones are in force on this date."
    )


def multiplier_words(rules: pd.DataFrame) -> str:
    """Say what the multiplier is for and which one goes with which zone."""
    each = [
        f"{zone.multiplier_words} when {zone.name}" for level in levels_of(rules) for zone in zones_at(rules, level)
    ]
    return "What capital for market risk is multiplied with" + (f": {', '.join(each)}." if each else ".")


def rules_of_tests(reader: Reader, business_date: date) -> dict[str, Rule]:
    """Return what each test is judged by on the date, by its name in the mart."""
    return {
        str(row["test"]): Rule(
            significance=float(row["significance_level"]),
            critical_value=_number(row["critical_value"]),
            level=_number(row["confidence_level"]),
            observations=None if pd.isna(row["observations"]) else int(row["observations"]),
        )
        for _, row in repository.rules_of_tests(reader, business_date).iterrows()
    }


def failing_words(rules: dict[str, Rule]) -> str:
    """Say when a test counts as failed."""
    shares = _either([_percent(value) for value in sorted({rule.significance for rule in rules.values()})])
    if not shares:
        return "No significance is in force on this date, so no test has an outcome."
    return f"A test fails when a right VaR would give such a record in fewer than {shares} of cases."


def desk_limit_words(tests: pd.DataFrame) -> str:
    """Say how many exceptions take a desk out of the internal model, at every level that has a limit."""
    rows = tests.dropna(subset=["desk_exceptions_limit"])
    limits = rows.groupby("confidence_level")["desk_exceptions_limit"].max().sort_index(ascending=False)
    if limits.empty:
        return "No limit for desks is in force on this date."
    each = _either(
        [
            f"{limit:,.0f} at {_percent(level)}"
            for level, limit in zip(limits.index.to_numpy(float), limits, strict=True)
        ]
    )
    return f"More exceptions than {each} take a desk out of the internal model (Basel, MAR32.18)."


def _percent(value: float) -> str:
    return f"{value * 100:.4g}%"


def _either(words: list[str]) -> str:
    return " or ".join(words)


def by_scope(tests: pd.DataFrame, level: float, scopes: list[tuple[str, str]]) -> pd.DataFrame:
    """Return one row per scope in the order given: both counts, the one that counts, zone and multiplier.

    The count that decides is the larger of the two (MAR32.5), and so are zone and multiplier.
    """
    rows = tests[np.isclose(tests["confidence_level"].astype(float), level)]
    keys = ["scope_type", "scope_id"]
    severity = {"green": 0, "amber": 1, "yellow": 1, "red": 2}
    table = []
    for scope_type, scope_id in scopes:
        own = rows[(rows["scope_type"] == scope_type) & (rows["scope_id"] == scope_id)]
        if own.empty:
            continue
        counts = own.set_index("pnl_type")["exceptions"]
        zones = sorted(own["zone"].dropna(), key=lambda zone: severity.get(str(zone), 3))
        exceeded = own["is_desk_limit_exceeded"].dropna()
        table.append(
            {
                "scope_type": scope_type,
                "scope_id": scope_id,
                "observations": own["observations"].max(),
                "window_observations": own["window_observations"].max(),
                "actual": counts.get("actual"),
                "hypothetical": counts.get("hypothetical"),
                "counted": own["exceptions"].max(),
                "expected_exceptions": own["expected_exceptions"].max(),
                "missing": own["missing"].max(),
                "zone": zones[-1] if zones else None,
                "multiplier": own["multiplier"].max(),
                "desk_exceptions_limit": own["desk_exceptions_limit"].max(),
                "is_desk_limit_exceeded": bool(exceeded.any()) if len(exceeded) else None,
                "note": next(iter(own["note"].dropna()), None),
            }
        )
    columns = [
        *keys,
        "observations",
        "window_observations",
        "actual",
        "hypothetical",
        "counted",
        "expected_exceptions",
        "missing",
        "zone",
        "multiplier",
        "desk_exceptions_limit",
        "is_desk_limit_exceeded",
        "note",
    ]
    counts_of = ("observations", "window_observations", "actual", "hypothetical", "counted", "missing")
    return pd.DataFrame(table, columns=columns).astype(dict.fromkeys((*counts_of, "desk_exceptions_limit"), "Int64"))


def scopes_below(scope: Scope, portfolios: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return the scope and what is below it by one step: the firm with its desks, a desk with its portfolios."""
    own = [(scope.type, scope.id)]
    if scope.type == "firm":
        return own + [("desk", desk) for desk in portfolios]
    if scope.type == "desk":
        return own + [("portfolio", name) for name in portfolios.get(scope.id, [])]
    return own


def statements(tests: pd.DataFrame, rules: dict[str, Rule], scope: Scope, level: float) -> list[Statement]:
    """Say what Kupiec's, Christoffersen's and Acerbi and Szekely's tests found, for both kinds of P&L.

    A test without a rule in ``rules`` has no verdict.
    """
    rows = tests[
        (tests["scope_type"] == scope.type)
        & (tests["scope_id"] == scope.id)
        & np.isclose(tests["confidence_level"].astype(float), level)
        & tests["pnl_type"].isin(PNL_TYPES)
    ]
    said = []
    for _, row in rows.sort_values("pnl_type").iterrows():
        said += [
            _count(row, rules.get("kupiec")),
            _independence(row, rules.get("independence")),
            _both(row, rules.get("conditional_coverage")),
            _shortfall(row, rules.get("es_z2")),
        ]
    return said


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]


def _judge(p_value: float | None, rule: Rule | None) -> str:
    if p_value is None or rule is None:
        return "cannot be told"
    return "failed" if p_value < rule.significance else "passed"


def _chance(p_value: float) -> str:
    return "less than 1 in 10,000" if p_value < 0.0001 else f"{p_value:.2%}"


def _count(row: pd.Series, rule: Rule | None) -> Statement:
    p_value = _number(row["kupiec_p_value"])
    found = f"{row['exceptions']:,.0f} exceptions in {row['observations']:,.0f} days, {row['expected_exceptions']:.1f} "
    if p_value is None:
        words = found + "expected; too few days for a test."
    else:
        words = (
            found + f"expected. Were VaR right, a count at least this unusual would have a chance of "
            f"{_chance(p_value)}."
        )
    return Statement(
        "Number of exceptions (Kupiec)",
        row["pnl_type"],
        _number(row["kupiec_statistic"]),
        p_value,
        _judge(p_value, rule),
        words,
    )


def _independence(row: pd.Series, rule: Rule | None) -> Statement:
    p_value = _number(row["independence_p_value"])
    after = f"{_whole(row['n11'])} of {_whole(row['n01'], row['n11'])} exceptions came the day after another."
    words = (
        f"{after} Without exceptions, or with too few days, clustering cannot be tested."
        if p_value is None
        else f"{after} Were they independent, a pattern at least this unusual would have a chance of "
        f"{_chance(p_value)}."
    )
    return Statement(
        "Exceptions come singly (Christoffersen)",
        row["pnl_type"],
        _number(row["independence_statistic"]),
        p_value,
        _judge(p_value, rule),
        words,
    )


def _whole(*values: object) -> str:
    if any(pd.isna(value) for value in values):  # type: ignore[call-overload]
        return "an unknown number"
    return f"{sum(int(value) for value in values):,}"  # type: ignore[call-overload]


def _both(row: pd.Series, rule: Rule | None) -> Statement:
    p_value = _number(row["conditional_coverage_p_value"])
    words = (
        "Number and clustering together cannot be tested when one of them cannot."
        if p_value is None
        else "Number and clustering together: were VaR right and its exceptions independent, a record at least this "
        f"unusual would have a chance of {_chance(p_value)}."
    )
    return Statement(
        "Both together (Christoffersen)",
        row["pnl_type"],
        _number(row["conditional_coverage_statistic"]),
        p_value,
        _judge(p_value, rule),
        words,
    )


def _shortfall(row: pd.Series, rule: Rule | None) -> Statement:
    statistic = _number(row["es_z2_statistic"])
    verdict = "cannot be told"
    if statistic is None:
        words = "Expected shortfall is missing on days the test needs."
    elif rule is None or rule.critical_value is None or rule.level is None or rule.observations is None:
        words = (
            f"Z2 is {statistic:.2f}, and 0 on average when expected shortfall is right. No critical value is in force."
        )
    elif not rule.fits(float(row["confidence_level"]), int(row["observations"])):
        words = (
            f"Z2 is {statistic:.2f}, and 0 on average when expected shortfall is right. Its critical value is known at "
            f"{_percent(rule.level)} over {rule.observations:,} days only."
        )
    elif statistic < rule.critical_value:
        verdict = "failed"
        words = (
            f"Losses beyond VaR were more or larger than expected shortfall says: Z2 is below {rule.critical_value:g}."
        )
    else:
        verdict = "passed"
        words = (
            "Losses beyond VaR fit expected shortfall: Z2 is 0 on average when it is right, and not below "
            f"{rule.critical_value:g}."
        )
    return Statement(
        "Size of losses beyond VaR (Acerbi-Szekely Z2)",
        row["pnl_type"],
        statistic,
        None,
        verdict,
        words,
        has_no_p_value=True,
    )


def as_table(said: list[Statement]) -> pd.DataFrame:
    """Return the statements as a table, one row each; ``p_value`` is written out, because Z2 has none."""
    rows = [
        (
            one.test,
            one.pnl_type,
            one.verdict,
            one.statistic,
            "none" if one.has_no_p_value else "missing" if one.p_value is None else f"{one.p_value:.4f}",
            one.words,
        )
        for one in said
    ]
    columns = ["test", "pnl_type", "verdict", "statistic", "p_value", "words"]
    return pd.DataFrame(rows, columns=columns).astype({"statistic": "float64"})


def count_history(reader: Reader, business_date: date, scope: Scope, level: float) -> pd.DataFrame:
    """Return the larger count of the window that ends on each date, oldest first, with both counts beside it."""
    rows = repository.count_history(reader, business_date, scope.type, scope.id, level)
    wide = rows.pivot_table(index="business_date", columns="pnl_type", values="exceptions", aggfunc="max")
    wide = wide.reindex(columns=["actual", "hypothetical"])
    wide["counted"] = wide.max(axis=1)
    wide["observations"] = rows.groupby("business_date")["observations"].max()
    return wide.reset_index()


def compared_days(reader: Reader, business_date: date, scope: Scope, level: float) -> pd.DataFrame:
    """Return every day compared with its VaR, for the scope and the scopes below it, with ``is_exception``."""
    days = repository.compared_days(reader, business_date, level, scope.desk, scope.portfolio)
    days["is_exception"] = days["is_actual_exception"].fillna(value=False).astype(bool) | days[
        "is_hypothetical_exception"
    ].fillna(value=False).astype(bool)
    return days


def own_days(days: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return the scope's own days of ``compared_days``."""
    return days[(days["scope_type"] == scope.type) & (days["scope_id"] == scope.id)].reset_index(drop=True)


def densest(days: pd.DataFrame, level: float, length: int = CLUSTER_DAYS) -> Cluster | None:
    """Return the stretch of ``length`` business dates with the most exceptions, the first of equals.

    None when fewer than two exceptions share a stretch, which is no cluster.
    """
    ordered = days.sort_values("business_date").reset_index(drop=True)
    is_hit = ordered["is_exception"].to_numpy(bool)
    in_stretch = ordered["is_exception"].astype(int).rolling(length, min_periods=1).sum().to_numpy()
    if len(ordered) == 0 or in_stretch.max() < 2:
        return None
    end = int(in_stretch.argmax())
    inside = ordered.iloc[max(0, end - length + 1) : end + 1]
    hits = inside.loc[inside["is_exception"], "business_date"].dt.date
    return Cluster(
        first=hits.iloc[0],
        last=hits.iloc[-1],
        exceptions=len(hits),
        in_all=int(is_hit.sum()),
        days=len(ordered),
        expected=length * (1 - level),
    )


def attribution_tests(reader: Reader, business_date: date, scope: Scope) -> pd.DataFrame:
    """Return the P&L attribution test of every desk, or of the scope's desk."""
    rows = repository.attribution_tests(reader, business_date)
    return rows if scope.desk is None else rows[rows["desk_id"] == scope.desk].reset_index(drop=True)


def attribution_words(tests: pd.DataFrame) -> str:
    """Say between which thresholds the desks' tests of a date turn from green over amber to red."""
    row = tests.iloc[0]
    return (
        f"Green needs a Spearman correlation above {row['spearman_green_above']:.2f} and a Kolmogorov-Smirnov distance "
        f"below {row['kolmogorov_smirnov_green_below']:.2f}; red is a correlation below "
        f"{row['spearman_red_below']:.2f} or a distance above {row['kolmogorov_smirnov_red_above']:.2f}."
    )
