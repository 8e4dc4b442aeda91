"""Is everything as it was written: the audit log, the sign-off log, and every build that is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from governance import builds
from governance.access import open_reader
from governance.approvals import ApprovalLog, Entry
from governance.audit import AuditLog
from governance.chain import Head
from governance.control_results import control_results
from governance.errors import ApprovalTampered, AuditTampered, BuildTampered
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


def verify_all(
    ring: KeyRing, noted: Head | None = None, noted_sign_off: Head | None = None, *, deep: bool = False
) -> list[Verdict]:
    """Check the audit log, the sign-off log and every published build.

    Parameters
    ----------
    ring : KeyRing
        Verifies the manifests' signatures.
    noted : Head, optional
        A head noted earlier, which the audit log must still hold.
    noted_sign_off : Head, optional
        A head noted earlier, which the sign-off log must still hold.
    deep : bool
        Also compute the content hash of every published table anew.

    Returns
    -------
    list of Verdict
        The logs first, then the builds, oldest first.
    """
    return [
        _log(noted),
        _sign_offs(ring, noted_sign_off),
        *(_build(build_id, ring, deep=deep) for build_id in builds.published_builds()),
    ]


def _log(noted: Head | None) -> Verdict:
    try:
        last = AuditLog().verify(noted)
    except AuditTampered as error:
        return Verdict("Audit log", str(error), is_whole=False)
    if last is None:
        return Verdict("Audit log", "no record yet", is_whole=True)
    held = "" if noted is None else f", and record {noted.sequence} is as it was noted"
    return Verdict("Audit log", f"{last.sequence:,} records, each follows the one before{held}", is_whole=True)


def _sign_offs(ring: KeyRing, noted: Head | None) -> Verdict:
    subject = "Sign-off log"
    try:
        last = ApprovalLog().verify(noted)
        signed = [entry for entry in ApprovalLog().entries() if entry.event != "refused"]
    except ApprovalTampered as error:
        return Verdict(subject, str(error), is_whole=False)
    if last is None:
        return Verdict(subject, "no record yet", is_whole=True)
    problems = [
        problem
        for build_id in dict.fromkeys(entry.build_id for entry in signed)
        for problem in _signed_results(ring, str(build_id), [entry for entry in signed if entry.build_id == build_id])
    ]
    if problems:
        return Verdict(subject, " ".join(problems), is_whole=False)
    held = "" if noted is None else f", and record {noted.sequence} is as it was noted"
    return Verdict(
        subject,
        f"{last.sequence:,} records, each follows the one before, {len(signed):,} on results as published{held}",
        is_whole=True,
    )


def _signed_results(ring: KeyRing, build_id: str, signed: list[Entry]) -> list[str]:
    """Say what is wrong with the results that were signed on a build."""
    if build_id not in builds.published_builds():
        return [f"Build {build_id}, on which results were signed, is gone: restore its folder from a back-up."]
    try:
        with open_reader("analyst", build_id, ring) as reader:
            results = control_results(reader)
    except BuildTampered:
        return [f"What was signed on build {build_id} cannot be compared, for the build was altered."]
    return [
        f"Record {entry.head.sequence} is not of the result of {entry.control_id} for {entry.period_id} that build "
        f"{build_id} holds: keep the file as evidence and restore it from a back-up."
        for entry in signed
        if (result := results.get(entry.key)) is None
        or (result.hash, result.conclusion) != (entry.result_hash, entry.conclusion)
    ]


def _build(build_id: str, ring: KeyRing, *, deep: bool) -> Verdict:
    try:
        manifest = builds.verify_build(build_id, ring, deep=deep)
    except BuildTampered as error:
        return Verdict(f"Build {build_id}", str(error), is_whole=False)
    contents = f", {len(manifest.tables)} tables by their content" if deep else ""
    return Verdict(f"Build {build_id}", f"signature and {len(manifest.files)} files as published{contents}", True)
