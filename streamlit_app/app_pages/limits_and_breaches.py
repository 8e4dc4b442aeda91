"""Every limit and how much of it is used: breaches with their age, waivers, escalation, and how it came to this."""

import streamlit as st

from streamlit_app.components import charts, charts_of_limits, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import limits as service
from streamlit_app.services import positions as positions_service
from streamlit_app.services.builds import weekday_date

ALL = "all"
NONE = "none"
MARKS = {
    "within": "● within",
    "warning": "▲ warning",
    "breach": "■ breach",
    "waived": "◆ waived",
    "missing": "? missing",
}
STATUS = " ".join(f"{name.capitalize()}: {words}" for name, words in service.STATUS_WORDS.items())
USE = "Value as a percentage of the limit in force."
VALUE = Column("current_value_words", "Value", "figure", "In the limit's unit.", download="current_value")
IN_FORCE = Column(
    "limit_value_words",
    "Limit in force",
    "figure",
    "In the limit's unit. With a waiver, what the waiver allows.",
    download="limit_value",
)
ORIGINAL = Column(
    "original_limit_value_words",
    "Limit without waiver",
    "figure",
    "In the limit's unit.",
    download="original_limit_value",
)

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no limit checks.")
    st.stop()
states.older_than_build(dates[0], build, "The check of limits")
portfolios = read(positions_service.portfolios_by_desk)

