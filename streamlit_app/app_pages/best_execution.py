"""Best execution: cost, speed and likelihood of execution by venue and date; the costliest orders; RTS 28; clocks."""

import streamlit as st

from streamlit_app.components import charts, charts_of_conduct, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import ALL, choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import best_execution as service
from streamlit_app.services.builds import weekday_date

SPREAD = "Twice the distance of the price from the middle of the quotes at execution, weighted by volume."
IMPROVEMENT = "How far inside the quotes the price was; negative outside them."
SLIPPAGE = "What was paid more than the middle of the quotes when the order came in; a cost is positive."
FILL = "Part of the ordered quantity that was executed, mean over orders."
CLOCKS = {"within": "● within", "breach": "■ breach", "no requirement": "? no requirement"}
NO_ARRIVAL = "Executed orders that the quotes when they came in cannot measure; slippage leaves them out."
NO_QUOTE = "Executed orders that the quotes at execution cannot measure; spread and improvement leave them out."
WHY_NOT = "The price is a rate, or a usable quote, price, quantity or exchange rate is missing."

build = manifest()
dates = read(service.order_dates)
if not dates:
    states.nothing_here("This build holds no orders.")
    st.stop()
states.older_than_build(dates[0], build, "Best execution")
classes, categories = read(service.groups)

date_column, period_column, class_column, category_column = st.columns([1.2, 1, 1, 1])
with date_column:
    day = choose_date(dates, "Last date")
with period_column:
    period = choose(
        "Period",
        "period",
        list(service.PERIODS),
        default="20",
        format_func=service.PERIODS.__getitem__,
        explanation="Business dates with orders, counted back from the date chosen.",
        segmented=True,
    )
with class_column:
    asset_class = choose(
        "Class of instruments",
        "asset_class",
        [ALL, *classes],
        default=ALL,
        format_func=lambda name: "All classes" if name == ALL else service.words(name),
    )
with category_column:
    category = choose(
        "Client category",
        "client_category",
        [ALL, *categories],
        default=ALL,
        format_func=lambda name: "All categories" if name == ALL else service.words(name),
    )
start = service.first_date(dates, day, int(period))
span = weekday_date(day) if start == day else f"{weekday_date(start)} to {weekday_date(day)}"
scope = (start, day, None if asset_class == ALL else asset_class, None if category == ALL else category)
venues = read(service.by_venue, *scope)
if venues.empty:
    states.nothing_here(f"No order fits this choice, {span}.")
    st.stop()
totals = read(service.totals, *scope)
show_headlines(
    [
        ("Orders", formats.count(totals["orders"]), f"Received {span}."),
        (
            "Executed in full",
            formats.share(totals["filled_orders_share"]),
            f"{formats.count(totals['partly_filled_orders'])} in part, "
            f"{formats.count(totals['unfilled_orders'])} not at all. Fill rate {formats.share(totals['fill_rate'])}: "
            f"{FILL.lower()}",
        ),
        ("Time to fill, seconds", formats.amount(totals["seconds_to_fill"]), "From receipt to the last fill, mean."),
        (
            "Not measurable",
            f"{formats.count(totals['orders_without_arrival'])}, {formats.count(totals['orders_without_quotes'])} "
            f"of {formats.count(totals['executed_orders'])}",
            f"By quotes at arrival, at execution. {NO_ARRIVAL} {NO_QUOTE} {WHY_NOT}",
        ),
        ("Slippage, bps", formats.signed(totals["slippage_bps"]), SLIPPAGE),
        ("Effective spread, bps", formats.amount(totals["effective_spread_bps"]), SPREAD),
        ("Price improvement, bps", formats.signed(totals["price_improvement_bps"]), IMPROVEMENT),
        (
            "Passive, directed",
            f"{formats.share(totals['passive_share'])}, {formats.share(totals['directed_orders_share'])}",
            "Volume that gave liquidity; orders whose venue the client named.",
        ),
    ]
)

st.subheader("By venue", anchor=False)
executed = venues[venues["venue_mic"].notna()].reset_index(drop=True)
if not executed.empty:
    charts.show(
        charts_of_conduct.costs(executed.head(service.VENUES_DRAWN), "venue"),
        height=120 + 52 * min(len(executed), service.VENUES_DRAWN),
        name="venue-costs",
        description=f"Slippage, effective spread and price improvement of each venue in basis points, {span}",
    )
show_table(
    venues,
    [
        Column("venue", "Venue", "note"),
        Column("venue_mic", "Code", "note", "Market identifier code; XOFF or XXXX off a venue."),
        Column("volume_usd", "Volume, USD", "amount"),
        Column("orders", "Orders", "count", "Each at the venue of most of its volume."),
        Column("slippage_bps", "Slippage, bps", "signed", SLIPPAGE),
        Column("effective_spread_bps", "Effective spread, bps", "amount", SPREAD),
        Column("price_improvement_bps", "Price improvement, bps", "signed", IMPROVEMENT),
        Column("slippage_usd", "Slippage, USD", "signed", SLIPPAGE),
        Column("fill_rate", "Fill rate", "share", FILL),
        Column("seconds_to_fill", "Time to fill, seconds", "decimal"),
        Column("passive_share", "Passive", "share", "Of the volume."),
        Column("aggressive_share", "Aggressive", "share", "Of the volume."),
        Column("directed_orders_share", "Directed", "share", "Of the orders."),
        Column("orders_without_arrival", "Not measurable, arrival", "count", f"{NO_ARRIVAL} {WHY_NOT}"),
        Column("orders_without_quotes", "Not measurable, execution", "count", f"{NO_QUOTE} {WHY_NOT}"),
        Column("fills", "Fills", "count"),
        Column("improved_fills", "Better than the touch", "count"),
        Column("fills_without_volume", "Fills without volume", "count", "Quantity, price or exchange rate is missing."),
    ],
    manifest=build,
    name=f"best_execution_venues_{start}_{day}",
    title=f"Execution by venue, {span}, largest volume first",
)
through_time = read(service.by_date, *scope)
if len(through_time) > 1:
    charts.show(
        charts_of_conduct.costs_through_time(through_time),
        height=340,
        name="costs-through-time",
        description=f"Slippage and effective spread of each date in basis points, and the volume, {span}",
    )

