"""The key ring: every key Tieout uses, wrapped by one key-encryption key that is kept outside the file.

The file ``keyring.json`` holds each key wrapped with AES key wrap (RFC 3394) under the 256-bit key-encryption key, and
a keyed checksum of the whole document, so that a wrong key and an edited file are told apart and both refused. Every
key has an id, a version and a status: a later rotation adds a version and retires the old one, which still decrypts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from governance.errors import KeyRingError, SignatureError, UnknownKeyError
from governance.files import canonical_json, exclusive_lock, write_atomically
from governance.settings import settings

KEY_BYTES = 32
INDEX_ROOT = "index/root"
WAREHOUSE = "warehouse"
SIGNING = "signing/builds"
_FORMAT = 1


class KeyRing:
    """Keys by purpose. Open it with `KeyRing.open`; it is safe to share between threads and processes."""

    def __init__(self, path: Path, key_encryption_key: bytes, document: Mapping[str, Any]) -> None:
        self._path = path
        self._key_encryption_key = key_encryption_key
        self._document = document
        self._unwrapped: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"KeyRing({str(self._path)!r})"

    @classmethod
    def open(cls, path: Path | None = None, *, create: bool = False) -> KeyRing:
        """Open the key ring.

        Parameters
        ----------
        path : Path, optional
            The key ring file; default ``keyring.json`` in the settings' key folder.
        create : bool
            Create a missing key ring and, unless ``TIEOUT_KEY_ENCRYPTION_KEY`` is set, its key-encryption key. An
            existing key ring never gets a new key-encryption key.

        Raises
        ------
        KeyRingError
            If the key ring or its key-encryption key is missing, malformed, readable by others, wrong or altered.
        """
        path = path or settings().keys / "keyring.json"
        if create:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with exclusive_lock(_lock_path(path)):
                if not path.exists():
                    return cls._create(path)
        elif not path.exists():
            raise KeyRingError(f"There is no key ring at {path}: run `tieout keys init`, or restore it from a back-up.")
        key_encryption_key = _read_key_encryption_key(path.parent)
        return cls(path, key_encryption_key, _load(path, key_encryption_key))

    @classmethod
    def _create(cls, path: Path) -> KeyRing:
        if settings().key_encryption_key is None and not _key_encryption_key_path(path.parent).exists():
            encoded = base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n"
            write_atomically(_key_encryption_key_path(path.parent), encoded, 0o400)
        key_encryption_key = _read_key_encryption_key(path.parent)
        keys = [
            _new_key(key_encryption_key, purpose=purpose, version=1) for purpose in (INDEX_ROOT, WAREHOUSE, SIGNING)
        ]
        ring = cls(path, key_encryption_key, {"format": _FORMAT, "keys": keys})
        write_atomically(path.with_name("signing_public_key.pem"), ring.public_key_pem().encode(), 0o444)
        _save(path, key_encryption_key, ring._document)
        return ring

    def data_key(self, purpose: str) -> tuple[str, bytes]:
        """Return the active key of a purpose, creating it on first use.

        Parameters
        ----------
        purpose : str
            For example ``pii/ssn``, ``archive`` or ``published/analyst``.

        Returns
        -------
        key_id : str
            Public name of the key; it is written into every envelope.
        key : bytes
            32 bytes.
        """
        entry = self._active(purpose)
        if entry is None:
            # Another process may have created the key since this ring was read: look again with the lock held.
            with exclusive_lock(_lock_path(self._path)):
                self._document = _load(self._path, self._key_encryption_key)
                entry = self._active(purpose)
                if entry is None:
                    version = 1 + sum(key["purpose"] == purpose for key in self._document["keys"])
                    entry = _new_key(self._key_encryption_key, purpose=purpose, version=version)
                    document = {**self._document, "keys": [*self._document["keys"], entry]}
                    _save(self._path, self._key_encryption_key, document)
                    self._document = document
        return entry["key_id"], self._unwrap(entry)

    def key_by_id(self, key_id: str) -> bytes:
        """Return a key by its id, retired ones included.

        Raises
        ------
        UnknownKeyError
            If the ring holds no such key.
        """
        entry = self._by_id(key_id)
        if entry is None:
            self._document = _load(self._path, self._key_encryption_key)
            entry = self._by_id(key_id)
        if entry is None:
            raise UnknownKeyError(
                f"The key ring {self._path} has no key {key_id!r}: "
                "restore the key ring that was in use when the data was written."
            )
        return self._unwrap(entry)

    def index_key(self, domain: str) -> bytes:
        """Return the 32-byte HMAC key of a token domain, derived by HKDF-SHA256 (RFC 5869) from a root of its own.

        Tokens must stay equal for as long as they are joined on, so this root is not rotated with the data keys.
        """
        root = self.data_key(INDEX_ROOT)[1]
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"tieout/index/" + domain.encode()).derive(root)

    def warehouse_key(self) -> str:
        """Return the warehouse's key as DuckDB's ``ENCRYPTION_KEY`` takes it: base64 of 32 bytes."""
        return encode_key(self.data_key(WAREHOUSE)[1])

    def sign(self, payload: bytes) -> str:
        """Return an Ed25519 signature of the payload as ``<key id>:<base64>``."""
        key_id, seed = self.data_key(SIGNING)
        return f"{key_id}:{base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(payload)).decode()}"

    def verify(self, payload: bytes, signature: str) -> None:
        """Check a signature made by `sign`, with a retired signing key too.

        Raises
        ------
        SignatureError
            If the signature is not of this payload, or not by one of this ring's signing keys.
        """
        key_id = signature.partition(":")[0]
        entry = self._by_id(key_id)
        if entry is None or entry["purpose"] != SIGNING:
            raise SignatureError(f"The signature names {key_id!r}, which is not a signing key of {self._path}.")
        verify_signature(payload, signature, _public_key(self._unwrap(entry)))

    def public_key_pem(self) -> str:
        """Return the active signing key's public half as PEM, for those who verify without trusting this ring."""
        public_key = _public_key(self.data_key(SIGNING)[1])
        return public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def _active(self, purpose: str) -> dict[str, Any] | None:
        matches = (key for key in self._document["keys"] if key["purpose"] == purpose and key["status"] == "active")
        return max(matches, key=lambda key: key["version"], default=None)

    def _by_id(self, key_id: str) -> dict[str, Any] | None:
        return next((key for key in self._document["keys"] if key["key_id"] == key_id), None)

    def _unwrap(self, entry: Mapping[str, Any]) -> bytes:
        key_id = entry["key_id"]
        if key_id not in self._unwrapped:
            self._unwrapped[key_id] = aes_key_unwrap(self._key_encryption_key, base64.b64decode(entry["wrapped"]))
        return self._unwrapped[key_id]


