"""Files that are either the old one or the new one, never a half: atomic writes, locks and canonical JSON."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def canonical_json(value: object) -> bytes:
    """Return the one byte string that stands for a JSON value: sorted keys, no spaces, UTF-8, no NaN.

    Raises
    ------
    TypeError, ValueError
        For a value JSON cannot hold exactly.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex characters, in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Flush a file, or a directory's list of names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Write a file that takes the place of `path` at the end of the block, or not at all.

    A reader, or a crash, meets the old content or the new and nothing between.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def write_atomically(path: Path, data: bytes, mode: int) -> None:
    """Replace the content of a file."""
    with replacing(path, mode) as file:
        file.write(data)


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold a lock that one thread of one process has at a time; the kernel frees it when the holder dies.

    The lock file is left in place: removing it would let two holders lock two different files of the same name.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
