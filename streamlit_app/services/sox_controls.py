"""Controls (SOX): the conclusion of a quarter, results by control and period, deficiencies, Benford tests, sign-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from governance.access import Reader
from governance.approvals import Entry, SignOff
from governance.approvals import sign_offs as standing_of
from governance.control_results import ControlResult
from governance.errors import ApprovalTampered
from streamlit_app.repositories import sign_offs as sign_off_repository
from streamlit_app.repositories import sox_controls as repository

CONCLUSIONS: Final = {"effective": "effective", "ineffective": "ineffective", "not_tested": "not tested"}
QUARTER_CONCLUSIONS: Final = {
    "effective": "Effective",
    "not_effective": "Not effective",
    "not_concluded": "Not concluded",
}
SEVERITIES: Final = {
    "material_weakness": "material weakness",
    "significant_deficiency": "significant deficiency",
    "deficiency": "deficiency",
}
FREQUENCIES: Final = {"monthly": "Monthly", "quarterly": "Quarterly"}
EVENTS: Final = {"attested": "attested", "confirmed": "confirmed", "sent_back": "sent back"}
ACTIONS: Final = {"attest": "attest", "confirm": "confirm", "send_back": "send back"}
DIGITS: Final = {"first": "First digit", "second": "Second digit", "first_two": "First two digits"}
PERIODS_DRAWN: Final = 12
EXCEPTIONS_SHOWN: Final = 500
_WORST_FIRST: Final = {"ineffective": 0, "not_tested": 1, "effective": 2}


@dataclass(frozen=True)
class Signatures:
    """What the sign-off log says of the build's results.

    Attributes
    ----------
    entries : sequence of Entry
        The whole log, refusals included; empty when it cannot be trusted.
    standing : dict or None
        Where the sign-off of each result stands; None when the log was altered.
    problem : str or None
        What is wrong with the log.
    """

    entries: Sequence[Entry]
    standing: dict[tuple[str, str], SignOff] | None
    problem: str | None = None


def quarters(reader: Reader) -> pd.DataFrame:
    """Return the conclusion on internal control of each quarter, newest first."""
    return repository.quarters(reader)


def results(reader: Reader) -> pd.DataFrame:
    """Return one row per control and period, oldest period first, with words for a reader."""
    rows = repository.results(reader)
    return rows.assign(
        label=rows["control_id"] + " " + rows["control_name"],
        process_words=rows["process"].str.replace("_", " "),
    )


def of_quarter(rows: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """Return the results of a quarter's periods: ineffective first, then not tested, newest period first."""
    found = rows[rows["quarter_id"] == quarter]
    return (
        found.assign(order=found["conclusion"].map(_WORST_FIRST))
        .sort_values(["order", "ends_on", "control_id"], ascending=[True, False, True], kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )


def matrix(rows: pd.DataFrame, frequency: str, quarter: str) -> pd.DataFrame:
    """Return the results of one frequency in the last periods up to a quarter, for the matrix of conclusions."""
    found = rows[(rows["frequency"] == frequency) & (rows["quarter_id"] <= quarter)]
    drawn = found["period_id"].drop_duplicates().tail(PERIODS_DRAWN)
    return found[found["period_id"].isin(drawn)].reset_index(drop=True)


def periods_of(rows: pd.DataFrame, control_id: str) -> list[str]:
    """Return the periods of a control, newest first."""
    return list(rows.loc[rows["control_id"] == control_id, "period_id"].iloc[::-1])


def default_period(rows: pd.DataFrame, control_id: str, quarter: str) -> str:
    """Return the newest closed period of a control up to a quarter, else its newest."""
    mine = rows[rows["control_id"] == control_id]
    closed = mine[mine["is_closed"].astype(bool) & (mine["quarter_id"] <= quarter)]
    return str((mine if closed.empty else closed)["period_id"].iloc[-1])


def catalogue_entry(reader: Reader, control_id: str, period_id: str) -> list[tuple[str, str]]:
    """Return what the catalogue says of a control as pairs of a heading and words."""
    found = repository.catalogue_entry(reader, control_id, period_id)
    if found.empty:
        return []
    row = found.iloc[0]
    kind = f"{row['control_type']}, {str(row['automation']).replace('_', ' ')}, assertion {row['assertion']}"
    compensating = row["compensating_control_id"]
    return [
        ("Objective", str(row["objective"])),
        ("Risk", str(row["risk"])),
        ("Population", str(row["population_words"])),
        ("Test", str(row["test_words"])),
        ("Kind", kind),
        ("Compensating control", "none" if pd.isna(compensating) else str(compensating)),
        ("Model", f"{row['model_name']}, SHA-256 {row['model_sha256']}"),
    ]


def exceptions(reader: Reader, control_id: str, period_id: str) -> pd.DataFrame:
    """Return the exceptions of a control in a period, largest first; at most `EXCEPTIONS_SHOWN` rows."""
    return repository.exceptions(reader, control_id, period_id, EXCEPTIONS_SHOWN)


def deficiencies(reader: Reader) -> pd.DataFrame:
    """Return every deficiency with words for a reader, the gravest first, then overdue and oldest."""
    rows = repository.deficiencies(reader)
    return rows.assign(
        severity_words=rows["severity"].map(SEVERITIES),
        likelihood_words=rows["likelihood"].str.replace("_", " "),
        process_words=rows["process"].str.replace("_", " "),
    )


def deficiencies_of(rows: pd.DataFrame, quarter: pd.Series) -> pd.DataFrame:
    """Return the deficiencies found in a quarter, and those of earlier ones that still stood at its end, each once.

    Parameters
    ----------
    rows : DataFrame
        As `deficiencies` gives it.
    quarter : Series
        The quarter's row of `quarters`.
    """
    is_here = rows["quarter_id"] == quarter["quarter_id"]
    stands = rows["closed_on"].isna() | (rows["closed_on"] > quarter["as_of_date"])
    earlier = rows[
        (rows["quarter_id"] < quarter["quarter_id"]) & stands & ~rows["control_id"].isin(rows["control_id"][is_here])
    ]
    latest = earlier.sort_values("as_of_date", kind="stable").drop_duplicates("control_id", keep="last").index
    return rows[is_here | rows.index.isin(latest)].reset_index(drop=True)


def processes(reader: Reader, quarter: str) -> pd.DataFrame:
    """Return the evaluation of each process in a quarter, with words for a reader."""
    rows = repository.processes(reader, quarter)
    return rows.assign(
        process_words=rows["process"].str.replace("_", " "),
        severity_words=rows["aggregated_severity"].map(SEVERITIES).fillna("none"),
    )


def benford(reader: Reader) -> pd.DataFrame:
    """Return the statistics of Benford's law by population, quarter and digits, newest quarter first."""
    return repository.benford(reader)


def benford_digits(reader: Reader, population: str, quarter: str, digits: str) -> pd.DataFrame:
    """Return observed and expected shares of each digit, in the order of digits."""
    return repository.benford_digits(reader, population, quarter, digits)


def own_builds() -> pd.DataFrame:
    """Return the builds that are kept, newest first: made from which commit, and whether all of it was committed.

    This is the control over our own changes. It lies outside the marts: a build cannot say of itself what it was made
    from without becoming another build.
    """
    return pd.DataFrame(
        [
            (found.build_id, found.business_date, found.created_at, found.git_commit, not found.is_dirty)
            for found in reversed(sign_off_repository.kept_builds())
        ],
        columns=["build_id", "business_date", "created_at", "git_commit", "is_committed"],
    )


def words(name: str) -> str:
    """Return a name of the tables as words.

    Examples
    --------
    >>> words("manual_journals")
    'manual journals'
    """
    return name.replace("_", " ")


def conformity(name: str) -> str:
    """Return a class of conformity as the word that tells it from the others.

    Examples
    --------
    >>> conformity("marginally_acceptable_conformity")
    'marginally acceptable'
    """
    return words(name).removesuffix(" conformity")


def signable(reader: Reader) -> dict[tuple[str, str], ControlResult]:
    """Return every result of the build by control and period, as it is signed."""
    return sign_off_repository.signable(reader)


def signatures(results_signed: dict[tuple[str, str], ControlResult], build_id: str) -> Signatures:
    """Return what the sign-off log says of a build's results; a log that was altered says nothing."""
    try:
        entries = sign_off_repository.entries()
    except ApprovalTampered as error:
        return Signatures((), None, str(error))
    return Signatures(entries, standing_of(results_signed.values(), build_id, entries))


def sign_off_words(sign_off: SignOff | None) -> str:
    """Say where a sign-off stands; None is an altered log.

    Examples
    --------
    >>> sign_off_words(SignOff("none")), sign_off_words(None)
    ('not signed', 'not known')
    """
    if sign_off is None:
        return "not known"
    if sign_off.last is None:
        return "not signed"
    if sign_off.state != "superseded":
        return EVENTS[sign_off.state]
    result = "result unchanged" if sign_off.is_unchanged else "result changed"
    return f"{EVENTS[sign_off.last.event]} on an earlier build, {result}"


def with_sign_off(rows: pd.DataFrame, signed: Signatures) -> pd.DataFrame:
    """Return the results with ``sign_off``, where their sign-off stands in words."""
    keys = zip(rows["control_id"], rows["period_id"], strict=True)
    held = [None if signed.standing is None else signed.standing.get(key) for key in keys]
    return rows.assign(sign_off=pd.Series([sign_off_words(one) for one in held], index=rows.index, dtype="string"))


def confirmed(rows: pd.DataFrame, signed: Signatures) -> int | None:
    """Return how many of the results are confirmed on this build; None when the log was altered."""
    if signed.standing is None:
        return None
    keys = zip(rows["control_id"], rows["period_id"], strict=True)
    return sum(key in signed.standing and signed.standing[key].state == "confirmed" for key in keys)


def history(signed: Signatures, control_id: str, period_id: str) -> pd.DataFrame:
    """Return the records of one result, newest first, refusals included."""
    held = [entry for entry in reversed(signed.entries) if entry.key == (control_id, period_id)]
    return pd.DataFrame(
        [
            (
                entry.head.sequence,
                datetime.fromisoformat(entry.recorded_at),
                f"refused to {ACTIONS[entry.action]}" if entry.event == "refused" else EVENTS[entry.event],
                entry.person or f"account {entry.user}",
                (entry.conclusion or "").replace("_", " "),
                entry.reason if entry.event == "refused" else entry.statement,
                entry.build_id,
            )
            for entry in held
        ],
        columns=["record", "recorded_at", "what", "who", "conclusion", "words", "build_id"],
    )
