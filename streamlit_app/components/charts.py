"""The charts, in one style. Streamlit gives each figure the light or dark theme; the colours here read on both.

The palette is Okabe and Ito's (2008), its blue a step lighter to stand out on black. No meaning rests on colour alone:
symbols, dashes and words carry it too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from streamlit_app.components.formats import MISSING, amount, level, signed

BLUE, VERMILLION, GREEN, PURPLE, GREY = "#1F86C7", "#D55E00", "#009E73", "#CC79A7", "#7F7F7F"
ORANGE = "#E69F00"
_BAND_95, _BAND_99 = "rgba(31, 134, 199, 0.10)", "rgba(31, 134, 199, 0.30)"
DAY = "%{x|%a %d %b %Y}"
_TOP = 15


def show(figure: go.Figure, *, height: int, name: str, description: str) -> None:
    """Draw a figure in the app's style, with a description for readers who do not see it."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
        hoverlabel={"align": "right"},
        bargap=0.15,
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    st.plotly_chart(
        figure,
        theme="streamlit",
        key=f"chart:{name}",
        alt=description,
        config={"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]},
    )


def plain(text: object) -> str:
    """Return text in which Plotly finds no markup: delivered names are shown as they are written.

    Examples
    --------
    >>> plain("<b>A & B</b>")
    '&lt;b&gt;A &amp; B&lt;/b&gt;'
    """
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pnl_bars(parts: pd.DataFrame, name: str, title: str, top: int = 25, room: float = 0.2) -> go.Figure:
    """Draw ``pnl_usd`` per part as bars, losses and gains apart; of more parts than ``top`` the rest as one bar.

    A part without a figure has no bar and the word "missing" in its place. ``room`` is what the figures written
    beside the bars need, as a share of the chart's width.
    """
    shown = parts.head(top)
    rest = parts.iloc[top:]
    names = [plain(part) for part in shown[name]]
    values = list(shown["pnl_usd"].astype(float))
    if not rest.empty:
        names.append(f"{len(rest)} others")
        values.append(float(rest["pnl_usd"].astype(float).sum()))
    known = [value for value in values if not np.isnan(value)]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=list(range(len(names))),
            orientation="h",
            marker={"color": [GREEN if value > 0 else VERMILLION for value in values], "line": {"width": 0}},
            text=[signed(value, 0) if not np.isnan(value) else "" for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=names,
            hovertemplate="%{customdata}<br>%{x:+,.2f} USD<extra></extra>",
            showlegend=False,
        )
    )
    for place, value in enumerate(values):
        if np.isnan(value):
            figure.add_annotation(x=0, y=place, text=MISSING, showarrow=False, xanchor="left", xshift=4)
    figure.update_yaxes(
        autorange="reversed", tickmode="array", tickvals=list(range(len(names))), ticktext=names, zeroline=False
    )
    low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
    margin = room * (high - low)
    figure.update_xaxes(
        title=title, exponentformat="B", range=[low - margin * (low < 0), high + margin * (high > 0)] if known else None
    )
    return figure


