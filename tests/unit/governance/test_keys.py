import base64
import json
import multiprocessing
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from governance.errors import KeyRingError, SignatureError, UnknownKeyError
from governance.keys import KeyRing, _save, verify_signature
from governance.settings import settings


def key_bytes(ring):
    return [ring.key_by_id(key["key_id"]) for key in json.loads((settings().keys / "keyring.json").read_text())["keys"]]


def test_first_open_creates_private_files(ring, home):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home / "keys").iterdir()}
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700
    assert modes == {
        "key_encryption_key": 0o400,
        "keyring.json": 0o600,
        "keyring.lock": 0o600,
        "signing_public_key.pem": 0o444,
    }


def test_no_key_is_written_in_clear(ring, home):
    ring.data_key("pii/ssn")
    text = b"".join(path.read_bytes() for path in (home / "keys").iterdir())
    for key in key_bytes(ring):
        assert key not in text
        assert base64.b64encode(key) not in text
        assert key.hex().encode() not in text


def test_keys_are_the_same_after_reopening(ring):
    before = (ring.data_key("archive"), ring.index_key("ssn"), ring.warehouse_key(), ring.public_key_pem())
    again = KeyRing.open()
    assert before == (again.data_key("archive"), again.index_key("ssn"), again.warehouse_key(), again.public_key_pem())


def test_keys_differ_by_purpose_and_from_index_keys(ring):
    index_keys = [ring.index_key("ssn"), ring.index_key("name")]
    data_keys = [ring.data_key("pii/ssn")[1], ring.data_key("pii/name")[1]]
    keys = index_keys + data_keys + key_bytes(ring)[:3]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}
    assert len(base64.b64decode(ring.warehouse_key(), validate=True)) == 32


def test_wrapped_keys_are_rfc_3394(ring, home):
    kek = base64.b64decode((home / "keys" / "key_encryption_key").read_bytes())
    key_id, key = ring.data_key("archive")
    entry = next(k for k in json.loads((home / "keys" / "keyring.json").read_text())["keys"] if k["key_id"] == key_id)
    assert aes_key_unwrap(kek, base64.b64decode(entry["wrapped"])) == key
    assert (entry["purpose"], entry["version"], entry["status"]) == ("archive", 1, "active")


def test_a_missing_ring_is_not_made_up(home):
    with pytest.raises(KeyRingError, match="tieout keys init"):
        KeyRing.open()


def test_a_lost_key_encryption_key_is_never_replaced(ring, home):
    (home / "keys" / "key_encryption_key").unlink()
    with pytest.raises(KeyRingError, match="restore"):
        KeyRing.open(create=True)
    assert not (home / "keys" / "key_encryption_key").exists()


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420])
def test_a_key_encryption_key_that_others_reach_is_refused(ring, home, mode):
    (home / "keys" / "key_encryption_key").chmod(mode)
    with pytest.raises(KeyRingError, match="chmod 0400"):
        KeyRing.open()


def test_a_wrong_key_encryption_key_is_named_as_such(ring, home, monkeypatch):
    monkeypatch.setenv("TIEOUT_KEY_ENCRYPTION_KEY", base64.b64encode(bytes(32)).decode())
    settings.cache_clear()
    with pytest.raises(KeyRingError, match="does not open"):
        KeyRing.open()


@pytest.mark.parametrize("value", ["", "not base64!", "§", base64.b64encode(bytes(16)).decode()])
def test_a_malformed_key_encryption_key_is_refused(home, monkeypatch, value):
    monkeypatch.setenv("TIEOUT_KEY_ENCRYPTION_KEY", value)
    settings.cache_clear()
    with pytest.raises(KeyRingError, match="base64 of 32 bytes"):
        KeyRing.open(create=True)


def test_the_environments_key_leaves_no_key_file(home, monkeypatch):
    monkeypatch.setenv("TIEOUT_KEY_ENCRYPTION_KEY", base64.b64encode(b"k" * 32).decode())
    settings.cache_clear()
    KeyRing.open(create=True)
    assert KeyRing.open().warehouse_key()
    assert not (home / "keys" / "key_encryption_key").exists()


def test_swapping_the_purposes_of_two_keys_is_noticed(ring, home):
    ring.data_key("pii/ssn")
    path = home / "keys" / "keyring.json"
    document = json.loads(path.read_text())
    document["keys"][1]["purpose"], document["keys"][3]["purpose"] = "pii/ssn", "warehouse"
    path.write_text(json.dumps(document))
    with pytest.raises(KeyRingError, match="edited by hand or damaged"):
        KeyRing.open()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": 1, "keys": []}', b"\xff"])
def test_a_damaged_ring_is_refused(ring, home, content):
    (home / "keys" / "keyring.json").write_bytes(content)
    with pytest.raises(KeyRingError, match="not a key ring"):
        KeyRing.open()


