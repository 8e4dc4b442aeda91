"""Transaction reporting: does a trade date tie out, what is open and who must act, and the life of one transaction."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import transaction_reporting as repository
from streamlit_app.services.positions import Tie

ROWS_SHOWN = 500
REPORTING_TEAM = "Transaction Reporting"
INSTRUMENT_TEAM = "Instrument Data"
UNKNOWN_ENTITY = "The executing entity is none that the firm reports for."
#: What became of executions, in the order in which a trade date is read.
STANDINGS = {
    "accepted": "Accepted",
    "submitted": "Sent, no answer yet",
    "pending_at_authority": "Pending at the authority",
    "rejected": "Rejected",
    "held": "Held",
    "exempt": "Exempt",
    "cancelled": "Cancelled",
}
OVERDUE, DUE_TODAY, DUE_LATER, IN_TIME = "overdue", "due today", "due later", "reported in time, now open"
OVER_REPORTED = {
    "execution_cancelled": "The execution is cancelled, its report is not",
    "not_reportable": "The execution is exempt, its report still stands",
    "reported_twice": "A newer version is reported as well",
    "unknown_reference": "We never sent this reference",
}
ANSWERS = {"accepted": "Accepted", "part_accepted": "Accepted in part", "rejected": "Rejected", "pending": "Pending"}
# Within a date: what the authority answered, what was held back, what was sent, what it answered to that at once; and
# after that the same of a file that was rejected at once and sent again.
_RANKS = _ANSWER, _HELD, _CANCELLED, _SENT, _ANSWER_AT_ONCE = range(5)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TIMELINE = ["event_date", "event", "details", "execution_id", "version", "report_version", "submission_id"]


def trade_dates(reader: Reader) -> list[date]:
    """Return the dates that can be shown, newest first."""
    return list(repository.trade_dates(reader)["trade_date"].dt.date)


def is_reference(text: str) -> bool:
    """Tell whether a text can be a transaction reference or the identifier of an execution.

    Examples
    --------
    >>> is_reference("TRX20221205000001"), is_reference("X000000001"), is_reference("a b"), is_reference("")
    (True, True, False, False)
    """
    return _REFERENCE.fullmatch(text) is not None


def tie_out(reader: Reader) -> pd.DataFrame:
    """Return one row per trade date, newest first, with ``reported_share`` of what is reportable."""
    rows = repository.tie_out(reader)
    reportable = rows["reportable"].astype(float)
    return rows.assign(reported_share=rows["reported"].astype(float) / reportable.where(reportable != 0))


def of_date(rows: pd.DataFrame, trade_date: date) -> pd.Series:
    """Return the row of one of the trade dates."""
    return rows[rows["trade_date"].dt.date == trade_date].iloc[0]


def date_tie(row: pd.Series) -> Tie:
    """Tell whether every execution of the date is reported, exempt, pending or cancelled.

    The sum is taken here again, beside the difference that the warehouse shows.
    """
    parts = [row[name] for name in ("reported", "exempt", "pending", "cancelled")]
    is_missing = any(pd.isna(value) for value in [row["executions"], *parts])
    difference = None if is_missing else float(row["executions"]) - sum(float(value) for value in parts)
    return Tie("Executions = reported + exempt + pending + cancelled", difference, decimals=0)


def files_counted(reader: Reader) -> pd.Series:
    """Return how many files were sent, how many have no count of the authority, and by how much counts differ."""
    return repository.files_counted(reader).iloc[0]


def files_tie(counted: pd.Series) -> Tie:
    """Tell whether the authority counted as many reports as were in the files that it counted, if it counted any."""
    difference = counted["difference"]
    return Tie(
        "Reports sent = reports the authority counted", None if pd.isna(difference) else float(difference), decimals=0
    )


def exempt_reasons(reader: Reader, trade_date: date) -> pd.DataFrame:
    """Return the date's executions that are exempt, by reason, most first."""
    return repository.exempt_reasons(reader, trade_date)


def open_reports(reader: Reader, trade_date: date | None) -> pd.DataFrame:
    """Return what is reportable and not reported, first due first, with ``due``, ``broken``, ``why`` and ``acts``."""
    rows = repository.open_reports(
        reader, trade_date, ROWS_SHOWN, reporting=REPORTING_TEAM, instruments=INSTRUMENT_TEAM
    )
    is_held = (rows["state"] == "held").to_numpy(bool)
    answers = rows["rejection_message"].astype("string")
    without_words = rows["state"].map(
        {
            "held": UNKNOWN_ENTITY,
            "file_rejected": "Its whole file was rejected.",
            "pending": "The authority waits for the instrument's reference data.",
            "rejected": "The authority named no reason.",
        }
    )
    return rows.assign(
        due=_due(rows),
        broken=rows["rule_id"].where(is_held, rows["rejection_rule_code"]),
        why=rows["message"].astype("string").where(is_held, answers).fillna(without_words.astype("string")),
    )


