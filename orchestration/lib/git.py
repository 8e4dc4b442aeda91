"""Which commit the code is."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

from governance.settings import REPOSITORY


@dataclass(frozen=True)
class GitState:
    """The commit, and whether files differ from it; ``unknown`` and dirty outside a checkout."""

    commit: str
    is_dirty: bool


def git_state() -> GitState:
    """Ask git, where there is one."""
    git = shutil.which("git")
    if git is None or not (REPOSITORY / ".git").exists():
        return GitState("unknown", is_dirty=True)

    def ask(*arguments: str) -> str:
        return subprocess.run(  # noqa: S603 fixed arguments
            [git, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
        ).stdout.strip()

    return GitState(ask("rev-parse", "HEAD") or "unknown", is_dirty=bool(ask("status", "--porcelain")))
