"""What a delivered file gives: every row is loaded, quarantined or a duplicate, and nothing is written yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from governance.keys import KeyRing
from governance.warehouse import quote_identifier, quote_literal
from orchestration.landing.contract import Column, Contract
from orchestration.landing.functions import register_functions
from orchestration.landing.rules import Fault, control_amount, faults, line_faults, row_hash, text, valued_query
from orchestration.landing.staging import Refused, Trailer, stage
from orchestration.landing.values import resolve_values

TEMPORARY_TABLES = ("landing_staged", "landing_values", "landing_checked", "landing_new", "landing_bad")
_HIDDEN = "***"


@dataclass(frozen=True)
class Evaluation:
    """Counts and sums of a file, and when its events happened.

    Sums are of the contract's control column, None without one. A value that is not a number adds nothing.
    Event dates and late rows are those of the rows to load; `faults` counts the rows to quarantine by ``field: rule``.
    """

    trailer: Trailer | None
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    sum_read: Decimal | None
    sum_loaded: Decimal | None
    sum_quarantined: Decimal | None
    min_event_date: date | None
    max_event_date: date | None
    late_rows: int
    faults: dict[str, int]

    @property
    def rows_duplicate(self) -> int:
        """Rows that were loaded before, or stand in the file more than once."""
        return self.rows_read - self.rows_loaded - self.rows_quarantined

    @property
    def sum_duplicate(self) -> Decimal | None:
        """Control sum of the duplicate rows."""
        if self.sum_read is None or self.sum_loaded is None or self.sum_quarantined is None:
            return None
        return self.sum_read - self.sum_loaded - self.sum_quarantined


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    ring: KeyRing,
    path: Path,
    contract: Contract,
    *,
    business_date: date,
    now: datetime,
    previous_business_date: date | None,
) -> Evaluation:
    """Read a file and judge every row, in temporary tables only.

    ``landing_checked`` then has every row with its raw columns, ``landing_new`` the lines to load and ``landing_bad``
    the lines to quarantine with field, rule, reason and masked row.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the raw tables in ``warehouse``.
    ring : KeyRing
        For the tokens of personal data.
    path : Path
        The file.
    contract : Contract
        Its feed's.
    business_date : date
        What it is delivered for.
    now : datetime
        UTC without a time zone.
    previous_business_date : date or None
        Business date of the delivery before it: an event on or before it is late.

    Raises
    ------
    Refused
        If the file as a whole is at fault.
    """
    if contract.facts:
        register_functions(connection)
    trailer = stage(connection, path, contract)
    resolve_values(connection, ring, contract)
    possible = faults(contract, business_date, now)
    _check_rows(connection, contract, possible)
    read, bad, sum_read, sum_bad = _one(
        connection,
        "select count(*), count(*) filter (_is_bad), sum(_control), sum(_control) filter (_is_bad) "
        "from landing_checked",
    )
    _reconcile(contract, trailer, read, sum_read or Decimal(0))
    new = _find_new(connection, contract)
    faults_found = _explain_bad(connection, contract, possible) if bad else {}
    event = f"{quote_identifier(contract.event_date)}::date" if contract.event_date else "null::date"
    sum_loaded, first, last, late = _one(
        connection,
        f"select sum(_control), min({event}), max({event}), count(*) filter ({event} <= $previous) "
        f"from landing_checked {only_new(read, new)}",
        {"previous": previous_business_date},
    )
    has_sum = contract.control_sum is not None
    return Evaluation(
        trailer=trailer,
        rows_read=read,
        rows_loaded=new,
        rows_quarantined=bad,
        sum_read=(sum_read or Decimal(0)) if has_sum else None,
        sum_loaded=(sum_loaded or Decimal(0)) if has_sum else None,
        sum_quarantined=(sum_bad or Decimal(0)) if has_sum else None,
        min_event_date=first,
        max_event_date=last,
        late_rows=late,
        faults=faults_found,
    )


def only_new(rows_read: int, rows_new: int) -> str:
    """Return the SQL condition that keeps the rows of ``landing_checked`` to load; nothing when all of them are."""
    return "" if rows_new == rows_read else "where _line in (from landing_new)"


def drop_temporary_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget the file: its fields are in memory in clear until then."""
    connection.execute("; ".join(f"drop table if exists temp.{table}" for table in TEMPORARY_TABLES))


def _one(connection: duckdb.DuckDBPyConnection, query: str, parameters: object = None) -> tuple[Any, ...]:
    return connection.execute(query, parameters).fetchall()[0]


