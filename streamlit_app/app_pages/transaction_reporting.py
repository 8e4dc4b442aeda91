"""Transaction reporting: does a trade date tie out, what is open and who must act, files, one transaction's life."""

import streamlit as st

from streamlit_app.components import charts, charts_of_conduct, formats, states
from streamlit_app.components.filters import choose, search
from streamlit_app.components.scope_filters import ALL, choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import transaction_reporting as service
from streamlit_app.services.builds import weekday_date

ONE = "date"
STATES = {
    "held": "■ held",
    "rejected": "▲ rejected",
    "file_rejected": "▲ file rejected",
    "pending": "◆ pending",
    "submitted": "○ no answer yet",
    "accepted": "● accepted",
    "part_accepted": "◆ accepted in part",
}
DUE = {
    service.OVERDUE: "■ overdue",
    service.DUE_TODAY: "▲ due today",
    service.DUE_LATER: "○ due later",
    service.IN_TIME: "○ reported in time, now open",
}
REFERENCE = Column("transaction_reference", "Reference", "note")
EXECUTION = Column("execution_id", "Execution", "note")
VERSION = Column("version", "Version", "count")
TRADE_DATE = Column("trade_date", "Trade date", "date")
DEADLINE = Column("deadline_date", "Deadline", "date", "Close of the next working day after the trade date.")
FILE = Column("submission_id", "File", "note")

build = manifest()
dates = read(service.trade_dates)
if not dates:
    states.nothing_here("This build holds no executions to report.")
    st.stop()
states.older_than_build(dates[0], build, "Transaction reporting")

date_column, open_column, search_column = st.columns([1.2, 1, 1.2])
with date_column:
    day = choose_date(dates, "Trade date")
with open_column:
    which = choose(
        "List of open reports",
        "open",
        [ALL, ONE],
        default=ALL,
        format_func=lambda name: "All trade dates" if name == ALL else "The trade date",
        explanation="Which trade dates the list of what must be done covers.",
        segmented=True,
    )
with search_column:
    wanted = search(
        "Transaction",
        "reference",
        is_valid=service.is_reference,
        placeholder="Reference or execution, in full",
        explanation="The whole transaction reference or execution identifier, whatever date is chosen.",
    )
tie_out = read(service.tie_out)
row = service.of_date(tie_out, day)

if wanted is not None:
    st.subheader(f"The life of {wanted}", anchor=False)
    with st.container(border=True, key="transaction"):
        life = read(service.life_of, wanted)
        if life.empty:
            states.nothing_here("No execution, report or answer of this build has that reference or execution.")
        else:
            show_table(
                life,
                [
                    Column("event_date", "Business date", "date"),
                    Column("event", "What happened", "note"),
                    Column("details", "Why, and who acts", "sentence"),
                    EXECUTION,
                    VERSION,
                    Column("report_version", "Report", "count", "Counts up with each report of the reference."),
                    FILE,
                ],
                manifest=build,
                name=f"transaction_{wanted}",
                title=f"What happened to {wanted}, oldest first",
            )
            report, fields = read(service.reported_fields, wanted)
            if report is not None:
                st.text(
                    f"Last report with details: execution {report['execution_id']}, version {report['version']}, "
                    f"{str(report['state']).replace('_', ' ')} since {weekday_date(report['state_since'].date())}. "
                    f"Personal data are masked; fields without a value are left out."
                )
                show_table(
                    fields,
                    [
                        Column("field_number", "Field", "count"),
                        Column("field_name", "Name", "note"),
                        Column("value", "Value", "note"),
                        Column("is_masked", "Masked", "flag"),
                        Column("responsible", "Data owned by", "note"),
                        Column("rule", "Rule", "sentence"),
                    ],
                    manifest=build,
                    name=f"fields_{wanted}",
                    title=f"The fields of the last report of {wanted}",
                    pinned=2,
                )

st.subheader(f"Executions of {weekday_date(day)}", anchor=False)
is_open = not formats.is_missing(row["deadline_date"])
show_headlines(
    [
        ("Executions", formats.count(row["executions"]), "Of the trade date, cancelled ones included."),
        (
            "Reported",
            f"{formats.count(row['reported'])} of {formats.count(row['reportable'])}"
            if not formats.is_missing(row["reportable"])
            else formats.count(row["reported"]),
            "Accepted by the authority or not answered yet, of those that are reportable and not cancelled.",
        ),
        ("Held", formats.count(row["held"]), "Reportable and not sent, because their data break a rule."),
        (
            "Rejected, pending",
            f"{formats.count(row['rejected'])}, {formats.count(row['pending_at_authority'])}",
            "Rejected by the authority and not yet corrected; received, while the authority waits for the "
            "instrument's reference data.",
        ),
        (
            "Deadline",
            f"{row['deadline_date']:%a %d %b}" if is_open else "none",
            "Close of the next working day after the trade date (MiFIR, article 26(1)).",
        ),
        (
            "Late",
            f"{formats.count(row['overdue'])} open, {formats.count(row['reported_late'])} sent" if is_open else "none",
            "Not reported by a deadline that has passed, and first reported after it.",
        ),
        (
            "Over-reported",
            formats.count(row["over_reported"]),
            "Reports at the authority that should not be there, and answers on references never sent.",
        ),
        (
            "Open on all trade dates",
            f"{formats.count(tie_out['pending'].sum())}, {formats.count(tie_out['overdue'].sum())} overdue",
            "Held, rejected or pending at the authority, whatever the trade date; of them not reported by their "
            "deadline.",
        ),
    ]
)
show_tie(service.date_tie(row))

