"""The publish gate: a build goes out when every blocking check is green and every delivery reconciles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from governance.build_records import DeliverySummary, GateDecision, NodeResult

# dbt reports a failed test of severity warn as "warn". Whatever is not in this list blocks, unknown words included.
_PASSING = frozenset({"success", "pass", "warn", "no-op"})
_MESSAGE_LENGTH = 500


def node_results(run_results: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[NodeResult]:
    """Return what dbt did, node by node.

    Parameters
    ----------
    run_results : mapping
        Parsed ``run_results.json``.
    manifest : mapping
        Parsed ``manifest.json`` of the same project; it knows each test's severity and the tables it guards.
    """
    nodes = {**manifest.get("nodes", {}), **manifest.get("unit_tests", {})}
    results = []
    for result in run_results["results"]:
        node_id = result["unique_id"]
        node = nodes.get(node_id, {})
        is_test = node_id.startswith(("test.", "unit_test."))
        results.append(
            NodeResult(
                node_id=node_id,
                status=result["status"],
                severity=node.get("config", {}).get("severity", "error").lower() if is_test else None,
                failures=result.get("failures"),
                message=(result.get("message") or "")[:_MESSAGE_LENGTH] or None,
                tables=sorted(node.get("depends_on", {}).get("nodes", [])) if is_test else [node_id],
            )
        )
    return results


def delivery_summaries(connection: duckdb.DuckDBPyConnection) -> list[DeliverySummary]:
    """Return the loaded deliveries of ``warehouse.raw.deliveries`` in loading order."""
    cursor = connection.execute(
        """
        SELECT
            feed, delivery_id, file_sha256 AS sha256, business_date,
            rows_read, rows_loaded, rows_quarantined, rows_duplicate,
            sum_read, sum_loaded, sum_quarantined, sum_duplicate
        FROM warehouse.raw.deliveries
        WHERE status = 'loaded'
        ORDER BY load_sequence
        """
    )
    names = [column[0] for column in cursor.description or []]
    return [DeliverySummary.model_validate(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def evaluate_gate(run_results: Sequence[NodeResult], reconciliation: Sequence[DeliverySummary]) -> GateDecision:
    """Decide whether a build may be published. What is unknown or missing counts against it.

    Parameters
    ----------
    run_results : sequence of NodeResult
        Every model and test of the build.
    reconciliation : sequence of DeliverySummary
        Every loaded delivery.

    Returns
    -------
    GateDecision
        Red when a node failed, errored or was skipped, when no test ran, or when a delivery's rows or control sums
        read are not loaded + quarantined + duplicate.
    """
    blocking = [result for result in run_results if result.status not in _PASSING]
    reasons = _reasons(blocking)
    if not any(result.node_id.startswith(("test.", "unit_test.")) for result in run_results):
        reasons.append("No test ran: run the whole build with its tests.")
    reasons += [reason for delivery in reconciliation for reason in _differences(delivery)]
    withheld = sorted({table for result in blocking for table in result.tables or [result.node_id]})
    return GateDecision(is_green=not reasons, withheld=withheld, reasons=reasons)


def _reasons(blocking: Sequence[NodeResult]) -> list[str]:
    """Say what ended badly; what dbt skipped because of it is counted, for hundreds of names would bury the cause."""
    causes = [result for result in blocking if result.status != "skipped"]
    skipped = len(blocking) - len(causes)
    if not causes:
        return [_why(result) for result in blocking]
    below = [f"{skipped} models and tests below were skipped."] if skipped else []
    return [_why(result) for result in causes] + below


def _why(result: NodeResult) -> str:
    rows = f" with {result.failures} failing rows" if result.failures else ""
    return f"{result.node_id} ended as {result.status}{rows}" + (f": {result.message}" if result.message else ".")


def _differences(delivery: DeliverySummary) -> list[str]:
    name = f"Delivery {delivery.delivery_id} of {delivery.feed}"
    found = []
    accounted = delivery.rows_loaded + delivery.rows_quarantined + delivery.rows_duplicate
    if delivery.rows_read != accounted:
        found.append(f"{name} has {delivery.rows_read} rows read but {accounted} accounted for.")
    sums = (delivery.sum_loaded, delivery.sum_quarantined, delivery.sum_duplicate)
    accounted_sum = sum((value for value in sums if value is not None), Decimal(0))
    if accounted_sum != (delivery.sum_read or Decimal(0)):
        found.append(f"{name} has a control sum of {delivery.sum_read} read but {accounted_sum} accounted for.")
    return found
