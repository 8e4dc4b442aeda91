from pathlib import Path

import pytest

from tests.integration.bank import SCALE, SEED, Bank


@pytest.fixture(scope="session")
def delivered_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A small demonstration bank whose deliveries wait in the inbox; copied, never run itself."""
    bank = Bank(tmp_path_factory.mktemp("delivered") / "home")
    bank.tieout("demo-data", "--scale", SCALE, "--seed", SEED)
    return bank


@pytest.fixture(scope="session")
def built_bank(delivered_bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The same bank after one run; copied by whoever changes it."""
    bank = delivered_bank.copy_to(tmp_path_factory.mktemp("built") / "home")
    bank.tieout("run")
    return bank


@pytest.fixture
def own_bank(built_bank: Bank, tmp_path: Path) -> Bank:
    """A built bank that the test may change."""
    return built_bank.copy_to(tmp_path / "home")