def pnl_history(history: pd.DataFrame) -> go.Figure:
    """Draw cumulative P&L as a line, the day's P&L as bars below it, both in USD."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.05)
    figure.add_scatter(
        x=history["business_date"],
        y=history["cumulative_pnl_usd"],
        name="Cumulative P&L",
        mode="lines",
        line={"color": BLUE, "width": 2},
        hovertemplate=f"{DAY}<br>cumulative %{{y:+,.2f}} USD<extra></extra>",
        row=1,
        col=1,
    )
    day = history["total_pnl_usd"].astype(float)
    for name, colour, is_shown in (("Day gain", GREEN, day >= 0), ("Day loss", VERMILLION, day < 0)):
        figure.add_bar(
            x=history["business_date"][is_shown],
            y=day[is_shown],
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"{DAY}<br>day %{{y:+,.2f}} USD<extra></extra>",
            row=2,
            col=1,
        )
    figure.update_yaxes(title="Cumulative, USD", exponentformat="B", row=1, col=1)
    figure.update_yaxes(title="Day, USD", exponentformat="B", row=2, col=1)
    return figure


def instrument_history(history: pd.DataFrame, currency: str) -> go.Figure:
    """Draw one instrument's price, with gaps where it is missing, and the quantity held below it."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.6, 0.4], vertical_spacing=0.06)
    figure.add_scatter(
        x=history["business_date"],
        y=history["price_local"],
        name=f"Price, {currency}",
        mode="lines",
        line={"color": BLUE, "width": 2},
        connectgaps=False,
        hovertemplate=f"{DAY}<br>price %{{y:,.6f}}<extra></extra>",
        row=1,
        col=1,
    )
    flagged = history[history["flags"] != ""]
    figure.add_scatter(
        x=flagged["business_date"],
        y=flagged["price_local"],
        name="Stale or proxied",
        mode="markers",
        marker={"color": VERMILLION, "symbol": "x", "size": 7},
        customdata=flagged["flags"],
        hovertemplate=f"{DAY}<br>price %{{y:,.6f}}, %{{customdata}}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=history["business_date"],
        y=history["quantity"],
        name="Quantity",
        mode="lines",
        line={"color": GREY, "width": 1.5, "shape": "hv", "dash": "dot"},
        hovertemplate=f"{DAY}<br>quantity %{{y:,.2f}}<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_yaxes(title=f"Price, {currency}", tickformat=",", row=1, col=1)
    figure.update_yaxes(title="Quantity", exponentformat="B", rangemode="tozero", row=2, col=1)
    return figure


def var_history(history: pd.DataFrame) -> go.Figure:
    """Draw VaR 95 and 99 as bands below zero, both P&Ls, and every day whose loss went through a band.

    Parameters
    ----------
    history : DataFrame
        One row per date and level, as ``services.market_risk.exceptions`` gives it. VaR is the one of the evening
        before, so that a day's P&L is held against what was known when it began.
    """
    figure = go.Figure()
    levels = history["confidence_level"].astype(float)
    for wanted, name, fill, dash in (
        (0.95, "VaR 95%", _BAND_95, "dot"),
        (0.99, "VaR 99%", _BAND_99, "solid"),
    ):
        rows = history[np.isclose(levels, wanted)]
        figure.add_scatter(
            x=rows["business_date"],
            y=-rows["var_usd"].astype(float),
            name=name,
            mode="lines",
            line={"color": BLUE, "width": 1.5, "shape": "hv", "dash": dash},
            fill="tozeroy" if dash == "dot" else "tonexty",
            fillcolor=fill,
            customdata=rows["var_usd"].astype(float),
            hovertemplate=f"{DAY}<br>{name} of the evening before: loss of %{{customdata:,.2f}} USD<extra></extra>",
        )
    days = history.drop_duplicates("business_date")
    figure.add_bar(
        x=days["business_date"],
        y=days["actual_pnl_usd"].astype(float),
        name="Actual P&L",
        marker={"color": GREY, "line": {"width": 0}},
        opacity=0.75,
        hovertemplate=f"{DAY}<br>actual P&L %{{y:+,.2f}} USD<extra></extra>",
    )
    figure.add_scatter(
        x=days["business_date"],
        y=days["hypothetical_pnl_usd"].astype(float),
        name="Hypothetical P&L",
        mode="markers",
        marker={"color": GREEN, "symbol": "circle", "size": 4},
        hovertemplate=f"{DAY}<br>hypothetical P&L %{{y:+,.2f}} USD<extra></extra>",
    )
    for wanted, colour, size in ((0.95, PURPLE, 10), (0.99, VERMILLION, 13)):
        rows = history[np.isclose(levels, wanted)]
        for flag, figures, word, symbol in (
            ("is_actual_exception", "actual_pnl_usd", "actual", "x"),
            ("is_hypothetical_exception", "hypothetical_pnl_usd", "hypothetical", "diamond-open"),
        ):
            hit = rows[rows[flag].fillna(value=False).astype(bool)]
            figure.add_scatter(
                x=hit["business_date"],
                y=hit[figures].astype(float),
                name=f"Exception {level(wanted)}, {word}",
                mode="markers",
                marker={"color": colour, "symbol": symbol, "size": size, "line": {"width": 2, "color": colour}},
                customdata=hit["var_usd"].astype(float),
                hovertemplate=(
                    f"{DAY}<br>{word} P&L %{{y:+,.2f}} USD<br>went through VaR of %{{customdata:,.2f}} USD"
                    "<extra></extra>"
                ),
            )
    figure.update_yaxes(title="P&L, USD (a loss is negative)", exponentformat="B", zeroline=True)
    return figure


def contribution_bars(contributions: pd.DataFrame) -> go.Figure:
    """Draw the largest contributions to VaR as bars, the rest as one bar, so that the bars still sum to VaR."""
    top = contributions.head(_TOP)
    rest = contributions.iloc[_TOP:]
    names = list(top["part"])
    values = list(top["contribution_usd"].astype(float))
    if not rest.empty:
        names.append(f"{len(rest)} others")
        values.append(float(rest["contribution_usd"].astype(float).sum()))
    colours = [VERMILLION if value > 0 else GREEN for value in values]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            marker={"color": colours, "line": {"width": 0}},
            text=[amount(value, 0) for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}<br>%{x:+,.2f} USD<extra></extra>",
            showlegend=False,
        )
    )
    figure.update_yaxes(autorange="reversed", type="category")
    # Room for the figures written outside the bars, on both sides.
    low, high = min(0.0, *values), max(0.0, *values)
    margin = 0.2 * (high - low)
    figure.update_xaxes(
        title="Contribution to VaR, USD (positive adds risk)",
        exponentformat="B",
        range=[low - margin * (low < 0), high + margin],
    )
    return figure


