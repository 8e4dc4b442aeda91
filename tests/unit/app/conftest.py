from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from governance.settings import settings
from tests.unit.app import published_build

ENTRY = Path(__file__).parents[3] / "streamlit_app" / "streamlit_app.py"


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the bank's build, published once for all tests of the app; tests work on copies."""
    home = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_HOME", str(home))
        settings.cache_clear()
        published_build.publish_build()
    settings.cache_clear()
    return home


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = tmp_path / "home"
    yield from _use(home, monkeypatch)


@pytest.fixture
def home(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from _use(Path(shutil.copytree(published_home, tmp_path / "home")), monkeypatch)


def _use(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    settings.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    yield home
    config.set_option("server.address", before)
    settings.cache_clear()


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(ENTRY, default_timeout=30)
