"""The sign-off of control results: the owner attests, a different person confirms or sends back; nothing is erased.

An attestation names the build it was made on, the hash of the result row and the conclusion as computed. It stands for
that build alone: when another is in force the sign-off is superseded, and the owner looks again. Whatever is not
allowed is refused in plain words and recorded too. The records are a chain of their own (`governance.chain`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from governance.access import open_reader
from governance.builds import current_build, retain_build
from governance.chain import Chain, Check, Content, Head, Record, require_plain_text
from governance.control_results import ControlResult, control_results
from governance.errors import ApprovalError, ApprovalRefused, ApprovalTampered, PeopleError
from governance.keys import KeyRing
from governance.people import person_of
from governance.settings import settings

Action = Literal["attest", "confirm", "send_back"]
State = Literal["none", "attested", "confirmed", "sent_back", "superseded"]

EVENTS: Final[Mapping[Action, str]] = {"attest": "attested", "confirm": "confirmed", "send_back": "sent_back"}
STATES: Final[Mapping[str, State]] = {"attested": "attested", "confirmed": "confirmed", "sent_back": "sent_back"}
CONCLUSIONS: Final = ("effective", "ineffective", "not_tested")
RETAINED_BECAUSE: Final = "Control results were signed on it"


@dataclass(frozen=True)
class Request:
    """What someone asks to sign.

    Attributes
    ----------
    action : str
        ``attest``, ``confirm`` or ``send_back``.
    control_id, period_id : str
        The result, for example ``JE-02`` of ``2022-11``.
    user : str
        Account of the operating system that asks.
    statement : str
        What they say, in their words.
    build_id : str or None
        The build they looked at; None means the one in force.
    conclusion : str or None
        What an owner attests.
    """

    action: Action
    control_id: str
    period_id: str
    user: str
    statement: str
    build_id: str | None = None
    conclusion: str | None = None


@dataclass(frozen=True)
class Entry:
    """One record of the log.

    Attributes
    ----------
    head : Head
        Its number and hash.
    recorded_at : str
        UTC, ISO 8601.
    event : str
        ``attested``, ``confirmed``, ``sent_back`` or ``refused``.
    action, control_id, period_id, build_id, user, person, statement, conclusion
        What was asked, and by whom. ``person`` is None when nobody is known by that account.
    result_hash : str or None
        Of the row that was signed; None for a refusal.
    attestation : int or None
        Number of the attestation that is confirmed or sent back.
    reason : str or None
        Why it was refused.
    """

    head: Head
    recorded_at: str
    event: str
    action: str
    control_id: str
    period_id: str
    build_id: str | None
    user: str
    person: str | None
    statement: str
    conclusion: str | None = None
    result_hash: str | None = None
    attestation: int | None = None
    reason: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Control and period."""
        return self.control_id, self.period_id


@dataclass(frozen=True)
class SignOff:
    """Where the sign-off of one result stands.

    Attributes
    ----------
    state : str
        ``none``, ``attested``, ``confirmed``, ``sent_back``; ``superseded`` when all of it was on another build.
    last : Entry or None
        What decides: the last sign-off on the build in force, else the last on any.
    attestation : Entry or None
        The attestation that `last` is or decides on.
    is_unchanged : bool or None
        For a superseded sign-off: whether the result in force is the row that was signed. None otherwise.
    """

    state: State
    last: Entry | None = None
    attestation: Entry | None = None
    is_unchanged: bool | None = None


NOT_SIGNED: Final = SignOff("none")