st.subheader("Orders that cost most", anchor=False)
orders = read(service.costliest_orders, *scope)
if orders.empty:
    states.nothing_here(f"No order fits this choice, {span}.")
else:
    st.caption(f"{len(orders):,} of {orders['orders_in_all'].iloc[0]:,} orders by slippage in USD.")
    show_table(
        orders,
        [
            Column("order_id", "Order"),
            Column("slippage_usd", "Slippage, USD", "signed", SLIPPAGE),
            Column("slippage_bps", "Slippage, bps", "signed", SLIPPAGE),
            Column("effective_spread_bps", "Effective spread, bps", "amount", SPREAD),
            Column("price_improvement_bps", "Price improvement, bps", "signed", IMPROVEMENT),
            Column("volume_usd", "Volume, USD", "amount"),
            Column("main_venue_mic", "Venue"),
            Column("status_words", "Executed"),
            Column("fill_rate", "Fill rate", "share"),
            Column("seconds_to_last_fill", "Time to fill, seconds", "decimal"),
            Column("side", "Side"),
            Column("order_type", "Type"),
            Column("instrument_id", "Instrument", "note"),
            Column("product_type", "Product", "note"),
            Column("client_category", "Client", "note"),
            Column("client_party_id", "Party", "note"),
            Column("portfolio_id", "Portfolio", "note"),
            Column("is_directed", "Directed", "flag"),
            Column("order_date", "Date", "date"),
            Column("not_measurable", "Not measurable", "note", WHY_NOT),
        ],
        manifest=build,
        name=f"costliest_orders_{start}_{day}",
        title=f"Orders by what they cost against the quotes at arrival, {span}",
    )

st.subheader("Top venues by class of instrument", anchor=False)
top = read(service.top_venues)
if top.empty:
    states.nothing_here("No client's order falls into a class of (EU) 2017/576.")
else:
    spans = " and ".join(f"{weekday_date(first)} to {weekday_date(last)}" for first, last in service.covered(top))
    st.caption(
        f"Columns of (EU) 2017/576, Annex II, orders of {spans}. Internal analytics: the public report is no longer "
        "expected."
    )
    show_table(
        top,
        [
            Column("rts28_class_name", "Class of instruments", "note"),
            Column("venue_rank", "Rank", "count"),
            Column("venue_name", "Venue", "note"),
            Column("venue_id", "Identifier"),
            Column("table_name", "Table", "note"),
            Column("volume_pct", "Volume of the class", "share"),
            Column("orders_pct", "Orders of the class", "share"),
            Column("passive_pct", "Passive orders", "share"),
            Column("aggressive_pct", "Aggressive orders", "share"),
            Column("directed_pct", "Directed orders", "share"),
            Column("is_below_one_trade", "Below one trade a day", "flag"),
            Column("client_category", "Client"),
            Column("volume_usd", "Volume, USD", "amount"),
            Column("orders", "Orders", "count"),
            Column("rts28_class", "Class"),
            Column("reporting_year", "Year"),
        ],
        manifest=build,
        name="rts28_top_venues",
        title="Venues with the greatest volume of clients' orders, by class of instruments",
    )

st.subheader("Clocks", anchor=False)
clocks = read(service.clock_checks, start, day)
if clocks.empty:
    states.nothing_here(f"No execution was recorded, {span}.")
else:
    show_table(
        clocks.assign(state=clocks["state"].map(CLOCKS)),
        [
            Column("activity_name", "Activity"),
            Column("state", "Against (EU) 2017/574"),
            Column("executions", "Executions", "count"),
            Column("executions_too_coarse", "Too coarse", "count", "On a venue, in larger steps than required."),
            Column("executions_unreadable", "Unreadable", "count"),
            Column("executions_beyond_divergence", "Before their order", "count", "By more than a clock may diverge."),
            Column("required_seconds", "Required step, seconds", "price"),
            Column("divergence_seconds", "Allowed divergence, seconds", "price"),
            Column("lead_seconds", "Longest lead, seconds", "price", "Recorded that long before the order came in."),
            Column("executions_ending_in_zeros", "Ending in zeros", "count", "Many mean a coarser clock was padded."),
            Column("dates_in_breach", "Dates in breach", "count"),
            Column("dates", "Dates", "count"),
        ],
        manifest=build,
        name=f"clocks_{start}_{day}",
        title=f"Recorded times by activity against what the rules ask of clocks, {span}",
    )
