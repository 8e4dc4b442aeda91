import hashlib
import hmac

import pyarrow as pa
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from governance import crypto
from governance.errors import DecryptionError, GovernanceError, UnknownKeyError
from governance.keys import KeyRing

SSN = pa.array(["123-45-6789", "987-65-4321", None])


def flip(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


# Known answers of the primitives as this installation has them


def test_aes_256_gcm_known_answer():
    # NIST CAVP gcmEncryptExtIV256.rsp (SP 800-38D): [Keylen=256, IVlen=96, PTlen=128, AADlen=128, Taglen=128] Count 0
    cipher = AESGCM(bytes.fromhex("92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b"))
    sealed = cipher.encrypt(
        bytes.fromhex("ac93a1a6145299bde902f21a"),
        bytes.fromhex("2d71bcfa914e4ac045b2aa60955fad24"),
        bytes.fromhex("1e0889016f67601c8ebea4943bc23ad6"),
    )
    assert sealed.hex() == "8995ae2e6df3dbf96fac7b7137bae67f" + "eca5aa77d51d4a0a14d9c51e1da474ab"


def test_aes_key_wrap_known_answer():
    # RFC 3394, 4.6: wrap 256 bits of key data with a 256-bit key-encryption key
    kek = bytes(range(32))
    key = bytes.fromhex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F")
    wrapped = bytes.fromhex("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")
    assert aes_key_wrap(kek, key) == wrapped
    assert aes_key_unwrap(kek, wrapped) == key


def test_hkdf_sha256_known_answer():
    # RFC 5869, A.1
    derived = HKDF(
        SHA256(), 42, salt=bytes.fromhex("000102030405060708090a0b0c"), info=bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")
    ).derive(bytes.fromhex("0b" * 22))
    assert derived.hex() == ("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")


# Tokens


def test_tokens_are_hmac_sha256_of_the_normalised_value(ring):
    tokens = crypto.tokenise(pa.array(["gb82 west-1234"]), "account_number", ring)
    expected = hmac.new(ring.index_key("account_number"), b"GB82WEST1234", hashlib.sha256).hexdigest()[:32]
    assert tokens.to_pylist() == [expected]


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("account_number", "GB82 WEST 1234 5698 7654 32", "gb82west12345698765432"),
        ("card_number", "4111-1111-1111-1111", "4111111111111111"),
        ("ssn", "123-45-6789", "123456789"),
        ("phone", "+1 (555) 010-2030", "+15550102030"),
        ("name", " Ana   Lima", "ANA LIMA"),
        ("email", "Ana@Example.org", "ana@example.ORG "),
        ("name", "Zoe\u0301", "zo\u00e9"),
    ],
)
def test_spellings_of_one_value_have_one_token(ring, kind, first, second):
    tokens = crypto.tokenise(pa.array([first, second]), kind, ring).to_pylist()
    assert tokens[0] == tokens[1]


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [("email", "a-b@x.org", "ab@x.org"), ("name", "Ana-Lima", "AnaLima"), ("address", "1 1st St", "11st St")],
)
def test_marks_that_carry_meaning_are_kept(ring, kind, first, second):
    tokens = crypto.tokenise(pa.array([first, second]), kind, ring).to_pylist()
    assert tokens[0] != tokens[1]


def test_tokens_keep_nulls_order_and_repeats(ring):
    tokens = crypto.tokenise(pa.chunked_array([["a", None], ["b", "a"]]), "name", ring)
    first, null, second, again = tokens.to_pylist()
    assert null is None
    assert first == again != second
    assert {len(first), len(second)} == {32}


def test_the_same_text_of_two_kinds_has_two_tokens(ring):
    values = pa.array(["123456789"])
    assert crypto.tokenise(values, "ssn", ring) != crypto.tokenise(values, "account_number", ring)


def test_another_ring_gives_other_tokens(ring, tmp_path):
    other = KeyRing.open(tmp_path / "other" / "keyring.json", create=True)
    assert crypto.tokenise(SSN, "ssn", ring) != crypto.tokenise(SSN, "ssn", other)


@pytest.mark.parametrize("function", [crypto.tokenise, crypto.mask])
def test_an_unknown_kind_is_refused(ring, function):
    arguments = (SSN, "passport") + ((ring,) if function is crypto.tokenise else ())
    with pytest.raises(crypto.UnknownKind, match="'passport'"):
        function(*arguments)


def test_empty_arrays_stay_empty(ring):
    none = pa.array([], pa.string())
    assert crypto.tokenise(none, "ssn", ring).to_pylist() == crypto.mask(none, "ssn").to_pylist() == []
    assert crypto.encrypt_values(none, "ssn", none, ring).to_pylist() == []


