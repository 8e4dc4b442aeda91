"""Personal data is a token, a masked form and a ciphertext, and in clear nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from governance.crypto import decrypt_values
from governance.errors import DecryptionError
from governance.keys import KeyRing
from orchestration.landing import LandingError, intake
from orchestration.landing.quarantine import reveal
from tests.unit.landing.deliveries import ACCOUNT, CUSTOMER, Desk, account_number, csv_text, payment


def test_a_loaded_row_has_tokens_and_masks(desk: Desk) -> None:
    desk.open_account()
    ((token, masked, name, birth, address),) = desk.query(
        "select ssn_token, ssn_masked, full_name_masked, birth_date_masked, address_masked from raw.customers"
    )
    assert len(token) == 32
    assert (masked, name, birth, address) == ("*****6789", "J*** Q*** C***", "1980-**-**", "***")


def test_an_empty_personal_field_stays_empty(desk: Desk) -> None:
    desk.deliver("customers", csv_text([CUSTOMER | {"ssn": "", "email": " "}]))
    assert desk.query("select ssn_token, ssn_masked, email_token from raw.customers") == [(None, None, None)]
    assert desk.query("select count(*) from raw.pii_values where kind in ('ssn', 'email')") == [(0,)]


def test_tokens_join_feeds_and_spellings(desk: Desk) -> None:
    desk.open_account()
    spelled = f"{account_number(1)[:4]} {account_number(1)[4:].lower()}"
    desk.pay(payment(1), payment(2, account_number=spelled), payment(3, beneficiary_account_number=account_number(1)))
    assert desk.query(
        "select count(*) filter (p.account_number_token = a.account_number_token), "
        "count(*) filter (p.beneficiary_account_number_token = a.account_number_token) "
        "from raw.payments as p cross join raw.accounts as a"
    ) == [(3, 1)]


def test_each_value_is_encrypted_once_and_decrypts(desk: Desk) -> None:
    desk.open_account()
    desk.pay(payment(1), payment(2))
    desk.pay(payment(3), payment(4, beneficiary_account_number=account_number(3)), name="payments_2.csv")
    stored = desk.connection.execute(
        "select token, ciphertext, masked, key_id from raw.pii_values where kind = 'account_number' order by token"
    ).to_arrow_table()
    clear = decrypt_values(stored["ciphertext"], "account_number", stored["token"], desk.ring)
    assert sorted(clear.to_pylist()) == sorted([account_number(1), account_number(2), account_number(3)])
    assert set(stored["key_id"].to_pylist()) == {desk.ring.data_key("pii/account_number")[0]}
    assert desk.query("select count(*), count(distinct (kind, token)) from raw.pii_values")[0] == (10, 10)


def test_a_date_is_kept_as_its_type_writes_it(desk: Desk) -> None:
    desk.deliver("customers", csv_text([CUSTOMER | {"birth_date": " 1980-02-03 "}]))
    stored = desk.connection.execute(
        "select token, ciphertext from raw.pii_values where kind = 'birth_date'"
    ).to_arrow_table()
    assert decrypt_values(stored["ciphertext"], "birth_date", stored["token"], desk.ring).to_pylist() == ["1980-02-03"]


def test_values_of_rows_that_are_not_loaded_are_not_kept(desk: Desk) -> None:
    desk.open_account()
    before = desk.query("select count(*) from raw.pii_values")
    desk.pay(payment(1, beneficiary_name="Nobody Else", amount="0.00"))
    assert desk.query("select count(*) from raw.pii_values") == before
    desk.pay(payment(1), payment(2, beneficiary_name="Nobody Else", amount="0.00"), name="payments_2.csv")
    assert desk.query("select masked from raw.pii_values where kind = 'name' order by 1") == [
        ("J*** B***",),
        ("J*** Q*** C***",),
    ]


def test_a_quarantined_row_is_masked_and_can_be_revealed_by_who_has_the_key(desk: Desk) -> None:
    desk.open_account()
    result = desk.pay(payment(1, amount="0.001", currency="pounds"))
    ((line, masked, ciphertext),) = desk.quarantined("line, row_masked, row_ciphertext")
    shown = json.loads(masked)
    assert shown["account_number"] == "*" * 18 + "0001"
    assert shown["beneficiary_name"] == "J*** B***"
    assert (shown["amount"], shown["currency"]) == ("0.001", "***")
    original = reveal(ciphertext, str(result.file_sha256), line, desk.ring)
    assert original == ",".join(payment(1, amount="0.001", currency="pounds").values())
    with pytest.raises(DecryptionError):
        reveal(ciphertext, str(result.file_sha256), line + 1, desk.ring)


def test_a_value_in_the_wrong_column_is_not_shown(desk: Desk) -> None:
    """A social security number where the segment should be, a name where the account number should be."""
    desk.deliver("customers", csv_text([CUSTOMER | {"segment": "123-45-6789", "country": "Jane Canary"}]))
    desk.deliver("accounts", csv_text([ACCOUNT | {"account_number": "Jane Canary", "customer_id": "123-45-6789"}]))
    shown = " ".join(masked for (masked,) in desk.quarantined("row_masked"))
    assert "6789" not in shown.replace('"ssn":"*****6789"', "")
    assert "Canary" not in shown
    assert "nary" not in shown


def test_a_broken_line_is_kept_encrypted_only(desk: Desk) -> None:
    content = csv_text([CUSTOMER]).replace("TRAILER,1", 'C2,retail,"Jane Canary,123-45-6789\nTRAILER,2')
    result = desk.deliver("customers", content)
    ((line, masked, ciphertext),) = desk.quarantined("line, row_masked, row_ciphertext")
    assert (line, masked) == (3, None)
    assert reveal(ciphertext, str(result.file_sha256), 3, desk.ring) == 'C2,retail,"Jane Canary,123-45-6789'


def test_reasons_never_quote_a_value(desk: Desk) -> None:
    desk.open_account()
    secrets = {
        "ssn": "987654321",
        "birth_date": "31/12/1999",
        "segment": "Canary",
        "country": "Canaria",
        "onboarded_on": "7",
    }
    desk.deliver("customers", csv_text([CUSTOMER | {"customer_id": "Canary"} | secrets]), "customers_2.csv")
    desk.pay(payment(1, account_number="Canary", amount="Canary", booked_at="Canary"))
    refused = desk.deliver("customers", "Jane Canary,987654321\nTRAILER,0\n", "customers_3.csv")
    reasons = " ".join(reason for (reason,) in desk.quarantined("reason")) + str(refused.refusal_reason)
    assert "Canar" not in reasons
    assert "98765" not in reasons
    assert "31/12" not in reasons


def test_the_identity_of_a_row_does_not_give_its_values_away(desk: Desk, tmp_path: Path) -> None:
    """Two banks with the same row have different hashes, so a list of guesses cannot be tried against one."""
    desk.open_account()
    first = desk.query("select _row_hash from raw.customers")
    desk.ring = KeyRing.open(tmp_path / "other" / "keyring.json", create=True)
    desk.query("delete from raw.deliveries")
    desk.query("delete from raw.customers")
    desk.deliver("customers", csv_text([CUSTOMER]))
    assert desk.query("select _row_hash from raw.customers") != first


def test_a_database_error_never_carries_the_data_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        desk.connection.execute("select 'Jane Canary 123-45-6789'::integer")

    monkeypatch.setattr(intake, "evaluate", fail)
    with pytest.raises(LandingError) as raised:
        desk.deliver("customers", csv_text([CUSTOMER]))
    assert "ConversionException" in str(raised.value)
    error: BaseException | None = raised.value
    while error is not None:
        assert "Canary" not in str(error)
        assert not isinstance(error, duckdb.Error | pa.ArrowException)
        error = error.__cause__ or error.__context__


def test_no_field_stays_in_memory_after_landing(desk: Desk) -> None:
    desk.open_account()
    assert desk.query("select table_name from duckdb_tables() where temporary") == []
    assert desk.query("select view_name from duckdb_views() where temporary and not internal") == []