class ApprovalLog(Chain):
    """The sign-off log of one file. Safe to share between threads and processes: writers queue.

    Parameters
    ----------
    path : Path, optional
        The file; default is the settings'. It is created, with its folder, by the first record.
    """

    title = "the sign-off log"
    without_record = "nothing is signed"
    error = ApprovalError
    tampered = ApprovalTampered

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path or settings().approvals_log)

    def entries(self) -> list[Entry]:
        """Return every record in order, refusals included, after checking all of them.

        Raises
        ------
        ApprovalTampered
            Naming the first record that is wrong or missing: no state is better than a wrong one.
        """
        return [_entry(record) for record in self.verified()]

    def sign(self, request: Request, person: str | None, result: ControlResult | None, refusal: str | None) -> Entry:
        """Record a sign-off, or that it was refused; on return the record is on the disk.

        Parameters
        ----------
        request : Request
            Its ``build_id`` is the build it is about, None when nothing is published.
        person : str or None
            E-mail of the account that asks.
        result : ControlResult or None
            What is signed, as the build in force has it.
        refusal : str or None
            Why it cannot be, as far as it was found before the log was asked.

        Raises
        ------
        ApprovalError
            If the record cannot be written.
        ApprovalTampered
            If the log is not whole: nothing is added to a log that was altered.
        """
        # Two people may sign in the same moment: what the log says is judged while nobody else can add to it.
        with self._writing() as connection:
            held = [_entry(record) for record in self._verified(self._pages(connection))]
            attestation = None
            if refusal is None and result is not None and person is not None:
                refusal, attestation = _judge(request, person, result, held)
            content: Content = {**asdict(request), "person": person}
            if refusal is None and result is not None:
                retain_build(result.build_id, RETAINED_BECAUSE)
                content |= {
                    "event": EVENTS[request.action],
                    "result_hash": result.hash,
                    "conclusion": result.conclusion,
                    "attestation": attestation,
                }
            else:
                content |= {"event": "refused", "reason": refusal}
            return _entry(self._write(connection, content))

    def _new_check(self) -> Check:
        last: dict[tuple[object, ...], tuple[int, Content]] = {}

        def check(sequence: int, content: Content) -> str | None:
            event = content.get("event")
            if event == "refused":
                return None
            key = tuple(content.get(name) for name in ("control_id", "period_id", "build_id"))
            number, held = last.get(key, (0, {}))
            if event == "attested":
                if held.get("event") in {"attested", "confirmed"}:
                    return "attests what was already attested"
            elif event not in {"confirmed", "sent_back"}:
                return "is of no known kind"
            elif held.get("event") != "attested" or content.get("attestation") != number:
                return "decides on no open attestation"
            elif {held["person"], held["user"]} & {content["person"], content["user"]}:
                return "is by the person who attested"
            last[key] = sequence, content
            return None

        return check


def sign_off(request: Request, ring: KeyRing | None = None, log: ApprovalLog | None = None) -> Entry:
    """Sign a control's result of the build in force, or refuse and record that.

    Parameters
    ----------
    request : Request
        Who signs what, and what they say.
    ring : KeyRing, optional
        Default is the settings' key ring.
    log : ApprovalLog, optional
        Default is the settings' log.

    Returns
    -------
    Entry
        The record.

    Raises
    ------
    ApprovalRefused
        Saying why, after the refusal was recorded.
    ApprovalError
        If a text cannot be kept in a record, or the record cannot be written.
    BuildTampered, ApprovalTampered
        If the build in force or the log is damaged.
    """
    log = log or ApprovalLog()
    texts = {"control": request.control_id, "period": request.period_id, "user": request.user}
    texts |= {"statement": request.statement}
    texts |= {"build": request.build_id} if request.build_id is not None else {}
    texts |= {"conclusion": request.conclusion} if request.conclusion is not None else {}
    require_plain_text(texts, log.title, ApprovalError)
    ring = ring or KeyRing.open()
    manifest = current_build(ring)
    in_force = manifest.build_id if manifest else None
    asked = Request(**{**asdict(request), "build_id": request.build_id or in_force})
    person, refusal = _person(request.user)
    result = None
    if in_force is None:
        refusal = refusal or "No build has been published yet, so there is no result to sign: run `tieout run`."
    elif asked.build_id != in_force:
        refusal = refusal or (
            f"Build {asked.build_id} is not the one in force: look at the result in build {in_force} and sign that one."
        )
    else:
        with open_reader("analyst", in_force, ring) as reader:
            result = control_results(reader).get((request.control_id, request.period_id))
        if result is None:
            refusal = refusal or (
                f"Build {in_force} has no result of {request.control_id} for {request.period_id}: "
                "`tieout control list` shows those it has."
            )
    entry = log.sign(asked, person, result, refusal)
    if entry.event == "refused":
        raise ApprovalRefused(f"{entry.reason} The refusal is record {entry.head.sequence} of {log.title}.")
    return entry


