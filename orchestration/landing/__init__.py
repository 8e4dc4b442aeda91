"""Deliveries of the source systems become rows of the raw tables, checked against the feed's contract."""

from orchestration.landing.contract import Contract, load_contracts
from orchestration.landing.errors import ContractError, LandingError, UnknownDelivery
from orchestration.landing.inbox import PendingDelivery, UnknownFile, pending_deliveries, unknown_files
from orchestration.landing.intake import check_file, land, land_all
from orchestration.landing.ledger import DeliveryResult
from orchestration.landing.raw_tables import create_raw_tables

__all__ = [
    "Contract",
    "ContractError",
    "DeliveryResult",
    "LandingError",
    "PendingDelivery",
    "UnknownDelivery",
    "UnknownFile",
    "check_file",
    "create_raw_tables",
    "land",
    "land_all",
    "load_contracts",
    "pending_deliveries",
    "unknown_files",
]
