"""Protection of single values and of files: keyed tokens, masks, and authenticated encryption.

Envelope of a value: version (1 byte), algorithm (1), length of the key id (1), key id, nonce (12), ciphertext and tag.
The associated data binds the ciphertext to the header and to where it is stored, every part preceded by its length, so
that neither a changed byte nor a ciphertext moved to another row, column or purpose decrypts.

Envelope of a file: ``TIEF``, the same header, a 32-byte salt, then chunks of 1 MiB, each with its tag. The file's own
key is derived from the data key and the salt (HKDF-SHA256), so a nonce is only the chunk's number and a last-chunk
flag (the STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizar 2015): a lost, repeated or reordered chunk and a
shortened file are refused.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from governance.errors import DecryptionError, GovernanceError
from governance.files import replacing
from governance.keys import KEY_BYTES, KeyRing

CHUNK_BYTES: Final = 1 << 20
TOKEN_LENGTH: Final = 32
_VERSION: Final = 1
_AES_256_GCM: Final = 1
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_SALT_BYTES: Final = 32
_FILE_MAGIC: Final = b"TIEF"
_HIDDEN: Final = "***"

Strings: TypeAlias = pa.Array | pa.ChunkedArray


class UnknownKind(GovernanceError):
    """A kind of personal data without a masking policy."""


def _keep_last(count: int, minimum: int) -> Callable[[pa.Array], pa.Array]:
    """Keep the last `count` characters; a value shorter than `minimum` would give too much of itself away."""

    def apply(values: pa.Array) -> pa.Array:
        compact = _without_separators(values)
        length = pc.utf8_length(compact)
        stars = pc.binary_repeat("*", pc.max_element_wise(pc.subtract(length, count), 0))
        kept = pc.binary_join_element_wise(stars, pc.utf8_slice_codeunits(compact, -count), "")
        return pc.if_else(pc.greater_equal(length, minimum), kept, pc.binary_repeat("*", length))

    return apply


def _rewrite(pattern: str, replacement: str) -> Callable[[pa.Array], pa.Array]:
    """Rewrite what matches the pattern; what does not is hidden altogether, as a malformed value may be anything."""

    def apply(values: pa.Array) -> pa.Array:
        rewritten = pc.replace_substring_regex(values, pattern=pattern, replacement=replacement)
        return pc.if_else(pc.match_substring_regex(values, pattern=pattern), rewritten, _HIDDEN)

    return apply


_MASKS: Final[dict[str, Callable[[pa.Array], pa.Array]]] = {
    "account_number": _keep_last(4, minimum=8),
    "card_number": _keep_last(4, minimum=8),
    "ssn": _keep_last(4, minimum=8),
    "phone": _keep_last(2, minimum=6),
    "name": _rewrite(r"(\S)\S*", r"\1***"),
    "email": _rewrite(r"^([^\s@])[^\s@]*@([^\s@]+)$", r"\1***@\2"),
    "birth_date": _rewrite(r"^(\d{4})-\d{2}-\d{2}$", r"\1-**-**"),
    "address": _rewrite(r"(?s)^.*$", _HIDDEN),
    # Behind the country it may hold birth date and name (CONCAT), so nothing else is shown.
    "national_id": _rewrite(r"(?s)^([A-Z]{2}).*$", r"\1***"),
}
KINDS: Final = frozenset(_MASKS)
# In these, spaces and punctuation carry no meaning. In an e-mail address a dash does: a-b@x and ab@x are two people.
_SEPARATOR_FREE_KINDS: Final = frozenset({"account_number", "card_number", "ssn", "phone"})


def _strings(values: Strings) -> pa.Array:
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return array.cast(pa.string())


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise UnknownKind(f"{kind!r} is not a kind of personal data: use one of {', '.join(sorted(KINDS))}.")


def _without_separators(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(values, pattern=r"[\s\p{Pd}.()/]+", replacement="")


def normalise(values: Strings, kind: str) -> pa.Array:
    """Return values in the form that is tokenised: NFKC, upper case, without separators or with single spaces.

    Two spellings of one account number (``GB82 WEST...``, ``gb82west...``) give one form; null stays null.
    """
    _check_kind(kind)
    upper = pc.utf8_upper(pc.utf8_normalize(_strings(values), form="NFKC"))
    if kind in _SEPARATOR_FREE_KINDS:
        return _without_separators(upper)
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(upper, pattern=r"\s+", replacement=" "))


def tokenise(values: Strings, kind: str, ring: KeyRing) -> pa.Array:
    """Return a keyed token per value, equal for equal values of one kind, to join on without the value.

    Parameters
    ----------
    values : pa.Array of string
        Values in clear; null stays null.
    kind : str
        Kind of personal data, which is also the token's domain: the same text of two kinds gives two tokens.
    ring : KeyRing
        Source of the domain's index key.

    Returns
    -------
    pa.Array of string
        First 32 hex characters (128 bits) of HMAC-SHA256.
    """
    distinct = normalise(values, kind).dictionary_encode()
    key = ring.index_key(kind)
    tokens = [
        hmac.digest(key, value.encode(), "sha256").hex()[:TOKEN_LENGTH] for value in distinct.dictionary.to_pylist()
    ]
    return pa.array(tokens, pa.string()).take(distinct.indices)


def mask(values: Strings, kind: str) -> pa.Array:
    """Return the form of each value that may be shown; null stays null.

    Account number, card number and social security number keep the last 4 characters, a phone number the last 2, a
    name its initials, an e-mail address its first letter and domain, a birth date its year, a national identifier of a
    person its country, an address nothing. A value that is too short or not of the expected form is hidden altogether.
    """
    _check_kind(kind)
    return _MASKS[kind](_strings(values))


def associated_data(*parts: bytes) -> bytes:
    """Join parts so that no two lists of parts give the same bytes: each is preceded by its length (4 bytes)."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _header(key_id: str) -> bytes:
    name = key_id.encode()
    return bytes((_VERSION, _AES_256_GCM, len(name))) + name


