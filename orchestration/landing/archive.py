"""The archive: every landed and refused file, encrypted, under the SHA-256 of what was delivered."""

from __future__ import annotations

from pathlib import Path

from governance.crypto import decrypt_file, encrypt_file
from governance.keys import KeyRing
from governance.settings import settings

PURPOSE = "archive"


def archived_path(file_sha256: str) -> Path:
    """Return where a file is archived."""
    return settings().archive / f"{file_sha256}.enc"


def prepare(path: Path, file_sha256: str, ring: KeyRing) -> Path | None:
    """Encrypt a file beside its place in the archive; None when the archive has it.

    The copy gets its final name by `keep`, once it is certain that the file did not change meanwhile.
    """
    final = archived_path(file_sha256)
    if final.exists():
        return None
    prepared = final.with_suffix(".enc.part")
    encrypt_file(path, prepared, PURPOSE, file_sha256.encode(), ring)
    return prepared


def keep(prepared: Path, file_sha256: str) -> None:
    """Give a prepared copy its final name."""
    prepared.replace(archived_path(file_sha256))


def discard_unfinished() -> None:
    """Remove what a run that was killed left half made."""
    for path in settings().archive.glob("*"):
        if path.suffix in {".part", ".tmp"}:
            path.unlink()


def restore(file_sha256: str, destination: Path, ring: KeyRing) -> None:
    """Decrypt an archived file.

    Raises
    ------
    governance.errors.DecryptionError
        If the archived file was altered.
    """
    decrypt_file(archived_path(file_sha256), destination, PURPOSE, file_sha256.encode(), ring)
