"""Charts of exposure: a treemap of gross, long and short side by side, and concentration through time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from streamlit_app.components.charts import BLUE, DAY, GREY, PURPLE, VERMILLION, plain

_TOP = 20
_SIDES = {"net long": BLUE, "net short": VERMILLION, "net flat": GREY}


def treemap(keys: pd.DataFrame, title: str) -> go.Figure:
    """Draw gross exposure as areas; net long and net short keys differ in colour and in the words on them."""
    shown = keys[keys["gross_usd"].astype(float) > 0]
    net = shown["net_usd"].astype(float)
    gross = shown["gross_usd"].astype(float)
    side = net.map(lambda value: "net long" if value > 0 else "net short" if value < 0 else "net flat")
    names = [plain(name) for name in shown["exposure_name"]]
    figure = go.Figure(
        go.Treemap(
            ids=[f"key:{key}" for key in shown["exposure_key"]],
            labels=names,
            parents=[""] * len(shown),
            values=gross,
            branchvalues="total",
            marker={
                "colors": [_SIDES[word] for word in side],
                "line": {"width": 1},
            },
            customdata=pd.DataFrame({"side": side, "net": net, "share": shown["gross_share"]}),
            texttemplate="%{label}<br>%{customdata[2]:.1%}, %{customdata[0]}",
            textfont={"color": "white", "size": 14},
            hovertemplate=(
                "%{label}<br>gross %{value:,.2f} USD<br>net %{customdata[1]:+,.2f} USD<br>%{customdata[2]:.1%} of gross"
                "<extra></extra>"
            ),
            pathbar={"visible": False},
            tiling={"pad": 2},
            name=title,
        )
    )
    return figure


def long_and_short(keys: pd.DataFrame) -> go.Figure:
    """Draw long and short exposure of the largest keys to either side of zero, net as a mark."""
    top = keys.head(_TOP)
    names = [plain(name) for name in top["exposure_name"]]
    place = list(range(len(top)))
    figure = go.Figure()
    for column, word, colour in (("long_usd", "Long", BLUE), ("short_usd", "Short", VERMILLION)):
        figure.add_bar(
            x=top[column].astype(float),
            y=place,
            name=word,
            orientation="h",
            marker={"color": colour, "line": {"width": 0}},
            customdata=names,
            hovertemplate=f"%{{customdata}}<br>{word.lower()} %{{x:+,.2f}} USD<extra></extra>",
        )
    figure.add_scatter(
        x=top["net_usd"].astype(float),
        y=place,
        name="Net",
        mode="markers",
        marker={"symbol": "diamond", "size": 9, "color": "white", "line": {"width": 2, "color": "black"}},
        customdata=names,
        hovertemplate="%{customdata}<br>net %{x:+,.2f} USD<extra></extra>",
    )
    figure.update_layout(barmode="relative")
    figure.update_yaxes(autorange="reversed", tickmode="array", tickvals=place, ticktext=names, zeroline=False)
    figure.update_xaxes(title="Exposure, USD (short is negative)", exponentformat="B", zeroline=True)
    return figure


def concentration_history(history: pd.DataFrame) -> go.Figure:
    """Draw HHI above the shares of the largest key and the largest five, through time."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.5, 0.5], vertical_spacing=0.06)
    figure.add_scatter(
        x=history["business_date"],
        y=history["hhi"],
        name="HHI",
        mode="lines",
        line={"color": BLUE, "width": 2},
        connectgaps=False,
        hovertemplate=f"{DAY}<br>HHI %{{y:.4f}}<extra></extra>",
        row=1,
        col=1,
    )
    for column, name, colour, dash in (
        ("largest_share", "Largest", VERMILLION, "solid"),
        ("top_5_share", "Largest five", PURPLE, "dash"),
    ):
        figure.add_scatter(
            x=history["business_date"],
            y=history[column],
            name=name,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            connectgaps=False,
            hovertemplate=f"{DAY}<br>{name.lower()}: %{{y:.1%}} of gross<extra></extra>",
            row=2,
            col=1,
        )
    figure.update_yaxes(title="HHI", range=[0, 1.02], row=1, col=1)
    figure.update_yaxes(title="Share of gross", tickformat=".0%", range=[0, 1.02], row=2, col=1)
    return figure
