"""Is everything as it was written: the audit log, and every build that is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from governance import builds
from governance.audit import AuditLog
from governance.chain import Head
from governance.errors import AuditTampered, BuildTampered
from governance.keys import KeyRing
from orchestration.errors import OrchestrationError

_HEAD = re.compile(r"([1-9][0-9]*):([0-9a-f]{64})")


@dataclass(frozen=True)
class Verdict:
    """What was looked at, what was found, and whether it is whole."""

    subject: str
    finding: str
    is_whole: bool


def read_head(text: str) -> Head:
    """Return the head that an export printed, written as ``12:4e1c...`` (record number and hash)."""
    found = _HEAD.fullmatch(text)
    if not found:
        raise OrchestrationError(f"{text!r} is not a head: write the record's number and its hash, such as 12:4e1c...")
    return Head(int(found[1]), found[2])


def verify_all(ring: KeyRing, noted: Head | None = None, *, deep: bool = False) -> list[Verdict]:
    """Check the audit log and every published build.

    Parameters
    ----------
    ring : KeyRing
        Verifies the manifests' signatures.
    noted : Head, optional
        A head noted earlier, which the audit log must still hold.
    deep : bool
        Also compute the content hash of every published table anew.

    Returns
    -------
    list of Verdict
        The log first, then the builds, oldest first.
    """
    return [_log(noted), *(_build(build_id, ring, deep=deep) for build_id in builds.published_builds())]


def _log(noted: Head | None) -> Verdict:
    try:
        last = AuditLog().verify(noted)
    except AuditTampered as error:
        return Verdict("Audit log", str(error), is_whole=False)
    if last is None:
        return Verdict("Audit log", "no record yet", is_whole=True)
    held = "" if noted is None else f", and record {noted.sequence} is as it was noted"
    return Verdict("Audit log", f"{last.sequence:,} records, each follows the one before{held}", is_whole=True)


def _build(build_id: str, ring: KeyRing, *, deep: bool) -> Verdict:
    try:
        manifest = builds.verify_build(build_id, ring, deep=deep)
    except BuildTampered as error:
        return Verdict(f"Build {build_id}", str(error), is_whole=False)
    contents = f", {len(manifest.tables)} tables by their content" if deep else ""
    return Verdict(f"Build {build_id}", f"signature and {len(manifest.files)} files as published{contents}", True)