def encode_key(key: bytes) -> str:
    """Return a key as base64, the form DuckDB's ``ENCRYPTION_KEY`` takes."""
    return base64.b64encode(key).decode()


def verify_signature(payload: bytes, signature: str, public_key: Ed25519PublicKey | str) -> None:
    """Check a build signature with nothing but the public key, as an auditor does.

    Parameters
    ----------
    payload : bytes
        What was signed.
    signature : str
        ``<key id>:<base64>`` as made by `KeyRing.sign`.
    public_key : Ed25519PublicKey or str
        The key itself or the text of ``signing_public_key.pem``.

    Raises
    ------
    SignatureError
        If the payload or the signature was altered, or another key signed.
    """
    if isinstance(public_key, str):
        loaded = load_pem_public_key(public_key.encode())
        if not isinstance(loaded, Ed25519PublicKey):
            raise SignatureError(
                "The public key is not an Ed25519 key: take signing_public_key.pem from the key folder."
            )
        public_key = loaded
    try:
        public_key.verify(base64.b64decode(signature.partition(":")[2], validate=True), payload)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError(
            "The signature does not belong to this content: do not use it, and find out who changed it."
        ) from error


def _public_key(seed: bytes) -> Ed25519PublicKey:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key()


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")


def _key_encryption_key_path(folder: Path) -> Path:
    return folder / "key_encryption_key"


def _read_key_encryption_key(folder: Path) -> bytes:
    encoded = settings().key_encryption_key
    source = "TIEOUT_KEY_ENCRYPTION_KEY"
    if encoded is None:
        path = _key_encryption_key_path(folder)
        source = str(path)
        if not path.exists():
            raise KeyRingError(
                f"There is no key-encryption key: set TIEOUT_KEY_ENCRYPTION_KEY, or restore {path} from its back-up."
            )
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyRingError(f"{path} may be read by others (mode {mode:04o}): run `chmod 0400 {path}`.")
        encoded = path.read_text(errors="replace").strip()
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyRingError(f"{source} must be the base64 of {KEY_BYTES} bytes: restore it from its back-up.")
    return key


def _new_key(key_encryption_key: bytes, *, purpose: str, version: int) -> dict[str, Any]:
    return {
        "key_id": secrets.token_hex(4),
        "purpose": purpose,
        "version": version,
        "status": "active",
        "created_on": datetime.now(UTC).date().isoformat(),
        "wrapped": base64.b64encode(aes_key_wrap(key_encryption_key, secrets.token_bytes(KEY_BYTES))).decode(),
    }


def _checksum(key_encryption_key: bytes, document: Mapping[str, Any]) -> str:
    mac_key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"tieout/keyring checksum").derive(key_encryption_key)
    content = {name: value for name, value in document.items() if name != "checksum"}
    return hmac.new(mac_key, canonical_json(content), hashlib.sha256).hexdigest()


def _save(path: Path, key_encryption_key: bytes, document: Mapping[str, Any]) -> None:
    sealed = {**document, "checksum": _checksum(key_encryption_key, document)}
    write_atomically(path, json.dumps(sealed, indent=2).encode() + b"\n", 0o600)


def _load(path: Path, key_encryption_key: bytes) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
        if document["format"] != _FORMAT:
            raise KeyRingError(
                f"{path} has format {document['format']}, this version reads {_FORMAT}: "
                "use the version of Tieout that wrote it."
            )
        aes_key_unwrap(key_encryption_key, base64.b64decode(document["keys"][0]["wrapped"]))
        is_intact = hmac.compare_digest(document["checksum"], _checksum(key_encryption_key, document))
    except InvalidUnwrap as error:
        raise KeyRingError(
            f"The key-encryption key does not open {path}: give the one it was created with in "
            f"TIEOUT_KEY_ENCRYPTION_KEY or {_key_encryption_key_path(path.parent)}."
        ) from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise KeyRingError(f"{path} is not a key ring: restore it from its back-up.") from error
    if not is_intact:
        raise KeyRingError(f"{path} was edited by hand or damaged: restore it from its back-up.")
    return document
