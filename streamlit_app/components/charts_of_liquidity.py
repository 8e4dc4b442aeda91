"""Charts of liquidity: the maturity ladder, and liquid assets by level with what the caps take off."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from streamlit_app.components.charts import BLUE, GREEN, GREY, VERMILLION, plain

MILLION = 1e6


def ladder(buckets: pd.DataFrame) -> go.Figure:
    """Draw inflows up and outflows down per bucket, the gap added up so far as a line, and what could be sold."""
    names = [plain(name) for name in buckets["bucket_name"]]
    figure = go.Figure()
    for column, name, colour, sign in (
        ("inflow_usd", "Inflows", GREEN, 1),
        ("outflow_usd", "Outflows", VERMILLION, -1),
    ):
        figure.add_bar(
            x=names,
            y=sign * buckets[column].astype(float) / MILLION,
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"%{{x}}<br>{name.lower()} %{{y:+,.1f}} USD m<extra></extra>",
        )
    for column, name, colour, dash in (
        ("cumulative_gap_usd", "Gap so far", BLUE, "solid"),
        ("counterbalancing_capacity_usd", "Counterbalancing capacity", GREY, "dot"),
    ):
        figure.add_scatter(
            x=names,
            y=buckets[column].astype(float) / MILLION,
            name=name,
            mode="lines+markers",
            connectgaps=False,
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"%{{x}}<br>{name.lower()} %{{y:+,.1f}} USD m<extra></extra>",
        )
    figure.update_layout(barmode="relative")
    figure.update_xaxes(type="category", title="Due within")
    figure.update_yaxes(title="USD m (outflows are negative)", zeroline=True)
    return figure


def levels(table: pd.DataFrame) -> go.Figure:
    """Draw liquid assets by level after haircuts, what the caps take off, and what counts."""
    values = (table["weighted_usd"].astype(float) / MILLION + 0.0).to_list()
    figure = go.Figure(
        go.Waterfall(
            x=[plain(name) for name in table["level_name"]],
            y=values,
            measure=["relative"] * (len(values) - 1) + ["total"],
            text=[f"{value:,.1f}" for value in values],
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
    figure.update_yaxes(title="USD m after haircuts", rangemode="tozero")
    return figure
