"""The errors governance raises: one family, each message one plain sentence that says what to do next."""

from __future__ import annotations


class GovernanceError(Exception):
    """Anything that governance refuses or cannot do."""


class KeyRingError(GovernanceError):
    """The key ring is missing, damaged, unsafe on disk, or does not open with this key-encryption key."""


class UnknownKeyError(KeyRingError):
    """A key id that the key ring does not hold."""


class SignatureError(GovernanceError):
    """A signature that does not belong to its payload."""


class DecryptionError(GovernanceError):
    """A ciphertext that was altered, cut short, or moved away from where it was written."""


class WarehouseError(GovernanceError):
    """The warehouse cannot be opened."""


class WarehouseBusy(WarehouseError):
    """Another process holds the warehouse's one write lock.

    Attributes
    ----------
    pid : int or None
        Process that holds the lock, when DuckDB names it.
    """

    def __init__(self, message: str, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


class BuildError(GovernanceError):
    """A build cannot be published."""


class BuildWithheld(BuildError):
    """A build that the gate does not let through.

    Attributes
    ----------
    reasons : list of str
        Why, one sentence each.
    """

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"The build is withheld, the last published one stays in force. {' '.join(reasons)}")
        self.reasons = reasons


class BuildNotFound(BuildError):
    """A build that is not, or no longer, in the published folder."""


class BuildTampered(BuildError):
    """A published build whose files, manifest or signature do not agree."""


class AccessDenied(GovernanceError):
    """The role may not read this, or the statement is not a single SELECT."""


class QueryTimeout(GovernanceError):
    """A query ran longer than it may."""


class QueryFailed(GovernanceError):
    """DuckDB refused the query."""


class RowCapExceeded(GovernanceError):
    """A query gives more rows than may be handed out at once."""


class AuditError(GovernanceError):
    """The audit log cannot be written or read. Without a record no personal data is shown."""


class AuditTampered(AuditError):
    """A record of the audit log is not what was written, or one is missing."""


class ApprovalError(GovernanceError):
    """The sign-off log cannot be written or read. Without a record nothing is signed."""


class ApprovalRefused(ApprovalError):
    """A sign-off that is not allowed; the log has recorded that it was tried, and why it was refused."""


class ApprovalTampered(ApprovalError):
    """A record of the sign-off log is not what was written, or one is missing."""


class PeopleError(GovernanceError):
    """The file of people is damaged, unsafe on disk, or does not name an account."""


class ReportError(GovernanceError):
    """A report cannot be made from this build, or must not be written where it was asked for."""


class StatusAdviceError(GovernanceError):
    """A file of feedback that is not a status advice this version understands."""