def _due(rows: pd.DataFrame) -> pd.Series:
    """Tell what is due when, as of the close of the last business date of executions.

    What was reported in time stays so when it is held or waits later: the warehouse judges that, and what is overdue.
    """
    words = pd.Series(DUE_LATER, index=rows.index, dtype="string")
    words = words.mask((rows["deadline_date"] == rows["as_of_date"]).to_numpy(bool), DUE_TODAY)
    words = words.mask(rows["is_overdue"].eq(other=True).to_numpy(bool), OVERDUE)
    words = words.mask(rows["is_on_time"].eq(other=True).to_numpy(bool), IN_TIME)
    return words.mask((rows["deadline_date"].isna() | rows["as_of_date"].isna()).to_numpy(bool), pd.NA)


def open_reports_by_team(reader: Reader, trade_date: date | None) -> pd.DataFrame:
    """Return one row per team that must act: executions, how many of them are overdue or due today, first deadline."""
    return repository.open_reports_by_team(reader, trade_date, reporting=REPORTING_TEAM, instruments=INSTRUMENT_TEAM)


def findings_by_rule(reader: Reader, trade_date: date | None) -> pd.DataFrame:
    """Return how often each rule was broken, and how many executions it holds now."""
    return repository.findings_by_rule(reader, trade_date)


def files(reader: Reader) -> pd.DataFrame:
    """Return the newest files that were sent, with ``answer`` in words."""
    rows = repository.files(reader, ROWS_SHOWN)
    words = rows["rule_code"].astype("string").fillna("") + " " + rows["message"].astype("string").fillna("")
    return rows.assign(answer=words.str.strip())


def rejected_cancellations(reader: Reader) -> pd.DataFrame:
    """Return cancellations that the authority rejected."""
    return repository.rejected_cancellations(reader, ROWS_SHOWN)


def over_reported(reader: Reader) -> pd.DataFrame:
    """Return what the authority holds or answers on and should not, with ``what`` in words."""
    rows = repository.over_reported(reader, ROWS_SHOWN)
    return rows.assign(what=rows["over_report_type"].map(OVER_REPORTED).fillna(rows["over_report_type"]))


def late_reports(reader: Reader) -> pd.DataFrame:
    """Return reports that came after the close of the next working day, the longest delay first."""
    return repository.late_reports(reader, ROWS_SHOWN)


def trades_without_executions(reader: Reader) -> pd.DataFrame:
    """Return own-account trades whose executions do not add up to them, newest first."""
    return repository.trades_without_executions(reader, ROWS_SHOWN)


def life_of(reader: Reader, reference: str) -> pd.DataFrame:
    """Return what happened to a transaction, oldest first: exempt, held, sent, answered, taken back.

    Returns
    -------
    pandas.DataFrame
        ``event_date, event, details, execution_id, version, report_version, submission_id``; empty when nothing is
        known of the reference.
    """
    reports = repository.reports_of(reader, reference)
    findings = repository.findings_of(reader, reference)
    answers = repository.answers_of(reader, reference)
    unreportable = repository.unreportable_of(reader, reference)
    is_undecided = unreportable["is_reportable"].isna()
    events = pd.concat(
        [
            _exemptions(unreportable[~is_undecided]),
            _own_events(reports, findings, unreportable[is_undecided]),
            _answers(answers, reports),
            _answers_of_files(reports, answers),
        ],
        ignore_index=True,
    )
    ordered = events.sort_values(
        ["event_date", "rank", "execution_id", "version", "report_version"], kind="stable", ignore_index=True
    )
    return ordered[_TIMELINE]


def _events(
    rows: pd.DataFrame, event_date: pd.Series, event: pd.Series, details: pd.Series | str, rank: pd.Series | int
) -> pd.DataFrame:
    frame = rows.assign(event_date=event_date, event=event, details=details, rank=rank)[[*_TIMELINE, "rank"]]
    return frame.astype(
        dict.fromkeys(("event", "details", "execution_id", "submission_id"), "string")
        | dict.fromkeys(("version", "report_version", "rank"), "Int64")
        | {"event_date": "datetime64[us]"}
    )


def _exemptions(exemptions: pd.DataFrame) -> pd.DataFrame:
    """Tell which versions need no report, and why."""
    return _events(
        exemptions,
        event_date=exemptions["reporting_date"],
        event=pd.Series("Needs no report", index=exemptions.index, dtype="string"),
        details=exemptions["reason_description"],
        rank=_HELD,
    )


def _own_events(reports: pd.DataFrame, findings: pd.DataFrame, undecided: pd.DataFrame) -> pd.DataFrame:
    """Tell what the firm did with each report: held it, dropped it for a newer version, or sent it."""
    is_cancelling = reports["report_status"] == "CANC"
    is_late = reports["is_late"].fillna(value=False).astype(bool)
    attempt = reports["attempt"].fillna(1).astype(int)
    event = pd.Series("New report sent", index=reports.index, dtype="string")
    event = event.mask(is_late, "New report sent late")
    event = event.mask(is_cancelling, "Cancellation sent")
    event = event.where(attempt <= 1, event + " again")
    event = event.mask(reports["state"] == "held", "Held").mask(
        reports["state"] == "superseded", "Not sent: a newer version came the same day"
    )
    rank = pd.Series(_SENT, index=reports.index).mask(is_cancelling, _CANCELLED) + _later_attempts(reports["attempt"])
    return _events(
        reports,
        event_date=reports["reporting_date"],
        event=event,
        details=_reasons(reports, findings, undecided),
        rank=rank.mask(reports["state"].isin(["held", "superseded"]), _HELD),
    )


