"""The read gate: the only way to a published build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from governance.builds import Manifest
from governance.keys import KeyRing


class Reader:
    """One role's file of one published build, open for single SELECT statements."""

    role: str
    manifest: Manifest

    def query(
        self, sql: str, params: Sequence[Any] | dict[str, Any] | None = None, *, max_rows: int = 100_000, timeout: float = 30.0
    ) -> pd.DataFrame:
        """Run one SELECT."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_reader(role: str = "analyst", build_id: str | None = None, ring: KeyRing | None = None) -> Reader:
    """Open a role's file of the current build, or of a named one."""
    raise NotImplementedError