def _split_header(envelope: bytes) -> tuple[bytes, str, bytes]:
    """Return header, key id and the rest of an envelope."""
    end = 3 + envelope[2] if len(envelope) > 2 else 0
    if not end or envelope[:2] != bytes((_VERSION, _AES_256_GCM)) or len(envelope) < end:
        raise DecryptionError(
            "This is not an envelope that this version of Tieout writes: take the data from a back-up."
        )
    return envelope[:end], envelope[3:end].decode("ascii", "replace"), envelope[end:]


def encrypt_values(values: Strings, kind: str, tokens: Strings, ring: KeyRing) -> pa.Array:
    """Encrypt each value for ``raw.pii_values``, bound to its kind and token.

    Parameters
    ----------
    values : pa.Array of string
        Values in clear; null stays null. Pass distinct values: equal values give different ciphertexts.
    kind : str
        Kind of personal data; the key's purpose is ``pii/<kind>``.
    tokens : pa.Array of string
        Token of each value, as long as `values`.
    ring : KeyRing
        Source of the key. A random 96-bit nonce serves up to 2**32 values per key (NIST SP 800-38D, 8.3).

    Returns
    -------
    pa.Array of binary
        One envelope per value.
    """
    _check_kind(kind)
    key_id, key = ring.data_key(f"pii/{kind}")
    header, cipher = _header(key_id), AESGCM(key)
    binding = _value_binding(header, kind)
    nonces = os.urandom(_NONCE_BYTES * len(values))

    def seal(position: int, value: str | None, token: str | None) -> bytes | None:
        if value is None:
            return None
        if token is None:
            raise GovernanceError(f"Value {position} of kind {kind!r} has no token: tokenise the same values first.")
        nonce = nonces[position * _NONCE_BYTES : (position + 1) * _NONCE_BYTES]
        return header + nonce + cipher.encrypt(nonce, value.encode(), binding + associated_data(token.encode()))

    pairs = zip(_strings(values).to_pylist(), _strings(tokens).to_pylist(), strict=True)
    return pa.array([seal(position, *pair) for position, pair in enumerate(pairs)], pa.binary())


def _value_binding(header: bytes, kind: str) -> bytes:
    """Return the associated data of a value but for its token: table, column and type."""
    return associated_data(header, b"pii_values", kind.encode(), b"string")


def decrypt_values(ciphertexts: pa.Array | pa.ChunkedArray, kind: str, tokens: Strings, ring: KeyRing) -> pa.Array:
    """Return the values that `encrypt_values` encrypted; null stays null.

    Raises
    ------
    DecryptionError
        If a ciphertext was altered, or stands beside another token or kind than it was written with.
    UnknownKeyError
        If the key ring does not hold the key.
    """
    _check_kind(kind)
    ciphers: dict[bytes, tuple[AESGCM, bytes]] = {}

    def unseal(position: int, envelope: bytes | None, token: str | None) -> str | None:
        if envelope is None:
            return None
        header, key_id, body = _split_header(envelope)
        if header not in ciphers:
            ciphers[header] = AESGCM(ring.key_by_id(key_id)), _value_binding(header, kind)
        cipher, binding = ciphers[header]
        data = binding + associated_data((token or "").encode())
        try:
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], data).decode()
        except (InvalidTag, ValueError) as error:
            raise DecryptionError(
                f"Ciphertext {position} of kind {kind!r} was altered or belongs to another row: restore raw.pii_values."
            ) from error

    pairs = zip(ciphertexts.to_pylist(), _strings(tokens).to_pylist(), strict=True)
    return pa.array([unseal(position, *pair) for position, pair in enumerate(pairs)], pa.string())


