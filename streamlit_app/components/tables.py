"""Tables: numbers right-aligned with separators and signs, units in the header, "missing" for what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st

from governance.builds import Manifest
from streamlit_app.components.formats import MISSING

Kind = Literal[
    "text",
    "note",
    "sentence",
    "figure",
    "date",
    "amount",
    "signed",
    "quantity",
    "price",
    "share",
    "level",
    "count",
    "decimal",
    "ratio",
    "flag",
]
_FORMATS: dict[Kind, str] = {
    "amount": "%,.2f",
    "signed": "%+,.2f",
    "quantity": "%,.2f",
    "price": "%,.6f",
    "share": "percent",
    "level": "percent",
    "count": "%,d",
    "decimal": "%,.1f",
    "ratio": "%,.4f",
}


_WIDTHS: dict[Kind, Literal["medium", "large"] | None] = {
    "text": None,
    "note": "medium",
    "sentence": "large",
    "figure": None,
}
_ROW_HEIGHT = 35


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        Column of the frame.
    label : str
        Header, with the unit.
    kind : Kind
        How values are written: ``signed`` for gains and losses, ``amount`` for the rest; a ``figure`` is written out
        already. A ``note``, ``sentence`` or ``figure`` may be empty, a ``text`` that is empty is missing.
    help : str or None
        Definition and sign convention, on hover.
    download : str or None
        Column of the frame that the download holds in its place: the number behind a written ``figure``.
    """

    name: str
    label: str
    kind: Kind = "text"
    help: str | None = None
    download: str | None = None


def _config(column: Column, is_pinned: bool) -> object:
    if column.kind in _WIDTHS:
        width = _WIDTHS[column.kind]
        return st.column_config.TextColumn(
            column.label,
            help=column.help,
            pinned=is_pinned,
            width=width,
            alignment="right" if column.kind == "figure" else None,
        )
    if column.kind == "date":
        return st.column_config.DateColumn(column.label, help=column.help, format="ddd D MMM YYYY", pinned=is_pinned)
    if column.kind == "flag":
        return st.column_config.CheckboxColumn(column.label, help=column.help, pinned=is_pinned)
    return st.column_config.NumberColumn(column.label, help=column.help, format=_FORMATS[column.kind], pinned=is_pinned)


def show_headlines(figures: Sequence[tuple[str, str, str]], per_line: int = 4, *, name: str = "headlines") -> None:
    """Show figures as a grid of boxes.

    Parameters
    ----------
    figures : sequence of (label, value, meaning)
        The value is written out already; the meaning is shown on hover.
    per_line : int
        Boxes side by side.
    name : str
        Tells several grids of one page apart.
    """
    with st.container(key=name):
        for start in range(0, len(figures), per_line):
            line = figures[start : start + per_line]
            for column, (label, value, meaning) in zip(st.columns(per_line), line, strict=False):
                column.metric(label, value, help=meaning, border=True)


def to_csv(frame: pd.DataFrame, columns: Sequence[Column], build_id: str) -> bytes:
    """Write the table a reader sees as CSV: headers with units, the build on every row, a missing figure empty.

    Text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    table = frame[[column.download or column.name for column in columns]].copy()
    table.columns = pd.Index([column.name for column in columns])
    for column in columns:
        if column.kind in _WIDTHS and column.download is None:
            text = table[column.name].astype("string")
            table[column.name] = text.where(~text.str.match(r"[=+\-@\t\r]", na=False), "'" + text)
        elif column.kind == "date":
            table[column.name] = pd.to_datetime(table[column.name]).dt.date
    table.columns = pd.Index([column.label for column in columns])
    table["Build"] = build_id
    return table.to_csv(index=False, float_format="%.6f", lineterminator="\r\n").encode()


def show_table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    manifest: Manifest,
    name: str,
    title: str,
    max_height: int = 420,
    pinned: int = 1,
    selectable: bool = False,
    placeholder: str = MISSING,
) -> int | None:
    """Show a table that scrolls inside its own frame, with a download button, and return the selected row's position.

    Parameters
    ----------
    name : str
        What the downloaded file is called after the build, and the widget's key.
    title : str
        What the table holds, for screen readers.
    max_height : int
        Pixels; a longer table scrolls inside its frame.
    pinned : int
        How many leading columns stay in view when the table is scrolled sideways.
    placeholder : str
        What stands in place of a figure that is not there.
    """
    config = {column.name: _config(column, position < pinned) for position, column in enumerate(columns)}
    shown = frame[[column.name for column in columns]].copy()
    for column in columns:
        if column.kind in {"note", "sentence", "figure"}:
            shown[column.name] = shown[column.name].astype("string").fillna("")
    options: dict[str, Any] = {
        "column_config": config,
        "hide_index": True,
        "placeholder": placeholder,
        "alt": title,
        "height": "content" if (len(shown) + 1) * _ROW_HEIGHT < max_height else max_height,
    }
    selected: int | None = None
    if selectable:
        event = st.dataframe(shown, on_select="rerun", selection_mode="single-row", key=f"table:{name}", **options)
        selected = next(iter(event["selection"]["rows"]), None)
    else:
        st.dataframe(shown, **options)
    st.download_button(
        "Download CSV",
        data=lambda: to_csv(frame, columns, manifest.build_id),
        file_name=f"tieout_{manifest.build_id}_{name}.csv",
        mime="text/csv",
        key=f"download:{name}",
        on_click="ignore",
        icon=":material/download:",
        help=f"{title}: {len(frame):,} rows with the build id on each, amounts to six decimals.",
    )
    return selected
