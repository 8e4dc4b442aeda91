"""Charts of the record of VaR: a strip of exceptions per scope, and their count against the zones."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from streamlit_app.components.charts import BLUE, DAY, GREEN, GREY, ORANGE, PURPLE, VERMILLION, plain
from streamlit_app.services.backtesting import Cluster, Zone

_ZONE_COLOURS = {"green": GREEN, "amber": ORANGE, "red": VERMILLION}


def exception_strip(days: pd.DataFrame, cluster: Cluster | None) -> go.Figure:
    """Draw one line per scope and a tick on each day with an exception, with the densest stretch marked.

    Parameters
    ----------
    days : DataFrame
        As ``services.backtesting.compared_days`` gives it.
    cluster : Cluster or None
        The stretch to mark, of the scope chosen.
    """
    rank = days["scope_type"].map({"firm": 0, "desk": 1, "portfolio": 2})
    scopes = (
        days.assign(rank=rank)[["rank", "scope_id"]].drop_duplicates().sort_values(["rank", "scope_id"])["scope_id"]
    )
    place = {scope: number for number, scope in enumerate(scopes)}
    first, last = days["business_date"].min(), days["business_date"].max()
    figure = go.Figure()
    for scope, number in place.items():
        figure.add_scatter(
            x=[first, last],
            y=[number, number],
            mode="lines",
            line={"color": GREY, "width": 0.5},
            hoverinfo="skip",
            showlegend=False,
            name=plain(scope),
        )
    hits = days[days["is_exception"]]
    missing = hits["is_var_missing"].fillna(value=False).astype(bool)
    for name, rows, colour, symbol in (
        ("Exception", hits[~missing], VERMILLION, "line-ns"),
        ("VaR missing, counted as one", hits[missing], PURPLE, "x-thin"),
    ):
        if rows.empty and name != "Exception":
            continue
        figure.add_scatter(
            x=rows["business_date"],
            y=rows["scope_id"].map(place),
            name=name,
            mode="markers",
            marker={"symbol": symbol, "size": 15, "color": colour, "line": {"width": 2, "color": colour}},
            customdata=rows[["scope_id", "actual_pnl_usd", "hypothetical_pnl_usd", "var_usd"]].assign(
                scope_id=rows["scope_id"].map(plain),
                actual_pnl_usd=rows["actual_pnl_usd"].astype(float),
                hypothetical_pnl_usd=rows["hypothetical_pnl_usd"].astype(float),
                var_usd=rows["var_usd"].astype(float),
            ),
            hovertemplate=(
                f"%{{customdata[0]}}, {DAY}<br>actual P&L %{{customdata[1]:+,.2f}} USD"
                "<br>hypothetical P&L %{customdata[2]:+,.2f} USD<br>VaR of the evening before %{customdata[3]:,.2f} USD"
                "<extra></extra>"
            ),
        )
    if cluster is not None:
        figure.add_vrect(
            x0=cluster.first - pd.Timedelta(days=2),
            x1=cluster.last + pd.Timedelta(days=2),
            fillcolor=ORANGE,
            opacity=0.25,
            line_width=0,
            layer="below",
            annotation={"text": "densest stretch", "font": {"size": 12}, "yanchor": "bottom"},
            annotation_position="top left",
        )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(place.values()),
        ticktext=[plain(scope) for scope in place],
        range=[len(place) - 0.4, -0.9],
        showgrid=False,
        zeroline=False,
    )
    return figure


def count_history(counts: pd.DataFrame, expected: float, zones: Sequence[Zone]) -> go.Figure:
    """Draw the exceptions in the window that ends on each date, in steps, with the zones behind them.

    Parameters
    ----------
    counts : DataFrame
        As ``services.backtesting.count_history`` gives it.
    expected : float
        Exceptions that a right VaR has on average in a full window.
    zones : sequence of Zone
        The zones of the level, fewest exceptions first; empty where it has none.
    """
    figure = go.Figure()
    top = max(float(counts["counted"].max()), expected, *(float(zone.low) for zone in zones)) + 2
    # Bands part halfway between two counts, so that a count lies inside its zone.
    for zone in zones:
        figure.add_hrect(
            y0=max(0.0, zone.low - 0.5),
            y1=top if zone.high is None else zone.high + 0.5,
            fillcolor=_ZONE_COLOURS.get(zone.name, GREY),
            opacity=0.14,
            line_width=0,
            layer="below",
            annotation={"text": plain(f"{zone.name}: {zone.range_words}"), "font": {"size": 12}},
            annotation_position="top left",
        )
    for column, name, colour, dash in (
        ("actual", "Against actual P&L", BLUE, "solid"),
        ("hypothetical", "Against hypothetical P&L", GREY, "dot"),
    ):
        figure.add_scatter(
            x=counts["business_date"],
            y=counts[column],
            name=name,
            mode="lines",
            line={"color": colour, "width": 2, "shape": "hv", "dash": dash},
            customdata=counts["observations"],
            hovertemplate=f"{DAY}<br>%{{y}} exceptions in %{{customdata}} days<extra></extra>",
        )
    figure.add_scatter(
        x=[counts["business_date"].min(), counts["business_date"].max()],
        y=[expected, expected],
        name=f"Expected: {expected:.1f}",
        mode="lines",
        line={"color": PURPLE, "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
    )
    figure.update_yaxes(title="Exceptions in the window", range=[0, top], zeroline=False)
    return figure
