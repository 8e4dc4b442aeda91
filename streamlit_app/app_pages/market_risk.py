"""VaR of the firm, a desk or a portfolio: its history with exceptions, what it is made of, and sensitivities."""

import streamlit as st

from streamlit_app.components import charts, charts_of_var, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.sensitivities import show_sensitivities
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import market_risk as service
from streamlit_app.services import positions as positions_service
from streamlit_app.services.builds import weekday_date

LOSS = "A positive figure is a loss."
SHORTFALL = "Expected shortfall: the mean loss in the scenarios beyond VaR."
OF_RECORD = "This is the VaR of record: historical simulation, delta-gamma, 1 day, order statistic rule."

VAR_COLUMNS = [
    Column(f"{measure}_{name}_usd", f"{word} {shown}, USD", "amount", meaning)
    for name, shown in (("99", "99%"), ("975", "97.5%"), ("95", "95%"))
    for measure, word, meaning in (("var", "VaR", LOSS), ("es", "ES", f"{SHORTFALL} {LOSS}"))
]

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no VaR: the history is shorter than the scenarios it needs.")
    st.stop()
states.older_than_build(dates[0], build, "VaR")
portfolios = read(positions_service.portfolios_by_desk)
held = read(service.methods)

date_column, desk_column, portfolio_column = st.columns([1.2, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)
method_column, horizon_column, rule_column = st.columns([1.2, 1, 1])
methods = list(dict.fromkeys(held["method"]))
with method_column:
    method = choose(
        "Method",
        "method",
        methods,
        default=service.HEADLINE_METHOD if service.HEADLINE_METHOD in methods else methods[0],
        format_func=service.method_name,
        explanation="Delta-gamma historical simulation is the figure of record; all are side by side further down.",
        clears=("horizon", "rule"),
    )
of_method = held[held["method"] == method]
horizons = [str(days) for days in dict.fromkeys(of_method["horizon_days"])]
with horizon_column:
    horizon = int(
        choose(
            "Horizon",
            "horizon",
            horizons,
            default=horizons[0],
            format_func=lambda text: "1 day" if text == "1" else f"{text} days",
            explanation="How long positions are held, in business days.",
            segmented=True,
        )
    )
rules = list(of_method.loc[of_method["horizon_days"] == horizon, "quantile_rule"])
with rule_column:
    rule = choose(
        "Quantile rule",
        "rule",
        rules,
        default=rules[0],
        format_func=service.rule_name,
        explanation=" ".join(f"{service.rule_name(name)}: {service.RULES.get(name, '')}" for name in rules),
    )
held_for = "1 day" if horizon == 1 else f"{horizon} days"

var = read(service.var_by_scope, day, method, horizon, rule)
var_95, var_99 = (service.at_level(var, scope, level) for level in service.LEVELS)
if method == service.HEADLINE_METHOD and var_99 is None:
    states.nothing_here(f"There is no VaR for {scope.label} on {weekday_date(day)}: it held nothing.")
    st.stop()
if var_95 is None or var_99 is None:
    last = held.loc[(held["method"] == method) & (held["horizon_days"] == horizon), "last_date"].max()
    states.nothing_here(
        f"There is no VaR by this method for {scope.label} on {weekday_date(day)}: a method that values every position "
        "anew is computed on month ends, and daily from a given date on. Its newest date is "
        f"{weekday_date(last)}. The other methods are below."
    )
history = read(service.exceptions, day, scope)
window = read(service.exception_window, day)
count_95, count_99 = service.count_exceptions(history, window)

if var_95 is not None and var_99 is not None:
    show_headlines(
        [
            (
                f"VaR 99%, {held_for}, USD",
                formats.amount(var_99["var_usd"]),
                f"Lost or more in 1 of 100 periods of {held_for}. {LOSS}",
            ),
            (f"ES 99%, {held_for}, USD", formats.amount(var_99["es_usd"]), f"{SHORTFALL} {LOSS}"),
            (
                f"VaR 95%, {held_for}, USD",
                formats.amount(var_95["var_usd"]),
                f"Lost or more in 1 of 20 periods of {held_for}. {LOSS}",
            ),
            (f"ES 95%, {held_for}, USD", formats.amount(var_95["es_usd"]), f"{SHORTFALL} {LOSS}"),
            *(
                (
                    f"Exceptions {formats.level(count.level)}, {count.days} days",
                    f"{count.actual} actual, {count.hypothetical} hyp.",
                    f"Days whose loss was larger than the VaR of the evening before; {count.expected:.1f} are "
                    "expected. Hypothetical (hyp.) P&L is that of the evening's positions held unchanged. Days without "
                    f"a figure, which count as exceptions: {count.missing}. {OF_RECORD}",
                )
                for count in (count_99, count_95)
            ),
            (
                "On stale factors",
                service.share_words(var_99["stale_var_share"], var_99["stale_share"]),
                f"What rests on a level older than its date: {formats.share(var_99['stale_var_share'])} of the VaR at "
                f"99%, {formats.share(var_99['stale_share'])} of the factor moves in all scenarios.",
            ),
            (
                "On proxied factors",
                service.share_words(var_99["proxied_var_share"], var_99["proxied_share"]),
                "What rests on a stand-in for a factor that was not observed: "
                f"{formats.share(var_99['proxied_var_share'])} of the VaR at 99%, "
                f"{formats.share(var_99['proxied_share'])} of the factor moves in all scenarios.",
            ),
        ]
    )
    st.text(
        f"{service.method_name(method)}, {held_for}, {service.window_words(var_99)}, "
        f"{service.rule_name(rule).lower()} rule"
    )
    for row in (var_99, var_95):
        if not formats.is_missing(row["note"]) and row["note"]:
            st.text(f"Note on {formats.level(row['confidence_level'])}: {row['note']}")
    with st.expander("Method, window and conventions"):
        st.text(
            f"Method: {service.method_name(method)}. {service.method_words(method)}\n"
            f"Horizon: {held_for}, in business days. Scenarios: {service.window_words(var_99)}.\n"
            f"Quantile rule: {rule}. {service.RULES.get(rule, '')}\n"
            "Signs: VaR and expected shortfall are positive losses; P&L is positive for a gain."
        )

st.subheader("VaR against P&L", anchor=False)
st.caption(OF_RECORD)
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
    breaches = service.exception_list(history, window)
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

st.subheader("Every method side by side", anchor=False)
levels = [f"{level:g}" for level in service.TABLE_LEVELS]
level = float(
    choose(
        "Confidence level",
        "level",
        levels,
        default=levels[0],
        format_func=lambda text: formats.level(float(text)),
        explanation="For this section and the next ones.",
        segmented=True,
    )
)
shown_level = formats.level(level)
by_method = service.methods_side_by_side(read(service.var_by_method, day, scope), held, level)
charts.show(
    charts_of_var.methods(by_method),
    height=110 + 30 * len(by_method),
    name="methods",
    description=f"VaR and ES of {scope.label} at {shown_level} by method and horizon on {weekday_date(day)}, in USD",
)
show_table(
    by_method,
    [
        Column("method_name", "Method"),
        Column("rule_name", "Quantile rule"),
        Column("var_1d_usd", "VaR 1 day, USD", "amount", LOSS),
        Column("es_1d_usd", "ES 1 day, USD", "amount", f"{SHORTFALL} {LOSS}"),
        Column("var_10d_usd", "VaR 10 days, USD", "amount", LOSS),
        Column("es_10d_usd", "ES 10 days, USD", "amount", f"{SHORTFALL} {LOSS}"),
        Column("note", "Note", "sentence", "Why a figure is missing or limited."),
    ],
    manifest=build,
    name=f"methods_{level:g}_{scope.id}_{day}",
    title=f"VaR and ES of {scope.label} by every method at {shown_level}, {weekday_date(day)}",
    max_height=700,
)
with st.expander("What the methods do"):
    st.text("\n".join(f"{service.method_name(name)}: {service.method_words(name)}" for name in methods))

if scope.type == "firm" and var_99 is not None:
    st.subheader("By class of risk", anchor=False)
    classes = service.risk_classes(var)
    if classes.empty:
        states.nothing_here("The build holds no VaR by class of risk for this method and date.")
    else:
        st.caption(
            f"Firm-wide VaR as if only factors of one class moved ({service.method_name(method)}, {held_for}, "
            f"{service.rule_name(rule).lower()} rule). The classes do not sum to the firm's VaR: they offset each "
            "other."
        )
        show_table(
            classes.assign(scope_id=classes["scope_id"].map(service.class_name)),
            [Column("scope_id", "Class of risk"), *VAR_COLUMNS],
            manifest=build,
            name=f"risk_classes_{method}_{horizon}d_{rule}_{day}",
            title=f"VaR and ES of the firm by class of risk, {weekday_date(day)}",
        )

st.subheader(f"What VaR is made of on {weekday_date(day)}", anchor=False)
record_rule = rule if method == service.HEADLINE_METHOD and horizon == 1 else service.HEADLINE_RULE
record = service.at_level(
    read(service.var_by_scope, day, service.HEADLINE_METHOD, service.HEADLINE_HORIZON, record_rule), scope, level
)
st.caption(
    f"Historical simulation, delta-gamma, 1 day, {shown_level}, {service.rule_name(record_rule).lower()} rule: the "
    "loss in the VaR scenario, opened."
)
by = choose(
    "Contributions by",
    "by",
    ["risk_factor", "portfolio"],
    default="risk_factor",
    format_func=lambda name: name.replace("_", " ").capitalize(),
    explanation="What the P&L in the VaR scenario came from. The parts sum to VaR.",
    segmented=True,
)
parts = read(service.contributions, day, scope, level, record_rule, by)
show_tie(read(service.contributions_tie, day, scope, level, record_rule))
if parts.empty:
    states.nothing_here(
        "The build holds no contributions at this level."
        if record is None or record["var_usd"] != 0
        else "No part of the book contributes: the loss in the VaR scenario is nothing."
    )
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

st.subheader("Component, marginal and incremental VaR", anchor=False)
members = read(service.decomposition, day, scope, level, service.HEADLINE_RULE)
if members.empty:
    states.nothing_here(f"The build holds no decomposition of {scope.label} at {shown_level} for this date.")
else:
    kinds = list(dict.fromkeys(members["member_type"]))
    kind = choose(
        "Members",
        "members",
        kinds,
        default=kinds[0],
        format_func=lambda name: name.replace("_", " ").capitalize(),
        segmented=True,
    )
    of_kind = members[members["member_type"] == kind]
    st.caption(f"{OF_RECORD} Components sum to VaR; standalone and incremental VaR do not, because members offset.")
    show_tie(
        service.components_tie(
            of_kind,
            service.at_level(
                read(
                    service.var_by_scope,
                    day,
                    service.HEADLINE_METHOD,
                    service.HEADLINE_HORIZON,
                    service.HEADLINE_RULE,
                ),
                scope,
                level,
            ),
        )
    )
    show_table(
        of_kind,
        [
            Column("member_id", kind.replace("_", " ").capitalize()),
            Column("component_var_usd", "Component VaR, USD", "signed", "Positive adds risk, negative offsets it."),
            Column("marginal_var", "Marginal VaR", "ratio", "Component VaR in USD per USD of gross exposure."),
            Column("incremental_var_usd", "Incremental VaR, USD", "signed", "VaR with the member less VaR without."),
            Column("standalone_var_usd", "Standalone VaR, USD", "amount", f"VaR of the member alone. {LOSS}"),
        ],
        manifest=build,
        name=f"decomposition_{kind}_{level:g}_{scope.id}_{day}",
        title=f"Component, marginal and incremental VaR of {scope.label} at {shown_level}",
    )

show_sensitivities(day, scope, build)

st.subheader("The scenarios", anchor=False)
scenarios = read(service.scenario_pnl, day, scope)
if scenarios.empty or record is None:
    states.nothing_here("The build holds no scenario P&L for this scope and date.")
else:
    charts.show(
        charts.scenario_histogram(scenarios, float(record["var_usd"]), float(record["es_usd"]), level),
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
every_scope = service.side_by_side(var)
if every_scope.empty:
    states.nothing_here(f"{service.method_name(method)} was not computed for {weekday_date(day)}.")
else:
    st.caption(f"{service.method_name(method)}, {held_for}, {service.rule_name(rule).lower()} rule")
    show_table(
        every_scope,
        [
            Column("scope_type", "Scope"),
            Column("scope_id", "Name"),
            *VAR_COLUMNS,
            Column("stale_share", "On stale factors", "share"),
            Column("proxied_share", "On proxied factors", "share"),
        ],
        manifest=build,
        name=f"var_{method}_{horizon}d_{rule}_{day}",
        title=f"VaR and ES of every scope, {weekday_date(day)}, {service.method_name(method)}, {held_for}, {rule}",
        pinned=2,
        max_height=700,
    )
