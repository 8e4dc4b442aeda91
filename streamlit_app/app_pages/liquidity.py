"""Liquidity: coverage of the next 30 days, stable funding, what could be sold, and what falls due when."""

import streamlit as st

from streamlit_app.components import charts, charts_of_capital, charts_of_liquidity, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import ALL, choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import liquidity as service
from streamlit_app.services.builds import weekday_date

build = manifest()
dates = read(service.reporting_dates)
if not dates:
    states.nothing_here("This build holds no liquidity coverage ratio.")
    st.stop()
states.older_than_build(dates[0], build, "Liquidity")
date_column, currency_column = st.columns(2)
with date_column:
    day = choose_date(dates, "Reporting date")
with currency_column:
    currency = choose(
        "Currency of the maturity ladder",
        "currency",
        [ALL, *read(service.ladder_currencies, day)],
        default=ALL,
        format_func=lambda name: "All, in USD" if name == ALL else f"{name}, in USD",
    )

coverage = read(service.coverage, day)
stable = read(service.stable_funding, day)
if coverage is None:
    states.nothing_here(f"There is no liquidity coverage ratio for {weekday_date(day)}.")
    st.stop()
figures = [
    (
        "LCR",
        formats.share(coverage["lcr_ratio"]),
        f"HQLA over net outflows of 30 days; minimum {formats.share(coverage['minimum_ratio'])}. Template LIQ1 shows "
        "the quarter's average.",
    ),
    ("HQLA, USD", formats.millions(coverage["hqla_usd"]), "After haircuts and caps."),
    (
        "Net outflows, USD",
        formats.millions(coverage["net_outflows_usd"]),
        "Outflows less inflows, these at most to their cap.",
    ),
    ("Above the minimum, USD", formats.millions(coverage["surplus_usd"]), "HQLA that the minimum does not need."),
]
if stable is not None:
    figures += [
        (
            "NSFR",
            formats.share(stable["nsfr_ratio"]),
            f"Available over required stable funding; minimum {formats.share(stable['minimum_ratio'])}.",
        ),
        ("Available stable funding, USD", formats.millions(stable["available_stable_funding_usd"]), "Weighted."),
        ("Required stable funding, USD", formats.millions(stable["required_stable_funding_usd"]), "Weighted."),
        (
            "Above the minimum, stable, USD",
            formats.millions(stable["surplus_usd"]),
            "Funding that the minimum does not need.",
        ),
    ]
show_headlines(figures)
if stable is None:
    states.nothing_here(f"There is no net stable funding ratio for {weekday_date(day)}.")
for sentence in service.binding_caps(coverage):
    st.warning(sentence, icon=":material/vertical_align_top:")

history = read(service.ratio_history, day)
charts.show(
    charts_of_capital.shares_through_time(
        [
            (name, history.rename(columns={column: "value"})[["reporting_date", "value"]])
            for name, column in (("LCR", "lcr_ratio"), ("NSFR", "nsfr_ratio"), ("Minimum", "minimum_ratio"))
        ],
        "Ratio",
        ["Minimum"],
    ),
    height=320,
    name="liquidity-history",
    description=f"LCR and NSFR on every reporting date up to {weekday_date(day)}",
)

st.subheader("Liquid assets", anchor=False)
assets = read(service.liquid_assets, day)
by_level = service.by_level(assets, coverage)
charts.show(
    charts_of_liquidity.levels(by_level),
    height=340,
    name="hqla-levels",
    description=f"Liquid assets by level after haircuts, what the caps take off, and what counts, {weekday_date(day)}",
)
show_table(
    by_level,
    [
        Column("level_name", "Level"),
        Column("assets", "Assets", "count"),
        Column("market_value_usd", "Market value, USD", "amount"),
        Column("weighted_usd", "After haircuts, USD", "amount", "What the caps take off is negative."),
    ],
    manifest=build,
    name=f"hqla_levels_{day}",
    title=f"Liquid assets by level, {weekday_date(day)}",
    placeholder="",
)
ASSETS = [
    Column("security_name", "Asset", "note"),
    Column("source_row_id", "Id"),
    Column("type_name", "Type", "note"),
    Column("level_name", "Level", "note"),
    Column("market_value_usd", "Market value, USD", "amount"),
    Column("liquidity_factor", "Counts with", "share"),
    Column("weighted_usd", "After haircut, USD", "amount"),
    Column("currency", "Currency"),
    Column("rating", "Rating", "note"),
    Column("maturity_date", "Maturity", "date"),
    Column("encumbered_until", "Pledged until", "date"),
    Column("is_received_as_collateral", "Received as collateral", "flag"),
    Column("hqla_rule_id", "Rule", "note"),
]
show_table(
    assets[assets["is_eligible"].astype(bool)],
    ASSETS,
    manifest=build,
    name=f"hqla_{day}",
    title=f"Assets that count, {weekday_date(day)}",
    placeholder="",
)
refused = service.ineligible(assets)
st.subheader("Assets that do not count, and why", anchor=False)
if refused.empty:
    states.nothing_here("Every asset counts.")
