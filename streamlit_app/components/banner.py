"""The line on every page that says what the reader is looking at."""

from __future__ import annotations

import streamlit as st

from governance.builds import Manifest
from streamlit_app.components.formats import local_time
from streamlit_app.components.states import withheld_reasons
from streamlit_app.services.builds import ROLE, Standing, weekday_date


def show_banner(standing: Standing, manifest: Manifest) -> None:
    """Show build, business date, gate verdict, time of publication and role; and what is withheld, if anything is."""
    with st.container(border=True, key="build-banner"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.text(f"Business date {weekday_date(manifest.business_date)}")
            if standing.is_withheld:
                st.badge("Newer build withheld", icon=":material/block:", color="orange")
            else:
                st.badge("Gate green", icon=":material/verified:", color="green")
            st.badge(
                f"Role {ROLE}",
                icon=":material/badge:",
                color="blue",
                help="There is no sign-in yet: everyone at this machine reads the analyst's file, which holds masked "
                "values only.",
            )
            if manifest.is_dirty:
                st.badge(
                    "Uncommitted code",
                    color="orange",
                    help=f"Built from commit {manifest.git_commit} with changes that are not committed.",
                )
        st.text(f"Build {manifest.build_id}, published {local_time(manifest.created_at, st.context.timezone)}")
        if standing.gate is not None and standing.withheld_date is not None:
            age = (
                f"These figures are older: they stand at {weekday_date(manifest.business_date)}."
                if standing.is_stale
                else "These figures are those of the last build that passed."
            )
            st.warning(
                f"The build for {weekday_date(standing.withheld_date)} is withheld: blocking checks failed. {age}",
                icon=":material/block:",
            )
            withheld_reasons(standing.gate)
