"""The build a page speaks for: its identity, the gate's verdict, and what is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from governance.builds import GateStatus, Manifest, NodeResult
from streamlit_app.repositories import builds as repository

# Until people can sign in there is one reader, and it sees masked values only.
ROLE = "analyst"


@dataclass(frozen=True)
class Standing:
    """Where things stand when a page is drawn.

    Attributes
    ----------
    manifest : Manifest or None
        The build in force; None before the first one was published.
    gate : GateStatus or None
        What the publish gate said last.
    """

    manifest: Manifest | None
    gate: GateStatus | None

    @property
    def is_withheld(self) -> bool:
        """Whether the newest build was stopped at the gate, so that readers see an older one or none."""
        return self.gate is not None and not self.gate.is_green

    @property
    def withheld_date(self) -> date | None:
        """Business date of the build that was stopped."""
        return self.gate.business_date if self.gate is not None and self.is_withheld else None

    @property
    def is_stale(self) -> bool:
        """Whether the build in force is for an older business date than the one that was stopped."""
        return (
            self.manifest is not None
            and self.withheld_date is not None
            and self.manifest.business_date < self.withheld_date
        )


def standing() -> Standing:
    """Read the build in force and the gate's last word, afresh: a new build shows on the next click."""
    return Standing(manifest=repository.build_in_force(), gate=repository.last_gate())


def weekday_date(day: date) -> str:
    """Spell a date so that nobody has to guess the order of day and month.

    Examples
    --------
    >>> weekday_date(date(2022, 12, 28))
    'Wednesday 28 December 2022'
    """
    return f"{day:%A} {day.day} {day:%B %Y}"


def is_test(result: NodeResult) -> bool:
    """Tell whether a dbt node's result is a check, not a table being built."""
    return result.node_id.split(".")[0] in {"test", "unit_test"}


def test_results(manifest: Manifest) -> pd.DataFrame:
    """Return one row per check of the build, failures and warnings first."""
    order = {"error": 0, "fail": 0, "warn": 1, "skipped": 2}
    checks = sorted(
        (result for result in manifest.test_results if is_test(result)),
        key=lambda result: (order.get(result.status, 3), result.node_id),
    )
    return pd.DataFrame(
        [(c.node_id.split(".")[2], c.status, c.severity, c.failures, c.message) for c in checks],
        columns=["check", "status", "severity", "failures", "message"],
    ).astype({"failures": "Int64"})


def tables_published(manifest: Manifest, role: str) -> pd.DataFrame:
    """Return one row per table the role's file holds: ``table, rows, content_hash``."""
    held = manifest.files[role].tables if role in manifest.files else {}
    return pd.DataFrame(
        [
            (f"{summary.schema_name}.{name}", summary.rows, summary.content_hash)
            for name, summary in sorted(manifest.tables.items())
            if name in held
        ],
        columns=["table", "rows", "content_hash"],
    )
