"""Where the published cases are that do not belong in this repository."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """Folder of published cases: ``TIEOUT_REFERENCE``, else ``shared/reference`` beside the repository."""
    folder = Path(os.environ.get("TIEOUT_REFERENCE", REPOSITORY.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip(f"no published cases at {folder}; set TIEOUT_REFERENCE to the folder that holds them")
    return folder