def test_a_ring_of_a_later_format_is_refused(ring, home):
    path = home / "keys" / "keyring.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(KeyRingError, match="format 2"):
        KeyRing.open()


def test_an_unknown_key_id_is_a_typed_error(ring):
    with pytest.raises(UnknownKeyError, match="no key 'ffffffff'"):
        ring.key_by_id("ffffffff")


def test_a_key_that_another_process_created_is_found(ring):
    other = KeyRing.open()
    key_id, key = other.data_key("pii/email")
    assert ring.key_by_id(key_id) == key
    assert ring.data_key("pii/email") == (key_id, key)


def test_the_newest_active_version_encrypts_and_a_retired_one_still_opens(ring):
    old_id, old_key = ring.data_key("archive")
    keys = [dict(key) for key in ring._document["keys"]]
    newer = {**keys[-1], "key_id": "0badcafe", "version": 2, "wrapped": keys[0]["wrapped"]}
    keys[-1]["status"] = "retired"
    rotated = KeyRing(ring._path, ring._key_encryption_key, {"format": 1, "keys": [*keys, newer]})
    assert rotated.data_key("archive")[0] == "0badcafe"
    assert rotated.key_by_id(old_id) == old_key


def test_a_retired_key_does_not_encrypt(ring, home):
    old_id, old_key = ring.data_key("archive")
    document = {**ring._document, "keys": [dict(key) for key in ring._document["keys"]]}
    document["keys"][-1]["status"] = "retired"
    _save(home / "keys" / "keyring.json", ring._key_encryption_key, document)
    again = KeyRing.open()
    assert again.data_key("archive")[0] != old_id
    assert again.key_by_id(old_id) == old_key
    versions = [key["version"] for key in again._document["keys"] if key["purpose"] == "archive"]
    assert versions == [1, 2]


def _create_keys(number):
    ring = KeyRing.open(create=True)
    return [ring.data_key("shared"), *(ring.data_key(f"own/{number}/{n}") for n in range(10))]


def test_processes_that_create_keys_at_once_lose_none(home):
    context = multiprocessing.get_context("fork")
    with context.Pool(4) as pool:
        created = pool.map(_create_keys, range(4), chunksize=1)
    ring = KeyRing.open()
    assert len({keys[0] for keys in created}) == 1
    assert all(ring.key_by_id(key_id) == key for keys in created for key_id, key in keys)
    purposes = [key["purpose"] for key in json.loads((home / "keys" / "keyring.json").read_text())["keys"]]
    assert len(purposes) == len(set(purposes)) == 3 + 1 + 40


def test_a_failed_write_leaves_the_old_ring(ring, home, monkeypatch):
    before = (home / "keys" / "keyring.json").read_bytes()

    def fail(*_):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            ring.data_key("pii/phone")
    assert (home / "keys" / "keyring.json").read_bytes() == before
    assert not list((home / "keys").glob(".*.tmp"))
    assert ring.data_key("pii/phone") == KeyRing.open().data_key("pii/phone")


def test_signature_round_trip_with_the_ring_and_with_the_public_key_alone(ring, home):
    signature = ring.sign(b"content")
    ring.verify(b"content", signature)
    verify_signature(b"content", signature, (home / "keys" / "signing_public_key.pem").read_text())


@pytest.mark.parametrize("damage", ["payload", "signature", "not base64", "key id", "empty"])
def test_a_signature_that_does_not_fit_is_refused(ring, damage):
    signature = ring.sign(b"content")
    key_id, _, value = signature.partition(":")
    altered = {
        "payload": (b"contenT", signature),
        "signature": (b"content", f"{key_id}:{'A' + value[1:] if value[0] != 'A' else 'B' + value[1:]}"),
        "not base64": (b"content", f"{key_id}:§"),
        "key id": (b"content", f"{ring.data_key('archive')[0]}:{value}"),
        "empty": (b"content", ""),
    }[damage]
    with pytest.raises(SignatureError):
        ring.verify(*altered)


def test_a_key_of_another_purpose_does_not_sign(ring):
    key_id, key = ring.data_key("archive")
    forged = base64.b64encode(Ed25519PrivateKey.from_private_bytes(key).sign(b"content")).decode()
    with pytest.raises(SignatureError, match="not a signing key"):
        ring.verify(b"content", f"{key_id}:{forged}")


def test_another_ed25519_key_does_not_verify(ring):
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(SignatureError):
        verify_signature(b"content", ring.sign(b"content"), stranger.decode())


def test_the_rings_repr_holds_no_key(ring):
    assert ring.warehouse_key() not in repr(ring)
    assert "keyring.json" in repr(ring)
