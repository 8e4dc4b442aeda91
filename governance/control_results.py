"""The results of controls in a published build, as they are signed: every column of a row, exact, under one hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from governance.access import Reader
from governance.files import canonical_json

TABLE: Final = "fct_sox_control_results"


@dataclass(frozen=True)
class ControlResult:
    """What is signed: one control's result of one period in one build.

    Attributes
    ----------
    control_id, period_id, build_id : str
        What it is the result of, and the published build that holds it.
    conclusion : str
        ``effective``, ``ineffective`` or ``not_tested``, as computed.
    owner, reviewer : str
        E-mails of who attests and who confirms, as the catalogue of this build names them.
    is_closed : bool
        Whether the period had ended and closed by the build's business date.
    hash : str
        SHA-256 over the names and exact texts of the row's columns. It does not cover the build: the same row in
        another build has the same hash.
    """

    control_id: str
    period_id: str
    build_id: str
    conclusion: str
    owner: str
    reviewer: str
    is_closed: bool
    hash: str

    @property
    def key(self) -> tuple[str, str]:
        """Control and period."""
        return self.control_id, self.period_id


def control_results(reader: Reader) -> dict[tuple[str, str], ControlResult]:
    """Return every result of a build by control and period; none when the build has no controls."""
    if TABLE not in reader.manifest.tables:
        return {}
    rows = reader.query(f"select columns(*)::varchar from {TABLE} order by control_id, period_id").astype(object)
    build_id = reader.manifest.build_id
    found = (_result(row, build_id) for row in rows.where(rows.notna(), None).to_dict("records"))
    return {result.key: result for result in found}


def _result(row: dict[Any, Any], build_id: str) -> ControlResult:
    return ControlResult(
        control_id=row["control_id"],
        period_id=row["period_id"],
        build_id=build_id,
        conclusion=row["conclusion"],
        owner=row["owner"].lower(),
        reviewer=row["reviewer"].lower(),
        is_closed=row["is_closed"] == "true",
        hash=hashlib.sha256(canonical_json(row)).hexdigest(),
    )
