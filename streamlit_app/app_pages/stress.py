"""What scenarios would do to the firm, a desk or a portfolio, down to the positions; and what it takes to lose much."""

import streamlit as st

from streamlit_app.components import charts, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import positions as positions_service
from streamlit_app.services import stress as service
from streamlit_app.services.builds import weekday_date

GAIN = "Gains are positive, losses negative."
PARTS = {"desk_id": "Desk", "portfolio_id": "Portfolio", "instrument_type": "Kind of instrument"}

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no stress results.")
    st.stop()
states.older_than_build(dates[0], build, "Stress")
portfolios = read(positions_service.portfolios_by_desk)

date_column, desk_column, portfolio_column = st.columns([1.2, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)
st.caption(
    f"Every position is valued anew under each scenario on {len(dates):,} dates of this build: month ends, and daily "
    "from a given date on. Other dates cannot be chosen here."
)

ladder = read(service.ladder, day, scope)
held_in_all = ladder["positions"].sum()
known = ladder.dropna(subset=["pnl_usd"])
if held_in_all == 0:
    states.nothing_here(f"There is nothing to stress: {scope.label} held nothing on {weekday_date(day)}.")
    st.stop()
if known.empty:
    st.warning(
        f"No scenario could be computed for {scope.label} on {weekday_date(day)}: a position could not be valued.",
        icon=":material/report:",
    )
    st.stop()
worst, best = known.iloc[0], known.iloc[-1]
losing = (known["pnl_usd"].astype(float) < 0).sum()
show_headlines(
    [
        ("Worst scenario, USD", formats.signed(worst["pnl_usd"]), f"{worst['scenario_name']}. {GAIN}"),
        ("Best scenario, USD", formats.signed(best["pnl_usd"]), f"{best['scenario_name']}. {GAIN}"),
        ("Scenarios with a loss", f"{losing} of {len(known)}", "Of those with a result for the scope."),
        ("Without a result", f"{len(ladder) - len(known)}", "Scenarios that could not be computed for the scope."),
    ]
)

st.subheader(f"Ladder of scenarios for {scope.label}", anchor=False)
chart_column, table_column = st.columns([1, 1])
with chart_column:
    charts.show(
        charts.pnl_bars(ladder, "scenario_name", "P&L under the scenario, USD (a loss is negative)", top=40, room=0.4),
        height=90 + 32 * len(ladder),
        name="ladder",
        description=f"P&L of {scope.label} under each scenario on {weekday_date(day)}, worst first, in USD",
    )
with table_column:
    show_table(
        ladder,
        [
            Column("scenario_name", "Scenario"),
            Column("pnl_usd", "P&L, USD", "signed", GAIN),
            Column("scenario_type", "Kind", help="Historical: moves that happened. Hypothetical: moves set by us."),
            Column(
                "missing_positions", "Missing", "count", "Positions without a value; the scenario then has no total."
            ),
            Column("proxied_positions", "Proxied", "count", "Positions with a factor's move taken from a stand-in."),
            Column("description", "What happens", "sentence"),
            Column("window_start", "Moves from", "date", "Historical scenarios only."),
            Column("window_end", "Moves to", "date", "Historical scenarios only."),
            Column("source", "Source", "note"),
        ],
        manifest=build,
        name=f"stress_{scope.id}_{day}",
        title=f"Stress of {scope.label}, {weekday_date(day)}",
        max_height=1200,
    )

st.subheader("Inside a scenario", anchor=False)
names = dict(zip(known["scenario_id"], known["scenario_name"], strict=True))
scenario_column, part_column = st.columns(2)
with scenario_column:
    scenario = choose(
        "Scenario",
        "scenario",
        list(names),
        default=str(worst["scenario_id"]),
        format_func=lambda name: names[name],
        explanation="Worst first. The worst for the scope unless another is chosen.",
    )
with part_column:
    by = choose(
        "Grouping",
        "part",
        list(PARTS),
        default="portfolio_id",
        format_func=lambda name: PARTS[name],
        segmented=True,
    )
chosen = known[known["scenario_id"] == scenario].iloc[0]
st.text(f"{names[scenario]}, {formats.signed(chosen['pnl_usd'])} USD. {chosen['description'] or ''}")
show_tie(read(service.positions_tie, day, scenario, scope))
held = read(service.positions, day, scenario, scope)
if held.empty:
    states.nothing_here("The build holds no position under this scenario.")
else:
    parts = service.by_part(held, by)
    charts.show(
        charts.pnl_bars(parts, "part", "P&L under the scenario, USD (a loss is negative)"),
        height=90 + 32 * min(len(parts), 26),
        name="scenario-parts",
        description=f"P&L of {scope.label} under {names[scenario]} by {PARTS[by].lower()}, in USD",
    )
    show_table(
        held,
        [
            Column("instrument_id", "Instrument"),
            Column("portfolio_id", "Portfolio"),
            Column("pnl_usd", "P&L, USD", "signed", GAIN),
            Column("base_value_usd", "Value before, USD", "amount", "On the business date; short is negative."),
            Column("stressed_value_usd", "Value under the scenario, USD", "amount"),
            Column("is_proxied", "Proxied", "flag", "A factor's move was taken from a stand-in."),
            Column("desk_id", "Desk"),
            Column("instrument_type", "Type"),
            Column("instrument_name", "Name"),
            Column("missing_reason", "Why missing", "note"),
        ],
        manifest=build,
        name=f"stress_{scenario}_{scope.id}_{day}",
        title=f"Positions of {scope.label} under {names[scenario]}, largest loss first",
    )
    past = read(service.history, scenario, scope)
    if len(past) > 1:
        with st.expander(f"{names[scenario]} on every date it was run ({len(past)})"):
            show_table(
                past.iloc[::-1],
                [
                    Column("business_date", "Business date", "date"),
                    Column("pnl_usd", "P&L, USD", "signed", GAIN),
                ],
                manifest=build,
                name=f"stress_history_{scenario}_{scope.id}",
                title=f"{names[scenario]} for {scope.label} through time",
                max_height=320,
            )

st.subheader("Reverse stress: how far until the target is lost", anchor=False)
reverse = read(service.reverse_stress, day, scope)
if reverse.empty:
    states.nothing_here(f"No loss to reach is set for {scope.label}: targets are set for the firm and its desks.")
else:
    st.caption(
        "Each scenario's moves are multiplied until the loss reaches the target. Below 1, less than the scenario is "
        "enough. Not reached: no multiple that was tried loses as much, and the note says why."
    )
    show_table(
        reverse,
        [
            Column("scenario_name", "Scenario"),
            Column("loss_target_usd", "Loss to reach, USD", "amount", "A positive figure is a loss."),
            Column("is_reached", "Reached", "flag"),
            Column("scale", "Multiple of the scenario", "ratio", "1 is the scenario itself."),
            Column("loss_at_scale_usd", "Loss at that multiple, USD", "amount", "A positive figure is a loss."),
            Column("note", "Note", "sentence"),
        ],
        manifest=build,
        name=f"reverse_stress_{scope.id}_{day}",
        title=f"Reverse stress of {scope.label}, {weekday_date(day)}",
        placeholder="not reached",
    )