def _reasons(reports: pd.DataFrame, findings: pd.DataFrame, undecided: pd.DataFrame) -> pd.Series:
    """Return why each version is held, its findings joined; of a cancellation, what it takes back."""
    keys = ["execution_id", "version"]
    errors = findings[findings["severity"] == "error"]
    named = errors["rule_id"].astype(str) + " " + errors["field_name"].astype(str)
    words = named + ": " + errors["message"].astype(str)
    joined = (
        errors.assign(words=words)
        .groupby(keys, as_index=False)
        .agg(words=("words", "; ".join), teams=("responsible", lambda teams: ", ".join(sorted(set(teams.dropna())))))
    )
    unknown = undecided[keys].assign(unknown=undecided["reason_description"] + f" ({INSTRUMENT_TEAM})")
    found = reports[keys].merge(joined, on=keys, how="left").merge(unknown, on=keys, how="left")
    held = (found["words"] + " (" + found["teams"] + ")").astype("string")
    held = held.fillna(found["unknown"].astype("string")).fillna(UNKNOWN_ENTITY).set_axis(reports.index)
    takes_back = "Takes back version " + reports["reported_version"].astype("Int64").astype("string")
    empty = pd.Series("", index=reports.index, dtype="string")
    return empty.mask(reports["state"] == "held", held).mask(reports["report_status"] == "CANC", takes_back.fillna(""))


def _answers(answers: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Tell what the authority said of the transaction itself."""
    event = answers["status"].map(ANSWERS).fillna(answers["status"]).astype("string")
    event = event.where(answers["report_status"] != "CANC", "Cancellation: " + event.str.lower())
    is_unmatched = answers["is_unmatched"].fillna(value=False).astype(bool)
    words = answers["rule_code"].astype("string").fillna("") + " " + answers["message"].astype("string").fillna("")
    attempt = answers["submission_id"].map(reports.groupby("submission_id")["attempt"].first())
    return _events(
        answers,
        event_date=answers["feedback_date"],
        event=event.mask(is_unmatched, event + ", though no such report was sent"),
        details=words.str.strip(),
        rank=_rank_of_answers(answers["feedback_date"], answers["reporting_date"], attempt),
    )


def _rank_of_answers(answered: pd.Series, sent: pd.Series, attempt: pd.Series) -> pd.Series:
    """Place an answer before what its date sends, and one of the same date as its file after that."""
    at_once = _ANSWER_AT_ONCE + _later_attempts(attempt)
    return at_once.where((answered == sent).to_numpy(bool), _ANSWER)


def _later_attempts(attempt: pd.Series) -> pd.Series:
    """Return how far the ranks of a file that was sent again lie behind those of its first attempt."""
    return len(_RANKS) * (attempt.fillna(1).astype(int) - 1)


def _answers_of_files(reports: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Tell what a report shares with its file: accepted without an answer of its own, or rejected as a whole."""
    answered = answers[["submission_id", "report_status"]].drop_duplicates().assign(is_answered=True)
    rows = reports.merge(answered, on=["submission_id", "report_status"], how="left")
    has_own = rows["is_answered"].eq(other=True) & (rows["state"] != "file_rejected")
    rows = rows[rows["state"].isin(["accepted", "pending", "file_rejected"]) & ~has_own]
    event = (
        rows["state"]
        .map(
            {
                "accepted": "Accepted with its file",
                "pending": "Pending with its file",
                "file_rejected": "Rejected with its whole file",
            }
        )
        .astype("string")
    )
    event = event.where(rows["report_status"] != "CANC", "Cancellation: " + event.str.lower())
    rank = _rank_of_answers(rows["state_since"], rows["reporting_date"], rows["attempt"])
    return _events(rows, event_date=rows["state_since"], event=event, details="", rank=rank)


def reported_fields(reader: Reader, reference: str) -> tuple[pd.Series | None, pd.DataFrame]:
    """Return the last report with details and its fields: ``field_number, field_name, value, is_masked, responsible``.

    A value that is personal is masked. A field without a value is left out.
    """
    reports = repository.reports_of(reader, reference)
    fields = repository.fields(reader)
    detailed = reports[reports["report_status"] != "CANC"]
    if detailed.empty:
        return None, fields.assign(value=None, is_masked=False)[:0]
    report = detailed.iloc[-1]
    shown = fields["column_name"].map(report)
    masked = fields["masked_column"].map(report)
    table = fields.assign(value=shown.fillna(masked).astype("string"), is_masked=masked.notna())
    return report, table[table["value"].notna()].reset_index(drop=True)
