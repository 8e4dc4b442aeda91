"""Filters that live in the address bar, so that a link shows a colleague the same page.

What the address asks for is believed only when it is one of the options; anything else gives the default and a note.
A value at its default is left out of the address, so that a link without a date keeps meaning the newest date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from streamlit_app.services.choices import resolve


def _to_address(name: str, default: str, clears: Sequence[str]) -> None:
    chosen = st.session_state[f"widget:{name}"]
    for other in clears:
        st.query_params.pop(other, None)
    if chosen == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = chosen


def choose(
    label: str,
    name: str,
    options: Sequence[str],
    *,
    default: str,
    format_func: Callable[[str], str] = str,
    explanation: str | None = None,
    clears: Sequence[str] = (),
    segmented: bool = False,
) -> str:
    """Show a filter and return the chosen option.

    Parameters
    ----------
    label, explanation : str
        What the reader sees; the explanation on hover.
    name : str
        Name in the address bar.
    options, default : sequence of str, str
        What may be chosen, and what is shown when the address says nothing or something else.
    format_func : callable
        How an option is written for the reader.
    clears : sequence of str
        Filters that lose their meaning when this one changes.
    segmented : bool
        Show the options side by side instead of in a list.
    """
    requested = st.query_params.get(name)
    if requested is None and st.session_state.get("page_changed"):
        # Streamlit empties the address on a page change; the desk looked at on one page is wanted on the next.
        remembered = st.session_state.get(f"filter:{name}")
        if remembered is not None and remembered in options:
            requested = st.query_params[name] = str(remembered)
    value, is_refused = resolve(requested, options, default)
    # The default is not remembered as a value: the newest date stays the newest when a new build comes.
    st.session_state[f"filter:{name}"] = None if value == default else value
    st.session_state[f"widget:{name}"] = value
    widget: Callable[..., Any] = partial(st.segmented_control, required=True) if segmented else st.selectbox
    chosen = widget(
        label,
        options,
        key=f"widget:{name}",
        format_func=format_func,
        help=explanation,
        on_change=_to_address,
        args=(name, default, clears),
    )
    if is_refused:
        st.warning(f"The address asks for a {label.lower()} that is not available here; showing the default instead.")
    return str(chosen)


def search(
    label: str, name: str, *, is_valid: Callable[[str], bool], placeholder: str, explanation: str | None = None
) -> str | None:
    """Show a text field that lives in the address and return what it asks for, or None when it is empty.

    What is no possible answer by ``is_valid``, typed or in the address, gives None and a note that does not repeat it.
    """
    asked = st.query_params.get(name, "")
    is_refused = asked != "" and not is_valid(asked)
    st.session_state[f"widget:{name}"] = "" if is_refused else asked
    st.text_input(
        label,
        key=f"widget:{name}",
        placeholder=placeholder,
        help=explanation,
        max_chars=64,
        on_change=_to_address,
        args=(name, "", ()),
    )
    if is_refused:
        st.warning(f"What was asked for is not the form of a {label.lower()}.")
        return None
    return asked or None