def _check_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, possible: Sequence[Fault]) -> None:
    raw = ", ".join(map(quote_identifier, contract.raw_columns))
    is_bad = " or ".join(f"({fault.condition})" for fault in possible) or "false"
    connection.execute(
        f"""
        create or replace temp table landing_checked as
        select
            _line, {raw}, {control_amount(contract)} as _control,
            _fault is not null or coalesce({is_bad}, false) as _is_bad, {row_hash(contract)} as _row_hash
        from ({valued_query(contract)})
        """
    )


def _reconcile(contract: Contract, trailer: Trailer | None, rows: int, amount: Decimal) -> None:
    if trailer is None:
        if rows == 0:
            raise Refused("empty", "It has no rows.")
        return
    if rows != trailer.rows:
        raise Refused("trailer_count", f"It has {rows:,} rows where its trailer record says {trailer.rows:,}.")
    if trailer.amount is not None and amount != trailer.amount:
        raise Refused(
            "trailer_sum",
            f"Its {contract.control_sum} sums to {amount.normalize():,f} "
            f"where its trailer record says {trailer.amount.normalize():,f}.",
        )


def _find_new(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Keep the good rows that say something else than the feed last said of their key; return how many.

    Only the last word counts: a value that went from A to B and back to A is not a duplicate of its first row.
    """
    key = ", ".join(quote_identifier(contract.by_name[name].raw_name) for name in contract.key)
    (new,) = _one(
        connection,
        f"""
        create or replace temp table landing_new as
        with fresh as (
            select _line, {key}, _row_hash from landing_checked where not _is_bad
        ),
        repeated as (
            select {key} from fresh group by {key} having count(*) > 1
        ),
        same_file as (
            select _line, lag(_row_hash) over (partition by {key} order by _line) as last_hash
            from fresh semi join repeated using ({key})
        ),
        landed as (
            select {key}, arg_max(_row_hash, (_load_sequence, _line)) as last_hash
            from {contract.raw_table} semi join fresh using ({key})
            group by {key}
        )
        select fresh._line
        from fresh
        left join same_file using (_line)
        left join landed using ({key})
        where fresh._row_hash is distinct from coalesce(same_file.last_hash, landed.last_hash)
        """,
    )
    return int(new)


def _explain_bad(
    connection: duckdb.DuckDBPyConnection, contract: Contract, possible: Sequence[Fault]
) -> dict[str, int]:
    """Say of each bad row what is wrong with it, and return how often each fault came first."""
    failed = ", ".join(f"case when {fault.condition} then {number} end" for number, fault in enumerate(possible, 1))
    fields = ", ".join(quote_literal(fault.field) for fault in possible)
    rules = ", ".join(quote_literal(fault.rule) for fault in possible)
    reasons = ", ".join(quote_literal(fault.reason) for fault in possible)
    broken = " ".join(f"when '{rule}' then {quote_literal(why)}" for rule, why in line_faults(contract).items())
    shown = ", ".join(f"{quote_literal(item.name)}: {_shown(contract, item, possible)}" for item in contract.columns)
    connection.execute(
        f"""
        create or replace temp table landing_bad as
        with bad as (
            select *, list_filter([{failed}], lambda number: number is not null) as failed
            from ({valued_query(contract)})
            where _line in (select _line from landing_checked where _is_bad)
        )
        select
            _line,
            case when _fault is null then ([{fields}])[failed[1]] end as field,
            coalesce(_fault, ([{rules}])[failed[1]]) as rule,
            case
                when _fault is null then array_to_string(list_transform(failed, lambda n: ([{reasons}])[n]), '; ')
                else case _fault {broken} end
            end as reason,
            case when _fault is null then to_json({{{shown}}})::varchar end as row_masked
        from bad
        """
    )
    counts = connection.execute(
        "select concat_ws(': ', field, rule), count(*) from landing_bad group by all order by 2 desc, 1"
    ).fetchall()
    return dict(counts)


def _shown(contract: Contract, column: Column, possible: Sequence[Fault]) -> str:
    """Return SQL for what the masked row shows of a column.

    In a feed with personal data a value that is not what its column promises may be a misplaced name or number.
    """
    value = quote_identifier(f"{column.name}_masked") if column.pii else text(column)
    hiding = [fault.condition for fault in possible if fault.hides and fault.field == column.name]
    if not contract.pii_columns or not hiding:
        return value
    return f"case when {' or '.join(f'({condition})' for condition in hiding)} then '{_HIDDEN}' else {value} end"
