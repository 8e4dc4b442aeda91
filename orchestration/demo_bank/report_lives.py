"""Lives of reports that go wrong: late, refused, waiting, corrected, withdrawn, sent again."""

from __future__ import annotations

from datetime import date
from typing import Final

from orchestration.demo_bank.authority import FEEDBACK, UnknownReport
from orchestration.demo_bank.execution import TRADED_ON_VENUE
from orchestration.demo_bank.planted_executions import SPANISH, PlantedExecutions
from orchestration.demo_bank.planting import Facts

_NOT_LISTED: Final = "DE0007164600"
"""A share that reference data does not have."""


def plant_lives(make: PlantedExecutions) -> None:
    """Let reports come late, be refused, wait, be corrected or withdrawn.

    Facts: `reports` are the statuses of all reports of the execution's reference in their order, `state` is where
    the last version stands in the end.
    """
    for traded, delivered in ((3, 5), (12, 14)):
        event = make.add(make.share("buy", traded), delivered)
        make.found("execution delivered after the deadline", event, reports=["NEWT"], state="accepted", is_late=True)

    event = make.add(make.share("buy", 4), 4)
    make.answer(event, (5, "rejected", "CON-070", "The buyer's identification is not accepted."))
    last = make.later(event, 6, "amend")
    make.found("rejected, then amended", last, reports=["NEWT", "NEWT"], state="accepted", is_late=True)

    event = make.add(make.share("buy", 9), 9)
    last = make.later(event, 11, "amend", quantity=90)
    make.found("corrected after acceptance", last, reports=["NEWT", "CANC", "NEWT"], state="accepted")

    event = make.add(make.share("buy", 9), 9)
    last = make.later(event, 12, "cancel")
    make.found("cancelled after acceptance", last, reports=["NEWT", "CANC"], state="cancelled")

    pending = ("pending", "CON-411", "The instrument is not in the reference data yet.")
    event = make.add(make.share("buy", 5), 5)
    make.answer(event, (6, *pending), (8, "accepted", None, None))
    make.found("pending, accepted on the fifth day", event, reports=["NEWT"], state="accepted")

    event = make.add(make.share("buy", 9), 9)
    make.answer(
        event, (10, *pending), (14, "rejected", "CON-412", "The instrument was not in the reference data in time.")
    )
    make.found("pending, rejected on the seventh day", event, reports=["NEWT"], state="rejected")

    event = make.add(make.share("buy", 17), 17)
    make.answer(event, (18, *pending))
    make.found("pending at the end", event, reports=["NEWT"], state="pending")

    event = make.add(make.share("buy", 10), 10)
    make.answer(event, (11, "rejected", "CON-160", "The seller's identification is not accepted."))
    last = make.later(event, 12, "cancel")
    make.found("rejected, then cancelled: nothing to withdraw", last, reports=["NEWT"], state="cancelled")

    event = make.add(make.share("buy", 12), 12)
    last = make.later(event, 12, "cancel")
    make.found("cancelled on the same day", last, reports=[], state="cancelled")

    event = make.add(make.share("buy", 15), 15)
    last = make.later(event, 15, "amend", quantity=80)
    make.found("amended on the same day", last, reports=["NEWT"], state="accepted")

    event = make.add(make.debt("buy", 9, venue_mic="BTFE", venue_transaction_id=f"BTFE{make.days[9]:%Y%m%d}900001"), 9)
    last = make.later(event, 11, "amend", is_sft=True, reason="EXEMPT_SFT")
    make.found("no longer to be reported", last, reports=["NEWT", "CANC"], state="exempt", reason="EXEMPT_SFT")

    event = make.add(make.share("buy", 13), 13)
    last = make.later(event, 14, "amend", price=None, is_faulty=True)
    make.found("amendment held, the report before it stands", last, reports=["NEWT"], state="held", rule="R33-1")

    _corrected_party(make)

    stranger = make.share("buy", 6, instrument_id=None, isin=_NOT_LISTED, instrument_name="SAP SE")
    event = make.add(stranger, 6, reason=TRADED_ON_VENUE)
    make.found(
        "traded on a venue, no admission known", event, reports=["NEWT"], state="accepted", reason=TRADED_ON_VENUE
    )

    event = make.add(make.share("buy", make.rejected_day), make.rejected_day)
    make.found("in the file that was rejected and sent again", event, reports=["NEWT", "NEWT"], state="accepted")
    event = make.add(make.share("buy", make.rejected_day), make.rejected_day)
    last = make.later(event, make.rejected_day + 2, "amend", quantity=70)
    make.found(
        "amended after its file was sent again", last, reports=["NEWT", "NEWT", "CANC", "NEWT"], state="accepted"
    )

    event = make.add(make.share("buy", make.rejected_day - 1), make.rejected_day - 1)
    last = make.later(event, make.rejected_day, "amend", quantity=60)
    make.found(
        "corrected in the file that was rejected",
        last,
        reports=["NEWT", "CANC", "NEWT", "CANC", "NEWT"],
        state="accepted",
    )

    reference = f"TIEO{make.days[10]:%Y%m%d}X999999999"
    make.planted.unknown.append(UnknownReport(10, reference))
    facts: Facts = {
        "feed": FEEDBACK.name,
        "submission_id": f"TRN-{make.days[10]:%Y%m%d}-001",
        "transaction_reference": reference,
        "difference": 1,
    }
    make.planted.found.append(("accepted report that was never sent", "found", facts))


def _corrected_party(make: PlantedExecutions) -> None:
    """Deliver a client's missing birth date later: the execution is held and then released."""
    client = make.person(birth_date=None, **SPANISH)
    held = make.add(make.share("buy", 4, client_party_id=client), 4, is_faulty=True)
    make.found("reporting rule broken", held, rule="R11-1", severity="error")
    _, values = make.planted.additions.parties[-1]
    make.planted.additions.parties.append((make.days[5], values | {"birth_date": date(1971, 6, 23)}))
    last = make.later(held, 6, "amend")
    make.found("held, released when the client's data came", last, reports=["NEWT"], state="accepted", is_late=True)
