"""Facts are judged over clear values at landing and stored as booleans beside the tokens."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from governance.keys import KeyRing
from orchestration.landing import check_file, create_raw_tables, load_contracts
from orchestration.landing.contract import CONTRACTS
from orchestration.landing.errors import ContractError
from orchestration.landing.functions import DATED_PERSONAL_NUMBERS, PERSONAL_NUMBERS, is_personal_number
from tests.unit.landing.deliveries import Desk, csv_text

PARTY = {
    "party_id": "P000001",
    "party_type": "natural_person",
    "client_category": "retail",
    "lei": "",
    "nationality": "DE",
    "identifier_type": "CONCAT",
    "national_id": "DE19800203JANE#CANAR",
    "first_name": "JANE",
    "surname": "CANARY",
    "birth_date": "1980-02-03",
    "branch_country": "DE",
    "recorded_on": "2022-11-30",
}
WELL_FORMED = "is_identifier_well_formed"
#: One number of each country whose rule is known, from the documentation of python-stdnum.
RIGHT_NUMBERS = (
    "BE85073003328", "BG7523169263", "CZ7103192745", "DK2110625629", "EE36805280109", "ES54362315K", "FI131052-308T",
    "HR33392005961", "IS1201743399", "ITRCCMNL83S18D969H", "LT33309240064", "NO15108695088", "PL44051401359",
    "PT501964843", "RO1630615123457", "SE8803200016", "SI0101006500006", "SK7103192745",
)  # fmt: skip


def judged(desk: Desk, fact: str, *changes: dict[str, str]) -> list[bool | None]:
    """Land a party for each set of changes and return what the fact says of each."""
    parties = [PARTY | {"party_id": f"P{number:06d}"} | change for number, change in enumerate(changes)]
    result = desk.deliver("transaction_parties", csv_text(parties))
    assert (result.status, result.rows_loaded) == ("loaded", len(parties))
    return [verdict for (verdict,) in desk.query(f"select {fact} from raw.transaction_parties order by party_id")]


def identified(identifier_type: str, national_id: str, nationality: str | None = None) -> dict[str, str]:
    return {
        "identifier_type": identifier_type,
        "national_id": national_id,
        "nationality": national_id[:2] if nationality is None else nationality,
    }


def test_a_concat_has_two_letters_eight_digits_and_two_names_filled_up_behind_their_letters(desk: Desk) -> None:
    assert judged(
        desk,
        WELL_FORMED,
        {},
        identified("CONCAT", "DE19800203J####C####"),
        identified("CONCAT", "DE19800203#ANE#CANAR"),
        identified("CONCAT", "DE19800203JANE##ANAR"),
        identified("CONCAT", "DE19800203J#NE#CA#AR"),
        identified("CONCAT", "DE19800203J#NE#CANAR"),
        identified("CONCAT", "DE19800203JANE#CA#AR"),
        identified("CONCAT", "DE19800203JANE#CANA"),
        identified("CONCAT", "DE19800203JANE#CANARY"),
        identified("CONCAT", "de19800203jane#canar", "DE"),
        identified("CONCAT", "DE1980020 JANE#CANAR"),
    ) == [True, True, False, False, False, False, False, False, False, False, False]


def test_an_identifier_of_33_characters_behind_the_nationality_is_the_longest(desk: Desk) -> None:
    assert judged(
        desk,
        WELL_FORMED,
        identified("CCPT", "US" + "1" * 33),
        identified("CCPT", "US" + "1" * 34),
        identified("CCPT", "US"),
        identified("CCPT", "USX1", "FR"),
        identified("CCPT", "USX1", ""),
        identified("NIDN", "NLAB-12"),
    ) == [True, False, False, False, True, False]


def test_a_personal_number_has_the_check_digits_of_its_country(desk: Desk) -> None:
    assert judged(
        desk,
        WELL_FORMED,
        identified("NIDN", "PL44051401359"),
        identified("NIDN", "PL44051401358"),
        identified("NIDN", "FI131052-308T"),
        identified("NIDN", "FI131052-308U"),
        identified("NIDN", "SE198803200016"),
        identified("NIDN", "SE198803200018"),
        # No rule is known for Malta's, and a passport has none.
        identified("NIDN", "MT0123456M"),
        identified("CCPT", "PL44051401358"),
    ) == [True, False, True, False, True, False, True, True]


def test_an_identifier_without_a_type_has_no_form_and_a_missing_one_is_not_judged(desk: Desk) -> None:
    assert judged(
        desk, WELL_FORMED, {"identifier_type": ""}, {"national_id": ""}, {"identifier_type": "", "national_id": ""}
    ) == [False, None, None]


def test_a_concat_agrees_with_nationality_and_birth_date(desk: Desk) -> None:
    assert judged(
        desk,
        "is_concat_consistent",
        {},
        {"nationality": "FR"},
        {"birth_date": "1980-02-04"},
        {"birth_date": ""},
        {"nationality": ""},
        {"birth_date": "", "nationality": "FR"},
        {"national_id": ""},
        identified("CCPT", "DEC01X00T47"),
    ) == [True, False, False, None, None, False, None, None]


def test_names_are_in_capitals_without_a_title(desk: Desk) -> None:
    names = [
        ("JANE", "CANARY", True),
        ("JANE,ANNE", "O'CANARY-ÅS ÉTÉ", True),
        ("Jane", "CANARY", False),
        ("JANE", "CANARY2", False),
        ("DR JANE", "CANARY", False),
        ("JANE", "MR CANARY", False),
        ("DRUSILLA", "MRAZ", True),
        ("JANE", "VON DR", True),
        ("", "CANARY", True),
        ("JANE", "", True),
        ("", "Canary", False),
        ("", "", None),
    ]
    verdicts = judged(desk, "is_name_upper", *({"first_name": first, "surname": last} for first, last, _ in names))
    assert verdicts == [expected for _, _, expected in names]


def test_a_birth_date_lies_between_1900_and_the_record(desk: Desk) -> None:
    dates = [
        ("1899-12-31", False),
        ("1900-01-01", True),
        ("2022-11-29", True),
        ("2022-11-30", False),
        ("", None),
    ]
    verdicts = judged(desk, "is_birth_date_plausible", *({"birth_date": birth_date} for birth_date, _ in dates))
    assert verdicts == [expected for _, expected in dates]


def test_clear_values_stay_out_of_the_raw_table_and_the_quarantine(desk: Desk) -> None:
    desk.deliver("transaction_parties", csv_text([PARTY, PARTY | {"party_id": "X1"}]))
    (loaded,) = desk.query("select * from raw.transaction_parties")
    (rejected,) = desk.query("select row_masked from raw.quarantine")
    for clear in ("JANE", "CANAR", "1980-02-03"):
        assert clear not in f"{loaded}{rejected}"
    assert desk.query("select national_id_masked from raw.transaction_parties") == [("DE***",)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BE85073003328", True),
        ("BE85073003329", False),
        ("ES54362315K", True),
        ("ES54362315Z", False),
        ("ITRCCMNL83S18D969H", True),
        ("ITRCCMNL83S18D969", False),
        ("PL8567346215", True),  # a tax number stands in for a missing PESEL
        ("PL8567346216", False),
        ("NOABCDEFGHIJK", False),
        ("DE123", None),
        ("", None),
    ],
)
def test_personal_numbers_by_country(text: str, expected: bool | None) -> None:
    assert is_personal_number(text, date(2022, 11, 30)) is expected


@pytest.mark.parametrize(
    ("text", "known_on", "expected"),
    [
        ("BE30013100194", "2022-11-30", True),  # of 1930
        ("BE30013100126", "2029-12-31", False),  # of 2030
        ("BE30013100126", "2030-01-01", True),
        ("BE30130100111", "2030-01-01", False),  # of the thirteenth month
        ("DK2110525629", "2052-10-20", False),
        ("DK2110525629", "2052-10-21", True),
        ("NO31013050050", "2030-01-30", False),
        ("NO31013050050", "2030-01-31", True),
        ("NO31013050051", "2030-01-31", False),
        ("SE0002290013", "1999-12-31", False),  # 1900 had no 29 February
        ("SE0002290013", "2000-02-29", True),
        ("SE200002290013", "1999-12-31", True),
        ("SE000229-0013", "2000-02-29", False),
    ],
)
def test_a_number_is_read_as_of_the_day_on_which_the_person_was_known(text: str, known_on: str, expected: bool) -> None:
    assert is_personal_number(text, date.fromisoformat(known_on)) is expected


def test_no_rule_looks_at_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clockless(date):
        @classmethod
        def today(cls) -> Clockless:
            raise AssertionError("A fact would be another one on another day.")

    for name, module in list(sys.modules.items()):
        if name.startswith("stdnum.") and hasattr(module, "datetime"):
            monkeypatch.setattr(module, "datetime", SimpleNamespace(date=Clockless))
    assert {number[:2] for number in RIGHT_NUMBERS} == PERSONAL_NUMBERS.keys() | DATED_PERSONAL_NUMBERS.keys()
    verdicts = {number: is_personal_number(number, date(2022, 11, 30)) for number in RIGHT_NUMBERS}
    assert set(verdicts.values()) == {True}, verdicts


def test_a_party_is_judged_as_of_the_day_on_which_it_was_recorded(desk: Desk) -> None:
    party = identified("NIDN", "BE20013100110")
    assert judged(desk, WELL_FORMED, party | {"recorded_on": "2019-12-31"}, party | {"recorded_on": "2020-01-01"}) == [
        False,
        True,
    ]


def contract_with(folder: Path, fact: dict[str, str], feed: str = "counterparties") -> Path:
    contract = yaml.safe_load((CONTRACTS / f"{feed}.yml").read_text())
    (folder / f"{feed}.yml").write_text(yaml.safe_dump(contract | {"facts": [fact]}))
    return folder


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ({"name": "has_rating", "expect": "rating"}, "fact has_rating: its expression is varchar, not true or false"),
        ({"name": "has_rating", "expect": "no_such is null"}, "fact has_rating: Binder Error"),
        ({"name": "rating", "expect": "rating is null"}, "rating would be in the raw table twice"),
        ({"name": "Has rating", "expect": "rating is null"}, "is not a column name"),
    ],
)
def test_a_fact_that_cannot_be_judged_is_refused(tmp_path: Path, fact: dict[str, str], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        load_contracts(contract_with(tmp_path, fact | {"description": "Whether it has one."}))


def test_a_fact_cannot_take_the_name_of_a_column_with_personal_data(tmp_path: Path) -> None:
    fact = {"name": "ssn", "expect": "ssn is not null", "description": "Whether it is known."}
    with pytest.raises(ContractError, match="facts: ssn is a column with personal data"):
        load_contracts(contract_with(tmp_path, fact, "customers"))


def test_a_file_with_facts_can_be_checked_without_loading_it(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "transaction_parties_2022-12-28.csv"
    path.write_text(csv_text([PARTY, PARTY | {"party_id": "P000002", "identifier_type": "ABC"}]))
    result = check_file(path, KeyRing.open(create=True))
    assert (result.status, result.rows_loaded, result.faults) == ("loaded", 1, {"identifier_type: values": 1})


def test_a_corrected_spelling_is_news_though_its_token_is_the_same(desk: Desk) -> None:
    spelled = PARTY | {"first_name": "Jane"}
    for day, party in (("2022-12-27", spelled), ("2022-12-28", PARTY), ("2022-12-29", PARTY)):
        desk.deliver("transaction_parties", csv_text([party]), day=day)
    rows = desk.query("select first_name_token, is_name_upper from raw.transaction_parties order by _business_date")
    assert [is_upper for _, is_upper in rows] == [False, True]
    assert len({token for token, _ in rows}) == 1


def test_a_fact_needs_no_personal_data_and_older_rows_have_none(desk: Desk, tmp_path: Path) -> None:
    entity = {
        "counterparty_lei": "213800KUD8LAJWSQ9D15",
        "counterparty_name": "One",
        "counterparty_type": "bank",
        "sector": "Financials",
        "country": "DE",
        "rating": "AA",
        "rating_agency": "Fitch",
    }
    desk.deliver("counterparties", csv_text([entity]))
    fact = {"name": "has_rating", "expect": "rating is not null", "description": "Whether it has one."}
    desk.use(load_contracts(contract_with(tmp_path, fact))["counterparties"])
    create_raw_tables(desk.connection, desk.contracts)
    other = entity | {"counterparty_lei": "529900T8BM49AURSDO55", "rating": "", "rating_agency": ""}
    desk.deliver("counterparties", csv_text([entity, other]), name="counterparties_2.csv")
    assert desk.query("select rating, has_rating from raw.counterparties order by _load_sequence, _line") == [
        ("AA", None),
        ("AA", True),
        (None, False),
    ]
