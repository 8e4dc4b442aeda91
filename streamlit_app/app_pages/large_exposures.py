"""Large exposures: groups of connected counterparties against the limit of Tier 1 capital, and their members."""

import streamlit as st

from streamlit_app.components import charts, charts_of_capital, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import large_exposures as service
from streamlit_app.services.builds import weekday_date

STATES = {"breach": "■ above the limit", "large": "▲ large", "reported": "● reported", "exempt": "◆ exempt"}

build = manifest()
dates = read(service.reporting_dates)
if not dates:
    states.nothing_here("This build holds no large exposures.")
    st.stop()
states.older_than_build(dates[0], build, "Large exposures")
day = choose_date(dates, "Reporting date")
groups = read(service.groups, day)
if groups.empty:
    states.nothing_here(f"No exposure is reported for {weekday_date(day)}.")
    st.stop()
first = groups.iloc[0]
show_headlines(
    [
        ("Above the limit", f"{int(groups['is_breach'].sum()):,}", "Groups whose exposure is more than the limit."),
        (
            "Large exposures",
            f"{int(groups['is_large_exposure'].sum()):,}",
            "Groups of 10% of Tier 1 or more, before or after mitigation, exempt ones included.",
        ),
        (
            "Limit",
            formats.share(first["limit_ratio"]),
            f"Of Tier 1 capital: USD {formats.millions(first['limit_usd'])}.",
        ),
        (
            "Tier 1, USD",
            formats.millions(first["tier_1_usd"]),
            "What exposures are held against.",
        ),
    ]
)
show_table(
    groups.assign(state=groups["state"].map(STATES)),
    [
        Column("group_name", "Group or counterparty", "note"),
        Column("state", "Is"),
        Column("limited_ratio", "Share of Tier 1", "share", "After mitigation and without what is exempt."),
        Column("use", "Share of the limit", "share"),
        Column("limited_usd", "Against the limit, USD", "amount"),
        Column("exposure_before_usd", "Before mitigation, USD", "amount"),
        Column("exposure_after_usd", "After mitigation, USD", "amount"),
        Column("exempt_usd", "Of it exempt, USD", "amount"),
        Column("limit_usd", "Limit, USD", "amount"),
        Column("members", "Members", "count"),
        Column("basis", "Connected by", "note"),
        Column("exemption", "Exempt as", "note"),
        Column("size_rank", "Rank", "count"),
        Column("group_id", "Group id"),
    ],
    manifest=build,
    name=f"large_exposures_{day}",
    title=f"Large exposures and the largest others, {weekday_date(day)}",
    max_height=640,
)

st.subheader("Who belongs to a group", anchor=False)
names = dict(zip(groups["group_id"].astype(str), groups["group_name"].astype(str), strict=True))
group = choose("Group", "group", list(names), default=next(iter(names)), format_func=lambda name: names[name])
chosen = groups[groups["group_id"] == group].iloc[0]
members = read(service.members, day, group)
show_tie(service.members_tie(members, chosen))
show_table(
    members,
    [
        Column("counterparty_name", "Counterparty", "note"),
        Column("counterparty_id", "Id"),
        Column("type_name", "Type", "note"),
        Column("basis", "Connected by", "note"),
        Column("limited_usd", "Against the limit, USD", "amount"),
        Column("exposure_before_usd", "Before mitigation, USD", "amount"),
        Column("exposure_after_usd", "After mitigation, USD", "amount"),
        Column("exempt_usd", "Of it exempt, USD", "amount"),
        Column("exemption", "Exempt as", "note"),
        Column("items", "Exposures", "count"),
    ],
    manifest=build,
    name=f"large_exposure_members_{day}",
    title=f"Members of a group, {weekday_date(day)}",
)
history = read(service.history, day, group)
charts.show(
    charts_of_capital.shares_through_time(
        [
            (name, history.rename(columns={column: "value"})[["reporting_date", "value"]])
            for name, column in (("Share of Tier 1", "limited_ratio"), ("Limit", "limit_ratio"))
        ],
        "Share of Tier 1",
        ["Limit"],
    ),
    height=300,
    name="large-exposure-history",
    description=f"The group's share of Tier 1 and the limit up to {weekday_date(day)}",
)
