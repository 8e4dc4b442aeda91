"""Results are signed by owner and reviewer on the build in force; anything else is refused and recorded."""

import json
import shutil
import sqlite3
import threading

import pytest

from governance.access import open_reader
from governance.approvals import ApprovalLog, Request, sign_off, sign_offs
from governance.chain import GENESIS, leaf_hash
from governance.control_results import control_results
from governance.errors import ApprovalError, ApprovalRefused, ApprovalTampered
from governance.keys import KeyRing
from governance.settings import settings
from tests.unit.governance.control_builds import (
    DECEMBER,
    FAILED,
    NOVEMBER,
    OWNER,
    REVIEWER,
    ROWS,
    UNTESTED,
    publish_controls,
    write_people,
)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A home with one build, made once; tests work on copies."""
    path = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_HOME", str(path))
        patch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
        settings.cache_clear()
        publish_controls(KeyRing.open(create=True))
        write_people(path, jane=OWNER, omar=REVIEWER, eve="eve@tieout.example")
    settings.cache_clear()
    return path


@pytest.fixture
def bank(published, tmp_path, monkeypatch):
    home = shutil.copytree(published, tmp_path / "home")
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    monkeypatch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
    settings.cache_clear()
    yield home
    settings.cache_clear()


def attest(user="jane", key=NOVEMBER, conclusion="effective", **given):
    return sign_off(Request("attest", *key, user, "I looked at the result.", conclusion=conclusion, **given))


def decide(action, user="omar", key=NOVEMBER, **given):
    return sign_off(Request(action, *key, user, "I looked at the attestation.", **given))


def standing(key=NOVEMBER):
    with open_reader() as reader:
        results = control_results(reader)
        return sign_offs(results.values(), reader.manifest.build_id, ApprovalLog().entries())[key]


def refused(signing, *words):
    """The refusal that a signing meets, after checking that it is recorded word for word and changes no state."""
    before = standing() if settings().approvals_log.exists() else None
    with pytest.raises(ApprovalRefused) as caught:
        signing()
    last = ApprovalLog().entries()[-1]
    assert last.event == "refused"
    assert str(caught.value) == f"{last.reason} The refusal is record {last.head.sequence} of the sign-off log."
    assert all(word in last.reason for word in words), last.reason
    assert before is None or standing() == before
    return last


def new_build(rows=ROWS):
    return publish_controls(KeyRing.open(), rows)


# What is allowed


def test_an_attestation_names_build_result_conclusion_and_person(bank):
    entry = attest()
    with open_reader() as reader:
        build_id, result = reader.manifest.build_id, control_results(reader)[NOVEMBER]
    assert (entry.event, entry.user, entry.person, entry.statement) == (
        "attested",
        "jane",
        OWNER,
        "I looked at the result.",
    )
    assert (entry.build_id, entry.result_hash, entry.conclusion) == (build_id, result.hash, "effective")
    assert ApprovalLog().entries() == [entry]
    assert standing().state == "attested"


def test_the_reviewer_confirms_what_the_owner_attested(bank):
    attestation = attest()
    confirmation = decide("confirm")
    assert (confirmation.event, confirmation.person, confirmation.attestation) == ("confirmed", REVIEWER, 1)
    assert (standing().state, standing().last, standing().attestation) == ("confirmed", confirmation, attestation)
    assert standing(FAILED).state == "none"


def test_what_is_sent_back_may_be_attested_again(bank):
    attest()
    decide("send_back")
    assert standing().state == "sent_back"
    assert attest().head.sequence == 3
    assert decide("confirm").attestation == 3


@pytest.mark.parametrize(("key", "conclusion"), [(FAILED, "ineffective"), (UNTESTED, "not_tested")])
def test_a_bad_conclusion_is_attested_as_computed(bank, key, conclusion):
    assert attest(key=key, conclusion=conclusion).conclusion == conclusion


def test_a_build_that_was_signed_is_kept(bank):
    build_id = attest().build_id
    assert build_id in json.loads((settings().published / "retained.json").read_text())


def test_the_hash_covers_every_column_of_the_row_and_nothing_else(bank):
    with open_reader() as reader:
        before = control_results(reader)
    new_build([(*row[:4], row[4] + (row[0] == "AC-01"), row[5]) for row in ROWS])
    with open_reader() as reader:
        after = control_results(reader)
    assert {key for key in before if before[key].hash != after[key].hash} == {FAILED}


# What is refused, and recorded


def test_who_is_not_the_owner_cannot_attest(bank):
    refused(lambda: attest("eve"), "eve@tieout.example is not the owner of JE-02", OWNER)
    refused(lambda: attest("omar"), f"{REVIEWER} is not the owner")


def test_who_is_not_known_can_do_nothing(bank):
    last = refused(lambda: attest("mallory"), "'mallory' has no e-mail", "adds the line")
    assert last.person is None
    attest()
    refused(lambda: decide("confirm", "mallory"), "'mallory' has no e-mail")


def test_nobody_confirms_what_they_attested(bank):
    attest()
    refused(lambda: decide("confirm", "jane"), f"{OWNER} attested JE-02 for 2022-11", "a different person")
    refused(lambda: decide("send_back", "jane"), "a different person")


def test_an_account_that_becomes_the_reviewer_still_attested(bank):
    attest()
    write_people(bank, jane=REVIEWER)
    refused(lambda: decide("confirm", "jane"), "a different person")


def test_a_person_who_has_two_accounts_is_one_person(bank):
    attest()
    write_people(bank, other=OWNER.upper())
    refused(lambda: decide("confirm", "other"), "a different person")


def test_only_the_reviewer_decides(bank):
    attest()
    refused(lambda: decide("confirm", "eve"), "not the reviewer of JE-02", f"{REVIEWER} decides on it")
    refused(lambda: decide("send_back", "eve"), f"{REVIEWER} decides on it")


@pytest.mark.parametrize(
    ("key", "computed"), [(FAILED, "ineffective"), (UNTESTED, "not tested"), (NOVEMBER, "effective")]
)
@pytest.mark.parametrize("conclusion", ["effective", "ineffective", None])
def test_one_attests_the_conclusion_as_computed(bank, key, computed, conclusion):
    if conclusion == computed:
        assert attest(key=key, conclusion=conclusion).event == "attested"
    else:
        refused(lambda: attest(key=key, conclusion=conclusion), f"is {computed} as computed", "next build")


def test_a_build_that_is_not_in_force_cannot_be_signed(bank):
    first = attest().build_id
    second = new_build(ROWS[:-1])
    last = refused(lambda: attest(build_id=first), f"Build {first} is not the one in force", second)
    assert last.build_id == first
    refused(lambda: decide("confirm", build_id=first), "is not the one in force")
    refused(lambda: attest(build_id="2022-12-28-000000000000"), "is not the one in force")


def test_a_result_that_the_build_does_not_have_cannot_be_signed(bank):
    refused(lambda: attest(key=("JE-02", "2022-10")), "no result of JE-02 for 2022-10", "tieout control list")
    refused(lambda: attest(key=("JE-99", "2022-11")), "no result of JE-99")
    refused(lambda: decide("confirm", key=("JE-99", "2022-11")), "no result of JE-99")


def test_a_period_that_is_not_closed_cannot_be_signed(bank):
    refused(lambda: attest(key=DECEMBER), "JE-02 for 2022-12 is not closed yet")
    new_build([(*row[:2], True, *row[3:]) for row in ROWS])
    assert attest(key=DECEMBER).event == "attested"


@pytest.mark.parametrize("action", ["confirm", "send_back"])
def test_nothing_is_decided_without_an_attestation(bank, action):
    refused(lambda: decide(action), "Nothing is attested of JE-02 for 2022-11", OWNER)


@pytest.mark.parametrize("action", ["confirm", "send_back"])
def test_an_attestation_of_another_build_is_not_decided_on(bank, action):
    first = attest().build_id
    new_build(ROWS[:-1])
    refused(lambda: decide(action), f"names build {first}", "attests again")


def test_nothing_is_signed_twice(bank):
    attest()
    refused(attest, "already attested on this build", "record 1")
    decide("confirm")
    refused(attest, "already confirmed on this build")
    refused(lambda: decide("confirm"), "already confirmed by", "no open attestation")
    refused(lambda: decide("send_back"), "already confirmed by")


def test_what_was_sent_back_is_not_confirmed(bank):
    attest()
    decide("send_back")
    refused(lambda: decide("confirm"), "already sent back by")


def test_before_the_first_build_there_is_nothing_to_sign(home, ring):
    write_people(home, jane=OWNER)
    with pytest.raises(ApprovalRefused, match=r"No build has been published yet.*record 1"):
        attest()


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "two\nlines"])
def test_a_statement_that_cannot_be_kept_is_not_recorded(bank, text):
    with pytest.raises(ApprovalError, match="The statement must be one line"):
        sign_off(Request("attest", *NOVEMBER, "jane", text, conclusion="effective"))
    assert ApprovalLog().entries() == []


# Another build


@pytest.mark.parametrize("action", [None, "confirm", "send_back"])
def test_another_build_supersedes_and_says_whether_the_result_is_the_same(bank, action):
    last = attest()
    attest(key=FAILED, conclusion="ineffective")
    last = decide(action) if action else last
    new_build([row if row[0] != "AC-01" else (*row[:4], 4, row[5]) for row in ROWS])
    assert (standing().state, standing().is_unchanged, standing().last) == ("superseded", True, last)
    assert (standing(FAILED).state, standing(FAILED).is_unchanged) == ("superseded", False)


def test_a_sign_off_is_made_anew_on_the_new_build_and_the_old_one_counts_when_its_build_returns(bank):
    attest()
    decide("confirm")
    new_build(ROWS[:-1])
    attest()
    assert standing().state == "attested"
    new_build(ROWS)
    assert standing().state == "confirmed"


# The file


def tamper(*statements):
    with sqlite3.connect(settings().approvals_log) as connection:
        connection.executescript("drop trigger records_are_never_changed; drop trigger records_are_never_deleted")
        for statement in statements:
            connection.execute(*statement)


def forge(**content):
    """Add a record that is whole in itself, as someone who knows how hashes are made would."""
    records = list(ApprovalLog().records())
    sequence, previous = len(records) + 1, records[-1].head.hash if records else GENESIS
    text = json.dumps(
        {**records[-1].content, **content, "sequence": sequence, "previous": previous},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    tamper(("insert into records values (?, ?, ?)", (sequence, text, leaf_hash(text.encode()))))


def test_an_untouched_log_verifies(bank):
    attest()
    last = decide("confirm")
    assert ApprovalLog().verify() == last.head
    assert ApprovalLog().verify(ApprovalLog().entries()[0].head) == last.head


def test_a_changed_record_is_named_and_nothing_is_signed_or_shown_after_it(bank):
    attest()
    tamper(("update records set record = replace(record, 'effective', 'ineffective')",))
    for step in (ApprovalLog().verify, ApprovalLog().entries, lambda: decide("confirm")):
        with pytest.raises(ApprovalTampered, match=r"Record 1 .* was changed"):
            step()
    assert len(list(ApprovalLog().records())) == 1


def test_the_file_itself_refuses_changes(bank):
    attest()
    with sqlite3.connect(settings().approvals_log) as connection, pytest.raises(sqlite3.IntegrityError, match="append"):
        connection.execute("delete from records")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"event": "attested"}, "attests what was already attested"),
        ({"event": "confirmed", "attestation": 7, "user": "omar", "person": REVIEWER}, "decides on no open"),
        ({"event": "confirmed", "attestation": 1, "user": "omar", "person": OWNER}, "is by the person who attested"),
        ({"event": "confirmed", "attestation": 1, "user": "jane", "person": REVIEWER}, "is by the person who attested"),
        (
            {"event": "confirmed", "attestation": 1, "user": "omar", "person": REVIEWER, "period_id": "2022-10"},
            "decides on no open",
        ),
        ({"event": "approved"}, "is of no known kind"),
    ],
)
def test_an_invented_record_must_be_a_possible_one(bank, content, problem):
    attest()
    forge(**content)
    with pytest.raises(ApprovalTampered, match=f"Record 2 .* {problem}"):
        ApprovalLog().verify()


def test_two_who_attest_in_the_same_moment_leave_one_attestation(bank):
    gate = threading.Barrier(4)
    outcomes = []

    def work():
        gate.wait()
        try:
            outcomes.append(attest().event)
        except ApprovalRefused as error:
            outcomes.append("already" if "already attested" in str(error) else str(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already", "already", "already", "attested"]
    assert ApprovalLog().verify().sequence == 4


def test_the_file_and_its_folder_are_the_owners_alone(bank):
    attest()
    path = settings().approvals_log
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
