"""VaR of the firm, a desk or a portfolio: its history with exceptions, and what the figure is made of."""

import streamlit as st

from streamlit_app.components import charts, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import market_risk as service
from streamlit_app.services import positions as positions_service
from streamlit_app.services.builds import weekday_date

LOSS = "A positive figure is a loss."
SHORTFALL = "Expected shortfall: the mean loss in the scenarios beyond VaR."

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no VaR: the history is shorter than the scenarios it needs.")
    st.stop()
portfolios = read(positions_service.portfolios_by_desk)
rules = read(service.quantile_rules)

date_column, desk_column, portfolio_column, rule_column = st.columns([1.2, 1, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)
with rule_column:
    rule = choose(
        "Quantile rule",
        "rule",
        rules,
        default=rules[0],
        format_func=lambda name: name.replace("_", " ").capitalize(),
        explanation=" ".join(f"{name.replace('_', ' ').capitalize()}: {text}" for name, text in service.RULES.items()),
    )

var = read(service.var_by_scope, day, rule)
var_95, var_99 = (service.at_level(var, scope, level) for level in service.LEVELS)
if var_95 is None or var_99 is None:
    states.nothing_here(f"There is no VaR for {scope.label} on {weekday_date(day)}: it held nothing.")
    st.stop()
history = read(service.exceptions, day, scope)
count_95, count_99 = service.count_exceptions(history)

first_line = [
    ("VaR 99%, 1 day, USD", formats.amount(var_99["var_usd"]), f"Lost or more on 1 day in 100. {LOSS}"),
    ("ES 99%, 1 day, USD", formats.amount(var_99["es_usd"]), f"{SHORTFALL} {LOSS}"),
    ("VaR 95%, 1 day, USD", formats.amount(var_95["var_usd"]), f"Lost or more on 1 day in 20. {LOSS}"),
    ("ES 95%, 1 day, USD", formats.amount(var_95["es_usd"]), f"{SHORTFALL} {LOSS}"),
]
second_line = [
    (
        f"Exceptions {formats.level(count.level)}, {count.days} days",
        f"{count.actual} actual, {count.hypothetical} hyp.",
        f"Days whose loss was larger than the VaR of the evening before; {count.expected:.1f} are expected. "
        "Hypothetical (hyp.) P&L is that of the evening's positions held unchanged. "
        f"Days without a figure, which count as exceptions: {count.missing}. Counted with the order statistic rule.",
    )
    for count in (count_99, count_95)
] + [
    (
        "Share on stale factors",
        formats.share(var_99["stale_share"]),
        "Part of the factor moves in the scenarios that rests on a level older than its date.",
    ),
    (
        "Share on proxied factors",
        formats.share(var_99["proxied_share"]),
        "Part of the factor moves in the scenarios that rests on a stand-in for a factor that was not observed.",
    ),
]
show_headlines([*first_line, *second_line])

st.text(
    f"{var_99['method'].replace('_', ' ').capitalize()}, {var_99['horizon_days']:.0f} day, {var_99['scenarios']:.0f} "
    f"scenarios from {weekday_date(var_99['window_start'])} to {weekday_date(var_99['window_end'])}, "
    f"{rule.replace('_', ' ')} rule"
)
with st.expander("Method, window and conventions"):
    st.text(
        f"Method: {var_99['method']}. {service.METHODS.get(var_99['method'], '')}\n"
        f"Horizon: {var_99['horizon_days']:.0f} business day. Scenarios: {var_99['scenarios']:.0f}, from "
        f"{weekday_date(var_99['window_start'])} to {weekday_date(var_99['window_end'])}.\n"
        f"Quantile rule: {rule}. {service.RULES.get(rule, '')}\n"
        "Signs: VaR and expected shortfall are positive losses; P&L is positive for a gain."
    )

st.subheader("VaR against P&L", anchor=False)
WINDOWS = {"250": 250, "500": 500, "all": None}
span = choose(
    "Chart range",
    "window",
    list(WINDOWS),
    default="250",
    format_func=lambda name: "All dates" if name == "all" else f"{name} days",
    segmented=True,
)
if history.empty:
    states.nothing_here("There is no P&L after a VaR yet, so there is nothing to compare.")
else:
    days = history["business_date"].drop_duplicates()
    shown = history[history["business_date"].isin(days.tail(WINDOWS[span] or len(days)))]
    charts.show(
        charts.var_history(shown),
        height=460,
        name="var-history",
        description=f"Daily P&L of {scope.label} against VaR at 95 and 99% up to {weekday_date(day)}, in USD",
    )
    st.caption(f"Exceptions of the last {count_99.days} business dates up to {weekday_date(day)}")
    breaches = service.exception_list(history)
    if breaches.empty:
        states.nothing_here("No exception: no loss was larger than the VaR of the evening before.")
    else:
        show_table(
            breaches,
            [
                Column("business_date", "Business date", "date"),
                Column("confidence_level", "Level", "level", "Confidence level of the VaR that was passed."),
                Column("against", "Against", help="Which P&L went through VaR."),
                Column("var_usd", "VaR of the evening before, USD", "amount", LOSS),
                Column("actual_pnl_usd", "Actual P&L, USD", "signed", "Gains are positive, losses negative."),
                Column("hypothetical_pnl_usd", "Hypothetical P&L, USD", "signed", "Positions held unchanged."),
                Column("beyond_var_usd", "Beyond VaR, USD", "amount", "Larger of the two losses, less VaR."),
            ],
            manifest=build,
            name=f"exceptions_{scope.id}_{day}",
            title=f"VaR exceptions of {scope.label} up to {weekday_date(day)}",
            max_height=250,
        )

st.subheader(f"What VaR is made of on {weekday_date(day)}", anchor=False)
level_column, part_column = st.columns(2)
with level_column:
    level = float(
        choose(
            "Confidence level",
            "level",
            ["0.99", "0.95"],
            default="0.99",
            format_func=lambda text: formats.level(float(text)),
            segmented=True,
        )
    )
with part_column:
    by = choose(
        "Contributions by",
        "by",
        ["risk_factor", "portfolio"],
        default="risk_factor",
        format_func=lambda name: name.replace("_", " ").capitalize(),
        explanation="What the P&L in the VaR scenario came from. The parts sum to VaR.",
        segmented=True,
    )
chosen = var_99 if level == var_99["confidence_level"] else var_95
parts = read(service.contributions, day, scope, level, rule, by)
tie = read(service.contributions_tie, day, scope, level, rule)
st.badge(
    f"{tie.statement}: {tie.verdict}, difference {formats.signed(tie.difference_usd)}",
    icon=":material/check_circle:" if tie.holds else ":material/error:",
    color="green" if tie.holds else "red",
)
if parts.empty:
    states.nothing_here("No part of the book contributes: the loss in the VaR scenario is nothing.")
else:
    chart_column, table_column = st.columns([3, 2])
    with chart_column:
        charts.show(
            charts.contribution_bars(parts),
            height=440,
            name="contributions",
            description=f"Contributions to VaR of {scope.label} by {by.replace('_', ' ')}, in USD",
        )
    with table_column:
        show_table(
            parts,
            [
                Column("part", by.replace("_", " ").capitalize()),
                Column("contribution_usd", "Contribution, USD", "signed", "Positive adds risk, negative offsets it."),
            ],
            manifest=build,
            name=f"contributions_{by}_{scope.id}_{day}",
            title=f"Contributions to VaR of {scope.label} by {by.replace('_', ' ')}",
            max_height=380,
        )

st.subheader("The scenarios", anchor=False)
scenarios = read(service.scenario_pnl, day, scope)
if scenarios.empty:
    states.nothing_here("The build holds no scenario P&L for this scope and date.")
else:
    charts.show(
        charts.scenario_histogram(scenarios, float(chosen["var_usd"]), float(chosen["es_usd"]), level),
        height=360,
        name="scenarios",
        description=f"Scenario P&L of {scope.label} on {weekday_date(day)} with VaR and ES, in USD",
    )
    with st.expander(f"All {len(scenarios)} scenarios"):
        show_table(
            scenarios,
            [
                Column("scenario_number", "Scenario", "count"),
                Column("scenario_date", "Moves of", "date", "The business date whose factor moves are applied."),
                Column("pnl_usd", "P&L, USD", "signed", "Gains are positive, losses negative."),
            ],
            manifest=build,
            name=f"scenarios_{scope.id}_{day}",
            title=f"Scenario P&L of {scope.label}",
            max_height=320,
        )

st.subheader("Every scope", anchor=False)
show_table(
    service.side_by_side(var),
    [
        Column("scope_type", "Scope"),
        Column("scope_id", "Name"),
        Column("var_99_usd", "VaR 99%, USD", "amount", LOSS),
        Column("es_99_usd", "ES 99%, USD", "amount", f"{SHORTFALL} {LOSS}"),
        Column("var_95_usd", "VaR 95%, USD", "amount", LOSS),
        Column("es_95_usd", "ES 95%, USD", "amount", f"{SHORTFALL} {LOSS}"),
        Column("stale_share", "On stale factors", "share"),
        Column("proxied_share", "On proxied factors", "share"),
    ],
    manifest=build,
    name=f"var_{rule}_{day}",
    title=f"VaR and ES of every scope, {weekday_date(day)}, {rule}",
    pinned=2,
    max_height=700,
)
