"""The roles of the bank's systems: permissions, and roles within roles up to four deep."""

from __future__ import annotations

from datetime import time
from typing import Final

import numpy as np
import pyarrow as pa

from orchestration.demo_bank.records import Records
from orchestration.demo_bank.writing import Feed

ROLES: Final = Feed("identity", "roles", "csv", None, 1, time(9, 0), "Europe/London")

EVERYBODY: Final = "EMPLOYEE"
READER: Final = "WAREHOUSE_READER"
ROLE_MEMBERS: Final = (
    # role, kind of member, member, system
    (EVERYBODY, "permission", "LOGON", "identity"),
    ("LEDGER_VIEWER", "permission", "LEDGER_READ", "ledger"),
    ("JOURNAL_PREPARER", "role", "LEDGER_VIEWER", "ledger"),
    ("JOURNAL_PREPARER", "permission", "JOURNAL_PREPARE", "ledger"),
    ("JOURNAL_APPROVER", "role", "LEDGER_VIEWER", "ledger"),
    ("JOURNAL_APPROVER", "permission", "JOURNAL_APPROVE", "ledger"),
    ("FINANCIAL_CONTROLLER", "role", "JOURNAL_APPROVER", "ledger"),
    ("FINANCIAL_CONTROLLER", "permission", "RECONCILIATION_APPROVE", "ledger"),
    ("GROUP_FINANCIAL_CONTROLLER", "role", "FINANCIAL_CONTROLLER", "ledger"),
    ("GROUP_FINANCIAL_CONTROLLER", "permission", "JOURNAL_APPROVE_REVENUE", "ledger"),
    ("GROUP_FINANCIAL_CONTROLLER", "permission", "PERIOD_REOPEN", "ledger"),
    ("LEDGER_INTERFACE", "permission", "SUBLEDGER_POST", "ledger"),
    ("PAYMENTS_VIEWER", "permission", "PAYMENT_READ", "payments"),
    ("VENDOR_DESK", "role", "PAYMENTS_VIEWER", "payments"),
    ("VENDOR_DESK", "permission", "VENDOR_MAINTAIN", "payments"),
    ("ACCOUNTS_PAYABLE", "role", "PAYMENTS_VIEWER", "payments"),
    ("ACCOUNTS_PAYABLE", "permission", "PAYMENT_CREATE", "payments"),
    ("PAYMENT_OFFICER", "role", "PAYMENTS_VIEWER", "payments"),
    ("PAYMENT_OFFICER", "permission", "PAYMENT_RELEASE", "payments"),
    # Cover for holidays: both sides of a payment, two levels down.
    ("PAYMENTS_COVER", "role", "ACCOUNTS_PAYABLE", "payments"),
    ("PAYMENTS_COVER", "role", "PAYMENT_OFFICER", "payments"),
    ("BANK_RECONCILER", "permission", "BANK_RECONCILE", "treasury"),
    ("CHANGE_VIEWER", "permission", "CHANGE_READ", "warehouse"),
    ("DEVELOPER", "role", "CHANGE_VIEWER", "warehouse"),
    ("DEVELOPER", "permission", "CHANGE_DEVELOP", "warehouse"),
    ("TESTER", "role", "CHANGE_VIEWER", "warehouse"),
    ("TESTER", "permission", "CHANGE_TEST", "warehouse"),
    ("CHANGE_MANAGER", "role", "CHANGE_VIEWER", "warehouse"),
    ("CHANGE_MANAGER", "permission", "CHANGE_APPROVE", "warehouse"),
    ("RELEASE_OPERATOR", "permission", "CHANGE_DEPLOY", "warehouse"),
    ("DEPLOYMENT_INTERFACE", "permission", "PACKAGE_COPY", "warehouse"),
    ("SYSTEM_ADMINISTRATOR", "permission", "SYSTEM_ADMINISTER", "identity"),
    ("BACKUP_OPERATOR", "permission", "BACKUP_RUN", "warehouse"),
    ("BATCH_INTERFACE", "permission", "JOB_RUN", "warehouse"),
    ("ACCESS_ADMINISTRATOR", "permission", "ACCESS_GRANT", "identity"),
    ("ACCESS_APPROVER", "permission", "ACCESS_APPROVE", "identity"),
    ("TRADER", "permission", "TRADE_BOOK", "trading"),
    ("TRADE_SUPPORT", "permission", "TRADE_CONFIRM", "trading"),
    (READER, "permission", "WAREHOUSE_READ", "warehouse"),
)
ROLE_IDS: Final = tuple(dict.fromkeys(role for role, *_ in ROLE_MEMBERS))


def role_records(day: np.datetime64) -> Records:
    """Every role, known from a day on."""
    names = ("role_id", "member_type", "member_id", "system")
    columns = zip(*ROLE_MEMBERS, strict=True)
    table = pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})
    return Records(ROLES, table, np.full(table.num_rows, day))
