from collections.abc import Callable
from pathlib import Path

import pytest

from governance.files import exclusive_lock
from tests.integration.bank import SCALE, SEED, Bank


def made_once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker makes while the others wait for it."""
    with exclusive_lock(folder / f"{name}.lock"):
        if not (folder / f"{name}.made").exists():
            make(folder / name)
            (folder / f"{name}.made").touch()
    return folder / name


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all workers of this session have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def delivered_bank(shared_folder: Path) -> Bank:
    """A small demonstration bank whose deliveries wait in the inbox; copied, never run itself."""
    return Bank(
        made_once(
            shared_folder,
            "delivered",
            lambda home: Bank(home).tieout("demo-data", "--scale", SCALE, "--seed", SEED) and None,
        )
    )


@pytest.fixture(scope="session")
def built_bank(delivered_bank: Bank, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The same bank after one run, built once for all workers; copied by whoever changes it."""
    built = made_once(shared_folder, "built", lambda home: delivered_bank.copy_to(home).tieout("run") and None)
    return Bank(built).copy_to(tmp_path_factory.mktemp("built") / "home")


@pytest.fixture
def own_bank(built_bank: Bank, tmp_path: Path) -> Bank:
    """A built bank that the test may change."""
    return built_bank.copy_to(tmp_path / "home")
