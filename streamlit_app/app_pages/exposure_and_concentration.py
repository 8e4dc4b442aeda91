"""What the firm, a desk or a portfolio is exposed to, and how much of it rests on few names."""

import streamlit as st

from streamlit_app.components import charts, charts_of_exposures, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import exposures as service
from streamlit_app.services import positions as positions_service
from streamlit_app.services.builds import weekday_date

LONG = "Sum of the positive exposures by position."
SHORT = "Sum of the negative exposures by position; zero or negative."
GROSS = "Long less short: both sides count."
NET = "Long plus short: the sides offset."
HHI = "Herfindahl-Hirschman index: the sum of squared shares of gross. 1 is a single key, 1/n is n equal ones."
EFFECTIVE = "1 / HHI: spread evenly over so many keys, gross would be as concentrated as it is."

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no exposures.")
    st.stop()
states.older_than_build(dates[0], build, "Exposure")
portfolios = read(positions_service.portfolios_by_desk)

date_column, desk_column, portfolio_column = st.columns([1.2, 1, 1])
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)

concentrations = read(service.concentrations, day, scope)
if concentrations.empty:
    states.nothing_here(f"There is no exposure for {scope.label} on {weekday_date(day)}: it held nothing.")
    st.stop()
types = list(concentrations["exposure_type"])
kind = choose(
    "Breakdown",
    "exposure",
    types,
    default=types[0],
    format_func=lambda name: name.replace("_", " ").capitalize(),
    explanation="An option or forward counts with its delta-equivalent, everything else with its market value.",
    segmented=True,
)
word = kind.replace("_", " ")
row = concentrations[concentrations["exposure_type"] == kind].iloc[0]
show_headlines(
    [
        ("Gross, USD", formats.amount(row["gross_usd"]), GROSS),
        ("Net, USD", formats.signed(row["net_usd"]), NET),
        ("Long, USD", formats.amount(row["long_usd"]), LONG),
        ("Short, USD", formats.amount(row["short_usd"]), SHORT),
        ("HHI", formats.ratio(row["hhi"]), HHI),
        ("As if spread over", f"{formats.decimal(row['effective_keys'])} of {formats.count(row['keys'])}", EFFECTIVE),
        (
            f"Largest {word}",
            formats.share(row["largest_share"]),
            f"{formats.text(row['largest_name'])}: its share of gross.",
        ),
        ("Largest five", formats.share(row["top_5_share"]), "Their share of gross."),
    ]
)
keys = read(service.by_key, day, kind, scope)
show_tie(service.keys_tie(keys, row))
if kind not in service.COVERS_ALL:
    st.caption(
        f"Positions that have no {word} (currencies and cash, for example) are not part of these figures: "
        "currency and asset class are the two that cover every position."
    )

if keys.empty or not (keys["gross_usd"].astype(float) > 0).any():
    states.nothing_here(f"{scope.heading} has no exposure by {word} on {weekday_date(day)}.")
else:
    st.subheader(f"Gross exposure by {word}", anchor=False)
    charts.show(
        charts_of_exposures.treemap(keys, f"Gross exposure by {word}"),
        height=380,
        name="treemap",
        description=f"Gross exposure of {scope.label} by {word} on {weekday_date(day)}: the larger the area, the more",
    )
    st.subheader("Long and short", anchor=False)
    charts.show(
        charts_of_exposures.long_and_short(keys),
        height=110 + 28 * min(len(keys), 20),
        name="long-and-short",
        description=f"Long, short and net exposure of {scope.label} by {word}, largest gross first, in USD",
    )
    if len(keys) > 20:
        st.caption(f"The largest 20 of {len(keys)}; the table holds all.")
    show_table(
        keys,
        [
            Column("exposure_name", word.capitalize()),
            *([Column("exposure_key", "LEI")] if kind == "issuer" else []),
            Column("gross_usd", "Gross, USD", "amount", GROSS),
            Column("gross_share", "Share of gross", "share"),
            Column("net_usd", "Net, USD", "signed", NET),
            Column("long_usd", "Long, USD", "amount", LONG),
            Column("short_usd", "Short, USD", "amount", SHORT),
            Column("portfolios", "Portfolios", "count", "Portfolios of the scope that are exposed to it."),
        ],
        manifest=build,
        name=f"exposure_{kind}_{scope.id}_{day}",
        title=f"Exposure of {scope.label} by {word}, {weekday_date(day)}",
    )

st.subheader("Concentration", anchor=False)
show_table(
    concentrations.assign(
        exposure_type=concentrations["exposure_type"].str.replace("_", " ").str.capitalize(),
        largest_name=concentrations["largest_name"].str.replace("_", " "),
    ),
    [
        Column("exposure_type", "By"),
        Column("gross_usd", "Gross, USD", "amount", GROSS),
        Column("net_usd", "Net, USD", "signed", NET),
        Column("keys", "Keys", "count", "How many different ones there are."),
        Column("hhi", "HHI", "ratio", HHI),
        Column("effective_keys", "As if spread over", "decimal", EFFECTIVE),
        Column("largest_name", "Largest", "note"),
        Column("largest_share", "Its share", "share", "Of gross."),
        Column("top_5_share", "Largest five", "share", "Their share of gross."),
    ],
    manifest=build,
    name=f"concentration_{scope.id}_{day}",
    title=f"Concentration of {scope.label}, {weekday_date(day)}",
)
st.subheader(f"Concentration by {word} through time", anchor=False)
charts.show(
    charts_of_exposures.concentration_history(read(service.concentration_history, day, kind, scope)),
    height=360,
    name="concentration-history",
    description=f"HHI and largest shares of {scope.label} by {word} up to {weekday_date(day)}",
)
