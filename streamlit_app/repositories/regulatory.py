"""SQL over the Pillar 3 templates. Amounts are in the unit of their cell: USD, per cent, or a multiple."""

from __future__ import annotations

from datetime import date

import pandas as pd

from governance.access import Reader

#: The rows behind a cell. The page shows this text, so that a reader can run it.
OPEN_CELL = """
select
    cell_items.part, contributions.reporting_date as as_of_date, contributions.measure, contributions.item,
    contributions.source_model, contributions.source_row_id,
    case when cell_items.sign < 0 then -contributions.amount else contributions.amount end as amount,
    contributions.rule_ids
from fct_basel_cell_items as cell_items
inner join fct_basel_contributions as contributions
    on
        cell_items.as_of_date = contributions.reporting_date
        and cell_items.measure = contributions.measure
        and cell_items.item = contributions.item
where
    cell_items.template_id = $template
    and cell_items.reporting_date = $date
    and cell_items.row_number = $row
    and cell_items.column_id = $column
"""


def reporting_dates(reader: Reader) -> pd.DataFrame:
    """Return the dates that are reported, newest first: ``reporting_date``."""
    return reader.query("select distinct reporting_date from fct_basel_cells order by reporting_date desc")


def templates(reader: Reader) -> pd.DataFrame:
    """Return ``template_id, template_name``, in alphabetical order."""
    return reader.query("select distinct template_id, template_name from fct_basel_cells order by template_id")


def cells(reader: Reader, template_id: str, reporting_date: date) -> pd.DataFrame:
    """Return one row per cell of the template, as it is printed: by row, then by column."""
    return reader.query(
        """
        select
            row_number, row_order, label, is_total, column_id, column_order, column_label, unit, as_of_date, amount,
            data_points, contribution_count, is_applicable, is_missing, note
        from fct_basel_cells
        where template_id = $template and reporting_date = $date
        order by row_order, column_order
        """,
        {"template": template_id, "date": reporting_date},
    )


def cell_items(reader: Reader, template_id: str, reporting_date: date, row: str, column: str) -> pd.DataFrame:
    """Return one row per part, date, measure and item that the cell draws on."""
    return reader.query(
        """
        select part, as_of_date, measure, item, sign, data_points, amount, contribution_count
        from fct_basel_cell_items
        where template_id = $template and reporting_date = $date and row_number = $row and column_id = $column
        order by part desc, as_of_date, measure, item
        """,
        {"template": template_id, "date": reporting_date, "row": row, "column": column},
    )


def contributions(
    reader: Reader, template_id: str, reporting_date: date, row: str, column: str, rows: int
) -> pd.DataFrame:
    """Return the rows behind the cell, largest first, at most ``rows`` of them."""
    return reader.query(
        f"""
        {OPEN_CELL}
        order by
            abs(contributions.amount) desc nulls first, contributions.source_model, contributions.source_row_id,
            contributions.item, as_of_date
        limit $rows
        """,
        {"template": template_id, "date": reporting_date, "row": row, "column": column, "rows": rows},
    )


def parameters(reader: Reader, reporting_date: date) -> pd.DataFrame:
    """Return the rules in force on the date: value, unit, band, paragraph and whose rule it is."""
    return reader.query(
        """
        select rule_id, above, up_to, value, unit, paragraph, rules_of, valid_from, basis
        from dim_regulatory_parameters
        where reporting_date = $date
        order by rule_id
        """,
        {"date": reporting_date},
    )
