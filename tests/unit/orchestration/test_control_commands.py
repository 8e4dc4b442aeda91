"""The commands around the sign-off of controls, on builds made by hand."""

import json
import shutil
import sqlite3

import pytest
from rich.console import Console
from typer.testing import CliRunner

from governance.access import open_reader
from governance.approvals import ApprovalLog
from governance.chain import leaf_hash
from governance.errors import ApprovalRefused
from governance.keys import KeyRing
from governance.settings import settings
from orchestration.cli import app
from orchestration.errors import OrchestrationError
from orchestration.lib import controls, display, report_files
from tests.unit.governance.control_builds import OWNER, REVIEWER, ROWS, publish_controls, write_people

ATTEST = ("control", "attest", "JE-02", "2022-11", "--conclusion", "effective", "--statement", "None in [red]120[/].")
CONFIRM = ("control", "confirm", "JE-02", "2022-11", "--statement", "Looked at it.")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    home = tmp_path_factory.mktemp("installation") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_HOME", str(home))
        patch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
        settings.cache_clear()
        publish_controls(KeyRing.open(create=True))
        write_people(home, jane=OWNER, omar=REVIEWER)
    settings.cache_clear()
    return home


@pytest.fixture
def home(published, tmp_path, monkeypatch):
    home = shutil.copytree(published, tmp_path / "home")
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    monkeypatch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
    settings.cache_clear()
    yield home
    settings.cache_clear()


@pytest.fixture
def run(home, monkeypatch):
    monkeypatch.setattr("orchestration.cli.console", Console(width=240))

    def run(user, *arguments):
        monkeypatch.setattr(report_files, "operating_system_user", lambda: user)
        return CliRunner().invoke(app, list(arguments))

    return run


def test_a_result_goes_from_attested_to_confirmed(run):
    attested = run("jane", *ATTEST)
    assert attested.exit_code == 0, attested.output
    assert "Attested JE-02 for 2022-11" in " ".join(attested.output.split())
    head = ApprovalLog().entries()[0].head
    assert f"Sign-off record {head.sequence}:{head.hash}" in attested.output
    assert "attested" in run("jane", "control", "list").output
    assert run("omar", *CONFIRM).exit_code == 0
    (line,) = [line for line in run("jane", "control", "list").output.splitlines() if "JE-02" in line]
    assert "[red]JE-02[/] holds" in line
    assert "confirmed" in line


def test_what_is_sent_back_says_so(run):
    run("jane", *ATTEST)
    sent_back = run("omar", "control", "send-back", "JE-02", "2022-11", "--statement", "J000000001 is not explained.")
    assert "Sent back JE-02 for 2022-11" in " ".join(sent_back.output.split())
    assert "sent back" in run("omar", "control", "list").output


def test_a_refusal_is_an_error_and_part_of_the_history(run):
    refused = run("omar", *ATTEST)
    assert isinstance(refused.exception, ApprovalRefused)
    run("jane", *ATTEST)
    run("jane", *CONFIRM)
    history = run("jane", "control", "history", "JE-02").output
    assert [word in history for word in ("refused to attest", "attested", "refused to confirm")] == [True] * 3
    assert "None in [red]120[/]." in history
    assert f"{REVIEWER} is not the owner of JE-02" in history
    assert "Nothing was signed or refused." in run("jane", "control", "history", "JE-02", "2022-10").output


def test_the_list_shows_the_latest_closed_periods_unless_asked(run):
    latest = run("jane", "control", "list").output
    assert [period in latest for period in ("2022-11", "2022-Q3", "2022-12")] == [True, True, False]
    open_period = run("jane", "control", "list", "--period", "2022-12").output
    assert [period in open_period for period in ("2022-11", "2022-Q3", "2022-12")] == [False, False, True]
    unknown = run("jane", "control", "list", "--period", "2021-01")
    assert isinstance(unknown.exception, OrchestrationError)
    assert "use one of 2022-11, 2022-12, 2022-Q3" in str(unknown.exception)


