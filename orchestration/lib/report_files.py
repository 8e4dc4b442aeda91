"""Reports by name: which can be exported, in which format, and who asks."""

from __future__ import annotations

import os
import pwd
from datetime import date
from pathlib import Path

from governance.keys import KeyRing
from governance.reports import rts22
from orchestration.errors import OrchestrationError

FORMATS = {rts22.REPORT_ID: ("xml",)}


def export_report(
    ring: KeyRing,
    report_id: str,
    file_format: str,
    *,
    purpose: str | None = None,
    reporting_date: date | None = None,
    to: Path | None = None,
) -> rts22.Export:
    """Write a report's files for the user of this process; the other arguments are those of `export_rts22`.

    Raises
    ------
    OrchestrationError
        If there is no such report, or not in this format.
    """
    if report_id not in FORMATS:
        raise OrchestrationError(f"There is no report {report_id!r}: use one of {', '.join(sorted(FORMATS))}.")
    if file_format not in FORMATS[report_id]:
        raise OrchestrationError(
            f"{report_id} is not written as {file_format!r}: use one of {', '.join(FORMATS[report_id])}."
        )
    return rts22.export_rts22(
        ring,
        user=operating_system_user(),
        purpose=rts22.PURPOSE if purpose is None else purpose,
        reporting_date=reporting_date,
        to=to,
    )


def operating_system_user() -> str:
    """Return the account that this process runs under; the environment, which anyone can set, is not asked."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
