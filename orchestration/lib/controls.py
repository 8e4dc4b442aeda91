"""Controls on the command line: what they conclude, where their sign-off stands, and signing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from governance.access import Reader, open_reader
from governance.approvals import NOT_SIGNED, ApprovalLog, Entry, SignOff, sign_offs
from governance.builds import current_build
from governance.control_results import TABLE, control_results
from governance.errors import ApprovalTampered
from governance.keys import KeyRing
from orchestration.errors import OrchestrationError

CONCLUSIONS: Final = {"effective": "effective", "ineffective": "ineffective", "not_tested": "not tested"}


@dataclass(frozen=True)
class ControlLine:
    """One control's result of one period and where its sign-off stands."""

    control_id: str
    period_id: str
    name: str
    conclusion: str
    exceptions: int
    owner: str
    reviewer: str
    sign_off: SignOff


def control_lines(ring: KeyRing, period_id: str | None = None) -> list[ControlLine]:
    """Return the results of a period in the build in force; of the latest closed month and quarter without one.

    Raises
    ------
    OrchestrationError
        If nothing is published, or the build has no such period.
    """
    manifest = current_build(ring)
    if manifest is None:
        raise OrchestrationError("No build has been published yet: run `tieout run`.")
    if TABLE not in manifest.tables:
        raise OrchestrationError(
            f"Build {manifest.build_id} has no controls: run `tieout run` with the present models."
        )
    with open_reader("analyst", manifest.build_id, ring) as reader:
        standing = _standing(reader)
        periods = reader.query(f"select distinct period_id from {TABLE} order by period_id")["period_id"].to_list()
        wanted = _latest_periods(reader) if period_id is None else [period_id]
        rows = reader.query(
            f"""
            select control_id, period_id, control_name, conclusion, exceptions, owner, reviewer
            from {TABLE} where period_id in (select unnest($periods)) order by period_id, control_id
            """,
            {"periods": wanted},
        )
    if rows.empty:
        raise OrchestrationError(
            f"Build {manifest.build_id} has no results for {period_id or 'a closed period'}: use one of "
            f"{', '.join(periods)}."
        )
    return [
        ControlLine(
            control_id=row["control_id"],
            period_id=row["period_id"],
            name=row["control_name"],
            conclusion=CONCLUSIONS[row["conclusion"]],
            exceptions=int(row["exceptions"]),
            owner=row["owner"],
            reviewer=row["reviewer"],
            sign_off=standing.get((row["control_id"], row["period_id"]), NOT_SIGNED),
        )
        for row in rows.to_dict("records")
    ]


def history(control_id: str | None, period_id: str | None) -> list[Entry]:
    """Return the records of the sign-off log, refusals included, of a control and a period if they are given."""
    return [
        entry
        for entry in ApprovalLog().entries()
        if control_id in {None, entry.control_id} and period_id in {None, entry.period_id}
    ]


def headline_conclusions(reader: Reader) -> list[tuple[str, str]]:
    """Return how the controls of the latest closed month and quarter conclude, and how far they are signed."""
    rows = reader.query(
        f"""
        select control_id, period_id, conclusion from {TABLE}
        where period_id in (select unnest($periods)) order by period_id desc
        """,
        {"periods": _latest_periods(reader)},
    )
    if rows.empty:
        return [("SOX controls", "missing: no period of the controls is closed")]
    try:
        standing: dict[tuple[str, str], SignOff] | None = _standing(reader)
    except ApprovalTampered:
        standing = None
    figures = []
    for period_id, group in rows.groupby("period_id", sort=False):
        counts = Counter(group["conclusion"])
        found = ", ".join(f"{counts[conclusion]:,} {words}" for conclusion, words in CONCLUSIONS.items())
        figures.append((f"SOX controls, {period_id}", found))
        if standing is None:
            figures.append(("  signed", "not known: the sign-off log was altered, run `tieout verify`"))
            continue
        states = Counter(standing[control_id, str(period_id)].state for control_id in group["control_id"])
        unsigned = len(group) - states["confirmed"] - states["attested"]
        figures.append(
            ("  signed", f"{states['confirmed']:,} confirmed, {states['attested']:,} attested, {unsigned:,} open")
        )
    return figures


def _standing(reader: Reader) -> dict[tuple[str, str], SignOff]:
    results = control_results(reader)
    return sign_offs(results.values(), reader.manifest.build_id, ApprovalLog().entries())


def _latest_periods(reader: Reader) -> list[str]:
    """Return the latest closed period of each frequency."""
    rows = reader.query(f"select max(period_id) as period_id from {TABLE} where is_closed group by frequency")
    return [str(period_id) for period_id in rows["period_id"]]
