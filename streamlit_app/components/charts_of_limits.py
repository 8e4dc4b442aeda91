"""Charts of limits: bullet bars of use, the count of breaches through time, and one limit's history."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from streamlit_app.components.charts import BLUE, DAY, GREY, ORANGE, PURPLE, VERMILLION, plain
from streamlit_app.components.formats import MISSING

STATUS_COLOURS = {"within": BLUE, "warning": ORANGE, "breach": VERMILLION, "waived": PURPLE, "missing": GREY}
_PATTERNS = {"within": "", "warning": "/", "breach": "", "waived": ".", "missing": ""}


def bullets(limits: pd.DataFrame) -> go.Figure:
    """Draw each limit's use in per cent of the limit, its warning level as a tick and the limit as a line.

    Parameters
    ----------
    limits : DataFrame
        Rows of ``services.limits.checks`` in the order to be drawn. A limit without a value has the word "missing"
        in place of a bar.
    """
    used = limits["utilisation_pct"].astype(float)
    place = list(range(len(limits)))
    names = [
        plain(f"{holder}: {words}" + ("" if pd.isna(key) else f", {key}"))
        for holder, words, key in zip(limits["scope_id"], limits["limit_words"], limits["exposure_name"], strict=True)
    ]
    figure = go.Figure()
    figure.add_bar(
        x=[100] * len(limits),
        y=place,
        orientation="h",
        name="Up to the limit",
        width=0.8,
        marker={"color": "rgba(127, 127, 127, 0.18)", "line": {"width": 0}},
        hoverinfo="skip",
    )
    for status, colour in STATUS_COLOURS.items():
        is_shown = (limits["status"] == status) & used.notna()
        if not is_shown.any():
            continue
        rows = limits[is_shown]
        figure.add_bar(
            x=used[is_shown],
            y=[spot for spot, shown in zip(place, is_shown, strict=True) if shown],
            orientation="h",
            name=status.capitalize(),
            width=0.45,
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {
                    "shape": _PATTERNS[status],
                    "fillmode": "overlay",
                    "fgcolor": "white",
                    "size": 6,
                    "solidity": 0.25,
                },
            },
            customdata=pd.DataFrame(
                {
                    "name": [name for name, shown in zip(names, is_shown, strict=True) if shown],
                    "value": rows["current_value"].astype(float),
                    "limit": rows["limit_value"].astype(float),
                    "unit": rows["unit"].fillna("").map(plain),
                }
            ),
            hovertemplate=(
                "%{customdata[0]}<br>%{customdata[1]:,.2f} of %{customdata[2]:,.2f} %{customdata[3]}<br>%{x:,.1f}%"
                "<extra></extra>"
            ),
        )
    if limits["warning_pct"].notna().any():
        figure.add_scatter(
            x=limits["warning_pct"].astype(float),
            y=place,
            name="Warning level",
            mode="markers",
            marker={"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": GREY}},
            hovertemplate="warning from %{x:,.0f}%<extra></extra>",
        )
    figure.add_vline(x=100, line={"color": VERMILLION, "width": 2})
    # Right of the bar and of the limit's line, so that neither runs through the words.
    figure.add_scatter(
        x=used.fillna(0).clip(lower=100),
        y=place,
        mode="text",
        text=[
            f"  {MISSING}" if np.isnan(value) else f"  {value:,.1f}% {status}"
            for value, status in zip(used, limits["status"], strict=True)
        ],
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(
        tickmode="array", tickvals=place, ticktext=names, range=[len(place) - 0.4, -0.6], zeroline=False, showgrid=False
    )
    figure.update_xaxes(title="Use, % of the limit", range=[0, max(130.0, 1.25 * float(used.fillna(0).max()))])
    return figure


def breaches_through_time(history: pd.DataFrame) -> go.Figure:
    """Draw how many limits were in breach, waived or missing on each date, on top of one another."""
    figure = go.Figure()
    dates = pd.Index(sorted(history["business_date"].unique()))
    for status in ("breach", "waived", "missing"):
        rows = history[history["status"] == status].groupby("business_date")["limits"].sum()
        if rows.sum() == 0:
            continue
        rows = rows.reindex(dates, fill_value=0)
        figure.add_scatter(
            x=dates,
            y=rows,
            name={"breach": "In breach", "waived": "Waived", "missing": "Without a value"}[status],
            mode="lines",
            line={"color": STATUS_COLOURS[status], "width": 0, "shape": "hv"},
            stackgroup="limits",
            hovertemplate=f"{DAY}<br>%{{y:,}} {status}<extra></extra>",
        )
    figure.update_yaxes(title="Limits", rangemode="tozero", tickformat=",d")
    return figure


def limit_history(history: pd.DataFrame) -> go.Figure:
    """Draw a limit's value and the limit in force through time, days above it marked, missing days as gaps."""
    unit = plain(history["unit"].dropna().iloc[0]) if history["unit"].notna().any() else "unit of the limit"
    figure = go.Figure()
    figure.add_scatter(
        x=history["business_date"],
        y=history["current_value"].astype(float),
        name="Value",
        mode="lines",
        line={"color": BLUE, "width": 2},
        connectgaps=False,
        hovertemplate=f"{DAY}<br>value %{{y:,.2f}} {unit}<extra></extra>",
    )
    for column, name, colour, dash in (
        ("limit_value", "Limit in force", VERMILLION, "solid"),
        ("original_limit_value", "Limit without waiver", GREY, "dot"),
    ):
        figure.add_scatter(
            x=history["business_date"],
            y=history[column].astype(float),
            name=name,
            mode="lines",
            line={"color": colour, "width": 1.5, "dash": dash, "shape": "hv"},
            hovertemplate=f"{DAY}<br>{name.lower()} %{{y:,.2f}} {unit}<extra></extra>",
        )
    hit = history[history["status"].isin(["breach", "waived"])]
    figure.add_scatter(
        x=hit["business_date"],
        y=hit["current_value"].astype(float),
        name="Above the limit",
        mode="markers",
        marker={"symbol": "x", "size": 8, "color": VERMILLION},
        customdata=hit[["status"]],
        hovertemplate=f"{DAY}<br>%{{y:,.2f}} {unit}, %{{customdata[0]}}<extra></extra>",
    )
    figure.update_yaxes(title=unit, exponentformat="B", rangemode="tozero")
    return figure
