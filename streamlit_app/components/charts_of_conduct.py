"""Charts of conduct: what became of the executions of each trade date, costs of execution, positions against limits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from streamlit_app.components.charts import BLUE, DAY, GREEN, GREY, ORANGE, PURPLE, VERMILLION, plain
from streamlit_app.components.formats import MISSING

_STYLES = {
    "accepted": (GREEN, ""),
    "submitted": (BLUE, "/"),
    "pending_at_authority": (ORANGE, "."),
    "rejected": (PURPLE, "x"),
    "held": (VERMILLION, "\\"),
    "exempt": (GREY, ""),
    "cancelled": (GREY, "|"),
}


def standings(rows: pd.DataFrame, names: Mapping[str, str]) -> go.Figure:
    """Draw what became of the executions of each trade date, one stacked bar a date."""
    figure = go.Figure()
    dates = rows["trade_date"].dt.strftime("%a %d %b")
    for column, name in names.items():
        colour, pattern = _STYLES[column]
        figure.add_bar(
            x=dates,
            y=rows[column].astype(float),
            name=name,
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "white", "size": 6, "solidity": 0.25},
            },
            hovertemplate=f"%{{x}}<br>%{{y:,}} {name.lower()}<extra></extra>",
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(type="category")
    figure.update_yaxes(title="Executions", tickformat=",d", rangemode="tozero")
    return figure


def costs(rows: pd.DataFrame, name: str) -> go.Figure:
    """Draw slippage, effective spread and price improvement of each group in basis points; one without has the word."""
    names = [plain(text) for text in rows[name]]
    place = list(range(len(rows)))
    figure = go.Figure()
    for column, label, colour, pattern in (
        ("slippage_bps", "Slippage against arrival", VERMILLION, ""),
        ("effective_spread_bps", "Effective spread", BLUE, "/"),
        ("price_improvement_bps", "Price improvement", GREEN, "."),
    ):
        values = rows[column].astype(float)
        figure.add_bar(
            x=values,
            y=place,
            orientation="h",
            name=label,
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "white", "size": 6, "solidity": 0.25},
            },
            customdata=names,
            hovertemplate=f"%{{customdata}}<br>{label.lower()} %{{x:+,.2f}} bps<extra></extra>",
        )
    without = rows[["slippage_bps", "effective_spread_bps", "price_improvement_bps"]].isna().all(axis=1)
    for at in np.flatnonzero(without):
        figure.add_annotation(x=0, y=int(at), text=MISSING, showarrow=False, xanchor="left", xshift=4)
    figure.update_layout(barmode="group")
    figure.update_yaxes(autorange="reversed", tickmode="array", tickvals=place, ticktext=names, zeroline=False)
    figure.update_xaxes(title="Basis points (slippage: a cost is positive)", zeroline=True)
    return figure


def costs_through_time(rows: pd.DataFrame) -> go.Figure:
    """Draw slippage and effective spread of each date, the volume executed below; a date without quotes is a gap."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.65, 0.35], vertical_spacing=0.06)
    for column, label, colour, dash in (
        ("slippage_bps", "Slippage against arrival", VERMILLION, "solid"),
        ("effective_spread_bps", "Effective spread", BLUE, "dash"),
    ):
        figure.add_scatter(
            x=rows["order_date"],
            y=rows[column].astype(float),
            name=label,
            mode="lines+markers",
            connectgaps=False,
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"{DAY}<br>{label.lower()} %{{y:+,.2f}} bps<extra></extra>",
            row=1,
            col=1,
        )
    figure.add_bar(
        x=rows["order_date"],
        y=rows["volume_usd"].astype(float),
        name="Volume",
        marker={"color": GREY, "line": {"width": 0}},
        hovertemplate=f"{DAY}<br>%{{y:,.0f}} USD<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_yaxes(title="Basis points", zeroline=True, row=1, col=1)
    figure.update_yaxes(title="USD", exponentformat="B", rangemode="tozero", row=2, col=1)
    return figure


def position_history(history: pd.DataFrame) -> go.Figure:
    """Draw a net position in lots between its limits, long above and short below; days above the limit are marked."""
    figure = go.Figure()
    figure.add_scatter(
        x=history["business_date"],
        y=history["net_lots"].astype(float),
        name="Net position",
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        connectgaps=False,
        hovertemplate=f"{DAY}<br>net %{{y:+,.2f}} lots<extra></extra>",
    )
    for sign, name in ((1.0, "Limit, long"), (-1.0, "Limit, short")):
        figure.add_scatter(
            x=history["business_date"],
            y=sign * history["limit_lots"].astype(float),
            name=name,
            mode="lines",
            line={"color": VERMILLION, "width": 1.5, "dash": "solid" if sign > 0 else "dot", "shape": "hv"},
            hovertemplate=f"{DAY}<br>limit %{{y:+,.2f}} lots<extra></extra>",
        )
    hit = history[history["status"] == "breach"]
    figure.add_scatter(
        x=hit["business_date"],
        y=hit["net_lots"].astype(float),
        name="Above the limit",
        mode="markers",
        marker={"symbol": "x", "size": 9, "color": VERMILLION},
        hovertemplate=f"{DAY}<br>%{{y:+,.2f}} lots, above the limit<extra></extra>",
    )
    figure.update_yaxes(title="Lots (short is negative)", zeroline=True)
    return figure
