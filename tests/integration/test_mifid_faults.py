"""Transaction reporting on the small bank: what was planted is found, and nothing else; what must tie out does."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.bank import Bank

LAST_DAY = "2022-12-28"
INPUTS = {
    '"warehouse"."intermediate"."int_mifid_eligibility"': "reporting_date",
    '"warehouse"."marts"."fct_mifid_validation_results"': "reporting_date",
    '"warehouse"."staging"."stg_arm__transaction_report_feedback"': "delivery_business_date",
}
"""What the life cycle reads, and the column that says when a row became known."""
CHAIN = ("int_mifid_report_events", "int_mifid_reports_filed", "int_mifid_submissions", "int_mifid_report_actions")


@pytest.fixture(scope="module")
def answers(built_bank: Bank) -> dict[str, Any]:
    return built_bank.answers()


@pytest.fixture(scope="module")
def found(answers: dict[str, Any]) -> list[dict[str, Any]]:
    return [fault for fault in answers["faults"] if fault["outcome"] == "found" and "control_id" not in fault]


@pytest.fixture(scope="module")
def warehouse(built_bank: Bank) -> duckdb.DuckDBPyConnection:
    connection = built_bank.warehouse()
    connection.execute("use warehouse")
    return connection


class TestValidation:
    def test_every_planted_fault_is_found_and_nothing_else(
        self, found: list[dict[str, Any]], warehouse: duckdb.DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
    ) -> None:
        planted = {
            (fault["execution_id"], fault["version"], fault["rule"]) for fault in found if fault.get("rule") is not None
        }
        findings = set(
            warehouse.execute(
                "select execution_id, version, rule_id from marts.fct_mifid_validation_results"
            ).fetchall()
        )
        hits = planted & findings
        with capsys.disabled():
            print(  # noqa: T201 - how well the rules do is what this test is for
                f"\n{len(planted)} planted faults of {len({rule for *_, rule in planted})} rules,"
                f" {len(findings)} findings: recall {len(hits) / len(planted):.3f},"
                f" precision {len(hits) / len(findings):.3f}"
            )
        assert len(planted) > 100
        assert {"missed": sorted(planted - findings), "false": sorted(findings - planted)} == {
            "missed": [],
            "false": [],
        }

    def test_every_rule_of_the_list_is_broken_once_at_least(
        self, found: list[dict[str, Any]], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        rules = {rule for (rule,) in warehouse.execute("select rule_id from seeds.mifid_validation_rules").fetchall()}
        assert rules - {fault.get("rule") for fault in found} == set()

    def test_an_error_holds_the_report_and_a_warning_does_not(
        self, found: list[dict[str, Any]], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        sent = set(
            warehouse.execute(
                "select distinct execution_id, version from marts.fct_mifid_transaction_reports"
                " where submission_id is not null"
            ).fetchall()
        )
        severities = {
            (fault["execution_id"], fault["version"]): fault["severity"] for fault in found if "severity" in fault
        }
        assert set(severities.values()) == {"error", "warning"}
        assert {
            event: severity for event, severity in severities.items() if (event in sent) == (severity == "error")
        } == {}


class TestLifeCycle:
    def test_every_planted_life_ends_as_it_must(
        self, found: list[dict[str, Any]], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        reports: dict[str, list[str]] = defaultdict(list)
        late: dict[str, bool] = defaultdict(bool)
        for execution_id, status, is_late in warehouse.execute(
            """
            select execution_id, report_status, is_late
            from marts.fct_mifid_transaction_reports
            where submission_id is not null
            order by report_version
            """
        ).fetchall():
            reports[execution_id].append(status)
            late[execution_id] |= is_late
        states = dict(
            warehouse.execute(
                """
                select events.execution_id, coalesce(reports.state, events.outcome)
                from intermediate.int_mifid_report_events as events
                left join marts.fct_mifid_transaction_reports as reports
                    on events.execution_id = reports.execution_id and reports.is_current
                where events.replaced_on is null and events.outcome <> 'superseded'
                """
            ).fetchall()
        )
        lives = [fault for fault in found if "reports" in fault]
        assert len(lives) > 15
        wrong = {
            fault["kind"]: (reports[name], states[name], late[name])
            for fault in lives
            if (name := fault["execution_id"])
            and (reports[name], states[name], late[name])
            != (fault["reports"], fault["state"], fault.get("is_late", late[name]))
        }
        assert wrong == {}

    def test_every_day_sends_what_the_generator_counted(
        self, answers: dict[str, Any], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        days: dict[str, dict[str, Any]] = {}
        for day, *counts in warehouse.execute(
            """
            select
                reporting_date::varchar,
                count(*),
                count(*) filter (is_reportable),
                count(*) filter (outcome = 'superseded'),
                count(*) filter (outcome = 'held')
            from intermediate.int_mifid_report_events
            group by all
            """
        ).fetchall():
            days[day] = {
                **dict(zip(("events", "reportable", "superseded", "held"), counts, strict=True)),
                "exempt": {},
                "new_reports": 0,
                "cancel_reports": 0,
            }
        for day, reason, count in warehouse.execute(
            """
            select reporting_date::varchar, reason_code, count(*)
            from intermediate.int_mifid_report_events
            where not is_reportable
            group by all
            """
        ).fetchall():
            days[day]["exempt"][reason] = count
        for day, new, cancelled in warehouse.execute(
            """
            select reporting_date::varchar, sum(new_count)::int, sum(cancel_count)::int
            from marts.fct_mifid_submissions
            where resubmission_of is null
            group by all
            """
        ).fetchall():
            days[day] |= {"new_reports": new, "cancel_reports": cancelled}
        assert len(days) == 20
        assert days == answers["mifid"]["by_reporting_date"]

    def test_every_file_holds_and_is_answered_what_the_generator_says(
        self, answers: dict[str, Any], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        columns = (
            "submission_id, reporting_date::varchar as reporting_date, new_count as new_reports,"
            " cancel_count as cancel_reports, resubmission_of, status, reports_received, reports_accepted"
        )
        files = warehouse.execute(f"select {columns} from marts.fct_mifid_submissions order by submission_id")
        names = [column[0] for column in files.description]
        assert [dict(zip(names, row, strict=True)) for row in files.fetchall()] == sorted(
            answers["mifid"]["submissions"], key=lambda file: file["submission_id"]
        )
        assert [file["status"] for file in answers["mifid"]["submissions"]].count("rejected") == 1

    def test_files_that_were_sent_never_change(self, built_bank: Bank, tmp_path: Path) -> None:
        """The models, run on what was known on a day alone, send the files that the whole history has for that day."""
        bank = built_bank.copy_to(tmp_path / "home")
        bank.tieout("dbt", "compile", "--quiet", "--select", *CHAIN)
        folder = bank.home / "dbt" / "typed" / "compiled" / "tieout" / "models" / "intermediate" / "mifid"
        compiled = {model: (folder / f"{model}.sql").read_text() for model in CHAIN}
        with bank.warehouse() as connection:
            columns = "execution_id, version, report_status, attempt, submission_id, reporting_date"
            whole = set(
                connection.execute(f"select {columns} from warehouse.intermediate.int_mifid_report_actions").fetchall()
            )
            days = sorted({row[-1] for row in whole})
            assert len(days) == 20
            for day in days:
                for number, (relation, column) in enumerate(INPUTS.items()):
                    connection.execute(
                        f"create or replace temp view known_{number} as"
                        f" select * from {relation} where {column} <= date '{day}'"
                    )
                for model in CHAIN:
                    sql = compiled[model]
                    for number, relation in enumerate(INPUTS):
                        sql = sql.replace(relation, f"known_{number}")
                    sql = re.sub(rf'"warehouse"\."intermediate"\."({"|".join(CHAIN)})"', r"as_of_\1", sql)
                    connection.execute(f"create or replace temp table as_of_{model} as {sql}")
                sent = set(connection.execute(f"select {columns} from as_of_int_mifid_report_actions").fetchall())
                assert sent == {row for row in whole if row[-1] <= day}, f"what was sent by {day} has changed"


class TestTieOut:
    def test_every_trade_date_ties_out_as_the_generator_counted(
        self, answers: dict[str, Any], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        dates: dict[str, dict[str, Any]] = {}
        for day, difference, *counts in warehouse.execute(
            """
            select
                trade_date::varchar, difference, executions, reported, held, rejected, pending_at_authority, cancelled
            from marts.fct_mifid_tie_out
            """
        ).fetchall():
            assert difference == 0
            names = ("executions", "reported", "held", "rejected", "pending", "cancelled")
            dates[day] = {**dict(zip(names, counts, strict=True)), "exempt": {}}
        for day, reason, count in warehouse.execute(
            "select trade_date::varchar, reason_code, exempt from marts.fct_mifid_tie_out_reasons"
        ).fetchall():
            dates[day]["exempt"][reason] = count
        assert dates == answers["mifid"]["by_trade_date"]

    def test_over_reporting_is_the_planted_reference_and_nothing_else(
        self, found: list[dict[str, Any]], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        planted = [fault for fault in found if fault.get("feed") == "transaction_report_feedback"]
        assert planted
        listed = warehouse.execute(
            "select over_report_type, submission_id, transaction_reference from qc.qc_mifid_over_reported"
        ).fetchall()
        assert sorted(listed) == sorted(
            ("unknown_reference", fault["submission_id"], fault["transaction_reference"]) for fault in planted
        )
        differences = warehouse.execute(
            "select submission_id, -received_difference from marts.fct_mifid_submissions where received_difference <> 0"
        ).fetchall()
        assert sorted(differences) == sorted((fault["submission_id"], fault["difference"]) for fault in planted)

    def test_trades_that_their_executions_do_not_fill_are_listed_and_no_others(
        self, found: list[dict[str, Any]], warehouse: duckdb.DuckDBPyConnection
    ) -> None:
        planted = {
            fault["trade_id"]: (fault["quantity"], fault["executed_quantity"])
            for fault in found
            if fault.get("feed") == "trades" and "executed_quantity" in fault
        }
        assert len(planted) == 2
        listed = warehouse.execute(
            "select trade_id, trade_quantity::int, executed_quantity::int from qc.qc_trades_without_executions"
        ).fetchall()
        assert {trade: amounts for trade, *amounts in listed} == {trade: list(pair) for trade, pair in planted.items()}

    def test_deadlines_count_what_the_tie_out_counts(self, warehouse: duckdb.DuckDBPyConnection) -> None:
        broken = warehouse.execute(
            """
            select trade_date
            from marts.fct_mifid_tie_out as tie_out
            left join marts.fct_mifid_reporting_deadlines as deadlines using (trade_date)
            where coalesce(reported_on_time + reported_late, 0) <> reported or coalesce(still_open, 0) <> pending
            """
        ).fetchall()
        late, listed = warehouse.execute(
            """
            select
                (select sum(reported_late) from marts.fct_mifid_reporting_deadlines),
                (select count(*) from qc.qc_mifid_late_reports)
            """
        ).fetchone()
        assert broken == []
        assert late == listed > 0
