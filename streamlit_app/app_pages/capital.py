"""Capital: ratios against their requirements, what they are made of, and how much may be distributed."""

import streamlit as st

from streamlit_app.components import charts, charts_of_capital, formats, states
from streamlit_app.components.scope_filters import choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import capital as service
from streamlit_app.services.builds import weekday_date

STATES = {
    "met": "● met",
    "in the buffer": "▲ in the buffer",
    "below the minimum": "■ below the minimum",
    "missing": "? missing",
}

build = manifest()
dates = read(service.reporting_dates)
if not dates:
    states.nothing_here("This build holds no capital ratios.")
    st.stop()
states.older_than_build(dates[0], build, "Capital")
day = choose_date(dates, "Reporting date")

headlines = read(service.headlines, day)
rwa = read(service.risk_weighted_assets, day)
show_headlines(
    [
        (
            item.name + " ratio",
            formats.percent(item.ratio),
            f"Minimum {formats.percent(item.minimum)}, with buffers {formats.percent(item.requirement)}: {item.state}.",
        )
        for item in headlines
    ]
)
show_table(
    service.ratio_table(headlines).assign(state=[STATES[item.state] for item in headlines]),
    [
        Column("name", "Ratio"),
        Column("state", "Requirement is"),
        Column("ratio", "Ratio", "level"),
        Column("minimum", "Minimum", "level"),
        Column("requirement", "Minimum with buffers", "level"),
        Column("headroom_points", "Headroom, points", "decimal", "Ratio less requirement, in percentage points."),
        Column("surplus_usd", "Above the requirement, USD", "signed", "Capital that is not needed to meet it."),
    ],
    manifest=build,
    name=f"capital_ratios_{day}",
    title=f"Capital ratios and requirements, {weekday_date(day)}",
)
charts.show(
    charts_of_capital.ratios(headlines),
    height=260,
    name="capital-ratios",
    description=f"Capital and leverage ratios with their minimum and requirement, {weekday_date(day)}",
)

st.subheader("Risk-weighted assets by type of risk", anchor=False)
show_tie(read(service.rwa_tie, day, rwa))
charts.show(
    charts_of_capital.parts(rwa, "name", "rwa_usd", "RWA, USD m"),
    height=320,
    name="rwa-by-type",
    description=f"Risk-weighted assets by type of risk in USD millions, {weekday_date(day)}",
)
show_table(
    rwa,
    [
        Column("name", "Type of risk"),
        Column("rwa_usd", "RWA, USD", "amount", "As template OV1 reports it."),
        Column("share", "Share", "share", "Of the total."),
        Column("note", "Note", "sentence", "Why a figure is missing."),
    ],
    manifest=build,
    name=f"rwa_{day}",
    title=f"Risk-weighted assets by type of risk, {weekday_date(day)}",
)

st.subheader("Own funds", anchor=False)
items = read(service.own_funds, day)
steps = service.steps(items)
if steps.empty:
    states.nothing_here("The build holds no own funds for this date.")
else:
    charts.show(
        charts_of_capital.waterfall(steps, "CET1"),
        height=420,
        name="own-funds",
        description=f"The way to CET1 by item in USD millions, deductions down, {weekday_date(day)}",
    )
    show_table(
        items,
        [
            Column("name", "Item"),
            Column("tier", "Tier"),
            Column("item_type", "Is"),
            Column("gross_amount_usd", "Delivered, USD", "amount"),
            Column("amount_usd", "Counts with, USD", "signed", "Deductions are negative."),
            Column("not_counted_usd", "Does not count, USD", "amount", "Above a cap or a subsidiary's surplus."),
            Column("rwa_usd", "Weighted instead, USD", "amount", "RWA of what stays below the deduction thresholds."),
            Column("explanation", "Why", "sentence"),
            Column("rule_ids", "Rules", "sentence"),
        ],
        manifest=build,
        name=f"own_funds_{day}",
        title=f"Own funds by item, {weekday_date(day)}",
        placeholder="",
    )

st.subheader("Buffers and what may be distributed", anchor=False)
limits = read(service.distributions, day)
if limits is None:
    states.nothing_here("The build does not say what may be distributed on this date.")
