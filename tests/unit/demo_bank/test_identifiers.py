"""Every identifier has valid check digits, is used once, and cannot belong to anybody."""

from __future__ import annotations

import numpy as np
import pytest
from stdnum import iban, isin, lei, luhn

from orchestration.demo_bank import canaries, identifiers
from orchestration.demo_bank.faults import _UNUSED
from tests.unit.demo_bank.conftest import MadeBank


def column(bank: MadeBank, feed: str, name: str) -> list[str]:
    return [value for (value,) in bank.clean_rows(feed).project(name).distinct().fetchall() if value is not None]


class TestDelivered:
    def test_ibans(self, bank: MadeBank) -> None:
        own = column(bank, "accounts", "account_number")
        theirs = column(bank, "payments", "beneficiary_account_number")
        assert len(own) == len(bank.clean_rows("accounts").fetchall())
        assert [value for value in own + theirs if not iban.is_valid(value)] == []
        assert {value[:2] for value in own} == {"GB", "DE"}

    def test_card_numbers(self, bank: MadeBank) -> None:
        numbers = column(bank, "cards", "card_number")
        assert len(numbers) == len(bank.clean_rows("cards").fetchall())
        assert [value for value in numbers if not luhn.is_valid(value) or len(value) != 16] == []
        assert {value[:6] for value in numbers} == {"999999"}

    def test_leis(self, bank: MadeBank) -> None:
        leis = column(bank, "counterparties", "counterparty_lei")
        assert len(leis) == 20 + 1 + 96
        assert [value for value in leis if not lei.is_valid(value) or len(value) != 20] == []
        assert {value[:6] for value in leis} == {"DEMO00"}

    def test_isins(self, bank: MadeBank) -> None:
        isins = column(bank, "instruments", "isin")
        assert len(isins) == 20 + 32
        assert [value for value in isins if not isin.is_valid(value)] == []
        assert "US0378331005" in isins

    def test_social_security_numbers_were_never_issued(self, bank: MadeBank) -> None:
        numbers = [value.split("-") for value in column(bank, "customers", "ssn")]
        assert len(numbers) > 20
        assert all(900 <= int(area) <= 999 and 1 <= int(group) <= 49 for area, group, _ in numbers)

    def test_mail_goes_to_domains_kept_for_examples(self, bank: MadeBank) -> None:
        domains = {value.rpartition("@")[2] for value in column(bank, "customers", "email")}
        assert domains <= {"example.com", "example.org", "example.net"}


class TestMakers:
    def test_a_hundred_thousand_of_each_are_all_different(self) -> None:
        index = np.arange(100_000)
        for made in (
            identifiers.own_ibans(index, index % 2 == 0),
            identifiers.card_numbers(index),
            identifiers.social_security_numbers(index),
        ):
            assert len(set(made.to_pylist())) == len(index)

    def test_scatter_permutes_whatever_it_is_used_with(self) -> None:
        # The factor is prime: no modulus it does not divide can make two indices meet.
        for modulus in (10**3, 7**2 * 10**3, 10**6):
            assert len(np.unique(identifiers.scatter(np.arange(modulus), modulus))) == modulus

    def test_check_digits_below_ten_keep_their_zero(self) -> None:
        made = identifiers.own_ibans(np.arange(5_000), np.zeros(5_000, dtype=bool)).to_pylist()
        low = [value for value in made if value[2] == "0"]
        assert low
        assert all(iban.is_valid(value) for value in low)

    def test_unknown_identifiers_of_the_faults_are_beyond_the_largest_bank(self) -> None:
        accounts_at_scale_100 = 100 * 5_000 * 2
        assert int(_UNUSED[0]) > accounts_at_scale_100

    def test_canaries_are_the_first_customers_at_any_scale_and_seed(self, bank: MadeBank) -> None:
        clear = canaries()
        account = bank.clean_rows("accounts").filter("account_id = 'A000000001'").project("account_number").fetchone()
        card = bank.clean_rows("cards").filter("card_id = 'K000000001'").project("card_number, account_id").fetchone()
        customer = bank.clean_rows("customers").filter("customer_id = 'C00000001'").project("ssn").fetchone()
        assert account == (clear["account_number"],)
        assert card == (clear["card_number"], "A000000001")
        assert customer == (clear["ssn"],)

    @pytest.mark.parametrize(("name", "check"), [("account_number", iban.is_valid), ("card_number", luhn.is_valid)])
    def test_canaries_are_valid(self, name: str, check: object) -> None:
        assert callable(check)
        assert check(canaries()[name])
