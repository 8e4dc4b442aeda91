"""What a page shows when it has nothing to show: nothing published, withheld, empty, older, unreadable, not allowed."""

from __future__ import annotations

import ipaddress
from datetime import date

import streamlit as st

from governance.builds import GateStatus, Manifest
from governance.errors import GovernanceError
from streamlit_app.services.builds import weekday_date

_REASONS_SHOWN = 3


def is_loopback(address: str | None) -> bool:
    """Tell whether a server bound to the address can be reached from this machine only; None is every address."""
    if address == "localhost":
        return True
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def refuse_other_machines() -> None:
    """Stop unless the server listens on this machine only: there is no sign-in yet that could tell readers apart."""
    if not is_loopback(st.get_option("server.address")):
        st.error(
            "The app does not start here, because other machines could reach it and there is no sign-in yet. "
            "Start it with `make up`, or add `--server.address 127.0.0.1`.",
            icon=":material/lock:",
        )
        st.stop()


def withheld_reasons(gate: GateStatus) -> None:
    """Say which checks held a build back and what is withheld; the words come from data and stay plain text."""
    st.text("\n".join(gate.reasons[:_REASONS_SHOWN]) or "The gate recorded no reason.")
    if len(gate.reasons) > _REASONS_SHOWN:
        with st.expander(f"All reasons ({len(gate.reasons)})"):
            st.dataframe({"Reason": gate.reasons}, hide_index=True, alt="All reasons")
    if gate.withheld:
        with st.expander(f"What is withheld ({len(gate.withheld)})"):
            st.dataframe({"Withheld": gate.withheld}, hide_index=True, alt="What is withheld")


def nothing_published(gate: GateStatus | None) -> None:
    """Before the first build: say what to run, or why the first build was stopped."""
    if gate is not None and not gate.is_green:
        st.warning(
            f"No build has been published yet: the one for {weekday_date(gate.business_date)} is withheld, "
            "because blocking checks failed. Correct the cause and run `make run` again.",
            icon=":material/block:",
        )
        withheld_reasons(gate)
    else:
        st.info("No build has been published yet: run `make run`.", icon=":material/inbox:")


def nothing_here(sentence: str) -> None:
    """Say that there is nothing, as opposed to something that is missing."""
    st.info(sentence, icon=":material/info:")


def older_than_build(newest: date, build: Manifest, what: str) -> None:
    """Warn when the newest figures of a page stand at an earlier date than the build's other figures."""
    if newest < build.business_date:
        st.warning(
            f"{what} of this build ends on {weekday_date(newest)}; the build is for "
            f"{weekday_date(build.business_date)}. The figures below are older than the rest of the build.",
            icon=":material/history:",
        )


def unreadable(error: GovernanceError) -> None:
    """Show a refusal or fault of the read gate in its own plain words."""
    st.error("This page cannot be shown. What the read gate says:", icon=":material/error:")
    st.text(str(error))