def sign_offs(
    results: Iterable[ControlResult], in_force: str, entries: Iterable[Entry]
) -> dict[tuple[str, str], SignOff]:
    """Return where the sign-off of each result stands.

    Parameters
    ----------
    results : iterable of ControlResult
        Of the build in force.
    in_force : str
        Its id.
    entries : iterable of Entry
        Of the whole log, in order.
    """
    by_key: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.event != "refused":
            by_key.setdefault(entry.key, []).append(entry)
    return {result.key: _standing(result, in_force, by_key.get(result.key, [])) for result in results}


def _standing(result: ControlResult, in_force: str, held: list[Entry]) -> SignOff:
    if not held:
        return NOT_SIGNED
    here = [entry for entry in held if entry.build_id == in_force]
    last = (here or held)[-1]
    number = last.attestation or last.head.sequence
    attestation = next(entry for entry in held if entry.head.sequence == number)
    if not here:
        return SignOff("superseded", last, attestation, is_unchanged=last.result_hash == result.hash)
    return SignOff(STATES[last.event], last, attestation)


def _person(user: str) -> tuple[str | None, str | None]:
    """Return the e-mail of an account, or None and why there is none."""
    try:
        return person_of(user), None
    except PeopleError as error:
        return None, str(error)


def _judge(request: Request, person: str, result: ControlResult, held: list[Entry]) -> tuple[str | None, int | None]:
    """Return why a sign-off is refused, or None; and the number of the attestation it decides on."""
    of_result = f"{result.control_id} for {result.period_id}"
    if not result.is_closed:
        return f"The period of {of_result} is not closed yet: sign it when a build after its end is in force.", None
    standing = sign_offs([result], result.build_id, held)[result.key]
    if request.action == "attest":
        return _refused_attestation(request, person, result, standing), None
    return _refused_decision(request, person, result, standing)


def _refused_attestation(request: Request, person: str, result: ControlResult, standing: SignOff) -> str | None:
    of_result = f"{result.control_id} for {result.period_id}"
    if person != result.owner:
        return f"{person} is not the owner of {result.control_id}: {result.owner} attests it."
    if request.conclusion != result.conclusion:
        return (
            f"{of_result} is {_plain(result.conclusion)} as computed, not {_plain(request.conclusion)}: "
            "attest the conclusion as computed, or have the cause corrected and look at the next build."
        )
    if standing.state in {"attested", "confirmed"} and standing.last is not None:
        return (
            f"{of_result} is already {standing.state} on this build by {standing.last.person} "
            f"(record {standing.last.head.sequence}): there is nothing to attest again."
        )
    return None


def _refused_decision(
    request: Request, person: str, result: ControlResult, standing: SignOff
) -> tuple[str | None, int | None]:
    of_result = f"{result.control_id} for {result.period_id}"
    attestation = standing.attestation
    if attestation is None:
        return f"Nothing is attested of {of_result}: its owner {result.owner} attests first.", None
    if standing.state == "superseded":
        return (
            f"The attestation of {of_result} names build {attestation.build_id}, and {result.build_id} is in force: "
            f"its owner {result.owner} attests again."
        ), None
    if standing.state != "attested" and standing.last is not None:
        return (
            f"{of_result} was already {_plain(standing.state)} by {standing.last.person} "
            f"(record {standing.last.head.sequence}): there is no open attestation."
        ), None
    if person == attestation.person or request.user == attestation.user:
        return (
            f"{person} attested {of_result}: a different person, the reviewer {result.reviewer}, confirms it or sends "
            "it back."
        ), None
    if person != result.reviewer:
        return (f"{person} is not the reviewer of {result.control_id}: {result.reviewer} decides on it."), None
    return None, attestation.head.sequence


def _plain(word: str | None) -> str:
    return "without a conclusion" if word is None else word.replace("_", " ")


def _entry(record: Record) -> Entry:
    names = Entry.__dataclass_fields__.keys() - {"head"}
    return Entry(head=record.head, **{name: record.content[name] for name in names & record.content.keys()})
