"""Small deliveries for the tests, and a warehouse in memory to land them in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from stdnum import iban, luhn

from governance.keys import KeyRing
from governance.settings import settings
from orchestration.landing import Contract, DeliveryResult, create_raw_tables, land, load_contracts, pending_deliveries

CONTRACTS = load_contracts()
DAY = "2022-12-28"
NOW = datetime(2022, 12, 30, 9, tzinfo=UTC)
ARRIVED = datetime(2022, 12, 29, 3, tzinfo=UTC)


def account_number(number: int) -> str:
    """A valid British IBAN."""
    bban = f"WEST{number:014d}"
    return f"GB{iban.calc_check_digits('GB00' + bban)}{bban}"


def card_number(number: int) -> str:
    """A number that passes the Luhn check."""
    digits = f"4{number:014d}"
    return digits + luhn.calc_check_digit(digits)


CUSTOMER = {
    "customer_id": "C00000001",
    "customer_type": "retail",
    "full_name": "Jane Q Canary",
    "ssn": "123-45-6789",
    "birth_date": "1980-02-03",
    "email": "jane.canary@example.com",
    "phone": "+44 20 7946 0958",
    "address": "1, High Street",
    "country": "GB",
    "segment": "mass",
    "onboarded_on": "2020-01-01",
}
ACCOUNT = {
    "account_id": "A000000001",
    "customer_id": "C00000001",
    "account_number": account_number(1),
    "account_type": "current",
    "currency": "GBP",
    "opened_on": "2020-01-01",
    "account_status": "open",
}
PAYMENT = {
    "payment_id": "P000000000001",
    "booked_at": "2022-12-28 10:00:00",
    "account_number": account_number(1),
    "beneficiary_account_number": account_number(2),
    "beneficiary_name": "John Beneficiary",
    "amount": "12.50",
    "currency": "GBP",
    "payment_type": "wire",
    "channel": "web",
}
MERCHANT = {
    "merchant_id": "M000001",
    "merchant_name": "Corner Shop",
    "merchant_category_code": "5411",
    "country": "GB",
}


def payment(number: int, **changes: str) -> dict[str, str]:
    """A good payment with an id of its own."""
    return PAYMENT | {"payment_id": f"P{number:012d}"} | changes


def csv_text(
    rows: Sequence[dict[str, str]],
    control: str | None = None,
    *,
    trailer: str | None = None,
    header: Iterable[str] | None = None,
) -> str:
    """A CSV delivery with the trailer that belongs to it, unless another is given."""
    names = list(header or rows[0])
    lines = [",".join(names), *(",".join(_quoted(row[name]) for name in names) for row in rows)]
    total = "" if control is None else f",{sum((_number(row[control]) for row in rows), Decimal(0))}"
    return "\n".join([*lines, trailer if trailer is not None else f"TRAILER,{len(rows)}{total}"]) + "\n"


def jsonl_text(rows: Sequence[dict[str, Any]]) -> str:
    """A JSON lines delivery."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if set(value) & set(',"') else value


def _number(value: str) -> Decimal:
    """What a value adds to a control sum: nothing when it is not a number as SQL writes them."""
    return Decimal(value) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value.strip()) else Decimal(0)


@dataclass
class Desk:
    """Puts files in the inbox, lands them, and reads what came of it."""

    connection: duckdb.DuckDBPyConnection
    ring: KeyRing
    contracts: dict[str, Contract] = field(default_factory=lambda: dict(CONTRACTS))

    def put(self, feed: str, content: str | bytes, name: str | None = None, day: str = DAY) -> Path:
        """Deliver a file, written at `ARRIVED`."""
        contract = self.contracts[feed]
        path = settings().inbox / contract.system / day / (name or contract.file_pattern.replace("*", day))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (ARRIVED.timestamp(),) * 2)
        return path

    def land(self) -> list[DeliveryResult]:
        """Land what is in the inbox."""
        pending = pending_deliveries(settings().inbox, self.contracts)
        return [land(self.connection, self.ring, item, self.contracts[item.feed], now=NOW) for item in pending]

    def deliver(self, feed: str, content: str | bytes, name: str | None = None, day: str = DAY) -> DeliveryResult:
        """Deliver one file and land it."""
        path = self.put(feed, content, name, day)
        result = next(result for result in self.land() if result.file_name == path.name)
        assert result.rows_read == result.rows_loaded + result.rows_quarantined + result.rows_duplicate
        if result.sum_read is not None:
            assert result.sum_read == result.sum_loaded + result.sum_quarantined + result.sum_duplicate
        return result

    def open_account(self) -> None:
        """Land one customer with one account, which payments refer to."""
        assert self.deliver("customers", csv_text([CUSTOMER])).rows_loaded == 1
        assert self.deliver("accounts", csv_text([ACCOUNT])).rows_loaded == 1

    def pay(self, *rows: dict[str, str], name: str | None = None, day: str = DAY) -> DeliveryResult:
        """Land a file of payments."""
        return self.deliver("payments", csv_text(rows, "amount"), name, day)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        return self.connection.execute(sql).fetchall()

    def quarantined(self, columns: str = "line, field, rule") -> list[tuple[Any, ...]]:
        """Ask the quarantine."""
        return self.query(f"select {columns} from raw.quarantine order by loaded_at, line")

    def use(self, contract: Contract) -> None:
        """Add a feed, or change one."""
        self.contracts[contract.feed] = contract
        create_raw_tables(self.connection, self.contracts)