else:
    show_table(
        refused,
        [ASSETS[0], Column("reason", "Why it does not count", "note"), *ASSETS[1:5], *ASSETS[7:]],
        manifest=build,
        name=f"not_hqla_{day}",
        title=f"Assets that do not count, {weekday_date(day)}",
        placeholder="",
    )

st.subheader("Flows of the next 30 days", anchor=False)
flows = read(service.flows, day)
show_table(
    flows,
    [
        Column("line_name", "Line"),
        Column("direction", "Direction"),
        Column("rate", "Rate", "share", "Share that is taken to flow."),
        Column("unweighted_usd", "Unweighted, USD", "amount"),
        Column("weighted_usd", "Weighted, USD", "amount"),
        Column("balance_usd", "Balance, USD", "amount", "With what falls due later."),
        Column("contracts", "Contracts", "count"),
        Column("rate_rule_id", "Rule", "note"),
    ],
    manifest=build,
    name=f"lcr_flows_{day}",
    title=f"Flows of the next 30 days by line and rate, {weekday_date(day)}",
    max_height=640,
)
show_table(
    read(service.by_currency, day),
    [
        Column("currency", "Currency"),
        Column("hqla_usd", "HQLA, USD", "amount"),
        Column("outflows_usd", "Outflows, USD", "amount"),
        Column("inflows_usd", "Inflows, USD", "amount"),
        Column("net_outflows_usd", "Net outflows, USD", "amount"),
        Column("lcr_ratio", "LCR", "share", "For information: the minimum is for all currencies together."),
    ],
    manifest=build,
    name=f"lcr_currencies_{day}",
    title=f"Liquidity coverage by currency, {weekday_date(day)}",
)

st.subheader("Maturity ladder", anchor=False)
ladder = read(service.ladder, day, None if currency == ALL else currency)
if ladder.empty:
    states.nothing_here("There is no maturity ladder for this choice.")
else:
    charts.show(
        charts_of_liquidity.ladder(ladder),
        height=420,
        name="maturity-ladder",
        description=f"Contractual inflows and outflows by time to maturity and the gap so far, {weekday_date(day)}",
    )
    show_table(
        ladder,
        [
            Column("bucket_name", "Due within"),
            Column("inflow_usd", "Inflows, USD", "amount"),
            Column("outflow_usd", "Outflows, USD", "amount"),
            Column("gap_usd", "Gap, USD", "signed"),
            Column("cumulative_gap_usd", "Gap so far, USD", "signed", "Not for what has no maturity."),
            Column(
                "counterbalancing_capacity_usd",
                "Counterbalancing capacity, USD",
                "amount",
                "Liquid assets that could still be sold or pledged at the end of the bucket.",
            ),
        ],
        manifest=build,
        name=f"maturity_ladder_{currency}_{day}",
        title=f"Maturity ladder, {weekday_date(day)}",
        placeholder="",
    )

st.subheader("Stable funding", anchor=False)
show_table(
    read(service.stable_funding_items, day),
    [
        Column("line_name", "Line"),
        Column("side_name", "Stable funding"),
        *(Column(bucket, f"{words.capitalize()}, USD", "amount") for bucket, words in service.BUCKETS.items()),
        Column("weighted_usd", "Weighted, USD", "amount"),
        Column("factor", "Factor in all", "share"),
    ],
    manifest=build,
    name=f"nsfr_{day}",
    title=f"Stable funding by line, {weekday_date(day)}",
    max_height=640,
    placeholder="",
)