# Masks


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("account_number", "GB82 WEST 1234 5698 7654 32", "*" * 18 + "5432"),
        ("account_number", "12345678", "****5678"),
        ("account_number", "1234567", "*******"),
        ("card_number", "4111111111111111", "************1111"),
        ("ssn", "123-45-6789", "*****6789"),
        ("ssn", "6789", "****"),
        ("phone", "+1 (555) 010-2030", "**********30"),
        ("phone", "12345", "*****"),
        ("name", "Ana Maria de Lima", "A*** M*** d*** L***"),
        ("name", "Łucja", "Ł***"),
        ("name", "", "***"),
        ("email", "ana@example.org", "a***@example.org"),
        ("email", "ana.example.org", "***"),
        ("email", "ana@b@c", "***"),
        ("birth_date", "1980-01-02", "1980-**-**"),
        ("birth_date", "02/01/1980", "***"),
        ("address", "1 Main St\nSpringfield", "***"),
        ("national_id", "DE19800102JANE#CANAR", "DE***"),
        ("national_id", "FR\n", "FR***"),
        ("national_id", "19800102-1234", "***"),
        ("national_id", "de19800102", "***"),
    ],
)
def test_mask_shows_what_the_policy_keeps_and_no_more(kind, value, masked):
    assert crypto.mask(pa.array([value, None]), kind).to_pylist() == [masked, None]


# Values


def test_values_round_trip(ring):
    tokens = crypto.tokenise(SSN, "ssn", ring)
    sealed = crypto.encrypt_values(SSN, "ssn", tokens, ring)
    assert sealed.type == pa.binary()
    assert sealed[2].as_py() is None
    assert crypto.decrypt_values(sealed, "ssn", tokens, ring).equals(SSN)


def test_an_envelope_opens_by_its_documented_layout(ring):
    token = "t" * 32
    envelope = crypto.encrypt_values(pa.array(["Zoë"]), "name", pa.array([token]), ring)[0].as_py()
    key_id, key = ring.data_key("pii/name")
    header = bytes((1, 1, 8)) + key_id.encode()
    assert envelope.startswith(header)
    nonce, sealed = envelope[11:23], envelope[23:]
    bound = b"".join(
        len(part).to_bytes(4, "big") + part for part in (header, b"pii_values", b"name", b"string", token.encode())
    )
    assert AESGCM(key).decrypt(nonce, sealed, bound) == "Zoë".encode()
    with pytest.raises(InvalidTag):
        AESGCM(key).decrypt(nonce, sealed, bound.replace(b"name", b"mame"))


def test_equal_values_have_different_ciphertexts_and_nonces(ring):
    values, tokens = pa.array(["x"] * 1000), pa.array(["t"] * 1000)
    sealed = crypto.encrypt_values(values, "name", tokens, ring).to_pylist()
    assert len({envelope[11:23] for envelope in sealed}) == len(set(sealed)) == 1000


def test_a_ciphertext_in_another_row_is_refused(ring):
    tokens = crypto.tokenise(SSN, "ssn", ring)
    sealed = crypto.encrypt_values(SSN, "ssn", tokens, ring)
    swapped = sealed.take(pa.array([1, 0, 2]))
    with pytest.raises(DecryptionError, match="Ciphertext 0 of kind 'ssn'"):
        crypto.decrypt_values(swapped, "ssn", tokens, ring)


def test_a_ciphertext_in_another_column_is_refused(ring):
    tokens = pa.array(["t"])
    sealed = crypto.encrypt_values(pa.array(["x"]), "ssn", tokens, ring)
    with pytest.raises(DecryptionError):
        crypto.decrypt_values(sealed, "name", tokens, ring)


def test_every_byte_of_an_envelope_counts(ring):
    tokens = pa.array(["t"])
    envelope = crypto.encrypt_values(pa.array(["abc"]), "ssn", tokens, ring)[0].as_py()
    for position in range(len(envelope)):
        with pytest.raises((DecryptionError, UnknownKeyError)):
            crypto.decrypt_values(pa.array([flip(envelope, position)], pa.binary()), "ssn", tokens, ring)


def test_a_shortened_envelope_is_refused(ring):
    tokens = pa.array(["t"])
    envelope = crypto.encrypt_values(pa.array(["abc"]), "ssn", tokens, ring)[0].as_py()
    for length in range(len(envelope)):
        with pytest.raises(DecryptionError):
            crypto.decrypt_values(pa.array([envelope[:length]], pa.binary()), "ssn", tokens, ring)


def test_another_rings_ciphertext_names_the_missing_key(ring, tmp_path):
    other = KeyRing.open(tmp_path / "other" / "keyring.json", create=True)
    sealed = crypto.encrypt_values(pa.array(["x"]), "ssn", pa.array(["t"]), other)
    with pytest.raises(UnknownKeyError):
        crypto.decrypt_values(sealed, "ssn", pa.array(["t"]), ring)


def test_a_value_without_token_is_not_encrypted(ring):
    with pytest.raises(GovernanceError, match="has no token"):
        crypto.encrypt_values(pa.array(["x"]), "ssn", pa.array([None], pa.string()), ring)


def test_values_and_tokens_of_different_length_are_refused(ring):
    with pytest.raises(ValueError, match="shorter"):
        crypto.encrypt_values(pa.array(["x", "y"]), "ssn", pa.array(["t"]), ring)


