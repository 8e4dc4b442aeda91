import datetime as dt
from decimal import Decimal

import pytest

from governance.builds import DeliverySummary, NodeResult, delivery_summaries, evaluate_gate, node_results
from governance.warehouse import connect_warehouse

PASSED = NodeResult(node_id="test.tieout.a", status="pass")


def delivery(**changes):
    values = {
        "feed": "payments",
        "delivery_id": "00aa",
        "sha256": "00aa" * 16,
        "business_date": dt.date(2022, 12, 28),
        "rows_read": 10,
        "rows_loaded": 7,
        "rows_quarantined": 2,
        "rows_duplicate": 1,
        "sum_read": Decimal("10.30"),
        "sum_loaded": Decimal("10.10"),
        "sum_quarantined": Decimal("0.20"),
        "sum_duplicate": Decimal("0"),
    }
    return DeliverySummary.model_validate(values | changes)


def test_green_when_everything_passed_and_reconciles():
    results = [PASSED, NodeResult(node_id="model.tieout.m", status="success")]
    decision = evaluate_gate(results, [delivery()])
    assert (decision.is_green, decision.withheld, decision.reasons) == (True, [], [])


@pytest.mark.parametrize("status", ["warn", "no-op"])
def test_a_warning_does_not_block(status):
    assert evaluate_gate([PASSED, NodeResult(node_id="test.tieout.b", status=status)], []).is_green


@pytest.mark.parametrize(
    "status", ["fail", "error", "skipped", "runtime error", "partial success", "a word of a later dbt"]
)
def test_anything_else_blocks_and_names_the_tables(status):
    failed = NodeResult(
        node_id="test.tieout.b", status=status, failures=3, message="Got 3 results", tables=["model.tieout.fct_x"]
    )
    decision = evaluate_gate([PASSED, failed], [])
    assert not decision.is_green
    assert decision.withheld == ["model.tieout.fct_x"]
    assert decision.reasons == [f"test.tieout.b ended as {status} with 3 failing rows: Got 3 results"]


def test_what_was_skipped_below_a_cause_is_counted_and_withheld():
    failed = NodeResult(node_id="test.tieout.b", status="fail", tables=["model.tieout.fct_x"])
    skipped = [NodeResult(node_id=f"model.tieout.below_{number}", status="skipped") for number in range(2)]
    decision = evaluate_gate([PASSED, failed, *skipped], [])
    assert decision.reasons == ["test.tieout.b ended as fail.", "2 models and tests below were skipped."]
    assert decision.withheld == ["model.tieout.below_0", "model.tieout.below_1", "model.tieout.fct_x"]


@pytest.mark.parametrize("results", [[], [NodeResult(node_id="model.tieout.m", status="success")]])
def test_a_build_without_tests_is_not_green(results):
    assert evaluate_gate(results, []).reasons == ["No test ran: run the whole build with its tests."]


def test_a_lost_row_blocks():
    decision = evaluate_gate([PASSED], [delivery(), delivery(rows_loaded=6)])
    assert decision.reasons == ["Delivery 00aa of payments has 10 rows read but 9 accounted for."]


def test_a_lost_cent_blocks():
    decision = evaluate_gate([PASSED], [delivery(sum_loaded=Decimal("10.09"))])
    assert decision.reasons == ["Delivery 00aa of payments has a control sum of 10.30 read but 10.29 accounted for."]


@pytest.mark.parametrize("read", [None, Decimal("0.00")])
def test_a_feed_without_control_total_has_no_sums(read):
    none = {"sum_read": read, "sum_loaded": None, "sum_quarantined": None, "sum_duplicate": None}
    assert evaluate_gate([PASSED], [delivery(**none)]).is_green


def test_node_results_join_run_results_and_manifest():
    manifest = {
        "nodes": {
            "test.tieout.grain": {
                "config": {"severity": "WARN"},
                "depends_on": {"nodes": ["model.tieout.fct_x", "model.tieout.dim_y"]},
            },
            "model.tieout.fct_x": {"config": {}, "depends_on": {"nodes": ["model.tieout.stg"]}},
        },
        "unit_tests": {"unit_test.tieout.u": {"config": {}, "depends_on": {"nodes": ["model.tieout.fct_x"]}}},
    }
    run_results = {
        "results": [
            {"unique_id": "model.tieout.fct_x", "status": "success", "failures": None, "message": "OK"},
            {"unique_id": "test.tieout.grain", "status": "warn", "failures": 2, "message": "x" * 10_000},
            {"unique_id": "unit_test.tieout.u", "status": "pass", "failures": 0, "message": None},
        ]
    }
    model, grain, unit = node_results(run_results, manifest)
    assert model == NodeResult(
        node_id="model.tieout.fct_x", status="success", message="OK", tables=["model.tieout.fct_x"]
    )
    assert (grain.severity, grain.failures, len(grain.message)) == ("warn", 2, 500)
    assert grain.tables == ["model.tieout.dim_y", "model.tieout.fct_x"]
    assert (unit.severity, unit.tables, unit.message) == ("error", ["model.tieout.fct_x"], None)


def test_delivery_summaries_are_the_loaded_ones_in_order(ring):
    with connect_warehouse(ring) as connection:
        connection.execute(
            """
            CREATE SCHEMA raw;
            CREATE TABLE raw.deliveries AS
            SELECT
                col0 AS delivery_id, col1 AS load_sequence, col2 AS status, 'payments' AS feed,
                repeat('00aa', 16) AS file_sha256, DATE '2022-12-28' AS business_date,
                10 AS rows_read, 7 AS rows_loaded, 2 AS rows_quarantined, 1 AS rows_duplicate,
                10.3::DECIMAL(38, 6) AS sum_read, 10.3::DECIMAL(38, 6) AS sum_loaded,
                0::DECIMAL(38, 6) AS sum_quarantined, NULL::DECIMAL(38, 6) AS sum_duplicate
            FROM (
                VALUES ('late', 2, 'loaded'), ('bad', 3, 'refused'), ('early', 1, 'loaded'), ('twice', 4, 'duplicate')
            )
            """
        )
        summaries = delivery_summaries(connection)
    assert [summary.delivery_id for summary in summaries] == ["early", "late"]
    assert (summaries[0].sum_read, summaries[0].sum_duplicate) == (Decimal("10.3"), None)
    assert evaluate_gate([PASSED], summaries).is_green
