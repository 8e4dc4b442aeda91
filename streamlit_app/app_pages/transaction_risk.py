"""What one trade could cost: market, counterparty and operations; and which trades of a day could cost most."""

import streamlit as st

from streamlit_app.components import formats, states
from streamlit_app.components.filters import search
from streamlit_app.components.scope_filters import choose_date, choose_desk, choose_portfolio
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import positions as positions_service
from streamlit_app.services import transaction_risk as service
from streamlit_app.services.builds import weekday_date

MARKET = "Loss over one day at 99%: sensitivities times volatilities, the trade's factors taken as uncorrelated."
CREDIT = "Loss expected over a year: exposure at default times probability of default times the share lost then."
OPERATIONAL = "Loss expected from errors: the loss rate of the system and product times the notional."
TOTAL = "Market, credit and operational risk added up: a score that ranks trades, not a capital figure."
POSITIVE = "A positive figure is a loss."
PORTFOLIO = "VaR of the trade's portfolio at 99% over one day on the business date before: what the trade was added to."
VAR = "The trade's own VaR at 99% over one day, correlations of its factors included."

build = manifest()
dates = read(service.business_dates)
if not dates:
    states.nothing_here("This build holds no risk of trades.")
    st.stop()
portfolios = read(positions_service.portfolios_by_desk)

search_column, date_column, desk_column, portfolio_column = st.columns([1, 1.2, 1, 1])
with search_column:
    wanted = search(
        "Trade id",
        "trade",
        is_valid=service.is_trade_id,
        placeholder="For example T000000001",
        explanation="The whole identifier. The trade is found whatever date and desk are chosen.",
    )
with date_column:
    day = choose_date(dates)
with desk_column:
    desk = choose_desk(portfolios)
with portfolio_column:
    scope = choose_portfolio(portfolios, desk)

if dates[0] < build.business_date:
    st.caption(f"The last trades of this build are of {weekday_date(dates[0])}.")

if wanted is not None:
    trade = read(service.trade, wanted)
    if trade is None:
        states.nothing_here("This build holds no risk for a trade with that identifier.")
    else:
        st.subheader(f"Trade {wanted}", anchor=False)
        with st.container(border=True, key="trade"):
            st.text(
                f"{formats.text(trade['instrument_id'])} ({formats.text(trade['instrument_name'])}), notional "
                f"{formats.amount(trade['notional_usd'])} USD, {weekday_date(trade['business_date'])}\n"
                f"Portfolio {trade['portfolio_id']} of desk {trade['desk_id']}, trader "
                f"{formats.text(trade['trader_id'])}\n"
                f"Counterparty {formats.text(trade['counterparty_name'])}, LEI "
                f"{formats.text(trade['counterparty_lei'])}"
            )
            for column, (label, name, meaning) in zip(
                st.columns(4),
                [
                    ("Market risk, USD", "market_risk_usd", MARKET),
                    ("Credit risk, USD", "credit_risk_usd", CREDIT),
                    ("Operational risk, USD", "operational_risk_usd", OPERATIONAL),
                    ("Total risk, USD", "total_risk_usd", TOTAL),
                ],
                strict=True,
            ):
                column.metric(label, formats.amount(trade[name]), help=f"{meaning} {POSITIVE}", border=True)
            st.text(
                f"Credit risk: exposure at default {formats.amount(trade['exposure_at_default_usd'])} USD, probability "
                f"of default {formats.percent(trade['default_probability'])} in a year, loss given default "
                f"{formats.percent(trade['loss_given_default'])}.\n"
                f"VaR of the trade alone, 99%, 1 day: {formats.amount(trade['var_usd'])} USD. VaR of its portfolio the "
                f"business date before: {formats.amount(trade['portfolio_risk_usd'])} USD."
            )
            if not formats.is_missing(trade["note"]) and trade["note"]:
                st.warning("Some of it is missing, for this reason:", icon=":material/report:")
                st.text(trade["note"])
            if trade["is_pd_defaulted"]:
                st.warning(
                    "The counterparty has no rating: its probability of default is a default value.",
                    icon=":material/report:",
                )

st.subheader(f"Trades of {scope.label} on {weekday_date(day)}", anchor=False)
sums = read(service.totals, day, scope)
if sums["trades"] == 0:
    states.nothing_here(f"{scope.heading} did not trade on {weekday_date(day)}.")
    st.stop()
show_headlines(
    [
        ("Trades", formats.count(sums["trades"]), "Of the scope, on the business date."),
        ("Notional, USD", formats.amount(sums["notional_usd"]), "Summed over the trades."),
        (
            "Without a figure",
            f"{formats.count(sums['trades_without_market_risk'])} market, "
            f"{formats.count(sums['trades_without_credit_risk'])} credit",
            "Trades whose market or credit risk is missing; the sums leave them out.",
        ),
        (
            "With a default PD",
            formats.count(sums["trades_with_a_default_pd"]),
            "Trades whose counterparty has no rating, so that its probability of default is a default value.",
        ),
        ("Market risk, USD", formats.amount(sums["market_risk_usd"]), f"Summed without offset. {MARKET} {POSITIVE}"),
        ("Credit risk, USD", formats.amount(sums["credit_risk_usd"]), f"{CREDIT} {POSITIVE}"),
        ("Operational risk, USD", formats.amount(sums["operational_risk_usd"]), f"{OPERATIONAL} {POSITIVE}"),
        (
            "Total risk, USD"
            if sums["trades_with_a_total"] == sums["trades"]
            else f"Total risk of {formats.count(sums['trades_with_a_total'])} trades, USD",
            formats.amount(sums["total_risk_usd"]),
            f"{TOTAL} {POSITIVE} A trade that lacks a part has no total and is not in this sum.",
        ),
    ]
)
largest = read(service.largest, day, scope)
st.caption(
    f"{len(largest):,} of {largest['trades_in_all'].iloc[0]:,} trades: those without a total first, then the "
    "largest total risk."
)
show_table(
    largest,
    [
        Column("trade_id", "Trade"),
        Column("total_risk_usd", "Total risk, USD", "amount", f"{TOTAL} {POSITIVE}"),
        Column("market_risk_usd", "Market risk, USD", "amount", f"{MARKET} {POSITIVE}"),
        Column("credit_risk_usd", "Credit risk, USD", "amount", f"{CREDIT} {POSITIVE}"),
        Column("operational_risk_usd", "Operational risk, USD", "amount", f"{OPERATIONAL} {POSITIVE}"),
        Column("notional_usd", "Notional, USD", "amount"),
        Column("instrument_id", "Instrument"),
        Column("portfolio_id", "Portfolio"),
        Column("trader_id", "Trader"),
        Column("counterparty_name", "Counterparty"),
        Column("var_usd", "VaR of the trade, USD", "amount", f"{VAR} {POSITIVE}"),
        Column("portfolio_risk_usd", "VaR of its portfolio before, USD", "amount", f"{PORTFOLIO} {POSITIVE}"),
        Column("exposure_at_default_usd", "Exposure at default, USD", "amount"),
        Column("product_type", "Product"),
        Column("is_pd_defaulted", "Default PD", "flag"),
        Column("note", "Note", "sentence"),
    ],
    manifest=build,
    name=f"transaction_risk_{scope.id}_{day}",
    title=f"Risk of the trades of {scope.label}, {weekday_date(day)}",
)
