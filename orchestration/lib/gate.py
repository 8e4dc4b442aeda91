"""Judge a build after dbt: what the gate decides, and what happens to a build that it holds back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NoReturn

import dagster as dg
import duckdb

from governance import builds
from governance.keys import KeyRing
from orchestration.lib import build_log
from orchestration.lib.alerts import Alert, raise_alert
from orchestration.lib.dbt import DbtArtifacts


@dataclass(frozen=True)
class Judgement:
    """A build and what speaks for or against it.

    Attributes
    ----------
    number : int
        The build's number in the log of builds.
    business_date : date
        The date it is for.
    results : list of NodeResult
        Every model's and test's result.
    deliveries : list of DeliverySummary
        Every delivery with its reconciliation.
    decision : GateDecision
        Green, or red with reasons.
    """

    number: int
    business_date: date
    results: list[builds.NodeResult]
    deliveries: list[builds.DeliverySummary]
    decision: builds.GateDecision


def judge(connection: duckdb.DuckDBPyConnection, artifacts: DbtArtifacts) -> Judgement:
    """Run the gate on the build that dbt has just made, and alert on every check that did not pass."""
    number, business_date = build_log.last_build(connection)
    results = builds.node_results(artifacts.run_results, artifacts.manifest)
    deliveries = builds.delivery_summaries(connection)
    alert_on_checks(results, business_date)
    return Judgement(number, business_date, results, deliveries, builds.evaluate_gate(results, deliveries))


def withhold(connection: duckdb.DuckDBPyConnection, ring: KeyRing, judgement: Judgement) -> NoReturn:
    """Record that the build is held back and why, tell people, and fail the step; the build in force stays.

    Raises
    ------
    dagster.Failure
        Always; another try cannot help.
    """
    reasons = "; ".join(reason.rstrip(".") for reason in judgement.decision.reasons)
    builds.record_withheld(judgement.business_date, judgement.decision)
    build_log.finish_build(connection, judgement.number, "withheld", reasons=reasons)
    in_force = builds.current_build(ring)
    kept = f"Build {in_force.build_id} stays in force" if in_force else "No build has been published yet"
    raise_alert(
        Alert(
            "build_withheld",
            "high",
            judgement.business_date.isoformat(),
            f"The build for {judgement.business_date} is withheld",
            f"{reasons}. {kept}. Correct the delivery or the model, then run the same business date again.",
        )
    )
    raise dg.Failure(
        f"Withheld: {reasons}. {kept}.", metadata={"reasons": judgement.decision.reasons}, allow_retries=False
    )


def alert_on_checks(results: list[builds.NodeResult], business_date: date) -> None:
    """Tell people of every check that did not pass, once each: blocking ones high, the others medium."""
    for result in results:
        if result.node_id.startswith(("test.", "unit_test.")) and result.status in {"fail", "error", "warn"}:
            name = result.node_id.split(".")[2]
            raise_alert(
                Alert(
                    "check_failed",
                    "medium" if result.status == "warn" else "high",
                    business_date.isoformat(),
                    f"Check {name}: {result.failures if result.failures is not None else 'no'} rows",
                    f"{result.message or 'It did not pass.'} Open the check in the Dagster UI for its query and rows.",
                )
            )
