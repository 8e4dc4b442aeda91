"""Charts of controls: what each concluded in each period, and digits against Benford's law."""

from __future__ import annotations

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from streamlit_app.components.charts import BLUE, GREEN, GREY, VERMILLION, plain
from streamlit_app.components.formats import count
from streamlit_app.services.sox_controls import CONCLUSIONS

_PLACES: Final = {"effective": 0, "not_tested": 1, "ineffective": 2}
_COLOURS: Final = (GREEN, GREY, VERMILLION)
_LABEL_LENGTH: Final = 60


def conclusions(rows: pd.DataFrame) -> go.Figure:
    """Draw the conclusion of each control and period as a cell with its word; a period without a result is empty.

    Parameters
    ----------
    rows : DataFrame
        As ``services.sox_controls.matrix`` gives it, oldest period first.
    """
    periods = rows.drop_duplicates("period_id")
    names = [
        period if is_closed else f"{period}<br>(open)"
        for period, is_closed in zip(periods["period_id"], periods["is_closed"], strict=True)
    ]
    shown = rows.assign(
        place=rows["conclusion"].map(_PLACES),
        word=rows["conclusion"].map(CONCLUSIONS),
        hover=[
            f"{plain(label)}<br>{period}: {CONCLUSIONS[conclusion]}<br>"
            f"{count(exceptions)} exceptions in {count(population)}"
            for label, period, conclusion, exceptions, population in zip(
                rows["label"],
                rows["period_id"],
                rows["conclusion"],
                rows["exceptions"],
                rows["population"],
                strict=True,
            )
        ],
    )
    grids = {
        column: shown.pivot_table(index="control_id", columns="period_id", values=column, aggfunc="first")
        for column in ("place", "word", "hover")
    }
    grids = {column: grid.reindex(columns=list(periods["period_id"])) for column, grid in grids.items()}
    labels = shown.drop_duplicates("control_id").set_index("control_id")["label"].loc[grids["place"].index]
    steps = [(edge / 3, colour) for place, colour in enumerate(_COLOURS) for edge in (place, place + 1)]
    figure = go.Figure(
        go.Heatmap(
            z=grids["place"].to_numpy(dtype=float),
            x=names,
            y=[plain(label if len(label) <= _LABEL_LENGTH else f"{label[:_LABEL_LENGTH]}...") for label in labels],
            text=grids["word"].fillna("").to_numpy(),
            texttemplate="%{text}",
            textfont={"color": "white", "size": 11},
            customdata=grids["hover"].fillna("").to_numpy(),
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=steps,
            zmin=-0.5,
            zmax=2.5,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_xaxes(type="category", side="top", showgrid=False)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return figure


def digits(rows: pd.DataFrame) -> go.Figure:
    """Draw the observed share of each digit as a bar between its limits, the expected one as a line."""
    figure = go.Figure()
    is_off = rows["is_significant"].astype(bool)
    for name, chosen, colour, pattern in (
        ("Observed", ~is_off, BLUE, ""),
        ("Observed, significantly off", is_off, VERMILLION, "/"),
    ):
        some = rows[chosen]
        figure.add_bar(
            x=some["digit"],
            y=some["observed_proportion"].astype(float),
            name=name,
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "white", "size": 6, "solidity": 0.25},
            },
            customdata=some[["observed_amounts", "z_statistic"]].astype(float).to_numpy(),
            hovertemplate="%{x}<br>%{y:.2%} of the amounts, %{customdata[0]:,.0f}<br>z %{customdata[1]:,.2f}"
            "<extra></extra>",
        )
    figure.add_scatter(
        x=rows["digit"],
        y=rows["expected_proportion"].astype(float),
        name="Expected",
        mode="lines+markers",
        line={"color": GREY, "width": 2},
        marker={"symbol": "diamond", "size": 5},
        hovertemplate="%{x}<br>%{y:.2%} expected<extra></extra>",
    )
    for column, name in (("upper_limit", "Upper limit"), ("lower_limit", "Lower limit")):
        figure.add_scatter(
            x=rows["digit"],
            y=rows[column].astype(float),
            name=name,
            mode="lines",
            line={"color": GREY, "width": 1, "dash": "dot"},
            hovertemplate=f"%{{x}}<br>{name.lower()} %{{y:.2%}}<extra></extra>",
        )
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(title="Leading digits", dtick=1 if len(rows) <= 10 else 5)
    figure.update_yaxes(title="Share of the amounts", tickformat=".0%", rangemode="tozero")
    return figure