def scenario_histogram(scenarios: pd.DataFrame, var_usd: float, es_usd: float, confidence: float) -> go.Figure:
    """Draw how often each scenario P&L occurs, with VaR and ES as lines; losses at or beyond VaR stand out."""
    pnl = scenarios["pnl_usd"].to_numpy(float)
    edges = np.histogram_bin_edges(pnl, bins=50)
    centres = (edges[:-1] + edges[1:]) / 2
    is_tail = pnl <= -var_usd
    figure = go.Figure()
    for name, values, colour in (
        ("Other scenarios", pnl[~is_tail], BLUE),
        ("Loss at or beyond VaR", pnl[is_tail], VERMILLION),
    ):
        counts, _ = np.histogram(values, bins=edges)
        figure.add_bar(
            x=centres,
            y=counts,
            name=name,
            width=np.diff(edges),
            marker={"color": colour, "line": {"width": 0}},
            customdata=np.column_stack([edges[:-1], edges[1:]]),
            hovertemplate="%{customdata[0]:+,.0f} to %{customdata[1]:+,.0f} USD<br>%{y} scenarios<extra></extra>",
        )
    tallest = int(np.histogram(pnl, bins=edges)[0].max())
    for name, loss, colour, dash in (
        (f"VaR {level(confidence)}: {amount(var_usd, 0)}", var_usd, VERMILLION, "solid"),
        (f"ES {level(confidence)}: {amount(es_usd, 0)}", es_usd, PURPLE, "dash"),
    ):
        figure.add_scatter(
            x=[-loss, -loss],
            y=[0, tallest],
            name=name,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"{name} USD<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0)
    figure.update_xaxes(title="Scenario P&L, USD (a loss is negative)", exponentformat="B")
    figure.update_yaxes(title="Scenarios")
    return figure
