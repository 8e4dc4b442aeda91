"""What landing raises. A fault of a delivered file is not an error: it is a result that the ledger keeps."""

from __future__ import annotations

from orchestration.errors import OrchestrationError


class LandingError(OrchestrationError):
    """Landing cannot go on, for a reason that is not the delivered file's."""


class ContractError(LandingError):
    """A source contract that cannot be used."""


class UnknownDelivery(LandingError):
    """A file that no source contract describes."""
