"""What P&L came from, and whether the model that computes VaR sees it."""

import pandas as pd
import streamlit as st

from streamlit_app.components import charts, charts_of_pnl, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import pnl_explain as service
from streamlit_app.services import positions as positions_service
from streamlit_app.services.builds import weekday_date

GAIN = "Gains are positive, losses negative."
HYPOTHETICAL = "Yesterday's positions held unchanged: no new trades, no fees."
THEORETICAL = "Yesterday's sensitivities times the day's factor moves: what the VaR model sees."
UNEXPLAINED = "Hypothetical less risk-theoretical P&L: time and income are in it, which the model does not see."
RANGES = {"3m": 3, "1y": 12, "all": None}

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no explained P&L.")
    st.stop()
states.older_than_build(dates[0], build, "Explained P&L")
portfolios = read(positions_service.portfolios_by_desk)

date_column, desk_column, portfolio_column, period_column = st.columns([1.2, 1, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)
with period_column:
    period = choose(
        "Period",
        "period",
        list(service.PERIODS),
        default="day",
        format_func=lambda name: service.PERIODS[name],
        explanation="Up to the business date.",
    )

history = read(service.attribution_history, day, scope)
today = history[history["business_date"] == pd.Timestamp(day)]
components = read(service.components, service.first_day(period, day), day, scope)
if components.empty or today.empty:
    states.nothing_here(f"There is no explained P&L for {scope.label} on {weekday_date(day)}: nothing was held.")
    st.stop()
row = today.iloc[0]
show_headlines(
    [
        ("Actual P&L of the day, USD", formats.signed(row["actual_pnl_usd"]), f"New trades included. {GAIN}"),
        ("Hypothetical, USD", formats.signed(row["hypothetical_pnl_usd"]), f"{HYPOTHETICAL} {GAIN}"),
        ("Risk-theoretical, USD", formats.signed(row["risk_theoretical_pnl_usd"]), f"{THEORETICAL} {GAIN}"),
        ("Unexplained, USD", formats.signed(row["unexplained_pnl_usd"]), f"{UNEXPLAINED} {GAIN}"),
    ]
)
if row["is_risk_theoretical_missing"]:
    st.warning(
        "Risk-theoretical P&L of the day is missing: a sensitivity or the move of a factor is not known.",
        icon=":material/report:",
    )

named = service.PERIODS[period].lower()
st.subheader(f"What P&L came from: {named}", anchor=False)
show_tie(read(service.components_tie, service.first_day(period, day), day, scope))
steps = service.steps(components)
without = [step for step in steps if step.missing]
if without:
    st.warning(
        "Not everything could be computed: "
        + ", ".join(f"{step.name} ({step.missing:,} missing)" for step in without)
        + ". What is missing there is in the unexplained.",
        icon=":material/report:",
    )
charts.show(
    charts_of_pnl.waterfall(steps),
    height=420,
    name="waterfall",
    description=f"P&L of {scope.label} by component, {named} up to {weekday_date(day)}, in USD",
)
with st.expander("What the bars mean"):
    st.text(
        "Time: one day's passing with yesterday's market. Moves: sensitivity of the evening before times the day's "
        "move of the factor, per class of risk. Second order: half gamma times the move squared. New trades: what "
        "trades of the day earned until the evening. Unexplained: what is left, so that the bars sum to the P&L."
    )
factors = service.by_factor(components)
if factors.empty:
    states.nothing_here("No part of the P&L came from the move of a risk factor.")
else:
    st.subheader(f"By risk factor: {named}", anchor=False)
    chart_column, table_column = st.columns([1, 1])
    with chart_column:
        charts.show(
            charts.pnl_bars(
                factors[["risk_factor_id", "total_pnl_usd"]].rename(columns={"total_pnl_usd": "pnl_usd"}),
                "risk_factor_id",
                "P&L, USD (a loss is negative)",
                top=15,
                room=0.4,
            ),
            height=100 + 28 * min(len(factors), 16),
            name="factors",
            description=f"P&L of {scope.label} by risk factor, {named} up to {weekday_date(day)}, in USD",
        )
    with table_column:
        show_table(
            factors,
            [
                Column("risk_factor_id", "Risk factor"),
                Column("total_pnl_usd", "P&L, USD", "signed", GAIN),
                Column("delta", "First order, USD", "signed", "Sensitivity times move."),
                Column("gamma", "Second order, USD", "signed", "Half gamma times move squared."),
                Column("risk_class", "Class"),
                Column("missing", "Missing parts", "count", "Portfolios and days without a figure."),
            ],
            manifest=build,
            name=f"explain_{period}_{scope.id}_{day}",
            title=f"P&L of {scope.label} by risk factor, {named}",
        )

st.subheader("Does the model see the P&L?", anchor=False)
st.caption(f"Hypothetical: {HYPOTHETICAL} Risk-theoretical: {THEORETICAL} Unexplained: {UNEXPLAINED}")
span = choose(
    "Chart range",
    "explain_range",
    list(RANGES),
    default="3m",
    format_func=lambda name: {"3m": "3 months", "1y": "1 year", "all": "All"}[name],
    segmented=True,
)
months = RANGES[span]
since = history["business_date"].min() if months is None else pd.Timestamp(day) - pd.DateOffset(months=months)
shown = history[history["business_date"] >= since]
charts.show(
    charts_of_pnl.three_kinds(shown),
    height=420,
    name="three-kinds",
    description=f"Actual, hypothetical and risk-theoretical P&L of {scope.label} up to {weekday_date(day)}, in USD",
)
with st.expander(f"Every date in the chart ({len(shown):,})"):
    show_table(
        shown.iloc[::-1],
        [
            Column("business_date", "Business date", "date"),
            Column("actual_pnl_usd", "Actual, USD", "signed", GAIN),
            Column("hypothetical_pnl_usd", "Hypothetical, USD", "signed", HYPOTHETICAL),
            Column("risk_theoretical_pnl_usd", "Risk-theoretical, USD", "signed", THEORETICAL),
            Column("unexplained_pnl_usd", "Unexplained, USD", "signed", UNEXPLAINED),
            Column("is_risk_theoretical_missing", "A factor's move is missing", "flag"),
        ],
        manifest=build,
        name=f"attribution_{scope.id}_{day}",
        title=f"Kinds of P&L of {scope.label}",
        max_height=320,
    )
