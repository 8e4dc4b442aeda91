"""The Pillar 3 templates as they are printed, and what every cell consists of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from governance.access import Reader
from streamlit_app.repositories import regulatory as repository
from streamlit_app.services.builds import weekday_date
from streamlit_app.services.positions import Tie

#: How a reader goes through them; a template the build holds and this list does not comes last.
ORDER = ("KM1", "OV1", "CC1", "CR4", "CCR1", "LR1", "LR2", "LIQ1", "LIQ2", "EU_OV1", "EU_LR1")
UNITS = {"usd": "USD m", "percent": "%", "multiple": "multiple"}
ROWS_SHOWN = 500
MILLION = 1_000_000
NOT_APPLICABLE = "n/a"


def reporting_dates(reader: Reader) -> list[date]:
    """Return the dates that are reported, newest first."""
    return list(repository.reporting_dates(reader)["reporting_date"].dt.date)


def templates(reader: Reader) -> dict[str, str]:
    """Return the templates by identifier with their titles, in the reader's order."""
    rows = repository.templates(reader)
    names = dict(zip(rows["template_id"].astype(str), rows["template_name"].astype(str), strict=True))
    rank = {name: place for place, name in enumerate(ORDER)}
    return {name: names[name] for name in sorted(names, key=lambda name: (rank.get(name, len(rank)), name))}


def written(amount: float | None, unit: str) -> str:
    """Write a cell: USD in millions, a share in per cent, a multiple with two decimals.

    Examples
    --------
    >>> written(1_234_567_890.0, "usd"), written(13.456, "percent"), written(None, "usd")
    ('1,234.6', '13.46%', 'missing')
    """
    if amount is None or pd.isna(amount):
        return "missing"
    if unit == "usd":
        return f"{round(float(amount) / MILLION, 1) + 0.0:,.1f}"
    return f"{round(float(amount), 2) + 0.0:,.2f}" + ("%" if unit == "percent" else "")


@dataclass(frozen=True)
class Printed:
    """A template as it is printed.

    Attributes
    ----------
    rows : DataFrame
        One row per template row: ``row_number, label, unit_words, unit, note``, and per column ``written_<n>``,
        the figure in words (empty where the template is blank), and ``amount_<n>``, the figure itself.
    columns : dict of str to str
        Column identifiers with their headers, in order; ``written_1`` belongs to the first.
    cells : DataFrame
        One row per cell, as the repository gives it.
    """

    rows: pd.DataFrame
    columns: dict[str, str]
    cells: pd.DataFrame

    @property
    def missing(self) -> int:
        """How many cells should have a figure and have none; columns without a reporting date are not counted."""
        return int((self.cells["is_missing"] & self.cells["as_of_date"].notna()).sum())

    @property
    def undated(self) -> list[str]:
        """Headers of the columns whose quarter has no reporting date."""
        rows = self.cells[self.cells["as_of_date"].isna()]
        return list(dict.fromkeys(rows["column_label"].astype(str)))

    @property
    def openable(self) -> dict[str, str]:
        """Rows that have a cell to open: number and label."""
        rows = self.cells[self.cells["is_applicable"]].drop_duplicates("row_number")
        return {str(row.row_number): f"{row.row_number}  {row.label}" for row in rows.itertuples()}

    def columns_of(self, row: str) -> dict[str, str]:
        """Columns in which the row has a cell: identifier and header."""
        cells = self.cells[self.cells["row_number"] == row]
        return dict(zip(cells["column_id"].astype(str), cells["column_label"].astype(str), strict=True))


def printed(reader: Reader, template_id: str, reporting_date: date) -> Printed:
    """Return a template on a date as a table; a row that does not apply and a missing figure say why in the note."""
    cells = repository.cells(reader, template_id, reporting_date)
    columns = _columns(cells)
    if cells.empty:
        return Printed(pd.DataFrame(), columns, cells)
    records = []
    for _, group in cells.groupby("row_order", sort=True):
        first = group.iloc[0]
        record: dict[str, object] = {
            "row_number": first["row_number"],
            "label": first["label"],
            "unit": " / ".join(dict.fromkeys(group["unit"])),
            "unit_words": " / ".join(dict.fromkeys(UNITS.get(unit, unit) for unit in group["unit"])),
            "note": " ".join(dict.fromkeys(group.loc[group["as_of_date"].notna(), "note"].dropna())),
        }
        by_column = {str(cell["column_id"]): cell for _, cell in group.iterrows()}
        for place, column in enumerate(columns, start=1):
            cell = by_column.get(column)
            record[f"written_{place}"] = _cell_words(cell)
            record[f"amount_{place}"] = None if cell is None or pd.isna(cell["amount"]) else float(cell["amount"])
        records.append(record)
    return Printed(pd.DataFrame(records), columns, cells)


