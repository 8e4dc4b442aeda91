"""Position limits: net positions in commodity derivatives against their limits, their maturities and their history."""

import streamlit as st

from streamlit_app.components import charts, charts_of_conduct, charts_of_limits, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import position_limits as service
from streamlit_app.services.builds import weekday_date

MARKS = {"within": "● within", "warning": "▲ warning", "breach": "■ breach", "missing": "? missing"}
NET = "Long less short, options by their delta; a short position is negative."
USE = "Size of the net position in per cent of the limit."

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no positions in commodity derivatives.")
    st.stop()
states.older_than_build(dates[0], build, "Position limits")
day = choose_date(dates)
limits = read(service.limits, day)
counts = service.counts(limits)
show_headlines(
    [
        ("Above the limit", f"{counts['breach']:,} of {len(limits):,}", "Net positions larger than their limit."),
        ("Warnings", f"{counts['warning']:,}", "Within the limit, and close enough to it for a warning."),
        ("Without a limit", f"{counts['missing']:,}", "Contracts of which no limit is known."),
        ("Highest use", formats.share(limits["utilisation_pct"].max() / 100), USE),
    ]
)
charts.show(
    charts_of_limits.bullets(
        limits.assign(
            scope_id=limits["name"],
            limit_words=limits["type_name"],
            exposure_name=None,
            current_value=limits["size_lots"],
            limit_value=limits["limit_lots"],
            unit="lots",
            warning_pct=None,
        )
    ),
    height=110 + 28 * len(limits),
    name="position-limits",
    description=f"Use of each position limit on {weekday_date(day)} in per cent of the limit: positions without a "
    "limit first, then the most used",
)
show_table(
    limits.assign(status=limits["status"].map(MARKS)),
    [
        Column("name", "Contract", "note"),
        Column("type_name", "Limit on"),
        Column("status", "Status"),
        Column("utilisation_pct", "Use, %", "decimal", USE),
        Column("net_lots", "Net, lots", "signed", NET),
        Column("limit_lots", "Limit, lots", "amount", "In force: the authority's, or the baseline."),
        Column("set_by", "Limit from", "note"),
        Column("basis_words", "Baseline", "note", "What the rule allows."),
        Column("baseline_lots", "Baseline, lots", "amount"),
        Column("set_lots", "Set by the authority, lots", "amount"),
        Column("is_set_within_range", "Within the authority's range", "flag"),
        Column("long_lots", "Long, lots", "amount"),
        Column("short_lots", "Short, lots", "amount"),
        Column("option_delta_lots", "Options by delta, lots", "signed"),
        Column("basis_lots", "Supply or open interest, lots", "amount"),
        Column("maturities", "Maturities", "count"),
        Column("venue_mic", "Venue"),
        Column("commodity_type", "Commodity"),
        Column("is_food", "Food", "flag"),
        Column("lot_size", "Lot size", "quantity"),
        Column("lot_unit", "Lot unit"),
        Column("rule_id", "Rule"),
        Column("contract_code", "Code"),
        Column("note", "Note", "sentence"),
    ],
    manifest=build,
    name=f"position_limits_{day}",
    title=f"Positions in commodity derivatives against their limits, {weekday_date(day)}",
    pinned=2,
)

st.subheader("Above the limit so far", anchor=False)
breaches = read(service.breaches, day)
if breaches.empty:
    states.nothing_here("No position was above its limit up to this date.")
else:
    show_table(
        breaches,
        [
            Column("name", "Contract", "note"),
            Column("type_name", "Limit on"),
            Column("days_above", "Days above", "count", "Business dates, up to the date chosen."),
            Column("first_date", "First", "date"),
            Column("last_date", "Last", "date"),
            Column("peak_utilisation_pct", "Highest use, %", "decimal", USE),
            Column("contract_code", "Code"),
        ],
        manifest=build,
        name=f"position_breaches_{day}",
        title=f"Positions above their limit up to {weekday_date(day)}, latest first",
        pinned=2,
    )

st.subheader("One position", anchor=False)
names = service.names(limits)
chosen = choose("Position", "position", list(names), default=next(iter(names)), format_func=lambda name: names[name])
position = limits[limits["position_id"] == chosen].iloc[0]
contract, limit_type = str(position["contract_code"]), str(position["limit_type"])
charts.show(
    charts_of_conduct.position_history(read(service.history, day, contract, limit_type)),
    height=320,
    name="position-history",
    description=f"Net position in {names[chosen]} between its limits up to {weekday_date(day)}",
)
maturities = read(service.maturities, day, contract, limit_type)
show_tie(service.maturities_tie(maturities, position))
show_table(
    maturities,
    [
        Column("maturity_month", "Maturity"),
        Column("net_lots", "Net, lots", "signed", NET),
        Column("long_lots", "Long, lots", "amount"),
        Column("short_lots", "Short, lots", "amount"),
        Column("option_delta_lots", "Options by delta, lots", "signed"),
    ],
    manifest=build,
    name=f"maturities_{contract}_{limit_type}_{day}",
    title=f"Maturities of {names[chosen]}, {weekday_date(day)}",
)
