"""A delivered file becomes the temporary table ``landing_staged``: line number, structural fault, every field as text.

Text files are cut into physical lines first, a block at a time, with each line's number beside it; DuckDB then takes
the lines apart. So a line number never depends on how a parser counts, and one broken line cannot swallow those after
it. No statement here fails on what a text file contains, so no message can quote it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from governance.warehouse import quote_identifier, quote_literal
from orchestration.landing.contract import Column, Contract

BLOCK_BYTES = 16 << 20
LONGEST_LINE_BYTES = 1 << 20
_LINES = pa.schema([("line_number", pa.int64()), ("line", pa.string())])


class Refused(Exception):
    """The whole file is refused.

    Attributes
    ----------
    rule : str
        Short name of the fault.
    reason : str
        One plain sentence for people. It never quotes the file's content.
    """

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


@dataclass(frozen=True)
class Trailer:
    """What the trailer record claims: the number of records, and the control sum if the contract has one."""

    rows: int
    amount: Decimal | None


@dataclass(frozen=True)
class _Text:
    """The part of a text file that holds records: bytes `start` to `stop`, beginning with line `first_line`."""

    path: Path
    start: int
    stop: int
    first_line: int


def stage(connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract) -> Trailer | None:
    """Read a file into ``landing_staged`` (``_line``, ``_fault`` and the contract's columns as text, empty as null).

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Gets the temporary table.
    path : Path
        The file; it must not be empty.
    contract : Contract
        Its feed's.

    Returns
    -------
    Trailer or None
        The trailer's claims, when the contract has a trailer.

    Raises
    ------
    Refused
        If the file cannot be read as the contract says, or lacks a column or the trailer.
    """
    if contract.format.type == "parquet":
        _stage_parquet(connection, path, contract)
        return None
    if contract.format.type == "jsonl":
        _stage_text(connection, _json_text(path), _jsonl_query(contract))
        return None
    text, header, trailer = _csv_text(path, contract)
    _stage_text(connection, text, _csv_query(contract, header))
    return trailer


def originals(connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract, lines: str) -> pa.Table:
    """Return the records of a staged file as delivered.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the file was staged.
    path : Path
        The file.
    contract : Contract
        Its feed's.
    lines : str
        Query that gives the wanted ``_line`` numbers.

    Returns
    -------
    pa.Table
        ``_line`` and ``original``: the line without its line break, or a Parquet row as JSON.
    """
    if contract.format.type == "parquet":
        return connection.execute(
            f"select file_row_number + 1 as _line, to_json(file)::varchar as original from {_parquet(path)} as file "
            f"where _line in ({lines})"
        ).to_arrow_table()
    connection.register("landing_lines", _line_reader(_Text(path, 0, path.stat().st_size, 1)))
    try:
        return connection.execute(
            f"select line_number as _line, line as original from landing_lines where _line in ({lines})"
        ).to_arrow_table()
    finally:
        connection.unregister("landing_lines")


def _stage_text(connection: duckdb.DuckDBPyConnection, text: _Text, query: str) -> None:
    _refuse_long_lines(text)
    connection.register("landing_lines", _line_reader(text))
    try:
        connection.execute(f"create or replace temp table landing_staged as {query}")
    finally:
        connection.unregister("landing_lines")


def _line_reader(text: _Text) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(_LINES, _line_batches(text))


def _line_batches(text: _Text) -> Iterator[pa.RecordBatch]:
    """Cut a text file at its line feeds and number the lines, a block at a time."""
    with text.path.open("rb") as file:
        start, number = text.start, text.first_line
        while start < text.stop:
            file.seek(start)
            block = file.read(min(BLOCK_BYTES, text.stop - start))
            if start + len(block) < text.stop:
                block = block[: block.rfind(b"\n") + 1]
            if not block:
                return
            start += len(block)
            # A byte that is not UTF-8 becomes U+FFFD, which makes its line malformed; line feeds stay where they are.
            block = block.decode("utf-8", "replace").encode().replace(b"\r\n", b"\n")
            if not block.endswith(b"\n"):
                block += b"\n"
            feeds = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
            # Without its line feeds the block is the text of all lines, one after the other.
            offsets = np.concatenate(([0], feeds - np.arange(len(feeds)))).astype(np.int32)
            joined = block.replace(b"\n", b"")
            lines = pa.StringArray.from_buffers(len(feeds), pa.py_buffer(offsets), pa.py_buffer(joined))
            numbers = pa.array(np.arange(number, number + len(feeds), dtype=np.int64))
            yield pa.record_batch([numbers, lines], schema=_LINES)
            number += len(feeds)


def _refuse_long_lines(text: _Text) -> None:
    """Check that every block has a line feed near its end, which cutting relies on."""
    with text.path.open("rb") as file:
        start = text.start
        while start + BLOCK_BYTES < text.stop:
            offset = start + BLOCK_BYTES - LONGEST_LINE_BYTES
            file.seek(offset)
            position = file.read(LONGEST_LINE_BYTES).rfind(b"\n")
            if position < 0:
                raise Refused("unreadable", f"It has a line of over {LONGEST_LINE_BYTES:,} bytes: is it a text file?")
            start = offset + position + 1


def _last_line(path: Path) -> tuple[int, bytes]:
    """Return offset and content of the last line that is not blank."""
    size = path.stat().st_size
    offset = max(0, size - LONGEST_LINE_BYTES)
    with path.open("rb") as file:
        file.seek(offset)
        tail = file.read().rstrip(b"\r\n\t ")
    start = tail.rfind(b"\n") + 1
    return offset + start, tail[start:]


def _cleaned(column: Column, value: str) -> str:
    """Return SQL for a field: null when blank; spaces around a number or a date mean nothing."""
    if column.type == "string":
        blank = f"{value} = '' or starts_with({value}, ' ') and trim({value}) = ''"
        return f"case when {blank} then null else {value} end as {quote_identifier(column.name)}"
    return f"nullif(trim({value}), '') as {quote_identifier(column.name)}"


def _refuse_wrong_columns(names: list[str], contract: Contract) -> None:
    expected = contract.sources
    missing = [name for name in expected if name not in names]
    if len(missing) == len(expected):
        # Nothing here is a column name, so what stands here may be anything: it is not quoted.
        raise Refused("missing_column", f"It names no column of {contract.feed}: does it start with a header?")
    if missing:
        raise Refused("missing_column", f"It lacks {', '.join(missing)}.")
    unexpected = ", ".join(str(position) for position, name in enumerate(names, 1) if name not in expected)
    if unexpected:
        reason = f"Its column {unexpected} is not in the contract: remove it or amend the contract."
        raise Refused("unexpected_column", reason)
    if len(names) > len(expected):
        repeated = ", ".join(sorted({name for name in names if names.count(name) > 1}))
        raise Refused("unexpected_column", f"It has the column {repeated} more than once.")


# ------------------------------------------------------------------------------------------------------------------ CSV


def _csv_text(path: Path, contract: Contract) -> tuple[_Text, list[str], Trailer | None]:
    with path.open("rb") as file:
        first = file.readline(LONGEST_LINE_BYTES)
    header = _header(first, contract)
    stop, trailer = path.stat().st_size, None
    if contract.format.trailer is not None:
        stop, last = _last_line(path)
        trailer = _trailer(last.decode("utf-8", "replace"), contract.format.trailer.marker, contract)
    return _Text(path, len(first), stop, 2), header, trailer


def _header(line: bytes, contract: Contract) -> list[str]:
    """Return the column names in the file's order: all of the contract's and no other."""
    try:
        text = line.decode("utf-8-sig").strip()
        fields = next(csv.reader([text], delimiter=contract.format.delimiter, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        raise Refused("unreadable", "Its first line is not a header in UTF-8: is it a CSV file?") from None
    names = [name.strip() for name in fields]
    _refuse_wrong_columns(names, contract)
    return names


def _trailer(line: str, marker: str, contract: Contract) -> Trailer:
    first, *claims = line.split(contract.format.delimiter)
    if first != marker:
        raise Refused("trailer_missing", f"Its last line is not the trailer record {marker}: is it cut short?")
    if not claims or not re.fullmatch(r"\d{1,15}", claims[0], re.ASCII):
        raise Refused("trailer_count", "Its trailer record does not say how many rows there are.")
    if contract.control_sum is None:
        return Trailer(int(claims[0]), None)
    try:
        amount = Decimal(claims[1] if len(claims) > 1 else "")
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite():
        raise Refused("trailer_sum", f"Its trailer record does not say the sum of {contract.control_sum}.")
    return Trailer(int(claims[0]), amount)


def _csv_query(contract: Contract, header: list[str]) -> str:
    delimiter, pattern = quote_literal(contract.format.delimiter), re.escape(contract.format.delimiter)
    field = f'"(?:[^"]|"")*"|[^"{pattern}]*'
    # With a delimiter before the first field, every field matches at least one character.
    line = f"{delimiter} || line"
    columns = ", ".join(_cleaned(contract.sources[name], f"field[{number}]") for number, name in enumerate(header, 1))
    return f"""
        with split as (
            select
                line_number as _line,
                case
                    when contains(line, chr(65533)) then null
                    when not contains(line, '"') then string_split(line, {delimiter})
                    when regexp_full_match({line}, {quote_literal(f"(?:{pattern}(?:{field}))+")})
                        then list_transform(
                            regexp_extract_all({line}, {quote_literal(f"{pattern}({field})")}, 1),
                            lambda f: case when starts_with(f, '"') then replace(f[2:-2], '""', '"') else f end
                        )
                end as field
            from landing_lines
            where line <> ''
        ),
        counted as (
            select _line, if(len(field) = {len(header)}, field, null) as field from split
        )
        select _line, if(field is null, 'malformed', null) as _fault, {columns} from counted
    """


# ----------------------------------------------------------------------------------------------------------- JSON lines


def _json_text(path: Path) -> _Text:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(size - 1)
        is_ended = file.read(1) == b"\n"
    if not is_ended and not _is_json(_last_line(path)[1]):
        raise Refused("unreadable", "Its last line is cut short: send the whole file again.")
    return _Text(path, 0, size, 1)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _jsonl_query(contract: Contract) -> str:
    children: dict[str, set[str]] = {"$": set()}
    for path in contract.sources:
        parent = "$"
        for name in path.split("."):
            children.setdefault(parent, set()).add(name)
            parent = f"{parent}.{name}"
    objects = list(enumerate(children.values(), 1))
    repeated = " or ".join(f"list_unique(keys[{number}]) < len(keys[{number}])" for number, _ in objects)
    unexpected = " or ".join(f"not list_has_all({sorted(names)}, keys[{number}])" for number, names in objects)
    columns = ", ".join(_cleaned(column, f"field[{number}]") for number, column in enumerate(contract.columns, 1))
    places = [f"$.{path}" for path in contract.sources]
    # The lines of a file have few shapes, so each shape is judged once. An object without fields, or no object, has no
    # keys. A JSON number with decimals is read as a double: beyond 15 digits it could come back as another number.
    return f"""
        with read as (
            select
                line_number as _line,
                line,
                case
                    when not contains(line, chr(65533)) and json_valid(line) then json_keys(line, {list(children)})
                end as keys
            from landing_lines
            where line <> ''
        ),
        shapes as (
            select
                keys,
                case
                    when len(keys[1]) = 0 or {repeated} then 'malformed'
                    when {unexpected} then 'unexpected_field'
                end as fault
            from (select distinct keys from read)
        ),
        judged as (
            select
                _line,
                line,
                case
                    when keys is null then 'malformed'
                    when shapes.fault is not null then shapes.fault
                    when regexp_matches(line, ':\\s*-?[0-9][0-9.]{{16,}}') and len(list_filter(
                        regexp_extract_all(line, ':\\s*-?([0-9]+[.][0-9]+)', 1), lambda n: length(n) > 16
                    )) > 0 then 'imprecise_number'
                end as _fault
            from read
            left join shapes using (keys)
        ),
        extracted as (
            select _line, _fault, json_extract_string(if(_fault is null, line, null), {places}) as field from judged
        )
        select _line, _fault, {columns} from extracted
    """


# -------------------------------------------------------------------------------------------------------------- Parquet


def _parquet(path: Path) -> str:
    # A name with wildcards would be read as a pattern, that is, as other files.
    literal = re.sub(r"([*?\[])", r"[\1]", str(path))
    return f"read_parquet({quote_literal(literal)}, file_row_number = true, hive_partitioning = false)"


def _stage_parquet(connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract) -> None:
    failure: duckdb.Error | None = None
    try:
        described = connection.execute(f"select column_name, column_type from (describe from {_parquet(path)})")
        types = dict(described.fetchall())
        del types["file_row_number"]
        _refuse_wrong_columns(list(types), contract)
        connection.execute(f"create or replace temp table landing_staged as {_parquet_query(path, contract, types)}")
    except (duckdb.OutOfMemoryException, duckdb.FatalException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        failure = error
    if failure is not None:
        if "No space left" in str(failure):
            raise failure
        raise Refused("unreadable", "It is damaged or not a Parquet file: send it again.")


def _parquet_query(path: Path, contract: Contract, types: dict[str, str]) -> str:
    def text(column: Column) -> str:
        name = quote_identifier(column.source)
        in_utc = f"{name} at time zone 'UTC'" if types[column.source] == "TIMESTAMP WITH TIME ZONE" else name
        return _cleaned(column, f"cast({in_utc} as varchar)")

    columns = ", ".join(map(text, contract.columns))
    return f"select file_row_number + 1 as _line, null::varchar as _fault, {columns} from {_parquet(path)}"
