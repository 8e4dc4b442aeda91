"""The Pillar 3 templates as printed; every cell opens to the rows, rules and query behind it."""

import streamlit as st

from streamlit_app.components import states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import choose_date
from streamlit_app.components.session import manifest, read
from streamlit_app.components.tables import Column, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import regulatory as service
from streamlit_app.services.builds import weekday_date

build = manifest()
dates = read(service.reporting_dates)
if not dates:
    states.nothing_here("This build holds no regulatory template.")
    st.stop()
states.older_than_build(dates[0], build, "Regulatory reporting")
titles = read(service.templates)

template_column, date_column = st.columns([2, 1])
with template_column:
    template = choose(
        "Template",
        "template",
        list(titles),
        default=next(iter(titles)),
        format_func=lambda name: f"{name.replace('_', ' ')}  {titles[name]}",
        clears=("row", "column"),
    )
with date_column:
    day = choose_date(dates, "Reporting date")

printed = read(service.printed, template, day)
st.caption(
    "Amounts in USD millions, ratios in per cent; the download has them in full. "
    f"{service.NOT_APPLICABLE}: the row does not apply to this bank. Blank: the template asks for nothing there."
)
if printed.undated:
    st.caption(f"{', '.join(printed.undated)}: this build has no reporting date in that quarter.")
if printed.missing:
    st.warning(f"{printed.missing:,} cells have no figure; the note says why.", icon=":material/report:")
show_table(
    printed.rows,
    [
        Column("row_number", "Row"),
        Column("label", "Item", "sentence"),
        *(
            Column(f"written_{place}", header, "figure", download=f"amount_{place}")
            for place, header in enumerate(printed.columns.values(), start=1)
        ),
        Column("unit_words", "Unit", download="unit"),
        Column("note", "Note", "sentence"),
    ],
    manifest=build,
    name=f"{template}_{day}",
    title=f"{template} {titles[template]}, {weekday_date(day)}",
    max_height=1100,
    pinned=2,
)

st.subheader("What is in a cell", anchor=False)
row_column, column_column = st.columns([2, 1])
openable = printed.openable
with row_column:
    row = choose(
        "Row",
        "row",
        list(openable),
        default=next(iter(openable)),
        format_func=lambda name: openable[name],
        clears=("column",),
    )
columns = printed.columns_of(row)
with column_column:
    column = choose(
        "Column",
        "column",
        list(columns),
        default=next(iter(columns)),
        format_func=lambda name: printed.columns[name],
    )
cell = read(service.opened, template, day, row, column)
st.metric(f"{template}, row {row}, {printed.columns[column]}", cell.figure, border=True)
st.text(cell.words)
if cell.note is not None:
    st.warning("There is no figure, for this reason:", icon=":material/report:")
    st.text(cell.note)
if cell.tie is not None:
    show_tie(cell.tie)
if cell.items.empty:
    states.nothing_here("No row falls into this cell.")
else:
    show_table(
        cell.items.assign(sign=cell.items["sign"].map({1: "added", -1: "taken off"})),
        [
            Column("item", "Item"),
            Column("measure", "Measure"),
            Column("part", "Part", help="Of the figure itself, or of a ratio's numerator or denominator."),
            Column("sign", "Counts as"),
            Column("as_of_date", "As of", "date"),
            Column("amount", "Amount", "amount", "In USD; requirements are shares."),
            Column("contribution_count", "Rows", "count"),
        ],
        manifest=build,
        name=f"{template}_{row}_{column}_{day}_items",
        title=f"What {template} row {row} draws on",
    )
    st.subheader("Contributing rows", anchor=False)
    st.caption(f"{len(cell.rows):,} of {cell.row_count:,}, largest first.")
    show_table(
        cell.rows,
        [
            Column("source_model", "Table"),
            Column("source_row_id", "Row of the table"),
            Column("item", "Item"),
            Column("amount", "Amount", "amount", "In USD with its sign; requirements are shares."),
            Column("part", "Part"),
            Column("as_of_date", "As of", "date"),
            Column("rule_ids", "Rules", "sentence", "Parameters the amount was worked out with."),
        ],
        manifest=build,
        name=f"{template}_{row}_{column}_{day}_rows",
        title=f"Rows behind {template} row {row}, {weekday_date(day)}",
    )
    if not cell.rules.empty:
        st.subheader("Rules these rows used", anchor=False)
        show_table(
            cell.rules,
            [
                Column("rule_id", "Rule"),
                Column("value", "Value", "ratio"),
                Column("unit", "Unit", "note"),
                Column("above", "Above", "ratio"),
                Column("up_to", "Up to", "ratio"),
                Column("paragraph", "Paragraph", "note"),
                Column("rules_of", "Rules of", "note"),
                Column("valid_from", "In force since", "date"),
                Column("named_by", "Rows", "count", "Rows shown above that name it."),
            ],
            manifest=build,
            name=f"{template}_{row}_{column}_{day}_rules",
            title=f"Rules behind {template} row {row}",
            placeholder="",
        )
with st.expander("The query behind this cell"):
    st.code(cell.query, language="sql")
