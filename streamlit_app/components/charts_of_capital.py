"""Charts of capital: ratios against their requirements, RWA by type, the way to CET1, shares through time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

import pandas as pd
import plotly.graph_objects as go

from streamlit_app.components.charts import BLUE, DAY, GREEN, GREY, ORANGE, PURPLE, VERMILLION, plain
from streamlit_app.components.formats import MISSING, percent
from streamlit_app.services.capital import Headline

MILLION = 1e6
_LINES = ((BLUE, "solid"), (PURPLE, "dash"), (GREEN, "dot"), (ORANGE, "dashdot"))


def ratios(headlines: Sequence[Headline]) -> go.Figure:
    """Draw each ratio as a bar, its minimum and its requirement with buffers as marks on it."""
    names = [plain(item.name) for item in headlines]
    figure = go.Figure()
    figure.add_bar(
        x=[item.ratio for item in headlines],
        y=names,
        orientation="h",
        name="Ratio",
        marker={"color": BLUE, "line": {"width": 0}},
        text=[percent(item.ratio) for item in headlines],
        textposition="inside",
        insidetextanchor="start",
        hovertemplate="%{y}<br>ratio %{x:.2%}<extra></extra>",
    )
    for column, name, colour, symbol in (
        ("minimum", "Minimum", VERMILLION, "line-ns"),
        ("requirement", "Minimum with buffers", ORANGE, "diamond"),
    ):
        figure.add_scatter(
            x=[getattr(item, column) for item in headlines],
            y=names,
            name=name,
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 14, "line": {"width": 3, "color": colour}},
            hovertemplate=f"%{{y}}<br>{name.lower()} %{{x:.2%}}<extra></extra>",
        )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(tickformat=".0%", rangemode="tozero", title="Share of RWA; leverage: share of exposure")
    return figure


def parts(frame: pd.DataFrame, name: str, amount: str, title: str) -> go.Figure:
    """Draw amounts in USD millions as bars with the figure beside each; a missing one is the word."""
    values = frame[amount].astype(float) / MILLION
    names = [plain(text) for text in frame[name]]
    place = list(range(len(frame)))
    figure = go.Figure(
        go.Bar(
            x=values,
            y=place,
            orientation="h",
            marker={"color": BLUE, "line": {"width": 0}},
            text=["" if pd.isna(value) else f"{value:,.1f}" for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=names,
            hovertemplate="%{customdata}<br>%{x:,.1f} USD m<extra></extra>",
            showlegend=False,
        )
    )
    for at, value in enumerate(values):
        if pd.isna(value):
            figure.add_annotation(x=0, y=at, text=MISSING, showarrow=False, xanchor="left", xshift=4)
    known = values.dropna()
    low, high = min([0.0, *known]), max([0.0, *known])
    room = 0.15 * (high - low)
    figure.update_yaxes(autorange="reversed", tickmode="array", tickvals=place, ticktext=names, zeroline=False)
    figure.update_xaxes(title=title, range=[low - room * (low < 0), high + room] if high > low else None)
    return figure


def waterfall(steps: pd.DataFrame, total: str) -> go.Figure:
    """Draw the way to a total, one bar per item in USD millions; deductions go down."""
    values = [float(value) / MILLION for value in steps["amount_usd"]]
    figure = go.Figure(
        go.Waterfall(
            x=[*(plain(name) for name in steps["name"]), plain(total)],
            y=[*values, sum(values)],
            measure=["relative"] * len(values) + ["total"],
            text=[f"{value:+,.1f}" for value in values] + [f"{sum(values):,.1f}"],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": GREEN}},
            decreasing={"marker": {"color": VERMILLION}},
            totals={"marker": {"color": BLUE}},
            connector={"line": {"color": GREY, "width": 1, "dash": "dot"}},
            hovertemplate="%{x}<br>%{text} USD m<extra></extra>",
            showlegend=False,
        )
    )
    levels = [0.0, *accumulate(values)]
    figure.update_yaxes(title="USD m", range=[min(levels), max(levels) * 1.12] if max(levels) > 0 else None)
    return figure


def shares_through_time(
    lines: Sequence[tuple[str, pd.DataFrame]], title: str, bounds: Collection[str] = ()
) -> go.Figure:
    """Draw shares through time, and what they must not cross as thin stepped lines.

    Parameters
    ----------
    lines : sequence of (name, DataFrame)
        Frames hold ``reporting_date`` and ``value``, a share.
    title : str
        Of the axis.
    bounds : collection of str
        Names of the lines that are minima or limits.
    """
    figure = go.Figure()
    drawn = 0
    for name, frame in lines:
        is_bound = name in bounds
        colour, dash = _LINES[drawn % len(_LINES)]
        drawn += not is_bound
        figure.add_scatter(
            x=frame["reporting_date"],
            y=frame["value"].astype(float),
            name=plain(name),
            mode="lines" if is_bound else "lines+markers",
            connectgaps=False,
            line={"color": VERMILLION, "width": 1.5, "dash": "dot", "shape": "hv"}
            if is_bound
            else {"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"{DAY}<br>{plain(name)} %{{y:.2%}}<extra></extra>",
        )
    figure.update_yaxes(title=title, tickformat=".0%", rangemode="tozero")
    return figure
