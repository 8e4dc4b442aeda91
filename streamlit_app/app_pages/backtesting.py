"""How VaR did: zones and multiplier, exceptions through time and where they cluster, tests, P&L attribution."""

from typing import Literal

import streamlit as st

from streamlit_app.components import charts, charts_of_backtests, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import backtesting as service
from streamlit_app.services import positions as positions_service
from streamlit_app.services.builds import weekday_date

EXCEPTION = "A day whose loss was larger than the VaR of the evening before, or without a VaR or P&L to compare."
COUNTED = "The larger of the two counts decides (Basel, MAR32.5)."
MARKS = {"green": "● green", "amber": "▲ amber", "yellow": "▲ amber", "red": "■ red"}
OUTCOMES: dict[str, tuple[str, Literal["green", "red", "gray"]]] = {
    "passed": (":material/check_circle:", "green"),
    "failed": (":material/error:", "red"),
    "cannot be told": (":material/help:", "gray"),
}

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no backtest: there is no P&L after a VaR yet.")
    st.stop()
states.older_than_build(dates[0], build, "The backtest")
portfolios = read(positions_service.portfolios_by_desk)

date_column, desk_column, portfolio_column, level_column = st.columns([1.2, 1, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)
tests = read(service.backtests, day)
rules = read(service.zone_rules, day)
zone_levels = service.levels_with_zones(rules)
test_rules = read(service.rules_of_tests, day)
levels = [f"{level:g}" for level in service.levels_of(tests)]
with level_column:
    level = float(
        choose(
            "Confidence level",
            "backtest_level",
            levels,
            default=levels[0],
            format_func=lambda text: formats.level(float(text)),
            explanation=f"Of the VaR that P&L is compared with. Zones: {zone_levels}.",
            segmented=True,
        )
    )
shown_level = formats.level(level)
zones = service.zones_at(rules, level)

standings = service.by_scope(tests, level, service.scopes_below(scope, portfolios))
own = standings[(standings["scope_type"] == scope.type) & (standings["scope_id"] == scope.id)]
if own.empty:
    states.nothing_here(f"There is no backtest for {scope.label} on {weekday_date(day)}: it has no P&L after a VaR.")
    st.stop()
row = own.iloc[0]
statements = service.statements(tests, test_rules, scope, level)
zone_meaning = service.zone_words(rules, int(row["window_observations"]))
failing = service.failing_words(test_rules)
failed = sum(one.verdict == "failed" for one in statements)
told = sum(one.verdict != "cannot be told" for one in statements)
zone = formats.MISSING if formats.is_missing(row["zone"]) else MARKS.get(row["zone"], row["zone"])
show_headlines(
    [
        (f"Zone of {scope.label}", zone if zones else zone_levels, zone_meaning),
        (
            "Capital multiplier",
            formats.decimal(row["multiplier"]) if zones else zone_levels,
            service.multiplier_words(rules),
        ),
        (
            f"Exceptions {shown_level}, {row['observations']:,} days",
            f"{formats.count(row['counted'])} of {row['expected_exceptions']:.1f} expected",
            f"{EXCEPTION} {COUNTED}",
        ),
        (
            "Tests failed",
            f"{failed} of {told}",
            f"Tests of number, clustering and size of exceptions. {failing}",
        ),
    ]
)

days = read(service.compared_days, day, scope, level)
cluster = service.densest(service.own_days(days, scope), level)
st.subheader(f"When exceptions at {shown_level} came", anchor=False)
if days.empty:
    states.nothing_here("There is no day to compare yet.")
else:
    st.text(
        cluster.words
        if cluster is not None
        else f"No two exceptions of {scope.label} came within {service.CLUSTER_DAYS} business dates of each other."
    )
    charts.show(
        charts_of_backtests.exception_strip(days, cluster),
        height=130 + 42 * days["scope_id"].nunique(),
        name="exception-strip",
        description=(
            f"One line per scope with a tick on every day with an exception at {shown_level}, "
            f"up to {weekday_date(day)}. {cluster.words if cluster is not None else ''}"
        ),
    )
    hits = days[days["is_exception"]].sort_values(["business_date", "scope_type"], ascending=False)
    with st.expander(f"Every exception ({len(hits):,})"):
        show_table(
            hits,
            [
                Column("business_date", "Business date", "date"),
                Column("scope_type", "Scope"),
                Column("scope_id", "Name"),
                Column("var_usd", "VaR of the evening before, USD", "amount", "A positive figure is a loss."),
                Column("actual_pnl_usd", "Actual P&L, USD", "signed", "Gains are positive, losses negative."),
                Column("hypothetical_pnl_usd", "Hypothetical P&L, USD", "signed", "Positions held unchanged."),
                Column("is_actual_exception", "Actual", "flag"),
                Column("is_hypothetical_exception", "Hypothetical", "flag"),
                Column("is_var_missing", "VaR missing", "flag", "Counts as an exception."),
            ],
            manifest=build,
            name=f"exceptions_{level:g}_{scope.id}_{day}",
            title=f"Exceptions at {shown_level} of {scope.label} and below, newest first",
            max_height=320,
        )

st.subheader("Zones" if zones else f"Exceptions at {shown_level}", anchor=False)
show_table(
    standings.assign(
        zone=standings["zone"].map(lambda name: MARKS.get(name, name), na_action="ignore"),
        limit=[formats.count(limit) if limit > 0 else "" for limit in standings["desk_exceptions_limit"].fillna(0)],
    ),
    [
        Column("scope_type", "Scope"),
        Column("scope_id", "Name"),
        *(
            [
                Column("zone", "Zone", help=zone_meaning),
                Column("multiplier", "Multiplier", "amount", "Of capital, for the firm's zone; as if, for a desk."),
            ]
            if zones
            else []
        ),
        Column("counted", "Exceptions", "count", f"{EXCEPTION} {COUNTED}"),
        Column("expected_exceptions", "Expected", "decimal", "On average, of a right VaR, in as many days."),
        Column("actual", "Against actual", "count", "Exceptions against actual P&L."),
        Column("hypothetical", "Against hypothetical", "count", "Exceptions against hypothetical P&L."),
        Column("missing", "Without a figure", "count", "Days without a VaR or P&L, counted as exceptions."),
        Column("observations", "Days", "count"),
        Column("limit", "Desk limit", "figure", service.desk_limit_words(tests), download="desk_exceptions_limit"),
        Column("is_desk_limit_exceeded", "Desk limit exceeded", "flag", service.desk_limit_words(tests)),
        Column("note", "Note", "sentence"),
    ],
    manifest=build,
    name=f"zones_{level:g}_{scope.id}_{day}",
    title=f"Backtest of {scope.label} and below at {shown_level}, {weekday_date(day)}",
    pinned=2,
)

st.subheader(f"Exceptions of {scope.label} in the last {row['observations']:,} days, through time", anchor=False)
counts = read(service.count_history, day, scope, level)
charts.show(
    charts_of_backtests.count_history(counts, float(row["expected_exceptions"]), zones),
    height=340,
    name="exception-count",
    description=f"Exceptions of {scope.label} at {shown_level} in the window ending on each date",
)

st.subheader("What the tests say", anchor=False)
st.caption(f"{failing} Window: the last {row['observations']:,} days up to {weekday_date(day)}.")
for column, kind in zip(st.columns(2), service.PNL_TYPES, strict=True):
    with column.container(border=True):
        st.markdown(f"**Against {kind} P&L**")
        for one in statements:
            if one.pnl_type == kind:
                icon, colour = OUTCOMES[one.verdict]
                st.badge(f"{one.test}: {one.verdict}", icon=icon, color=colour)
                st.text(one.words)
with st.expander("Statistics and p-values"):
    show_table(
        service.as_table(statements),
        [
            Column("test", "Test"),
            Column("pnl_type", "Against P&L", help="Actual, or hypothetical: the evening's positions held unchanged."),
            Column("verdict", "Outcome"),
            Column("statistic", "Statistic", "ratio", "Chi-squared for Kupiec and Christoffersen; Z2 is 0 on average."),
            Column("p_value", "p-value", "figure", "The chance of a record at least this unusual; Z2 has none."),
            Column("words", "In words", "sentence"),
        ],
        manifest=build,
        name=f"tests_{level:g}_{scope.id}_{day}",
        title=f"Tests of the VaR of {scope.label} at {shown_level}",
    )

st.subheader("P&L attribution of the desks", anchor=False)
attribution = read(service.attribution_tests, day, scope)
if attribution.empty:
    states.nothing_here(f"There is no P&L attribution test for {scope.label} on {weekday_date(day)}.")
else:
    st.caption(
        "Whether the model that computes VaR also follows the desks' hypothetical P&L (Basel, MAR32.20 to 32.44). "
        f"{service.attribution_words(attribution)} Tests of a desk do not change with the portfolio chosen."
    )
    show_table(
        attribution.assign(zone=attribution["zone"].map(lambda name: MARKS.get(name, name), na_action="ignore")),
        [
            Column("desk_id", "Desk"),
            Column("zone", "Zone"),
            Column("spearman_correlation", "Spearman correlation", "ratio", "Of the two P&Ls' ranks; 1 is best."),
            Column(
                "kolmogorov_smirnov", "Kolmogorov-Smirnov distance", "ratio", "Between the distributions; 0 is best."
            ),
            Column("observations", "Days", "count", "Days on which both P&Ls are known."),
            Column("note", "Note", "sentence"),
        ],
        manifest=build,
        name=f"attribution_tests_{scope.id}_{day}",
        title=f"P&L attribution test per desk, {weekday_date(day)}",
    )
