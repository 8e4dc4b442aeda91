from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from governance.keys import KeyRing
from governance.settings import settings
from orchestration.landing import create_raw_tables
from tests.unit.landing.deliveries import Desk


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    """An empty warehouse in memory, with the raw tables of every contract."""
    with duckdb.connect(config={"threads": 2}) as connection:
        desk = Desk(connection, KeyRing.open(create=True))
        create_raw_tables(connection, desk.contracts)
        yield desk