date_column, desk_column, portfolio_column, type_column = st.columns([1.2, 1, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)
checked = read(service.checks, day, scope)
if checked.empty:
    states.nothing_here(f"No limit of {scope.label} or below was checked on {weekday_date(day)}.")
    st.stop()
types = service.types(checked)
with type_column:
    kind = choose(
        "Limit type",
        "limit_type",
        [ALL, *types],
        default=ALL,
        format_func=lambda name: "All types" if name == ALL else service.type_words(name),
    )
shown = checked if kind == ALL else checked[checked["limit_type"] == kind].reset_index(drop=True)
# Everything below follows the filters, the history too, so that its last day is the table's.
known_breaches = read(service.breaches, day, scope)
breaches = known_breaches if kind == ALL else known_breaches[known_breaches["limit_type"] == kind]
history = read(service.status_history, day, scope, None if kind == ALL else kind)
counts = service.counts(shown)
open_now = service.open_breaches(shown, known_breaches)
oldest = open_now["days_in_breach"].max() if len(open_now) else None
show_headlines(
    [
        ("In breach", f"{counts['breach']:,} of {len(shown):,} limits", service.STATUS_WORDS["breach"]),
        ("Waived", f"{counts['waived']:,}", service.STATUS_WORDS["waived"]),
        ("Warnings", f"{counts['warning']:,}", service.STATUS_WORDS["warning"]),
        ("Without a value", f"{counts['missing']:,}", service.STATUS_WORDS["missing"]),
        (
            "Oldest open breach",
            "none" if oldest is None else f"{formats.count(oldest)} business days",
            "Days in breach without a break, up to the business date; waived days do not count.",
        ),
        (
            "Escalated",
            f"{open_now['escalation_level'].notna().sum():,}",
            "Open breaches that are old or severe enough to go to the next level.",
        ),
        (
            "Highest use",
            formats.share(shown["utilisation_pct"].max() / 100),
            f"{USE} Of all limits shown here.",
        ),
        (
            "Breaches so far",
            f"{len(breaches):,}",
            f"That began up to {weekday_date(day)}, open and closed.",
        ),
    ]
)

st.subheader("Open breaches", anchor=False)
if open_now.empty:
    states.nothing_here(f"No limit of {scope.label} or below is in breach on {weekday_date(day)}.")
else:
    show_table(
        open_now.assign(status=open_now["status"].map(MARKS)),
        [
            Column("holder", "Holder", help="With those above it."),
            Column("limit_words", "Limit"),
            Column("status", "Status", help=STATUS),
            Column("utilisation_pct", "Use, %", "decimal", USE),
            Column("days_in_breach", "Days in breach", "count", "Business days; waived ones do not count."),
            Column("escalated_to", "Escalated to", "note"),
            Column("waived_until", "Waived until", "note", "The last day on which the waiver holds."),
            Column("waiver_approved_by", "Approved by", "note"),
            VALUE,
            IN_FORCE,
            ORIGINAL,
            Column("unit", "Unit"),
            Column("exposure_name", "Of", "note", "What the limit is on, where it is on one issuer or currency."),
            Column("waiver_id", "Waiver", "note"),
            Column("severity", "Severity"),
            Column("limit_id", "Limit id"),
        ],
        manifest=build,
        name=f"open_breaches_{scope.id}_{day}",
        title=f"Open breaches of {scope.label} and below, {weekday_date(day)}",
    )

st.subheader("How much is used", anchor=False)
most_used = service.most_used(shown)
charts.show(
    charts_of_limits.bullets(most_used),
    height=110 + 28 * len(most_used),
    name="bullets",
    description=f"Use of the limits of {scope.label} and below in per cent of each limit, highest first",
)
if len(shown) > len(most_used):
    st.caption(f"The {len(most_used)} most used of {len(shown):,} limits; those without a value first.")

st.subheader("How it came to this", anchor=False)
worst = service.worst_day(history)
st.text(worst.words if worst is not None else f"No limit of {scope.label} or below was in breach up to this date.")
if worst is not None:
    charts.show(
        charts_of_limits.breaches_through_time(history),
        height=320,
        name="breaches-through-time",
        description=f"Limits of {scope.label} and below in breach, waived or missing on each date. {worst.words}",
    )
selectable = service.names(most_used) | service.names(shown)
limit = choose(
    "Limit through time",
    "limit",
    [NONE, *selectable],
    default=NONE,
    format_func=lambda name: "Choose a limit" if name == NONE else selectable[name][2],
    explanation="The most used first. Type to search.",
)
if limit != NONE:
    limit_id, holder, limit_name = selectable[limit]
    past = read(service.limit_history, day, limit_id, holder)
    if past["exposure_key"].notna().any():
        st.caption("The limit holds for each key on its own: every day shows the one that used most of it.")
    charts.show(
        charts_of_limits.limit_history(past),
        height=340,
        name="limit-history",
        description=f"Value and limit of {limit_name} up to {weekday_date(day)}",
    )
if breaches.empty:
    states.nothing_here(f"No breach of {scope.label} or below began up to {weekday_date(day)}.")
else:
    with st.expander(f"Every breach that began up to this date ({len(breaches):,})", expanded=len(breaches) <= 10):
        st.caption("As the build knows them today: length, waiver and escalation can be of days after the date chosen.")
        show_table(
            breaches,
            [
                Column("holder", "Holder", help="With those above it."),
                Column("limit_words", "Limit"),
                Column("first_breach_date", "First day", "date"),
                Column("last_breach_date", "Last day", "date", "The build's newest date when it is open."),
                Column("days_in_breach", "Business days", "count", "Without the days that were waived."),
                Column("days_waived", "Days waived", "count"),
                Column("peak_utilisation_pct", "Highest use, %", "decimal", "Of the limit without waiver."),
                Column("peak_value_words", "Highest value", "figure", "In the limit's unit.", download="peak_value"),
                Column(
                    "limit_value_words",
                    "Limit without waiver",
                    "figure",
                    "In the limit's unit.",
                    download="limit_value",
                ),
                Column("unit", "Unit"),
                Column("exposure_name", "Of", "note", "What the limit is on, where it is on one issuer or currency."),
                Column("is_open", "Open at the end of the build", "flag"),
                Column("waiver_id", "Waiver", "note"),
                Column("waived_until", "Waived until", "note"),
                Column("waiver_approved_by", "Approved by", "note"),
                Column("escalate_to", "Escalated to", "note", "The highest level reached."),
                Column("limit_id", "Limit id"),
                Column("breach_id", "Breach id"),
            ],
            manifest=build,
            name=f"breaches_{scope.id}_{day}",
            title=f"Breaches of {scope.label} and below up to {weekday_date(day)}, newest first",
            max_height=380,
        )

st.subheader("Every limit", anchor=False)
st.caption("In the order of the hierarchy: the firm, then each desk with its portfolios and their traders.")
show_table(
    shown.assign(status=shown["status"].map(MARKS)),
    [
        Column("holder", "Holder", help="With those above it."),
        Column("limit_words", "Limit"),
        Column("status", "Status", help=STATUS),
        Column("utilisation_pct", "Use, %", "decimal", USE),
        VALUE,
        IN_FORCE,
        ORIGINAL,
        Column("unit", "Unit"),
        Column("exposure_name", "Of", "note", "What the limit is on, where it is on one issuer or currency."),
        Column("warning_pct", "Warning from, %", "decimal", "Use at which a warning begins."),
        Column("days_in_breach", "Days in breach", "count"),
        Column("escalation_level", "Escalated to", "note"),
        Column("waiver_id", "Waiver", "note"),
        Column("metric", "Metric"),
        Column("note", "Note", "sentence"),
        Column("limit_id", "Limit id"),
    ],
    manifest=build,
    name=f"limits_{scope.id}_{day}",
    title=f"Limits of {scope.label} and below, {weekday_date(day)}",
    max_height=560,
)

st.subheader("Alerts of the day", anchor=False)
raised = read(service.alerts, day, scope)
raised = raised if kind == ALL else raised[raised["limit_type"] == kind]
if raised.empty:
    states.nothing_here(f"No alert was raised for {scope.label} or below on {weekday_date(day)}.")
else:
    show_table(
        raised.assign(alert_type=raised["alert_type"].str.replace("_", " ")),
        [
            Column("severity", "Severity"),
            Column("alert_type", "Alert"),
            Column("limit_words", "Limit"),
            Column("holder", "Holder"),
            VALUE,
            IN_FORCE,
            Column("message", "Message", "sentence"),
            Column("limit_id", "Limit id"),
        ],
        manifest=build,
        name=f"alerts_{scope.id}_{day}",
        title=f"Alerts of {scope.label} and below, {weekday_date(day)}, most severe first",
    )
