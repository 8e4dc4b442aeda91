"""One hash for the content of a table, whatever order its rows are stored in."""

from __future__ import annotations

import hashlib
import re

import duckdb
import numpy as np
import pyarrow as pa

from governance.errors import BuildError
from governance.files import canonical_json
from governance.warehouse import quote_identifier

Columns = list[tuple[str, str]]

_TEXT = re.compile(r"VARCHAR|JSON|ENUM\(.*\)")
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
# Their text is the same for equal values and only for those, and never holds the separator.
_PLAIN = re.compile(
    r"BOOLEAN|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DATE|TIME|TIMESTAMP(_S|_MS|_NS)?|UUID|INTERVAL"
)
_BATCH_ROWS = 1 << 17
_INTEGER_DECIMAL_WIDTH = 18


def table_columns(connection: duckdb.DuckDBPyConnection, relation: str) -> Columns:
    """Return name and DuckDB type of each column of a table or view, in order.

    Raises
    ------
    BuildError
        If there is no such table.
    """
    try:
        rows = connection.execute(f"DESCRIBE {relation}").fetchall()
    except duckdb.CatalogException as error:
        raise BuildError(f"There is no table {relation} to publish: build it, or take it off the list.") from error
    return [(name, kind) for name, kind, *_ in rows]


def content_hash(connection: duckdb.DuckDBPyConnection, relation: str, columns: Columns) -> str:
    """Return the SHA-256 of a table's columns and rows, independent of the rows' order and exact to the last digit.

    Each row is written as one text in which every field ends where its type says (text carries its length, null is
    ``N``) and hashed; the row hashes are sorted and hashed together, after the names and types of the columns. Equal
    rows count as often as they occur. Sorting happens in DuckDB, which spills, so memory stays within its limit.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Connection that sees the table.
    relation : str
        Quoted, qualified name.
    columns : list of (name, type)
        The columns to hash, as `table_columns` gives them.

    Returns
    -------
    str
        64 hex characters.

    Raises
    ------
    BuildError
        If a column is nested or of a type without one exact text.
    """
    digest = hashlib.sha256(canonical_json([list(column) for column in columns]))
    row = "concat(" + ", '|', ".join(_field(name, kind, relation) for name, kind in columns) + ")"
    reader = connection.execute(f"SELECT sha256({row}) AS row_hash FROM {relation} ORDER BY row_hash").to_arrow_reader(
        _BATCH_ROWS
    )
    for batch in reader:
        digest.update(_text_bytes(batch.column(0)))
    return digest.hexdigest()


def _field(name: str, kind: str, relation: str) -> str:
    column = quote_identifier(name)
    text = f"CAST({column} AS VARCHAR)"
    if _TEXT.fullmatch(kind):
        text = f"strlen({text}) || ':' || {text}"
    elif match := _DECIMAL.fullmatch(kind):
        width, scale = int(match[1]), int(match[2])
        if width > _INTEGER_DECIMAL_WIDTH > scale:
            # Same text, eight times faster: DuckDB prints 64-bit integers quickly and 128-bit ones slowly.
            narrow = f"TRY_CAST({column} AS DECIMAL({_INTEGER_DECIMAL_WIDTH},{scale}))"
            text = f"coalesce(CAST({narrow} AS VARCHAR), {text})"
    elif kind == "BLOB":
        text = f"hex({column})"
    elif kind == "TIMESTAMP WITH TIME ZONE":
        # Its text depends on the session's time zone; the instant does not.
        text = f"CAST(epoch_us({column}) AS VARCHAR)"
    elif not _PLAIN.fullmatch(kind):
        raise BuildError(f"Column {column} of {relation} is a {kind}, which cannot be published: store it as text.")
    return f"coalesce({text}, 'N')"


def _text_bytes(array: pa.Array) -> memoryview:
    """Return the characters of a string array, one value after the other, without copying them."""
    _, offsets, data = array.cast(pa.string()).buffers()
    bounds = np.frombuffer(offsets, np.int32)
    return memoryview(data)[bounds[array.offset] : bounds[array.offset + len(array)]]
