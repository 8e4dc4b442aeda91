"""The sensitivities of a scope: what a small move of each risk factor does, down to the positions it moves."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import streamlit as st

from governance.builds import Manifest
from streamlit_app.components import charts, charts_of_sensitivities, formats, states
from streamlit_app.components.filters import choose
from streamlit_app.components.scope_filters import ALL
from streamlit_app.components.session import read
from streamlit_app.components.tables import Column, show_headlines, show_table
from streamlit_app.components.ties import show_tie
from streamlit_app.services import sensitivities as service
from streamlit_app.services.builds import weekday_date
from streamlit_app.services.choices import Scope

GAIN = "First order: positive gains when the factor rises, negative loses."
GAMMA = (
    "How much the sensitivity changes once the factor has made that move: options on shares. 0 where value and factor "
    "move in line, and for rates and volatilities, which the VaR of record takes at first order."
)
DELTA = "For a move of 100% of a price or currency, or of 1.00 of a rate or volatility."

MEASURES = [
    Column("quoted_sensitivity_usd", "Sensitivity, USD", "signed", GAIN),
    Column("quoted_gamma_usd", "Gamma, USD", "amount", GAMMA),
    Column("delta_usd", "Delta of a unit move, USD", "signed", DELTA),
]


def show_sensitivities(day: date, scope: Scope, build: Manifest) -> None:
    """Show sums per class of factors, DV01 along the curve, every factor, and the positions of a chosen one."""
    st.subheader(f"Sensitivities on {weekday_date(day)}", anchor=False)
    factors = read(service.by_factor, day, scope)
    if factors.empty:
        states.nothing_here(f"No risk factor moves what {scope.label} held on {weekday_date(day)}.")
        return
    st.caption(
        "What positions gain or lose when factors rise by the move a desk quotes. What is held in another currency "
        "counts with its value under that currency, besides what moves its own price."
    )
    show_headlines(
        [
            (
                one.label,
                formats.signed(one.usd) if one.factors else "none",
                f"When {one.moved} rises by {one.move} ({one.factors} factor{'s' if one.factors > 1 else ''}). {GAIN}"
                if one.factors
                else f"Nothing that {scope.label} held moves with {one.moved}.",
            )
            for one in service.headlines(factors)
        ],
        name="sensitivity-headlines",
    )
    _show_key_rates(factors, scope)
    kinds = list(dict.fromkeys(factors["factor_type"]))
    type_column, factor_column = st.columns(2)
    with type_column:
        kind = choose(
            "Factors",
            "factors",
            [ALL, *kinds],
            default=ALL,
            format_func=lambda name: "All" if name == ALL else service.type_name(name),
            explanation="For the two tables below.",
            clears=("factor",),
            segmented=True,
        )
    shown = factors if kind == ALL else factors[factors["factor_type"] == kind]
    with factor_column:
        factor = choose(
            "Risk factor",
            "factor",
            list(shown["risk_factor_id"]),
            default=service.largest(shown),
            explanation="Whose positions are listed. The largest unless another is chosen.",
        )
    show_table(
        shown,
        [
            Column("risk_factor_id", "Risk factor"),
            Column("type_name", "Kind"),
            Column("move", "For a move of"),
            *MEASURES,
            Column("positions", "Positions", "count", "Positions of the scope that the factor moves."),
        ],
        manifest=build,
        name=f"sensitivities_{kind}_{scope.id}_{day}",
        title=f"Sensitivities of {scope.label} by risk factor, {weekday_date(day)}",
    )
    chosen = shown[shown["risk_factor_id"] == factor].iloc[0]
    _show_positions(chosen, day, scope, build)


def _show_key_rates(factors: pd.DataFrame, scope: Scope) -> None:
    rates = service.key_rates(factors)
    if rates.empty:
        states.nothing_here(f"Nothing that {scope.label} held moves with a rate, so there is no DV01 by tenor.")
        return
    st.markdown("**Key-rate DV01 by tenor**")
    charts.show(
        charts_of_sensitivities.key_rates(rates),
        height=320,
        name="key-rates",
        description=(
            f"DV01 of {scope.label} by tenor, the shortest first, in USD: "
            + ", ".join(
                f"{name} {formats.signed(value, 0)}"
                for name, value in zip(rates["tenor"], rates["quoted_sensitivity_usd"], strict=True)
            )
        ),
    )


def _show_positions(factor: pd.Series, day: date, scope: Scope, build: Manifest) -> None:
    name = str(factor["risk_factor_id"])
    st.text(
        f"{name}: {formats.signed(factor['quoted_sensitivity_usd'])} USD for {factor['move']} more, from "
        f"{formats.count(factor['positions'])} position{'s' if factor['positions'] > 1 else ''}."
    )
    held = read(service.positions, day, name, scope)
    show_tie(service.positions_tie(held, factor))
    show_table(
        held,
        [
            Column("instrument_id", "Instrument"),
            Column("portfolio_id", "Portfolio"),
            *MEASURES,
            Column("desk_id", "Desk"),
            Column("instrument_type", "Type"),
            Column("instrument_name", "Name"),
        ],
        manifest=build,
        name=f"sensitivities_{re.sub(r'[^A-Za-z0-9]+', '-', name)}_{scope.id}_{day}",
        title=f"Positions of {scope.label} that {name} moves, largest sensitivity first",
        pinned=2,
    )
