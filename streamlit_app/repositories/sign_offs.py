"""The sign-off of control results: what can be signed in a build, what the log holds, and the builds themselves."""

from __future__ import annotations

from governance.access import Reader
from governance.approvals import ApprovalLog, Entry
from governance.builds import Manifest, load_manifest, published_builds
from governance.control_results import ControlResult, control_results


def signable(reader: Reader) -> dict[tuple[str, str], ControlResult]:
    """Return every result of the build by control and period."""
    return control_results(reader)


def entries() -> list[Entry]:
    """Return every record of the log, checked; read afresh, for people sign between two clicks."""
    return ApprovalLog().entries()


def kept_builds() -> list[Manifest]:
    """Return the verified manifest of every build that is kept, oldest business date first."""
    return [load_manifest(build_id) for build_id in published_builds()]