st.subheader("What must be done", anchor=False)
todo_of = day if which == ONE else None
todo = read(service.open_reports, todo_of)
if todo.empty:
    states.nothing_here(
        f"Every reportable execution of {weekday_date(day)} is reported."
        if which == ONE
        else "Every reportable execution is reported."
    )
else:
    as_of = todo["as_of_date"].max()
    if not formats.is_missing(as_of):
        st.caption(f"Deadlines as of the close of {weekday_date(as_of.date())}.")
    show_table(
        read(service.open_reports_by_team, todo_of),
        [
            Column("acts", "Who must act"),
            Column("executions", "Executions", "count"),
            Column("overdue", "Overdue", "count", "Not reported by a deadline that has passed."),
            Column("due_today", "Due today", "count"),
            Column("first_deadline", "First deadline", "date"),
        ],
        manifest=build,
        name=f"reporting_teams_{which}_{day}",
        title="Open reports by who must act",
    )
    shown = todo["rows_in_all"].iloc[0]
    if shown > len(todo):
        st.caption(f"{len(todo):,} of {shown:,} rows, first due first.")
    show_table(
        todo.assign(state=todo["state"].map(STATES), due=todo["due"].map(DUE)),
        [
            REFERENCE,
            Column("due", "Due", help="Against the deadline; what was reported in time is not overdue."),
            Column("acts", "Who must act", "note"),
            Column("why", "What is wrong", "sentence"),
            Column("state", "State"),
            Column("broken", "Rule", "note", "Ours where the report is held, the authority's where it is rejected."),
            Column("field_name", "Field", "note"),
            Column("value", "Value", "note", "Masked where it is personal."),
            DEADLINE,
            TRADE_DATE,
            EXECUTION,
            VERSION,
            Column("isin", "ISIN", "note"),
            Column("venue_mic", "Venue"),
            Column("capacity", "Capacity"),
            FILE,
        ],
        manifest=build,
        name=f"open_reports_{which}_{day}",
        title="Reportable executions that are not reported, first due first",
        max_height=560,
    )
late = read(service.late_reports)
if not late.empty:
    with st.expander(f"Sent after the deadline ({len(late):,})"):
        show_table(
            late.assign(state=late["state"].map(STATES).fillna(late["state"])),
            [
                REFERENCE,
                Column("days_late", "Days late", "count", "Calendar days from the deadline to the file."),
                TRADE_DATE,
                DEADLINE,
                Column("reporting_date", "Sent on", "date"),
                Column("state", "State"),
                EXECUTION,
                VERSION,
                FILE,
            ],
            manifest=build,
            name="late_reports",
            title="Reports sent after the deadline, longest delay first",
        )

st.subheader("Does it tie out", anchor=False)
charts.show(
    charts_of_conduct.standings(tie_out.iloc[::-1], service.STANDINGS),
    height=340,
    name="standings",
    description="What became of the executions of each trade date: accepted, no answer yet, pending, rejected, held, "
    "exempt or cancelled",
)
show_table(
    tie_out,
    [
        TRADE_DATE,
        Column("executions", "Executions", "count"),
        Column("reported", "Reported", "count", "Accepted, or sent and not answered yet."),
        Column("exempt", "Exempt", "count"),
        Column("pending", "Pending", "count", "Held, rejected, and pending at the authority."),
        Column("cancelled", "Cancelled", "count"),
        Column("difference", "Difference", "count", "Executions in none of the four: 0 when it ties out."),
        Column("reported_share", "Reported of reportable", "share"),
        Column("held", "Held", "count"),
        Column("rejected", "Rejected", "count"),
        Column("pending_at_authority", "At the authority", "count"),
        Column("submitted", "No answer yet", "count"),
        DEADLINE,
        Column("overdue", "Overdue", "count"),
        Column("reported_late", "Sent late", "count"),
        Column("live_too_many", "Too many", "count", "Reports at the authority that should not be there."),
        Column("unknown_references", "Unknown references", "count", "Answered by the authority, never sent by us."),
    ],
    manifest=build,
    name="reporting_tie_out",
    title="Executions of each trade date against what became of them, newest first",
)
reasons = read(service.exempt_reasons, day)
if reasons.empty:
    states.nothing_here(f"No execution of {weekday_date(day)} is exempt.")