def _columns(cells: pd.DataFrame) -> dict[str, str]:
    """Headers; a column that is a date says which."""
    columns = {}
    for _, row in cells.sort_values("column_order").drop_duplicates("column_id").iterrows():
        is_dated = str(row["column_id"]).startswith("T") and not pd.isna(row["as_of_date"])
        label = str(row["column_label"])
        columns[str(row["column_id"])] = f"{label} ({row['as_of_date']:%-d %b %Y})" if is_dated else label
    return columns


def _cell_words(cell: pd.Series | None) -> str:
    if cell is None:
        return ""
    return written(cell["amount"], str(cell["unit"])) if cell["is_applicable"] else NOT_APPLICABLE


@dataclass(frozen=True)
class Cell:
    """One cell, opened.

    Attributes
    ----------
    figure : str
        The figure in words with its unit.
    words : str
        What it is, when, and from how many rows.
    note : str or None
        Why there is no figure.
    items : DataFrame
        What it draws on, by part, date, measure and item.
    rows : DataFrame
        The rows behind it, largest first, at most `ROWS_SHOWN`.
    row_count : int
        How many there are in all.
    rules : DataFrame
        The rules that these rows name, as they stand on the date.
    tie : Tie or None
        Whether the rows add up to the figure; None for a ratio, and where there is no figure.
    query : str
        SQL that gives the rows.
    """

    figure: str
    words: str
    note: str | None
    items: pd.DataFrame
    rows: pd.DataFrame
    row_count: int
    rules: pd.DataFrame
    tie: Tie | None
    query: str


def opened(reader: Reader, template_id: str, reporting_date: date, row: str, column: str) -> Cell:
    """Open a cell: what it draws on, the rows behind it, their rules, and the query that finds them."""
    cells = repository.cells(reader, template_id, reporting_date)
    cell = cells[(cells["row_number"] == row) & (cells["column_id"] == column)].iloc[0]
    items = repository.cell_items(reader, template_id, reporting_date, row, column)
    rows = repository.contributions(reader, template_id, reporting_date, row, column, ROWS_SHOWN)
    unit = str(cell["unit"])
    figure = written(cell["amount"], unit) + (" USD m" if unit == "usd" and not pd.isna(cell["amount"]) else "")
    is_average = int(cell["data_points"]) > 1
    stands = "nowhere" if pd.isna(cell["as_of_date"]) else weekday_date(cell["as_of_date"].date())
    words = f"{cell['label']}. As of {stands}. "
    if is_average:
        words += f"Average of {int(cell['data_points'])} reporting dates of the quarter. "
    words += f"{int(cell['contribution_count']):,} contributing rows."
    return Cell(
        figure=figure,
        words=words,
        note=None if pd.isna(cell["note"]) else str(cell["note"]),
        items=items,
        rows=rows,
        row_count=int(items["contribution_count"].sum()),
        rules=rules_of(rows, repository.parameters(reader, reporting_date)),
        tie=tie(cell, items),
        query=query_text(template_id, reporting_date, row, column),
    )


def tie(cell: pd.Series, items: pd.DataFrame) -> Tie | None:
    """Tell whether a cell in USD is the sum of its contributions, or their average over its dates."""
    is_sum = len(items) and (items["part"] == "value").all()
    if cell["unit"] != "usd" or not is_sum or pd.isna(cell["amount"]):
        return None
    amounts = items["amount"].sum(skipna=False)
    difference = None if pd.isna(amounts) else float(amounts) / int(cell["data_points"]) - float(cell["amount"])
    return Tie("Contributions add up to the cell", difference)


def rules_of(rows: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Return the rules that the rows name in ``rule_ids``, with how many rows name each, and their values."""
    named = rows["rule_ids"].dropna().astype(str).str.split(";").explode().str.strip()
    counts = named[named != ""].value_counts().rename_axis("rule_id").rename("named_by").reset_index()
    return counts.merge(parameters, on="rule_id", how="left").sort_values("rule_id").reset_index(drop=True)


def query_text(template_id: str, reporting_date: date, row: str, column: str) -> str:
    """Return the SQL of the rows behind a cell with its values written in."""
    text = repository.OPEN_CELL.strip()
    for name, value in (
        ("$template", template_id),
        ("$date", reporting_date.isoformat()),
        ("$row", row),
        ("$column", column),
    ):
        quoted = "'" + value.replace("'", "''") + "'"
        text = text.replace(name, quoted)
    return text


def figures(reader: Reader, template_id: str, column: str, reporting_date: date) -> dict[str, float | None]:
    """Return a column's figures by row number; a missing one is None."""
    cells = repository.cells(reader, template_id, reporting_date)
    cells = cells[cells["column_id"] == column]
    return {
        str(row.row_number): None if pd.isna(row.amount) else float(row.amount)  # type: ignore[arg-type]
        for row in cells.itertuples()
    }


def notes(reader: Reader, template_id: str, column: str, reporting_date: date) -> dict[str, str]:
    """Return why a column's figures are missing, by row number."""
    cells = repository.cells(reader, template_id, reporting_date)
    cells = cells[(cells["column_id"] == column) & cells["is_missing"]]
    return {str(row.row_number): str(row.note) for row in cells.itertuples()}
