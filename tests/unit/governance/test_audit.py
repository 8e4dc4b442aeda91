import json
import sqlite3
import threading

import pytest

from governance.audit import Access, AuditLog
from governance.chain import GENESIS, Head, leaf_hash
from governance.errors import AuditError, AuditTampered

ACCESS = Access(
    user="jane",
    role="compliance",
    action="export",
    resource="mifid_rts22 TRN-20221205-001",
    purpose="Daily transaction report",
    build_id="2022-12-05-0123456789ab",
    tables=("fct_mifid_transaction_reports", "dim_mifid_reporting_entities"),
    kinds=("name", "birth_date"),
)


@pytest.fixture
def log(tmp_path):
    return AuditLog(tmp_path / "audit" / "audit.sqlite")


@pytest.fixture
def kept(log):
    """A log of two accesses, one of which never ended."""
    log.conclude(log.intend(ACCESS), "completed", rows=3, values=2)
    log.intend(ACCESS)
    return log


def tamper(log, *statements):
    with sqlite3.connect(log._path) as connection:
        connection.executescript("drop trigger records_are_never_changed; drop trigger records_are_never_deleted")
        for statement in statements:
            connection.execute(*statement)


def rewritten(log, sequence, /, **changes):
    """A record changed by someone who also knows how hashes are made."""
    content = {**next(record.content for record in log.records() if record.head.sequence == sequence), **changes}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text, leaf_hash(text.encode())


def test_an_intent_says_who_what_and_why_and_its_outcome_refers_to_it(kept):
    first, outcome, second = kept.records()
    assert first.content["event"] == "intent"
    assert first.content["user"] == "jane"
    assert first.content["purpose"] == "Daily transaction report"
    assert first.content["tables"] == ["dim_mifid_reporting_entities", "fct_mifid_transaction_reports"]
    assert first.content["kinds"] == ["birth_date", "name"]
    assert first.content["previous"] == GENESIS
    assert outcome.content["previous"] == first.head.hash
    assert {name: outcome.content[name] for name in ("event", "intent", "result", "rows", "values")} == {
        "event": "outcome",
        "intent": 1,
        "result": "completed",
        "rows": 3,
        "values": 2,
    }
    assert second.head.sequence == 3


def test_an_intent_is_there_for_another_reader_when_the_call_returns(log):
    head = log.intend(ACCESS)
    assert [record.head for record in AuditLog(log._path).records()] == [head]


def test_the_file_and_its_folder_are_the_owners_alone(kept):
    assert kept._path.stat().st_mode & 0o777 == 0o600
    assert kept._path.parent.stat().st_mode & 0o777 == 0o700


def test_a_commit_waits_for_the_disk(log):
    with log._writing() as connection:
        assert connection.execute("pragma synchronous").fetchone() == (2,)
        assert connection.execute("pragma journal_mode").fetchone() == ("truncate",)


def test_an_untouched_log_verifies_and_gives_its_head(kept):
    last = list(kept.records())[-1].head
    assert kept.verify() == last
    assert kept.verify(last) == last
    assert kept.verify(next(kept.records()).head) == last


def test_a_log_without_a_record_verifies(log):
    assert log.verify() is None


@pytest.mark.parametrize("statement", ["update records set record = 'x'", "delete from records"])
def test_the_file_itself_refuses_changes(kept, statement):
    with sqlite3.connect(kept._path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)


def test_a_changed_record_is_named(kept):
    tamper(kept, ("update records set record = replace(record, 'jane', 'joan') where sequence = 1",))
    with pytest.raises(AuditTampered, match=r"Record 1 .* was changed"):
        kept.verify()


def test_a_record_changed_together_with_its_hash_breaks_the_next_link(kept):
    text, digest = rewritten(kept, 1, user="joan")
    tamper(kept, ("update records set record = ?, hash = ? where sequence = 1", (text, digest)))
    with pytest.raises(AuditTampered, match=r"Record 2 .* does not follow"):
        kept.verify()


def test_a_deleted_record_is_missed(kept):
    tamper(kept, ("delete from records where sequence = 2",))
    with pytest.raises(AuditTampered, match=r"Record 2 .* is missing"):
        kept.verify()


def test_two_records_that_changed_places_are_noticed(kept):
    tamper(
        kept,
        ("update records set sequence = 9 where sequence = 1",),
        ("update records set sequence = 1 where sequence = 3",),
        ("update records set sequence = 3 where sequence = 9",),
    )
    with pytest.raises(AuditTampered, match=r"Record 1 .* was moved"):
        kept.verify()


def test_an_invented_record_at_the_end_must_be_a_possible_one(kept):
    last = list(kept.records())[-1].head
    text, digest = rewritten(kept, 2, sequence=4, previous=last.hash)
    tamper(kept, ("insert into records values (4, ?, ?)", (text, digest)))
    with pytest.raises(AuditTampered, match=r"Record 4 .* outcome of no open intent"):
        kept.verify()


def test_a_cut_end_shows_against_a_noted_head(kept):
    noted = kept.verify()
    tamper(kept, ("delete from records where sequence = 3",))
    assert kept.verify() == Head(2, list(kept.records())[-1].head.hash)
    with pytest.raises(AuditTampered, match="no longer holds record 3"):
        kept.verify(noted)


def test_a_log_written_anew_shows_against_a_noted_head(kept):
    noted = kept.verify()
    kept._path.unlink()
    for _ in range(3):
        kept.intend(ACCESS)
    with pytest.raises(AuditTampered, match="no longer holds record 3"):
        kept.verify(noted)


def test_a_file_that_is_no_log_is_said_to_be_none(log):
    log._path.parent.mkdir()
    log._path.write_bytes(b"no database" * 100)
    with pytest.raises(AuditTampered, match="cannot be read"):
        log.verify()
    with pytest.raises(AuditError, match="cannot be written"):
        log.intend(ACCESS)


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "two\nlines", "bell\x07", "\ud800"])
@pytest.mark.parametrize("name", ["user", "purpose"])
def test_a_record_needs_words_that_can_be_read(log, name, text):
    with pytest.raises(AuditError, match=f"The {name} must be"):
        log.intend(Access(**{**ACCESS.__dict__, name: text}))
    assert list(log.records()) == []


@pytest.mark.parametrize("text", ["'); drop table records; --", '","user":"root', "Zoë Ünal \\", "x" * 500])
def test_hostile_words_are_only_words(log, text):
    log.intend(Access(**{**ACCESS.__dict__, "purpose": text}))
    (record,) = log.records()
    assert (record.content["purpose"], record.content["user"]) == (text, "jane")
    log.verify()


def test_a_folder_that_cannot_be_written_means_no_record(tmp_path):
    (tmp_path / "audit").write_text("a file where the folder should be")
    with pytest.raises(AuditError, match="nothing is shown"):
        AuditLog(tmp_path / "audit" / "audit.sqlite").intend(ACCESS)


def test_a_log_that_another_holds_too_long_means_no_record(kept, monkeypatch):
    monkeypatch.setattr("governance.chain.LOCK_SECONDS", 0.1)
    with kept._writing(), pytest.raises(AuditError, match="cannot be written"):
        kept.intend(ACCESS)
    assert kept.verify().sequence == 3


def test_writers_side_by_side_lose_nothing(log):
    def work():
        for _ in range(5):
            log.conclude(log.intend(ACCESS), "completed", rows=0, values=0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.verify().sequence == 80