def encrypt_bytes(data: bytes, purpose: str, aad: bytes, ring: KeyRing) -> bytes:
    """Encrypt one piece of data, such as a quarantined row, under the key of `purpose`, bound to `aad`."""
    key_id, key = ring.data_key(purpose)
    header, nonce = _header(key_id), os.urandom(_NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, data, associated_data(header, purpose.encode(), aad))


def decrypt_bytes(envelope: bytes, purpose: str, aad: bytes, ring: KeyRing) -> bytes:
    """Return what `encrypt_bytes` encrypted.

    Raises
    ------
    DecryptionError
        If the envelope was altered, or purpose or `aad` are not those it was written with.
    """
    header, key_id, body = _split_header(envelope)
    cipher = AESGCM(ring.key_by_id(key_id))
    try:
        return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], associated_data(header, purpose.encode(), aad))
    except (InvalidTag, ValueError) as error:
        raise DecryptionError(f"Data of purpose {purpose!r} was altered or belongs elsewhere: restore it.") from error


def _file_cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"tieout/file").derive(key))


class SealingWriter:
    """Takes a file's content in pieces of any size and writes its chunks, each sealed; made by `encrypting`."""

    def __init__(self, out: BinaryIO, cipher: AESGCM, data: bytes) -> None:
        self._out = out
        self._cipher = cipher
        self._data = data
        self._numbers = count()
        self._pending = bytearray()

    def write(self, piece: bytes) -> int:
        """Take the next piece."""
        self._pending += piece
        # The last chunk is marked as such, so a full one waits until something follows it.
        while len(self._pending) > CHUNK_BYTES:
            self._seal(bytes(self._pending[:CHUNK_BYTES]), is_last=False)
            del self._pending[:CHUNK_BYTES]
        return len(piece)

    def finish(self) -> None:
        """Write the last chunk; a file has at least one."""
        self._seal(bytes(self._pending), is_last=True)

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_chunk_nonce(next(self._numbers), is_last=is_last), chunk, self._data))


def _chunk_nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1, "big") + bytes((is_last,))


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield nonce and content of each chunk of an encrypted file."""
    chunk = source.read(size)
    for number in count():
        following = source.read(size)
        yield _chunk_nonce(number, is_last=not following), chunk
        if not following:
            return
        chunk = following


@contextmanager
def encrypting(dst: Path, purpose: str, aad: bytes, ring: KeyRing) -> Iterator[SealingWriter]:
    """Encrypt what the block writes, in constant memory; `dst` appears at its end, complete, or not at all.

    Parameters
    ----------
    dst : Path
        Where the encrypted file goes (mode 0600).
    purpose : str
        Purpose of the key, for example ``archive``.
    aad : bytes
        What the file is, for example its SHA-256: decrypting needs the same.
    ring : KeyRing
        Source of the key.
    """
    key_id, key = ring.data_key(purpose)
    header, salt = _header(key_id), secrets.token_bytes(_SALT_BYTES)
    data = associated_data(_FILE_MAGIC, header, purpose.encode(), aad)
    dst.parent.mkdir(parents=True, exist_ok=True)
    with replacing(dst) as out:
        out.write(_FILE_MAGIC + header + salt)
        writer = SealingWriter(out, _file_cipher(key, salt), data)
        yield writer
        writer.finish()


def encrypt_file(src: Path, dst: Path, purpose: str, aad: bytes, ring: KeyRing) -> None:
    """Encrypt a file of any size as `encrypting` does."""
    with src.open("rb") as source, encrypting(dst, purpose, aad, ring) as out:
        while piece := source.read(CHUNK_BYTES):
            out.write(piece)


def decrypt_file(src: Path, dst: Path, purpose: str, aad: bytes, ring: KeyRing) -> None:
    """Decrypt what `encrypt_file` wrote; `dst` appears only when every byte has been verified.

    Raises
    ------
    DecryptionError
        If the file was altered, cut short, or is not the one that `purpose` and `aad` name.
    """
    dst.parent.mkdir(parents=True, exist_ok=True)
    with src.open("rb") as source, replacing(dst) as out:
        start = source.read(len(_FILE_MAGIC) + 3)
        header, key_id, _ = _split_header(start[len(_FILE_MAGIC) :] + source.read(start[-1] if start else 0))
        cipher = _file_cipher(ring.key_by_id(key_id), source.read(_SALT_BYTES))
        data = associated_data(start[: len(_FILE_MAGIC)], header, purpose.encode(), aad)
        try:
            for nonce, chunk in _chunks(source, CHUNK_BYTES + _TAG_BYTES):
                out.write(cipher.decrypt(nonce, chunk, data))
        except (InvalidTag, ValueError) as error:
            raise DecryptionError(
                f"{src} was altered, cut short or is another file: restore it from a back-up."
            ) from error
