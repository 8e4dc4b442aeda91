"""A TIEOUT_HOME of its own for every test."""

import pytest

from governance.keys import KeyRing
from governance.settings import settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    monkeypatch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def ring(home):
    return KeyRing.open(create=True)
