"""Risk data: the general ledger against what it sums up, and the evidence by principle of BCBS 239."""

import streamlit as st

from streamlit_app.components import charts, charts_of_capital, states
from streamlit_app.components.scope_filters import choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.services import risk_data as service
from streamlit_app.services.builds import weekday_date

ACCOUNTS = {"tied": "● tied", "explained": "◆ explained", "difference": "■ difference", "missing": "? missing"}
METRICS = {"met": "● met", "missed": "■ missed", "missing": "? missing"}

build = manifest()
dates = read(service.reporting_dates)
if not dates:
    states.nothing_here("This build holds no reconciliation with the general ledger.")
    st.stop()
states.older_than_build(dates[0], build, "The reconciliation")
day = choose_date(dates, "Reporting date")

accounts = read(service.accounts, day)
evidence = read(service.evidence, day)
counts = service.counts(accounts)
show_headlines(
    [
        ("Accounts tied", f"{counts['tied']:,} of {len(accounts):,}", "The ledger and its sub-ledger agree."),
        (
            "Explained",
            f"{counts['explained']:,}",
            "They differ for a known reason, or only the ledger keeps the account.",
        ),
        (
            "To look into",
            f"{counts['difference'] + counts['missing']:,}",
            "They differ by more than the account's materiality, or one side is missing.",
        ),
        (
            "Targets met",
            f"{int((evidence['state'] == 'met').sum()):,} of {int((evidence['state'] != 'missing').sum()):,}",
            "Metrics of BCBS 239 that could be measured.",
        ),
    ]
)

st.subheader("General ledger against its sub-ledgers", anchor=False)
show_table(
    accounts.assign(reconciliation_status=accounts["reconciliation_status"].map(ACCOUNTS)),
    [
        Column("account_code", "Account"),
        Column("account_name", "Name"),
        Column("reconciliation_status", "Status"),
        Column("ledger_usd", "Ledger, USD", "amount", "In the account's natural sign."),
        Column("subledger_usd", "Sub-ledger, USD", "amount", "In the account's natural sign."),
        Column("difference_cents", "Difference, USD", "amount", "Ledger less sub-ledger.", download="difference_usd"),
        Column("materiality_usd", "Materiality, USD", "amount", "A smaller difference is not looked into."),
        Column("subledger_rows", "Rows", "count"),
        Column("source_model", "Sub-ledger", "note"),
        Column("account_class", "Class"),
        Column("note", "Note", "sentence"),
    ],
    manifest=build,
    name=f"ledger_{day}",
    title=f"General ledger against its sub-ledgers, {weekday_date(day)}",
    max_height=640,
)

st.subheader("Evidence by principle of BCBS 239", anchor=False)
if evidence.empty:
    states.nothing_here("Nothing was measured on this date.")
    st.stop()
show_table(
    evidence.assign(state=evidence["state"].map(METRICS)),
    [
        Column("metric_name", "Metric"),
        Column("principle_name", "Principle"),
        Column("state", "Target is"),
        Column("value_words", "Value", "figure", download="metric_value"),
        Column("target_words", "Target", "figure", download="target_value"),
        Column("unit", "Unit"),
        Column("evidence_source", "From", "note"),
        Column("note", "Note", "sentence"),
    ],
    manifest=build,
    name=f"bcbs239_{day}",
    title=f"Evidence on risk data aggregation, {weekday_date(day)}",
    max_height=640,
)
charts.show(
    charts_of_capital.shares_through_time([("Targets met", read(service.evidence_history, day))], "Share of metrics"),
    height=280,
    name="evidence-history",
    description=f"Share of metrics that met their target on every reporting date up to {weekday_date(day)}",
)
