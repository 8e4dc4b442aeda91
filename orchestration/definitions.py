"""Everything Dagster loads: the folder ``defs/``, a domain a folder."""

from pathlib import Path

import dagster as dg

from orchestration.lib.environment import prepare

prepare()


@dg.definitions
def defs() -> dg.Definitions:
    """Load every domain below ``orchestration/defs``."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