else:
    show_table(
        reasons,
        [
            Column("reason_code", "Exempt because"),
            Column("exempt", "Executions", "count"),
            Column("reason_description", "In words", "sentence"),
        ],
        manifest=build,
        name=f"exempt_{day}",
        title=f"Executions of {weekday_date(day)} that are exempt, by reason",
    )

st.subheader("Reported too much, or taken back in vain", anchor=False)
too_much, refused = read(service.over_reported), read(service.rejected_cancellations)
if too_much.empty and refused.empty:
    states.nothing_here("The authority holds no report that should not be there.")
if not too_much.empty:
    show_table(
        too_much,
        [
            REFERENCE,
            Column("what", "What is wrong", "sentence"),
            Column("state", "State"),
            Column("reporting_date", "File of", "date"),
            TRADE_DATE,
            EXECUTION,
            VERSION,
            FILE,
            Column("reason_code", "Exempt because", "note"),
        ],
        manifest=build,
        name="over_reported",
        title="Reports that the authority holds or answers on and should not",
    )
if not refused.empty:
    show_table(
        refused,
        [
            REFERENCE,
            Column("rejected_on", "Rejected on", "date"),
            Column("rejection_rule_code", "Rule", "note"),
            Column("rejection_message", "What the authority says", "sentence"),
            EXECUTION,
            VERSION,
            TRADE_DATE,
            FILE,
        ],
        manifest=build,
        name="rejected_cancellations",
        title="Cancellations that the authority rejected: it still holds the report",
    )

st.subheader("Own-account trades whose executions do not add up", anchor=False)
trades = read(service.trades_without_executions)
if trades.empty:
    states.nothing_here("The executions of every own-account trade add up to it.")
else:
    show_table(
        trades,
        [
            Column("trade_id", "Trade"),
            TRADE_DATE,
            Column("trade_quantity", "Traded", "quantity"),
            Column("executed_quantity", "Executed", "quantity"),
            Column("quantity_difference", "Difference", "quantity", "Trade less executions."),
            Column("executions", "Executions", "count"),
            Column("is_cancelled", "Cancelled", "flag"),
            Column("portfolio_id", "Portfolio"),
            Column("trader_id", "Trader"),
            Column("instrument_id", "Instrument"),
            Column("product_type", "Product"),
        ],
        manifest=build,
        name="trades_without_executions",
        title="Own-account trades whose executions do not add up to them, newest first",
    )

st.subheader("Files sent", anchor=False)
files = read(service.files)
if files.empty:
    states.nothing_here("No file has been sent yet.")
else:
    counted = read(service.files_counted)
    show_tie(service.files_tie(counted))
    st.caption(
        f"The authority has counted the reports of {formats.count(counted['files'] - counted['uncounted'])} of "
        f"{formats.count(counted['files'])} files; {formats.count(counted['uncounted'])} without a count. "
        "Reports too many in one file and too few in another add up."
    )
    show_table(
        files.assign(status=files["status"].map(STATES).fillna(files["status"])),
        [
            Column("submission_id", "File"),
            Column("reporting_date", "Business date", "date"),
            Column("status", "Status"),
            Column("new_count", "New", "count"),
            Column("cancel_count", "Cancellations", "count"),
            Column("report_count", "Reports", "count"),
            Column("reports_received", "Counted by the authority", "count"),
            Column("received_difference", "Difference", "count", "Reports sent less reports the authority counted."),
            Column("accepted_count", "Accepted", "count"),
            Column("rejected_count", "Rejected", "count"),
            Column("pending_count", "Pending", "count"),
            Column("answered_on", "Answered on", "date"),
            Column("answer", "What the authority says", "sentence"),
            Column("resubmission_of", "Sends again", "note"),
            Column("sent_again_as", "Sent again as", "note"),
        ],
        manifest=build,
        name="reporting_files",
        title="Files sent to the authority, newest first",
    )

st.subheader("Rules that were broken", anchor=False)
findings = read(service.findings_by_rule, day if which == ONE else None)
if findings.empty:
    states.nothing_here("The validation found nothing.")
else:
    show_table(
        findings,
        [
            Column("rule_id", "Rule"),
            Column("severity", "Severity", help="An error holds a report back, a warning does not."),
            Column("held_now", "Held now", "count", "Executions whose newest version the rule holds."),
            Column("findings", "Found so far", "count", "Versions of executions, corrected ones included."),
            Column("field_name", "Field", "note"),
            Column("responsible", "Who must act", "note"),
            Column("message", "What is wrong", "sentence"),
            Column("field_number", "Field number", "count"),
        ],
        manifest=build,
        name=f"rules_broken_{which}_{day}",
        title="Rules of the validation that were broken, most executions held first",
    )
