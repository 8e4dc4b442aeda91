"""Long frames from the warehouse to dense arrays: the checks every model makes before it calculates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from python_models.arrays import DateArray, FloatArray
from python_models.errors import FrameError


def require_columns(frame: pd.DataFrame, name: str, columns: Sequence[str]) -> None:
    """Refuse a frame that lacks a column.

    Parameters
    ----------
    frame : DataFrame
    name : str
        What the caller calls the frame, for the message.
    columns : sequence of str

    Raises
    ------
    FrameError
        Naming every column that is missing.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise FrameError(
            f"The frame '{name}' lacks the column(s) {', '.join(missing)}; add them to the query that feeds it."
        )


def days_of(column: pd.Series) -> DateArray:
    """Read a column of dates (date objects or timestamps) as ``datetime64[D]``; missing dates become NaT."""
    return pd.to_datetime(column).to_numpy().astype("datetime64[D]")


def pivot_long(
    frame: pd.DataFrame, name: str, row: str, column: str, value: str, columns: Sequence[str]
) -> tuple[DateArray, FloatArray]:
    """Spread a long frame over a matrix with one row per date.

    Parameters
    ----------
    frame : DataFrame
    name : str
        What the caller calls the frame, for messages.
    row, column, value : str
        Names of the date column, the key column and the value column.
    columns : sequence of str
        Keys in the order of the matrix's columns; every key of the frame is among them.

    Returns
    -------
    dates : ndarray of datetime64[D], shape (n,), sorted, distinct
    matrix : ndarray of float64, shape (n, len(columns)); NaN where the frame has no row or a null: missing is not zero

    Raises
    ------
    FrameError
        If a date is missing or a date and key appear twice.
    """
    days = days_of(frame[row])
    if np.isnat(days).any():
        raise FrameError(f"The frame '{name}' has a row without {row}; filter it out or fix the source.")
    dates, row_codes = np.unique(days, return_inverse=True)
    codes, names = pd.factorize(frame[column])
    column_codes = np.where(codes >= 0, np.append(pd.Index(columns).get_indexer(pd.Index(names)), -1)[codes], -1)
    if (column_codes < 0).any():
        stranger = frame[column].iloc[int(np.flatnonzero(column_codes < 0)[0])]
        raise FrameError(
            f"The frame '{name}' has {column} '{stranger}', which is not expected there; filter it out or add it."
        )
    cells = row_codes * len(columns) + column_codes
    counts = np.bincount(cells, minlength=len(dates) * len(columns))
    if (counts > 1).any():
        twice = int(np.flatnonzero(counts > 1)[0])
        raise FrameError(
            f"The frame '{name}' has {columns[twice % len(columns)]} on {dates[twice // len(columns)]} twice; "
            f"keep one row per {row} and {column}."
        )
    matrix = np.full(len(dates) * len(columns), np.nan)
    matrix[cells] = frame[value].to_numpy(dtype=np.float64, na_value=np.nan)
    return dates, matrix.reshape(len(dates), len(columns))


def rounded(values: FloatArray, decimals: int) -> FloatArray:
    """Round half to even and drop the sign of zero, so that equal figures are stored as equal bytes."""
    return np.round(values, decimals) + 0.0
