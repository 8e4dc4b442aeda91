"""Feedback on a file of transaction reports: the ISO 20022 status advice auth.031.001.01, read as plain records.

An authority or reporting mechanism answers a file with its status, how many reports it counted, and a record for each
report that it rejected or keeps pending. Two editions are in use, which differ in the names of four elements; both are
read. A file of feedback comes from outside: nothing in it is resolved, expanded or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from lxml import etree

from governance.errors import StatusAdviceError

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:auth.031.001.01"
Status = Literal["accepted", "part_accepted", "rejected", "pending"]

_FILE_STATUSES: Final[dict[str, Status]] = {
    "ACPT": "accepted",
    "ACTC": "accepted",
    "WARN": "accepted",
    "PART": "part_accepted",
    "RJCT": "rejected",
    "CRPT": "rejected",
    "INCF": "rejected",
    "RCVD": "pending",
    "RMDR": "pending",
}
_RECORD_STATUSES: Final[dict[str, Status]] = {
    "ACPT": "accepted",
    "ACPD": "accepted",
    "WARN": "accepted",
    "RJCT": "rejected",
    "RJPD": "rejected",
    "PDNG": "pending",
    "RCVD": "pending",
}
_MAX_SUBMISSION_ID: Final = 140


@dataclass(frozen=True)
class Answer:
    """What was said of a file, or of one of its reports.

    Attributes
    ----------
    record_type : str
        ``file`` or ``transaction``.
    submission_id : str
        The submission that is answered.
    transaction_reference : str or None
        The report; None for a file.
    status : str
        ``accepted``, ``part_accepted``, ``rejected`` or ``pending``.
    rule_code, message : str or None
        Rules that were broken, joined by ``|``, and what they say.
    reports_received, reports_accepted : int or None
        How many reports were counted; None for a report, or where nothing was counted.
    """

    record_type: Literal["file", "transaction"]
    submission_id: str
    transaction_reference: str | None
    status: Status
    rule_code: str | None = None
    message: str | None = None
    reports_received: int | None = None
    reports_accepted: int | None = None


@dataclass(frozen=True)
class StatusAdvice:
    """A file of feedback: when it was made (UTC), and what it says, the file before its reports."""

    created_at: datetime
    answers: list[Answer]


def read_status_advice(path: Path, executing_leis: Collection[str]) -> StatusAdvice:
    """Read a status advice, bare or in BizData.

    Parameters
    ----------
    path : Path
        The file.
    executing_leis : collection of str
        The bank's reporting entities: a record is named by the executing entity's LEI and the reference.

    Raises
    ------
    StatusAdviceError
        If the file is not a status advice, names no submission or time, or has a status that is not known.
    """
    created_at: datetime | None = None
    answers: list[Answer] = []
    related: str | None = None
    advices = 0
    try:
        for tag, element in _elements(path):
            if tag == "CreDt" and created_at is None:
                created_at = _moment(path, element.text)
            elif tag == "Rltd":
                related = _text(element, "BizMsgIdr")
            elif tag in {"StsAdvc", "MsgStsAdvc"}:
                advices += 1
                found, said_at = _advice(path, element, related, executing_leis)
                answers += found
                created_at = created_at or said_at
                element.clear()
    except etree.XMLSyntaxError as error:
        raise StatusAdviceError(
            f"{path.name} is not well-formed XML (line {error.lineno}): ask for it again."
        ) from error
    if not advices:
        raise StatusAdviceError(f"{path.name} holds no status advice (auth.031.001.01): give the file of feedback.")
    if created_at is None:
        raise StatusAdviceError(f"{path.name} does not say when it was made: ask for one with its header.")
    return StatusAdvice(created_at, answers)


def _elements(path: Path) -> Iterator[tuple[str, etree._Element]]:
    """Yield the elements that matter as they end, each with its bare name."""
    names = ("CreDt", "Rltd", "StsAdvc", "MsgStsAdvc")
    with path.open("rb") as file:
        # A document type could expand into gigabytes; a message has none.
        for _, element in etree.iterparse(
            file,
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        ):
            if element.getroottree().docinfo.doctype:
                raise StatusAdviceError(f"{path.name} has a document type, which a message never has: do not use it.")
            name = etree.QName(element)
            if name.localname in {"StsAdvc", "MsgStsAdvc"} and name.namespace != NAMESPACE:
                raise StatusAdviceError(
                    f"{path.name} is {name.namespace}, not {NAMESPACE}: give the feedback on transaction reports."
                )
            yield name.localname, element


def _advice(
    path: Path, element: etree._Element, related: str | None, executing_leis: Collection[str]
) -> tuple[list[Answer], datetime | None]:
    submission_id = (_text(element, "MsgRptIdr") or related or "").removesuffix(".xml")
    if not submission_id or len(submission_id) > _MAX_SUBMISSION_ID:
        raise StatusAdviceError(f"{path.name} does not say which submission it answers: ask for one that does.")
    answers = []
    status = element.find("{*}MsgSts")
    if status is not None:
        code = _text(status, "Sts") or _text(status, "RptSts")
        verdict = _known(path, code, _FILE_STATUSES)
        counts = {
            _text(one, "DtldSts"): _number(one, "DtldNbOfRcrds", "DtldNbOfTxs")
            for one in status.iter("{*}NbOfRcrdsPerSts")
        }
        statistics = status.find("{*}Sttstcs")
        received = _number(statistics, "TtlNbOfRcrds") if statistics is not None else None
        accepted = sum(counts.get(name) or 0 for name in ("ACPT", "ACPD", "WARN")) if counts else None
        answers.append(Answer("file", submission_id, None, verdict, *_rules(status), received, accepted))
    for record in element.iterfind("{*}RcrdSts"):
        name = _text(record, "OrgnlRcrdId") or ""
        reference = next((name[len(lei) :] for lei in executing_leis if name.startswith(lei)), name)
        if not reference:
            raise StatusAdviceError(f"{path.name} has a record without the reference of a report: ask for it again.")
        verdict = _known(path, _text(record, "Sts"), _RECORD_STATUSES)
        answers.append(Answer("transaction", submission_id, reference, verdict, *_rules(record)))
    said = status is not None and _text(status, "MsgDt")
    return answers, _moment(path, f"{said}T00:00:00Z") if said else None


def _rules(parent: etree._Element) -> tuple[str | None, str | None]:
    """Return codes and descriptions of the rules that an element names itself."""
    rules = parent.findall("{*}VldtnRule")
    codes = [code for rule in rules if (code := _text(rule, "Id"))]
    descriptions = [text for rule in rules if (text := _text(rule, "Desc"))]
    return "|".join(codes) or None, "; ".join(descriptions) or None


def _known(path: Path, code: str | None, statuses: dict[str, Status]) -> Status:
    if code not in statuses:
        raise StatusAdviceError(f"{path.name} has the status {code!r}, which is not one of {', '.join(statuses)}.")
    return statuses[code]


def _text(parent: etree._Element, tag: str) -> str | None:
    text = parent.findtext(f"{{*}}{tag}")
    return text.strip() or None if text else None


def _number(parent: etree._Element, *tags: str) -> int | None:
    text = next((found for tag in tags if (found := _text(parent, tag))), None)
    return int(text) if text and re.fullmatch(r"\d{1,15}", text, re.ASCII) else None


def _moment(path: Path, text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        moment = None
    if moment is None:
        raise StatusAdviceError(f"{path.name} has {text!r} where a time should be: ask for it again.")
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
