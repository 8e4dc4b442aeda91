"""Charts of what explains P&L: a waterfall of its parts, and the three kinds of P&L through time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from streamlit_app.components.charts import BLUE, DAY, GREEN, GREY, PURPLE, VERMILLION, plain
from streamlit_app.components.formats import signed
from streamlit_app.services.pnl_explain import Step


def waterfall(steps: Sequence[Step]) -> go.Figure:
    """Draw the way from nothing to the P&L, one bar per step and the total at the end.

    A step without any figure has no bar and the word "missing" on it; what it would have explained is in the
    unexplained, so that the bars still sum to the total.
    """
    values = [step.pnl_usd or 0.0 for step in steps]
    total = sum(values)
    figure = go.Figure(
        go.Waterfall(
            x=[*(plain(step.name) for step in steps), "P&L"],
            y=[*values, total],
            measure=["relative"] * len(values) + ["total"],
            text=[*(signed(step.pnl_usd, 0) for step in steps), signed(total, 0)],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": GREEN}},
            decreasing={"marker": {"color": VERMILLION}},
            totals={"marker": {"color": BLUE}},
            connector={"line": {"color": GREY, "width": 1, "dash": "dot"}},
            hovertemplate="%{x}<br>%{text} USD<extra></extra>",
            showlegend=False,
        )
    )
    levels = [0.0, *accumulate(values)]
    low, high = min(levels), max(levels)
    margin = 0.15 * (high - low)
    figure.update_yaxes(
        title="P&L, USD (a loss is negative)",
        exponentformat="B",
        zeroline=True,
        range=[low - margin, high + margin] if high > low else None,
    )
    return figure


def three_kinds(history: pd.DataFrame) -> go.Figure:
    """Draw actual, hypothetical and risk-theoretical P&L per date, and below them what the model does not explain."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.05)
    for column, name, colour, dash in (
        ("actual_pnl_usd", "Actual", GREY, "dot"),
        ("hypothetical_pnl_usd", "Hypothetical", BLUE, "solid"),
        ("risk_theoretical_pnl_usd", "Risk-theoretical", PURPLE, "dash"),
    ):
        figure.add_scatter(
            x=history["business_date"],
            y=history[column].astype(float),
            name=name,
            mode="lines",
            line={"color": colour, "width": 1.5, "dash": dash},
            connectgaps=False,
            hovertemplate=f"{DAY}<br>{name.lower()} %{{y:+,.2f}} USD<extra></extra>",
            row=1,
            col=1,
        )
    figure.add_bar(
        x=history["business_date"],
        y=history["unexplained_pnl_usd"].astype(float),
        name="Unexplained",
        marker={"color": VERMILLION, "line": {"width": 0}},
        hovertemplate=f"{DAY}<br>unexplained %{{y:+,.2f}} USD<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_yaxes(title="P&L, USD", exponentformat="B", row=1, col=1)
    figure.update_yaxes(title="Unexplained, USD", exponentformat="B", row=2, col=1)
    return figure
