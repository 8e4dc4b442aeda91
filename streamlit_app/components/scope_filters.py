"""The filters pages share: business date, desk and portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from streamlit_app.components.filters import choose
from streamlit_app.services.builds import weekday_date
from streamlit_app.services.choices import Scope, last_before

ALL = "all"


def choose_date(dates: Sequence[date], label: str = "Business date") -> date:
    """Choose one of the build's business dates; the newest unless asked otherwise.

    Pages have different dates: coming from another page, the reader gets the date looked at there or the last one
    before it, and is told.
    """
    options = {day.isoformat(): day for day in dates}
    looked_at = st.session_state.get("filter:date") if st.session_state.get("page_changed") else None
    if looked_at is not None and looked_at not in options and "date" not in st.query_params:
        wanted = date.fromisoformat(looked_at)
        earlier = last_before(dates, wanted)
        st.session_state["filter:date"] = None if earlier is None else earlier.isoformat()
        if earlier is not None:
            st.caption(f"{weekday_date(wanted)} is not a date of this page: showing the last one before.")
    chosen = choose(
        label,
        "date",
        list(options),
        default=dates[0].isoformat(),
        format_func=lambda text: weekday_date(options[text]),
        explanation="Close of business. Type to search, for example: 16 March 2020.",
    )
    return options[chosen]


def choose_desk(portfolios: dict[str, list[str]]) -> str | None:
    """Choose a desk, or all of them (None), which is the firm."""
    desk = choose(
        "Desk",
        "desk",
        [ALL, *portfolios],
        default=ALL,
        format_func=lambda name: "All desks (the firm)" if name == ALL else name,
        clears=("portfolio",),
    )
    return None if desk == ALL else desk


def choose_portfolio(portfolios: dict[str, list[str]], desk: str | None) -> Scope:
    """Choose a portfolio of the desk, or all of them; a portfolio brings its desk along."""
    desk_of = {name: owner for owner, names in portfolios.items() for name in names if desk in {None, owner}}
    portfolio = choose(
        "Portfolio",
        "portfolio",
        [ALL, *desk_of],
        default=ALL,
        format_func=lambda name: "All portfolios" if name == ALL else name,
    )
    return Scope(desk=desk) if portfolio == ALL else Scope(desk=desk_of[portfolio], portfolio=portfolio)
