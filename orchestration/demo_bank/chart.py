"""Chart of accounts: those of the balance sheet, and what is reported in one of them."""

from __future__ import annotations

from datetime import time
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.demo_bank.ledger import ACCOUNTS
from orchestration.demo_bank.writing import Feed

GL_ACCOUNTS: Final = Feed("ledger", "gl_accounts", "csv", None, 3, time(9, 30), "Europe/London")

PROFIT_ACCOUNT: Final = "3030"
OTHER_ASSETS_ACCOUNT: Final = "1790"
OTHER_LIABILITIES_ACCOUNT: Final = "2710"
CONTRA_ACCOUNT: Final = "9999"
DUE_FROM_GROUP: Final = "1810"
DUE_TO_GROUP: Final = "2810"
GROUP_INCOME: Final = "4410"
GROUP_EXPENSE: Final = "5290"


class ChartAccount(NamedTuple):
    """An account in which journals are posted, and the account of the balance sheet in which it is reported."""

    code: str
    name: str
    account_class: str
    statement_account: str | None
    is_intercompany: bool = False


_POSTED_ONLY: Final = (
    ChartAccount("1791", "Prepayments", "asset", OTHER_ASSETS_ACCOUNT),
    ChartAccount("1792", "Equipment and software", "asset", OTHER_ASSETS_ACCOUNT),
    ChartAccount("1793", "Recoverable taxes", "asset", OTHER_ASSETS_ACCOUNT),
    ChartAccount("1798", "Suspense, debit", "asset", OTHER_ASSETS_ACCOUNT),
    # What group companies owe each other is nothing in the group's balance sheet: both sides are in one account.
    ChartAccount(DUE_FROM_GROUP, "Due from group companies", "asset", OTHER_ASSETS_ACCOUNT, True),
    ChartAccount("2711", "Trade payables", "liability", OTHER_LIABILITIES_ACCOUNT),
    ChartAccount("2712", "Accrued expenses", "liability", OTHER_LIABILITIES_ACCOUNT),
    ChartAccount("2713", "Taxes payable", "liability", OTHER_LIABILITIES_ACCOUNT),
    ChartAccount("2798", "Suspense, credit", "liability", OTHER_LIABILITIES_ACCOUNT),
    ChartAccount(DUE_TO_GROUP, "Due to group companies", "liability", OTHER_ASSETS_ACCOUNT, True),
    *(
        ChartAccount(code, name, "revenue", PROFIT_ACCOUNT)
        for code, name in (
            ("4010", "Interest income"),
            ("4110", "Fee income"),
            ("4210", "Net trading result"),
            ("4310", "Other operating income"),
            (GROUP_INCOME, "Services to group companies"),
        )
    ),
    *(
        ChartAccount(code, name, "expense", PROFIT_ACCOUNT)
        for code, name in (
            ("5010", "Interest expense"),
            ("5110", "Fee expense"),
            ("5210", "Staff"),
            ("5220", "Premises"),
            ("5230", "Technology"),
            ("5240", "Professional services"),
            ("5250", "Marketing"),
            ("5260", "Travel"),
            ("5270", "Supervisory fees"),
            (GROUP_EXPENSE, "Services of group companies"),
            ("5310", "Depreciation"),
            ("5410", "Credit losses"),
            ("5510", "Taxes on income"),
        )
    ),
    ChartAccount(CONTRA_ACCOUNT, "Contra account of commitments", "off_balance", None),
)
CHART: Final = tuple(
    sorted(
        (*(ChartAccount(item.code, item.name, item.account_class, item.code) for item in ACCOUNTS), *_POSTED_ONLY),
        key=lambda item: item.code,
    )
)
CODES: Final = tuple(account.code for account in CHART)
STATEMENT_CODES: Final = tuple(account.code for account in ACCOUNTS)
DEBIT_SIGN: Final[NDArray[np.int64]] = np.array(
    [-1 if account.account_class in ("liability", "equity") else 1 for account in ACCOUNTS]
)
"""By account of the balance sheet: what turns a balance with its natural sign into debits less credits."""
_NOWHERE = len(STATEMENT_CODES)
REPORTED_IN: Final[NDArray[np.int64]] = np.array(
    [STATEMENT_CODES.index(item.statement_account) if item.statement_account else _NOWHERE for item in CHART]
)
"""By account of the chart: the account of the balance sheet, or their number for none."""


def account(code: str) -> int:
    """Position of an account in the chart."""
    return CODES.index(code)


def accounts(*codes: str) -> NDArray[np.int64]:
    """Positions of accounts in the chart."""
    return np.array([account(code) for code in codes], dtype=np.int64)


def chart_table() -> pa.Table:
    """Rows of the feed."""
    return pa.table(
        {
            "account_code": pa.array(CODES),
            "account_name": pa.array([item.name for item in CHART]),
            "account_class": pa.array([item.account_class for item in CHART]),
            "statement_account": pa.array([item.statement_account for item in CHART], type=pa.string()),
            "is_intercompany": np.array([item.is_intercompany for item in CHART]),
        }
    )