@pytest.mark.parametrize(
    ("is_same", "words"), [(True, "attested on an earlier build, result unchanged"), (False, "result changed")]
)
def test_a_new_build_supersedes_what_was_signed(run, is_same, words):
    run("jane", *ATTEST)
    publish_controls(KeyRing.open(), ROWS[:-1] if is_same else [(*ROWS[0][:3], 121, *ROWS[0][4:]), *ROWS[1:]])
    assert words in run("jane", "control", "list").output


def test_the_summary_counts_conclusions_and_signatures(run):
    run("jane", *ATTEST)
    with open_reader() as reader:
        assert controls.headline_conclusions(reader) == [
            ("SOX controls, 2022-Q3", "0 effective, 1 ineffective, 0 not tested"),
            ("  signed", "0 confirmed, 0 attested, 1 open"),
            ("SOX controls, 2022-11", "1 effective, 0 ineffective, 1 not tested"),
            ("  signed", "0 confirmed, 1 attested, 1 open"),
        ]


def test_before_a_period_is_closed_the_summary_has_no_answer_rather_than_none(home):
    publish_controls(KeyRing.open(), [ROWS[1]])
    with open_reader() as reader:
        assert controls.headline_conclusions(reader) == [
            ("SOX controls", "missing: no period of the controls is closed")
        ]


def test_the_summary_is_among_the_headline_figures(home, monkeypatch):
    monkeypatch.setattr(display, "_market_figures", lambda reader, day: [])
    ring = KeyRing.open()
    manifest = display.builds.current_build(ring)
    assert ("SOX controls, 2022-11", "1 effective, 0 ineffective, 1 not tested") in display.headline_figures(
        ring, manifest
    )


# What is verified


def tamper(change):
    """Rewrite the last record with its hash, as someone who knows how hashes are made would."""
    *_, last = ApprovalLog().records()
    text = json.dumps({**last.content, **change}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    with sqlite3.connect(settings().approvals_log) as connection:
        connection.executescript("drop trigger records_are_never_changed")
        connection.execute(
            "update records set record = ?, hash = ? where sequence = ?",
            (text, leaf_hash(text.encode()), last.head.sequence),
        )


def test_a_whole_log_verifies_and_a_noted_head_is_looked_for(run):
    assert "Sign-off log whole no record yet" in " ".join(run("jane", "verify").output.split())
    run("jane", *ATTEST)
    head = ApprovalLog().entries()[0].head
    whole = run("jane", "verify", "--sign-off-head", f"{head.sequence}:{head.hash}")
    assert whole.exit_code == 0, whole.output
    assert (
        "1 records, each follows the one before, 1 on results as published, and record 1 is as it was" in whole.output
    )
    gone = run("jane", "verify", "--sign-off-head", f"1:{'0' * 64}")
    assert (gone.exit_code, gone.output.count("ALTERED")) == (1, 1)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"result_hash": "0" * 64}, "Record 1 is not of the result of JE-02 for 2022-11"),
        ({"conclusion": "ineffective"}, "Record 1 is not of the result of JE-02 for 2022-11"),
        ({"control_id": "JE-77"}, "Record 1 is not of the result of JE-77"),
        (
            {"build_id": "2022-12-28-000000000000"},
            "Build 2022-12-28-000000000000, on which results were signed, is gone",
        ),
    ],
)
def test_a_record_written_anew_does_not_fit_the_published_result(run, change, finding):
    run("jane", *ATTEST)
    tamper(change)
    altered = run("jane", "verify")
    assert (altered.exit_code, altered.output.count("ALTERED")) == (1, 1)
    assert finding in " ".join(altered.output.split())


def test_an_altered_log_is_said_to_be_altered_in_the_summary(run):
    run("jane", *ATTEST)
    tamper({"event": "approved"})
    assert "is of no known kind" in " ".join(run("jane", "verify").output.split())
    with open_reader() as reader:
        assert ("  signed", "not known: the sign-off log was altered, run `tieout verify`") in (
            controls.headline_conclusions(reader)
        )
