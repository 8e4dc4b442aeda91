"""What one person's page run knows, and reading for it: results are cached per role and build, never across them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

import streamlit as st

from governance.access import Reader
from governance.builds import Manifest
from streamlit_app.repositories.builds import reader_for
from streamlit_app.services.builds import ROLE

P = ParamSpec("P")
T = TypeVar("T")


def begin(page: str, manifest: Manifest) -> None:
    """Fix the build for this run of a page, so that its figures and its banner cannot come from different ones."""
    st.session_state["page_changed"] = st.session_state.get("page") != page
    st.session_state["page"] = page
    st.session_state["manifest"] = manifest


def manifest() -> Manifest:
    """Return the manifest of the build this page is drawn from."""
    found: Manifest = st.session_state["manifest"]
    return found


def read(function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """Run a service's read against the page's build, or take its result from the cache.

    Parameters
    ----------
    function : callable
        Takes a reader first, then the arguments. Its name, the role, the build and the arguments are the cache's key.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    return cast("T", _read(ROLE, manifest().build_id, name, arguments, named, function))


@st.cache_data(max_entries=500, show_spinner="Reading the published build")
def _read(
    role: str,
    build_id: str,
    name: str,
    arguments: tuple[object, ...],
    named: dict[str, object],
    _function: Callable[..., object],
) -> object:
    return _function(_reader(role, build_id), *arguments, **named)


@st.cache_resource(max_entries=2, show_spinner=False)
def _reader(role: str, build_id: str) -> Reader:
    # Opening costs a tenth of a second, for keys, signature and attaching; a reader may be shared between sessions.
    return reader_for(role, build_id)