def test_associated_data_tells_parts_apart():
    assert crypto.associated_data(b"ab", b"c") != crypto.associated_data(b"a", b"bc")
    assert crypto.associated_data(b"", b"a") != crypto.associated_data(b"a", b"")


# Bytes and files


def test_bytes_round_trip_and_are_bound_to_purpose_and_place(ring):
    sealed = crypto.encrypt_bytes(b"row", "quarantine", b"delivery 1, line 2", ring)
    assert crypto.decrypt_bytes(sealed, "quarantine", b"delivery 1, line 2", ring) == b"row"
    for purpose, place in (("archive", b"delivery 1, line 2"), ("quarantine", b"delivery 1, line 3")):
        with pytest.raises(DecryptionError):
            crypto.decrypt_bytes(sealed, purpose, place, ring)
    with pytest.raises(DecryptionError):
        crypto.decrypt_bytes(flip(sealed, -1), "quarantine", b"delivery 1, line 2", ring)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(crypto, "CHUNK_BYTES", 100)


def file_header(ring):
    return 4 + 3 + len(ring.data_key("archive")[0]) + 32


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 200, 1050])
def test_files_of_any_size_round_trip(ring, tmp_path, small_chunks, size):
    clear, sealed, back = tmp_path / "clear", tmp_path / "archive" / "sealed", tmp_path / "back"
    clear.write_bytes(bytes(n % 251 for n in range(size)))
    crypto.encrypt_file(clear, sealed, "archive", b"sha", ring)
    crypto.decrypt_file(sealed, back, "archive", b"sha", ring)
    assert back.read_bytes() == clear.read_bytes()
    assert sealed.stat().st_size == file_header(ring) + size + 16 * max(1, -(-size // 100))


@pytest.mark.parametrize(
    "damage", ["drop last", "drop first", "swap", "repeat", "cut", "append", "magic", "other file"]
)
def test_a_damaged_file_is_refused_and_leaves_nothing(ring, tmp_path, small_chunks, damage):
    clear, sealed, back = tmp_path / "clear", tmp_path / "sealed", tmp_path / "back"
    clear.write_bytes(bytes(range(250)))
    crypto.encrypt_file(clear, sealed, "archive", b"sha", ring)
    data = sealed.read_bytes()
    start = file_header(ring)
    head, chunks = data[:start], [data[start : start + 116], data[start + 116 : start + 232], data[start + 232 :]]
    first, second, last = chunks
    sealed.write_bytes(
        {
            "drop last": head + first + second,
            "drop first": head + second + last,
            "swap": head + second + first + last,
            "repeat": head + first + first + second + last,
            "cut": data[:-1],
            "append": data + b"x",
            "magic": b"X" + data[1:],
            "other file": data,
        }[damage]
    )
    with pytest.raises(DecryptionError):
        crypto.decrypt_file(sealed, back, "archive", b"other" if damage == "other file" else b"sha", ring)
    assert not back.exists()
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_file_that_is_no_archive_is_refused(ring, tmp_path):
    for content in (b"", b"T", b"TIEF", b"TIEF\x01\x01\xff", b"PAR1" * 50):
        (tmp_path / "sealed").write_bytes(content)
        with pytest.raises((DecryptionError, UnknownKeyError)):
            crypto.decrypt_file(tmp_path / "sealed", tmp_path / "back", "archive", b"", ring)


def test_chunks_of_two_archives_of_one_file_do_not_mix(ring, tmp_path, small_chunks):
    clear, one, two = tmp_path / "clear", tmp_path / "one", tmp_path / "two"
    clear.write_bytes(bytes(range(250)))
    crypto.encrypt_file(clear, one, "archive", b"sha", ring)
    crypto.encrypt_file(clear, two, "archive", b"sha", ring)
    start = file_header(ring)
    mixed = one.read_bytes()[: start + 116] + two.read_bytes()[start + 116 :]
    one.write_bytes(mixed)
    with pytest.raises(DecryptionError):
        crypto.decrypt_file(one, tmp_path / "back", "archive", b"sha", ring)


def test_encryption_that_stops_half_way_leaves_no_archive(ring, tmp_path, small_chunks, monkeypatch):
    clear = tmp_path / "clear"
    clear.write_bytes(bytes(250))

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        crypto.encrypt_file(clear, tmp_path / "sealed", "archive", b"sha", ring)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["clear"]


def test_clear_text_is_not_in_what_is_stored(ring, tmp_path):
    canary = b"CANARY-4111111111111111"
    (tmp_path / "clear").write_bytes(canary * 1000)
    crypto.encrypt_file(tmp_path / "clear", tmp_path / "sealed", "archive", b"", ring)
    sealed = crypto.encrypt_values(pa.array([canary.decode()]), "card_number", pa.array(["t"]), ring)[0].as_py()
    assert canary not in (tmp_path / "sealed").read_bytes() + sealed + crypto.encrypt_bytes(canary, "x", b"", ring)
