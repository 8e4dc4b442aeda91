"""What landing knows of each distinct value: its token, its masked form, whether its check digits are right.

A file repeats its values many times; everything here is done once per distinct value. A value whose token is in
``raw.pii_values`` was verified and encrypted when it was first landed, so neither is done again.
"""

from __future__ import annotations

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
    checks = {value_kind(column): column.check for column in wanted}
    personal = {column.pii for column in contract.pii_columns}
    parts = [
        _describe(
            connection,
            ring,
            kind,
            distinct.filter(pc.equal(distinct["kind"], kind)),
            check,
            is_personal=kind in personal,
        )
        for kind, check in checks.items()
        if kind is not None
    ]
    connection.register("landing_described", pa.concat_tables(parts))
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


def _describe(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    kind: str,
    values: pa.Table,
    check: str | None,
    *,
    is_personal: bool,
) -> pa.Table:
    canonical = values["canonical"].combine_chunks()
    nothing = pa.nulls(len(values), pa.string())
    tokens = tokenise(canonical, kind, ring) if is_personal else nothing
    masked = mask(canonical, kind) if is_personal else nothing
    known = _known(connection, kind, tokens) if is_personal else pa.array([False] * len(values), pa.bool_())
    return pa.table(
        {
            "kind": values["kind"],
            "value": values["value"],
            "canonical": canonical,
            "token": tokens,
            "masked": masked,
            "is_known": known,
            "passes": _passes(check, canonical, known),
        }
    )


def _known(connection: duckdb.DuckDBPyConnection, kind: str, tokens: pa.Array) -> pa.Array:
    connection.register("landing_tokens", pa.table({"token": tokens}))
    landed = connection.execute(
        "select token from raw.pii_values where kind = ? and token in (select token from landing_tokens)", [kind]
    ).to_arrow_table()
    connection.unregister("landing_tokens")
    return pc.is_in(tokens, value_set=landed["token"].combine_chunks())


def _passes(check: str | None, values: pa.Array, known: pa.Array) -> pa.Array:
    if check is None:
        return pa.nulls(len(values), pa.bool_())
    is_valid = CHECKS[check][0]
    unverified = values.filter(pc.invert(known)).to_pylist()
    verdicts = pa.array([is_valid(value) for value in unverified], pa.bool_())
    return pc.replace_with_mask(known, pc.invert(known), verdicts)
