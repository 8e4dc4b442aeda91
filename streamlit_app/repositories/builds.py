"""Which build is in force, what the gate last said, and the reader of a role's file."""

from __future__ import annotations

from governance.access import Reader, open_reader
from governance.builds import GateStatus, Manifest, current_build, gate_status


def build_in_force() -> Manifest | None:
    """Return the verified manifest of the published build, or None before the first one."""
    return current_build()


def last_gate() -> GateStatus | None:
    """Return the outcome of the last publish gate, or None when none has run."""
    return gate_status()


def reader_for(role: str, build_id: str) -> Reader:
    """Open a role's file of one build; the caller closes it."""
    return open_reader(role, build_id)
