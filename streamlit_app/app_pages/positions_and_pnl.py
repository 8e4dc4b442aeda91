"""Positions and P&L of the firm, a desk or a portfolio on a business date."""

import pandas as pd
import streamlit as st

from streamlit_app.components import charts, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import positions as service
from streamlit_app.services.builds import weekday_date

QUOTED = "As quoted: a bond per 100 of face value, an option per share, a swap per unit of notional."
GAIN = "Gains are positive, losses negative."
RANGES = {"3m": 3, "1y": 12, "3y": 36, "all": None}

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no business date with a P&L.")
    st.stop()
portfolios = read(service.portfolios_by_desk)

date_column, desk_column, portfolio_column = st.columns([1.2, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)

table = read(service.by_scope, day)
row = service.row_of(table, scope)
if row is None:
    states.nothing_here(f"There is no P&L for {scope.label} on {weekday_date(day)}: nothing was held or traded.")
    st.stop()

headlines = [
    ("Market value, USD", formats.amount(row["market_value_usd"]), "All positions at the day's prices, cash included."),
    ("Day P&L, USD", formats.signed(row["day_pnl_usd"]), f"Realised + change in unrealised + income. {GAIN}"),
    (
        "Month to date, USD",
        formats.signed(row["month_pnl_usd"]),
        f"Sum of daily P&L from the first business day of {day:%B %Y}. {GAIN}",
    ),
    (
        "Year to date, USD",
        formats.signed(row["year_pnl_usd"]),
        f"Sum of daily P&L from the first business day of {day.year} in the build. {GAIN}",
    ),
    ("Realised on the day, USD", formats.signed(row["realised_pnl_usd"]), f"From positions closed on the day. {GAIN}"),
    (
        "Change in unrealised, USD",
        formats.signed(row["unrealised_pnl_usd"]),
        f"The day's change of the gain on what is still held, currency effect included. {GAIN}",
    ),
    ("Income on the day, USD", formats.signed(row["income_usd"]), f"Coupons, swap settlements and the like. {GAIN}"),
    (
        "Since start, USD",
        formats.signed(row["cumulative_pnl_usd"]),
        f"Cumulative P&L since {weekday_date(row['first_date'])}. {GAIN}",
    ),
]
show_headlines(headlines)

with st.container(horizontal=True, gap="small"):
    for tie in read(service.ties, day, scope):
        show_tie(tie)
if row["positions_without_value"]:
    st.warning(
        f"{row['positions_without_value']:,.0f} of {row['positions']:,.0f} positions have no market value: "
        "they are missing from the totals above.",
        icon=":material/report:",
    )

st.subheader("P&L through time", anchor=False)
span = choose(
    "Chart range",
    "range",
    list(RANGES),
    default="1y",
    format_func=lambda name: {"3m": "3 months", "1y": "1 year", "3y": "3 years", "all": "All"}[name],
    segmented=True,
)
history = read(service.pnl_history, scope)
months = RANGES[span]
until = pd.Timestamp(day)
since = history["business_date"].min() if months is None else until - pd.DateOffset(months=months)
charts.show(
    charts.pnl_history(history[history["business_date"].between(since, until)]),
    height=380,
    name="pnl-history",
    description=f"Cumulative and daily P&L of {scope.label} in USD up to {weekday_date(day)}",
)

st.subheader("By desk and portfolio", anchor=False)
show_table(
    service.parts_of(table, scope, portfolios),
    [
        Column("desk_id", "Desk"),
        Column("portfolio_id", "Portfolio"),
        Column("market_value_usd", "Market value, USD", "amount", "Positions at the day's prices, cash included."),
        Column("day_pnl_usd", "Day P&L, USD", "signed", GAIN),
        Column("realised_pnl_usd", "Realised, USD", "signed", GAIN),
        Column("unrealised_pnl_usd", "Change in unrealised, USD", "signed", GAIN),
        Column("income_usd", "Income, USD", "signed", GAIN),
        Column("month_pnl_usd", "Month to date, USD", "signed", GAIN),
        Column("year_pnl_usd", "Year to date, USD", "signed", GAIN),
        Column("cumulative_pnl_usd", "Since start, USD", "signed", GAIN),
        Column("positions", "Positions", "count"),
        Column("positions_stale", "Stale prices", "count", "Positions whose price is older than the business date."),
        Column("positions_proxied", "Proxied prices", "count", "Positions priced with a stand-in."),
    ],
    manifest=build,
    name=f"pnl_{scope.id}_{day}",
    title=f"P&L of {scope.label} by desk and portfolio, {weekday_date(day)}",
    max_height=700,
    pinned=2,
)

st.subheader("Positions", anchor=False)
held = read(service.positions, day, scope)
if held.empty:
    states.nothing_here(f"{scope.heading} held nothing and traded nothing on {weekday_date(day)}.")
    st.stop()
show_table(
    held,
    [
        Column("instrument_id", "Instrument"),
        Column("portfolio_id", "Portfolio"),
        Column("quantity", "Quantity", "quantity", "Positive is long, negative is short."),
        Column("price_local", "Price, local", "price", QUOTED),
        Column("currency", "Currency"),
        Column("market_value_local", "Market value, local", "amount", "In the currency beside it."),
        Column("market_value_usd", "Market value, USD", "amount"),
        Column("unrealised_pnl_usd", "Unrealised, USD", "signed", f"Market value less cost of what is held. {GAIN}"),
        Column("day_pnl_usd", "Day P&L, USD", "signed", GAIN),
        Column("flags", "Flags", "note", "Stale: the price is older than the date. Proxied: priced with a stand-in."),
        Column("instrument_type", "Type"),
        Column("instrument_name", "Name"),
    ],
    manifest=build,
    name=f"positions_{scope.id}_{day}",
    title=f"Positions of {scope.label}, {weekday_date(day)}",
)

st.subheader("One instrument through time", anchor=False)
NONE = "none"
instrument = choose(
    "Instrument",
    "instrument",
    [NONE, *held["instrument_id"].drop_duplicates()],
    default=NONE,
    format_func=lambda name: "Choose an instrument" if name == NONE else name,
    explanation="Type to search. The history is that of the scope chosen above.",
)
if instrument != NONE:
    past = read(service.instrument_history, instrument, day, scope)
    currency = str(held.loc[held["instrument_id"] == instrument, "currency"].iloc[0])
    charts.show(
        charts.instrument_history(past, currency),
        height=360,
        name="instrument-history",
        description=f"Price and quantity of {instrument} up to {weekday_date(day)}",
    )
    columns = [
        Column("business_date", "Business date", "date"),
        Column("quantity", "Quantity", "quantity", "Positive is long, negative is short."),
        Column("price_local", f"Price, {currency}", "price", QUOTED),
        Column("market_value_local", f"Market value, {currency}", "amount"),
        Column("market_value_usd", "Market value, USD", "amount"),
        Column("total_pnl_local", f"Day P&L, {currency}", "signed", GAIN),
        Column("total_pnl_usd", "Day P&L, USD", "signed", GAIN),
        Column("cumulative_pnl_usd", "Since start, USD", "signed", GAIN),
        Column("flags", "Flags", "note"),
    ]
    show_table(
        past,
        [
            column
            for column in columns
            if currency != "USD" or column.name not in {"market_value_local", "total_pnl_local"}
        ],
        manifest=build,
        name=f"instrument_{scope.id}_{day}",
        title=f"{instrument} in {scope.label} through time",
        max_height=320,
    )
    bought_and_sold = read(service.trades, instrument, day, scope)
    if bought_and_sold.empty:
        states.nothing_here(f"{instrument} was not traded in {scope.label}: it is what other trades were settled in.")
        st.stop()
    st.caption(
        f"Trades in it: {len(bought_and_sold):,} of {bought_and_sold['trades_in_all'].iloc[0]:,}, newest first. "
        "Delivery and line say where each one came from."
    )
    show_table(
        bought_and_sold,
        [
            Column("trade_id", "Trade"),
            Column("trade_date", "Trade date", "date"),
            Column("side", "Side"),
            Column("quantity", "Quantity", "quantity"),
            Column("price", "Price, local", "price"),
            Column("currency", "Currency"),
            Column("notional_usd", "Notional, USD", "amount"),
            Column("portfolio_id", "Portfolio"),
            Column("trader_id", "Trader"),
            Column("counterparty_lei", "Counterparty, LEI"),
            Column("version", "Version", "count", "Above 1: the trade was corrected."),
            Column("is_cancelled", "Cancelled", "flag"),
            Column("delivery_id", "Delivery", help="First 16 characters of the delivered file's SHA-256."),
            Column("delivery_line", "Line", "count"),
        ],
        manifest=build,
        name=f"trades_{scope.id}_{day}",
        title=f"Trades in {instrument} in {scope.label}",
        max_height=320,
    )
