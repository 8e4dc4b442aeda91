"""The quarantine: bad rows with what is wrong with them, shown masked and kept whole in encrypted form."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from governance.crypto import decrypt_bytes, encrypt_bytes
from governance.keys import KeyRing
from orchestration.landing.contract import Contract
from orchestration.landing.ledger import DeliveryResult
from orchestration.landing.staging import originals

PURPOSE = "quarantine"


def store_bad_rows(
    connection: duckdb.DuckDBPyConnection, ring: KeyRing, path: Path, contract: Contract, result: DeliveryResult
) -> None:
    """Write the rows of ``landing_bad`` to ``raw.quarantine``."""
    rows = originals(connection, path, contract, "select _line from landing_bad")
    pairs = zip(rows["_line"].to_pylist(), rows["original"].to_pylist(), strict=True)
    sealed = [encrypt_bytes(row.encode(), PURPOSE, _place(result.file_sha256, line), ring) for line, row in pairs]
    sealed_rows = pa.table({"_line": rows["_line"], "ciphertext": pa.array(sealed, pa.binary())})
    connection.register("landing_sealed", sealed_rows)
    connection.execute(
        """
        insert into raw.quarantine (
            feed, delivery_id, file_sha256, file_name, business_date, line, field, rule, reason, control_amount,
            row_masked, row_ciphertext, loaded_at
        )
        select
            $feed, $delivery_id, $file_sha256, $file_name, $business_date, _line, field, rule, reason, _control,
            row_masked, ciphertext, $loaded_at
        from landing_bad
        inner join landing_checked using (_line)
        inner join landing_sealed using (_line)
        order by _line
        """,
        {
            name: getattr(result, name)
            for name in ("feed", "delivery_id", "file_sha256", "file_name", "business_date", "loaded_at")
        },
    )
    connection.unregister("landing_sealed")


def reveal(ciphertext: bytes, file_sha256: str, line: int, ring: KeyRing) -> str:
    """Return a quarantined row as it was delivered.

    Raises
    ------
    governance.errors.DecryptionError
        If the ciphertext was altered or is another row's.
    """
    return decrypt_bytes(ciphertext, PURPOSE, _place(file_sha256, line), ring).decode()


def _place(file_sha256: str | None, line: int) -> bytes:
    return f"{file_sha256}:{line}".encode()
