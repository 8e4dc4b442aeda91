"""What landing knows of each distinct value: its token, its masked form, whether its check digits are right.

A file repeats its values many times; everything here is done once per distinct value. A value whose token is in
``raw.pii_values`` was verified and encrypted when it was first landed, so neither is done again.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from governance.crypto import encrypt_values, mask, tokenise
from governance.keys import KeyRing
from governance.warehouse import quote_identifier
from orchestration.landing.contract import Column, Contract
from orchestration.landing.rules import CHECKS, typed, value_kind


def resolve_values(connection: duckdb.DuckDBPyConnection, ring: KeyRing, contract: Contract) -> None:
    """Create ``landing_values``: one row per kind and distinct text in ``landing_staged`` that must be known.

    Its columns: ``kind``, ``value`` (the text), ``canonical`` (the text as its type writes it), ``token`` and
    ``masked`` (personal data only), ``is_known`` (the token was landed before), ``passes`` (null without a check).
    """
    wanted = [column for column in contract.columns if value_kind(column)]
    if not wanted:
        return
    texts = " union all ".join(
        f"select '{value_kind(column)}' as kind, {quote_identifier(column.name)} as value, "
        f"{_canonical(column)} as canonical from landing_staged"
        for column in wanted
    )
    distinct = connection.execute(
        f"select distinct kind, value, canonical from ({texts}) where value is not null"
    ).to_arrow_table()
    personal = {column.pii for column in contract.pii_columns}
    checks = {str(value_kind(column)): column.check for column in wanted}
    by_kind = {kind: distinct.filter(pc.equal(distinct["kind"], kind)) for kind in checks}
    described = pa.concat_tables(
        _protected(values, kind, ring) if kind in personal else _open(values) for kind, values in by_kind.items()
    )
    known = pc.is_in(described["token"], value_set=_landed_tokens(connection, described), skip_nulls=True)
    described = described.append_column("is_known", known)
    described = described.append_column("passes", _passes(described, checks))
    connection.register("landing_described", described)
    connection.execute("create or replace temp table landing_values as from landing_described")
    connection.unregister("landing_described")


def store_new_values(
    connection: duckdb.DuckDBPyConnection, ring: KeyRing, contract: Contract, delivery_id: str, condition: str
) -> None:
    """Encrypt into ``raw.pii_values`` what the rows to be loaded hold for the first time.

    Parameters
    ----------
    connection, ring, contract
        As for `resolve_values`.
    delivery_id : str
        The delivery that brings the values.
    condition : str
        From `orchestration.landing.evaluation.only_new`; empty when every row is loaded, and so every value is used.
    """
    if not contract.pii_columns:
        return
    tokens = " union all ".join(
        f"select {quote_identifier(column.raw_name)} from landing_checked {condition}"
        for column in contract.pii_columns
    )
    is_used = f"token in ({tokens})" if condition else "token is not null"
    # Spellings that share a token are one value: the first in alphabetical order stands for it.
    fresh = connection.execute(
        "select kind, token, min(canonical) as value, arg_min(masked, canonical) as masked from landing_values "
        f"where not is_known and {is_used} group by kind, token order by kind, token"
    ).to_arrow_table()
    for kind in fresh["kind"].unique().to_pylist():
        part = fresh.filter(pc.equal(fresh["kind"], kind))
        ciphertexts = encrypt_values(part["value"], kind, part["token"], ring)
        connection.register("landing_encrypted", part.drop_columns(["value"]).append_column("ciphertext", ciphertexts))
        connection.execute(
            "insert into raw.pii_values (kind, token, masked, ciphertext, key_id, _delivery_id) "
            "select kind, token, masked, ciphertext, ?, ? from landing_encrypted",
            [ring.data_key(f"pii/{kind}")[0], delivery_id],
        )
        connection.unregister("landing_encrypted")


def _canonical(column: Column) -> str:
    name = quote_identifier(column.name)
    return name if column.type == "string" else f"coalesce(cast({typed(column, name)} as varchar), {name})"


def _protected(values: pa.Table, kind: str, ring: KeyRing) -> pa.Table:
    canonical = values["canonical"]
    return values.append_column("token", tokenise(canonical, kind, ring)).append_column("masked", mask(canonical, kind))


def _open(values: pa.Table) -> pa.Table:
    nothing = pa.nulls(len(values), pa.string())
    return values.append_column("token", nothing).append_column("masked", nothing)


def _landed_tokens(connection: duckdb.DuckDBPyConnection, described: pa.Table) -> pa.Array:
    connection.register("landing_described", described)
    landed = connection.execute(
        "select token from raw.pii_values where token in (select token from landing_described)"
    ).to_arrow_table()
    connection.unregister("landing_described")
    return landed["token"].combine_chunks()


def _passes(described: pa.Table, checks: Mapping[str, str | None]) -> pa.Array:
    """Verify what was not landed before; null where there is nothing to verify."""
    passes = described["is_known"].combine_chunks()
    for kind, check in checks.items():
        verified = pc.and_not(pc.equal(described["kind"], kind), described["is_known"]).combine_chunks()
        if check is None:
            passes = pc.if_else(verified, None, passes)
        else:
            is_valid = CHECKS[check][0]
            verdicts = [is_valid(value) for value in described["canonical"].filter(verified).to_pylist()]
            passes = pc.replace_with_mask(passes, verified, pa.array(verdicts, pa.bool_()))
    return passes
