"""Charts of VaR by every method, side by side."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from streamlit_app.components.charts import BLUE, PURPLE, plain


def methods(table: pd.DataFrame) -> go.Figure:
    """Draw VaR as filled and ES as open marks per method, a day and ten days apart by shape.

    Parameters
    ----------
    table : DataFrame
        As ``services.market_risk.methods_side_by_side`` gives it. A figure that is missing has no mark.
    """
    names = [
        plain(f"{method} ({rule.lower()})")
        for method, rule in zip(table["method_name"], table["rule_name"], strict=True)
    ]
    place = list(range(len(table)))
    figure = go.Figure()
    for column, name, colour, symbol in (
        ("var_1d_usd", "VaR, 1 day", BLUE, "circle"),
        ("es_1d_usd", "ES, 1 day", BLUE, "circle-open"),
        ("var_10d_usd", "VaR, 10 days", PURPLE, "diamond"),
        ("es_10d_usd", "ES, 10 days", PURPLE, "diamond-open"),
    ):
        figure.add_scatter(
            x=table[column].astype(float),
            y=place,
            name=name,
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2, "color": colour}},
            customdata=names,
            hovertemplate=f"%{{customdata}}<br>{name}: %{{x:,.2f}} USD<extra></extra>",
        )
    figure.update_yaxes(
        tickmode="array", tickvals=place, ticktext=names, range=[len(place) - 0.4, -0.6], zeroline=False
    )
    figure.update_xaxes(title="Loss, USD", exponentformat="B", rangemode="tozero")
    return figure
