"""The commands around a report, on a build made by hand."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from governance import builds
from governance.audit import AuditLog
from governance.errors import GovernanceError, ReportError
from governance.keys import KeyRing
from governance.settings import settings
from governance.warehouse import connect_warehouse
from orchestration.cli import app
from orchestration.errors import OrchestrationError
from orchestration.landing import create_raw_tables, land_all, load_contracts
from orchestration.lib.report_feedback import deliver_feedback
from orchestration.lib.report_files import operating_system_user
from tests.unit.governance.mifid_reports import BANK, CANARIES, REPORTS, SUBMISSION, publish_reports
from tests.unit.governance.test_status_advice import FILE, business_data, document

RECORDS = "".join(
    f"<RcrdSts><OrgnlRcrdId>{BANK}{reference}</OrgnlRcrdId><Sts>RJCT</Sts></RcrdSts>"
    for reference in ("TX0000000011", "TX0000000021", "TX0000000991")
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("installation") / "home"
        patch.setenv("TIEOUT_HOME", str(home))
        for name in ("TIEOUT_KEY_ENCRYPTION_KEY", "TIEOUT_AUTH016_XSD"):
            patch.delenv(name, raising=False)
        settings.cache_clear()
        ring = KeyRing.open(create=True)
        only_cancelled = {**REPORTS[11], "transaction_reference": "TX0000000991", "execution_id": "X000000099"}
        publish_reports(ring, [*REPORTS, only_cancelled])
        with connect_warehouse(ring) as connection:
            # The hand-made build has only part of one of the common tables.
            connection.execute("DROP TABLE raw.pii_values")
            create_raw_tables(connection, load_contracts())
        yield home
    settings.cache_clear()


@pytest.fixture
def advice(home, tmp_path):
    path = tmp_path / "advice.xml"
    path.write_text(business_data(document(FILE.format(status="PART") + RECORDS)))
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_an_export_writes_files_and_names_its_audit_record(home, tmp_path):
    result = run("report", "export", "mifid_rts22", "--format", "xml", "--to", tmp_path, "--purpose", "A test")
    assert result.exit_code == 0, result.output
    assert (tmp_path / f"{SUBMISSION}.xml").exists()
    *_, intent, _ = AuditLog().records()
    assert (intent.content["user"], intent.content["purpose"]) == (operating_system_user(), "A test")
    head = f"{intent.head.sequence}:{intent.head.hash}"
    assert f"Audit record {head}" in result.output
    assert f"record {intent.head.sequence} is as it was noted" in run("verify", "--head", head).output
    assert not any(canary in result.output for canary in CANARIES)


def test_without_a_place_the_export_stays_inside_encrypted(home):
    result = run("report", "export", "mifid_rts22")
    assert result.exit_code == 0, result.output
    assert [path.name for path in (home / "exports").rglob("*.xml*")] == [f"{SUBMISSION}.xml.sealed"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mifid_rts23"], "no report 'mifid_rts23': use one of mifid_rts22"),
        (["mifid_rts22", "--format", "pdf"], "not written as 'pdf': use one of xml"),
        (["mifid_rts22", "--date", "2022-12-04"], "No submission has the reporting date 2022-12-04"),
        (["mifid_rts22", "--purpose", " "], "The purpose must be"),
    ],
)
def test_what_cannot_be_exported_is_said_plainly(home, arguments, message):
    result = run("report", "export", *arguments)
    assert isinstance(result.exception, OrchestrationError | GovernanceError)
    assert message in str(result.exception)


def test_a_place_inside_the_home_is_refused_however_it_is_written(home, monkeypatch):
    monkeypatch.chdir(home)
    result = run("report", "export", "mifid_rts22", "--to", "outbox")
    assert isinstance(result.exception, ReportError)
    assert not (home / "outbox").exists()


def test_feedback_is_delivered_as_its_contract_asks_and_lands(home, advice):
    result = run("report", "feedback", advice)
    assert result.exit_code == 0, result.output
    assert "part accepted, 8 reports counted" in result.output
    (path,) = (home / "inbox" / "arm" / "2022-12-06").iterdir()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["feedback_id"] for line in lines] == ["FB900000001", "FB900000002", "FB900000003", "FB900000004"]
    assert {line["submission_id"] for line in lines} == {SUBMISSION}
    assert lines[0]["reports_received"] == 8
    # The first reference has a cancellation and a new report in the file, the last only a cancellation.
    assert [line["report_status"] for line in lines] == [None, None, None, "CANC"]
    ring = KeyRing.open()
    with pytest.raises(OrchestrationError, match="delivered before"):
        deliver_feedback(ring, advice)
    with connect_warehouse(ring) as connection:
        (landed,) = land_all(connection, ring, settings().inbox, now=dt.datetime.now(dt.UTC))
        assert (landed.status, landed.rows_loaded, landed.rows_quarantined) == ("loaded", 4, 0)
        received = connection.execute(
            "SELECT DISTINCT CAST(received_at AS VARCHAR) FROM raw.transaction_report_feedback"
        ).fetchall()
    assert received == [("2022-12-06 06:30:00",)]
    with pytest.raises(OrchestrationError, match="delivered before"):
        deliver_feedback(ring, advice)
    assert "builds on from 2022-12-05 to that date" in result.output
    advice.write_text(advice.read_text() + "<!-- another -->")
    second = deliver_feedback(ring, advice, dt.date(2022, 12, 7))
    assert json.loads(second.path.read_text().splitlines()[0])["feedback_id"] == "FB900000005"
    assert second.path.parent.name == "2022-12-07"
    second.path.unlink()


@pytest.mark.parametrize(
    ("made", "wanted", "known"),
    [
        ("2022-12-06", None, "2022-12-06"),
        ("2022-12-10", None, "2022-12-12"),
        ("2022-12-26", None, "2022-12-27"),
        ("2022-12-10", dt.date(2022, 12, 10), "2022-12-10"),
    ],
)
def test_an_answer_counts_as_known_on_a_business_date(home, advice, made, wanted, known):
    advice.write_text(advice.read_text().replace("2022-12-06", made) + f"<!-- {made} {wanted} -->")
    delivery = deliver_feedback(KeyRing.open(), advice, wanted)
    assert str(delivery.business_date) == delivery.path.parent.name == known
    delivery.path.unlink()


def test_an_answer_is_not_known_before_it_was_made(home, advice):
    with pytest.raises(OrchestrationError, match="made on 2022-12-06"):
        deliver_feedback(KeyRing.open(), advice, dt.date(2022, 12, 5))
    advice.write_text(advice.read_text().replace("2022-12-06", "2999-12-06"))
    with pytest.raises(OrchestrationError, match="in the future"):
        deliver_feedback(KeyRing.open(), advice)


def test_what_was_altered_is_named_and_the_command_fails(home):
    run("report", "export", "mifid_rts22")
    build = builds.published_builds()[-1]
    whole = run("verify", "--deep")
    assert (whole.exit_code, "ALTERED" in whole.output) == (0, False)
    assert f"Build {build}  whole  signature and 3 files as published" in whole.output

    log = run("verify", "--head", f"1:{'0' * 64}")
    assert (log.exit_code, log.output.count("ALTERED")) == (1, 1)
    assert "no longer holds record 1 as it was noted" in " ".join(log.output.split())

    path = builds.role_file(build, "analyst")
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    altered = run("verify")
    assert (altered.exit_code, altered.output.count("ALTERED")) == (1, 1)
    assert "analyst.duckdb was altered" in " ".join(altered.output.split())
    path.write_bytes(content)
    path.chmod(0o444)
    assert run("verify").exit_code == 0


def test_a_head_that_is_none_is_refused(home):
    result = run("verify", "--head", "12")
    assert isinstance(result.exception, OrchestrationError)
    assert "'12' is not a head" in str(result.exception)
