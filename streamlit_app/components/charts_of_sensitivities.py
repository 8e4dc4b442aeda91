"""Charts of sensitivities: key-rate DV01 along the curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from streamlit_app.components.charts import GREEN, VERMILLION, plain
from streamlit_app.components.formats import MISSING, signed


def key_rates(rates: pd.DataFrame) -> go.Figure:
    """Draw the change in value per rate as bars along the curve, gains and losses apart, the shortest tenor first.

    Parameters
    ----------
    rates : DataFrame
        As ``services.sensitivities.key_rates`` gives it. A tenor without a figure has the word "missing" for a bar.
    """
    values = [float(value) for value in rates["quoted_sensitivity_usd"].astype(float)]
    names = [plain(name) for name in rates["tenor"]]
    place = list(range(len(names)))
    figure = go.Figure(
        go.Bar(
            x=place,
            y=values,
            marker={"color": [GREEN if value > 0 else VERMILLION for value in values], "line": {"width": 0}},
            text=["" if np.isnan(value) else signed(value, 0) for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=rates[["risk_factor_id", "move"]].map(plain),
            hovertemplate="%{customdata[0]} up %{customdata[1]}<br>%{y:+,.2f} USD<extra></extra>",
            showlegend=False,
        )
    )
    for position, value in enumerate(values):
        if np.isnan(value):
            figure.add_annotation(x=position, y=0, text=MISSING, showarrow=False, yshift=10)
    known = [value for value in values if not np.isnan(value)]
    low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
    room = 0.12 * (high - low)
    moves = " or ".join(dict.fromkeys(rates["move"]))
    figure.update_xaxes(
        title="Tenor", tickmode="array", tickvals=place, ticktext=names, range=[-0.6, len(place) - 0.4], zeroline=False
    )
    figure.update_yaxes(
        title=plain(f"Change in value for {moves} more, USD"),
        exponentformat="B",
        range=[low - room * (low < 0), high + room * (high > 0)] if high > low else None,
    )
    return figure