else:
    quarter = limits["buffer_quarter"]
    show_headlines(
        [
            ("Combined buffer", formats.percent(limits["combined_buffer_rate"]), "Of RWA, to be met with CET1."),
            (
                "CET1 available for it",
                formats.percent(limits["cet1_available_ratio"]),
                "CET1 ratio less what the minima use, shortfalls of Tier 1 and Tier 2 included.",
            ),
            (
                "Quarter of the buffer",
                "above it" if formats.is_missing(quarter) else formats.count(quarter),
                "1 is the lowest: nothing may be distributed; then 20, 40 and 60% of earnings.",
            ),
            (
                "Maximum distributable, USD",
                formats.millions(limits["maximum_distributable_usd"]) if limits["is_restricted"] else "not restricted",
                "Of the profit of twelve months, where CET1 is in the buffer.",
            ),
        ],
        name="distributions",
    )
    if not limits["is_plan_within_limit"]:
        st.warning("The planned distributions are above the maximum.", icon=":material/report:")
    if not formats.is_missing(limits["note"]):
        st.text(str(limits["note"]))
show_table(
    read(service.buffers, day),
    [
        Column("name", "Buffer"),
        Column("country", "Country", "note"),
        Column("buffer_rate", "Adds to the buffer", "share", "Share of RWA: national rate times the country's share."),
        Column("applied_rate", "Rate applied", "share"),
        Column("rwa_share", "Share of private credit RWA", "share"),
        Column("private_credit_rwa_usd", "Private credit RWA, USD", "amount"),
        Column("is_rate_defaulted", "Rate not known", "flag"),
        Column("note", "Note", "sentence"),
        Column("rule_ids", "Rules", "sentence"),
    ],
    manifest=build,
    name=f"buffers_{day}",
    title=f"Buffers, the countercyclical one by country, {weekday_date(day)}",
    placeholder="",
)

st.subheader("Ratios through time", anchor=False)
history = read(service.ratio_history, day)
lines = [
    (str(name), rows.rename(columns={"ratio": "value"})[["reporting_date", "value"]])
    for name, rows in history.groupby("name", sort=False)
]
required = history[history["tier"] == "cet1"].rename(columns={"requirement_ratio": "value"})
charts.show(
    charts_of_capital.shares_through_time([*lines, ("CET1 must be", required)], "Share of RWA", ["CET1 must be"]),
    height=340,
    name="ratio-history",
    description=f"Capital ratios on every reporting date up to {weekday_date(day)}",
)

st.subheader("Operational risk", anchor=False)
show_table(
    read(service.operational_risk, day),
    [
        Column("name", "Approach"),
        Column("is_headline", "Counts", "flag"),
        Column("rwa_usd", "RWA, USD", "amount"),
        Column("capital_usd", "Capital, USD", "amount"),
        Column("business_indicator_usd", "Business indicator, USD", "amount"),
        Column("bucket", "Bucket", "count"),
        Column("indicator_component_usd", "Indicator component, USD", "amount"),
        Column("loss_component_usd", "Loss component, USD", "amount"),
        Column("loss_multiplier", "Loss multiplier", "ratio"),
        Column("first_fiscal_year", "From year", "note"),
        Column("last_fiscal_year", "To year", "note"),
        Column("note", "Note", "sentence"),
        Column("rule_ids", "Rules", "sentence"),
    ],
    manifest=build,
    name=f"operational_risk_{day}",
    title=f"Capital for operational risk by approach, {weekday_date(day)}",
    placeholder="",
)

st.subheader("Market risk", anchor=False)
market = read(service.market_risk, day)
show_table(
    service.market_risk_totals(market),
    [
        Column("name", "Approach"),
        Column("is_headline", "Counts", "flag"),
        Column("capital_usd", "Capital, USD", "amount"),
        Column("rwa_usd", "RWA, USD", "amount"),
    ],
    manifest=build,
    name=f"market_risk_approaches_{day}",
    title=f"Capital for market risk by approach, {weekday_date(day)}",
)
show_table(
    market,
    [
        Column("name", "Approach"),
        Column("component_name", "Component"),
        Column("capital_usd", "Capital, USD", "amount"),
        Column("rwa_usd", "RWA, USD", "amount"),
        Column("note", "Note", "sentence"),
    ],
    manifest=build,
    name=f"market_risk_components_{day}",
    title=f"Components of capital for market risk, {weekday_date(day)}",
)

st.subheader("Output floor", anchor=False)
show_table(
    read(service.output_floor, day),
    [
        Column("name", "RWA by"),
        Column("floor_basis", "Floor"),
        Column("is_headline", "Counts", "flag"),
        Column("is_binding", "Binds", "flag"),
        Column("floor_ratio", "Share", "level", "Of the standardised RWA."),
        Column("pre_floor_rwa_usd", "RWA before the floor, USD", "amount"),
        Column("standardised_rwa_usd", "Standardised RWA, USD", "amount"),
        Column("floor_rwa_usd", "Floor, USD", "amount"),
        Column("floor_adjustment_usd", "Adds, USD", "amount"),
    ],
    manifest=build,
    name=f"output_floor_{day}",
    title=f"Output floor, {weekday_date(day)}",
)
