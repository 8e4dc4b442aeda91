"""The badge that says whether two ways to one figure agree."""

from __future__ import annotations

import streamlit as st

from streamlit_app.components.formats import signed
from streamlit_app.services.positions import Tie


def show_tie(tie: Tie) -> None:
    """Show what should equal what, whether it does, and what is left between them."""
    st.badge(
        f"{tie.statement}: {tie.verdict}, difference {signed(tie.difference, tie.decimals)}",
        icon=":material/check_circle:" if tie.holds else ":material/error:",
        color="green" if tie.holds else "red",
    )
