"""Each rule of a contract, on both sides of its boundary, through a whole delivery."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from orchestration.landing.contract import Contract
from tests.unit.landing.deliveries import (
    ACCOUNT,
    CUSTOMER,
    DAY,
    MERCHANT,
    Desk,
    account_number,
    card_number,
    csv_text,
    jsonl_text,
    payment,
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.open_account()
    return desk


def verdicts(desk: Desk, column: str, texts: Iterable[str]) -> dict[str, str | None]:
    """Land one payment per text of a column; the rule for which it is quarantined, None when it is loaded."""
    rows = {text: payment(number, **{column: text}) for number, text in enumerate(texts, 1)}
    result = desk.pay(*rows.values())
    assert result.status == "loaded"
    loaded = {row[0] for row in desk.query("select payment_id from raw.payments")}
    faults = {line: (field, rule) for line, field, rule in desk.quarantined()}
    assert len(loaded) + len(faults) == len(rows)
    assert {field for field, _ in faults.values()} <= {column}
    return {text: faults[line][1] if line in faults else None for line, text in enumerate(rows, 2)}


AMOUNTS = {
    "0.01": None,
    "0.00": "min",
    "-5.00": "min",
    "0.009": "scale",
    "0.010": None,
    "10000000": None,
    "10000000.00": None,
    "10000000.01": "max",
    "12.345": "scale",
    "12.340000000000000000000000000000000": None,
    "12.340000000000000000000000000000001": "scale",
    "1e3": None,
    "1e-3": "scale",
    "125E-1": None,
    " 12.50 ": None,
    "+12.50": None,
    ".5": None,
    "12.": None,
    "": "required",
    "  ": "required",
    "abc": "type",
    "12,50": "type",
    "1_000": "type",
    "0x10": "type",
    "nan": "type",
    "Infinity": "type",
    "12.50 EUR": "type",
    "99999999999999999999": "type",
    "-": "type",
}


def test_an_amount_is_there_a_number_in_range_and_never_rounded(desk: Desk) -> None:
    assert verdicts(desk, "amount", AMOUNTS) == AMOUNTS


ACCOUNT_NUMBERS = {
    account_number(1): None,
    account_number(1).lower(): None,
    f"{account_number(1)[:4]} {account_number(1)[4:]}": None,
    "": "required",
    "GB00WEST00000000000001": "check",
    "12345678": "check",
    account_number(99): "exists_in",
}


def test_an_account_number_is_there_well_formed_and_existing(desk: Desk) -> None:
    assert verdicts(desk, "account_number", ACCOUNT_NUMBERS) == ACCOUNT_NUMBERS


TIMES = {
    "2022-12-28 10:00:00": None,
    "2022-12-28T10:00:00": None,
    "2022-12-28T10:00:00.123456Z": None,
    "2022-12-28 10:00": None,
    "2022-12-28 23:59:59.999": None,
    "2022-12-29 00:00:00": "not_future",
    "2022-12-29T01:30:00+02:00": None,
    "2022-12-28T23:30:00-01:00": "not_future",
    "": "required",
    "2022-12-28": "type",
    "28/12/2022 10:00:00": "type",
    "2022-13-28 10:00:00": "type",
    "2022-02-30 10:00:00": "type",
    "22-12-28 10:00:00": "type",
    "infinity": "type",
    "today": "type",
}


def test_a_time_is_there_a_time_and_not_in_the_future(desk: Desk) -> None:
    assert verdicts(desk, "booked_at", TIMES) == TIMES


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("payment_type", {"wire": None, "Wire": "values", "": "required"}),
        ("currency", {"GBP": None, "gbp": "pattern", "EURO": "pattern", "xGBPx": "pattern"}),
        ("beneficiary_name", {"Jo": None, " ": "required"}),
        ("beneficiary_account_number", {account_number(12345): None, "12345": "check"}),
    ],
)
def test_patterns_values_and_required_text(desk: Desk, column: str, expected: dict[str, str | None]) -> None:
    assert verdicts(desk, column, expected) == expected


def test_an_offset_is_turned_into_utc(desk: Desk) -> None:
    desk.pay(payment(1, booked_at="2022-12-28T10:00:00+02:00"), payment(2, booked_at="2022-12-28T10:00:00Z"))
    times = desk.query("select booked_at::varchar from raw.payments order by payment_id")
    assert times == [("2022-12-28 08:00:00",), ("2022-12-28 10:00:00",)]


def test_nothing_may_happen_after_now_either(desk: Desk) -> None:
    """The folder's date is a day ahead of the clock, as it is where the sun rises first."""
    day = "2022-12-31"
    result = desk.pay(payment(1, booked_at="2022-12-30 08:59:59"), payment(2, booked_at="2022-12-30 09:00:01"), day=day)
    assert (result.status, result.rows_loaded) == ("loaded", 1)
    assert desk.quarantined() == [(3, "booked_at", "not_future")]


CUSTOMERS = [
    ({}, None),
    ({"ssn": ""}, None),
    ({"ssn": "123456789"}, ("ssn", "pattern")),
    ({"birth_date": ""}, None),
    ({"birth_date": "1980-02-30"}, ("birth_date", "type")),
    ({"onboarded_on": "2022-12-28"}, None),
    ({"onboarded_on": "2022-12-29"}, ("onboarded_on", "not_future")),
    ({"onboarded_on": "20221228"}, ("onboarded_on", "type")),
    ({"segment": "billionaire"}, ("segment", "values")),
]


def test_rules_hold_for_optional_and_personal_fields(desk: Desk) -> None:
    rows = [CUSTOMER | {"customer_id": f"C9{number:07d}"} | changes for number, (changes, _) in enumerate(CUSTOMERS)]
    desk.deliver("customers", csv_text(rows), "customers_2.csv")
    expected = [(line, *found) for line, (_, found) in enumerate(CUSTOMERS, 2) if found]
    assert desk.quarantined() == expected


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("iban", account_number(7), "GB00WEST00000000000007"),
        ("luhn", card_number(7), card_number(7)[:-1] + str((int(card_number(7)[-1]) + 1) % 10)),
        ("isin", "US0378331005", "US0378331006"),
        ("lei", "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D16"),
    ],
)
def test_check_digits_are_verified(desk: Desk, check: str, good: str, bad: str) -> None:
    desk.use(small_contract({"name": "code", "type": "string", "required": True, "check": check}))
    result = desk.deliver("gauges", csv_text([{"gauge": "1", "code": good}, {"gauge": "2", "code": bad}]))
    assert (result.rows_loaded, desk.quarantined()) == (1, [(3, "code", "check")])


def small_contract(*columns: dict[str, Any], **keys: Any) -> Contract:
    return Contract.model_validate(
        {
            "feed": "gauges",
            "system": "plant",
            "description": "x",
            "owner": "x",
            "format": {"type": "csv", "trailer": {"marker": "TRAILER"}},
            "file_pattern": "gauges_*.csv",
            "late_after": {"business_days": 0, "time": "05:00", "timezone": "UTC"},
            "key": ["gauge"],
            "columns": [{"name": "gauge", "type": "string", "required": True}, *columns],
        }
        | keys
    )


TYPES = {
    "integer": {"12": "12", "12.0": "12", "12.5": "scale", "2147483648": "type"},
    "bigint": {"2147483648": "2147483648", "1e2": "100", "": "required"},
    "double": {"1.5e10": "15000000000.0", "1e999": "type", "nan": "type"},
    "boolean": {"TRUE": "true", "yes": "type"},
    "decimal(5,3)": {"99.999": "99.999", "99.9994": "scale", "99.9995": "type", "100": "type"},
    "date": {"2022-12-28": "2022-12-28", "2022-12-28 10:00:00": "type", "epoch": "type"},
}


@pytest.mark.parametrize(("type_", "expected"), TYPES.items())
def test_a_value_becomes_its_type_or_is_a_fault(desk: Desk, type_: str, expected: dict[str, str]) -> None:
    desk.use(small_contract({"name": "reading", "type": type_, "required": True}))
    desk.deliver("gauges", csv_text([{"gauge": f"<{text}>", "reading": text} for text in expected]))
    loaded = dict(desk.query("select gauge, reading::varchar from raw.gauges"))
    faults = dict(desk.query("select json_extract_string(row_masked, '$.gauge'), rule from raw.quarantine"))
    assert loaded | faults == {f"<{text}>": outcome for text, outcome in expected.items()}


def test_reserved_words_and_foreign_headers_are_fine(desk: Desk) -> None:
    desk.use(small_contract({"name": "order", "type": "integer", "required": True, "path": "Order No.", "min": 1}))
    result = desk.deliver("gauges", csv_text([{"gauge": "1", "Order No.": "7"}, {"gauge": "2", "Order No.": "0"}]))
    assert (result.rows_loaded, desk.quarantined()) == (1, [(3, "order", "min")])
    assert desk.query('select "order" from raw.gauges') == [(7,)]


TRADE = {
    "trade_id": "T000000001",
    "version": 1,
    "action": "new",
    "product_type": "equity",
    "executed_at": "2022-12-28T14:00:00Z",
    "trade_date": DAY,
    "portfolio_id": "EQ-TECH",
    "trader_id": "TR001",
    "counterparty_lei": "213800KUD8LAJWSQ9D15",
    "instrument_id": "EQ:AAPL",
    "side": "buy",
    "quantity": 100,
    "price": 130.03,
    "currency": "USD",
}
FORWARD = {**TRADE, "product_type": "fx_forward", "instrument_id": None}


TRADES = [
    (TRADE, None),
    (TRADE | {"instrument_id": None}, ("instrument_id", "otc_needs_contract")),
    (FORWARD, ("instrument_id", "otc_needs_contract")),
    (FORWARD | {"contract": {"base_currency": "EUR", "maturity_date": "2022-12-29"}}, None),
    (FORWARD | {"contract": {"base_currency": "EUR", "maturity_date": DAY}}, ("instrument_id", "otc_needs_contract")),
    (TRADE | {"version": 1.5}, ("version", "scale")),
    (TRADE | {"quantity": "100.0001"}, None),
    (TRADE | {"quantity": "100.00001"}, ("quantity", "scale")),
    (TRADE | {"instrument_id": "EQ:MSFT"}, ("instrument_id", "exists_in")),
]


def test_rules_over_several_columns(desk: Desk) -> None:
    desk.query("insert into raw.portfolios (portfolio_id) values ('EQ-TECH')")
    desk.query("insert into raw.traders (trader_id) values ('TR001')")
    desk.query("insert into raw.counterparties (counterparty_lei) values ('213800KUD8LAJWSQ9D15')")
    desk.query("insert into raw.instruments (instrument_id) values ('EQ:AAPL'), (null)")
    desk.deliver("trades", jsonl_text([trade for trade, _ in TRADES]))
    assert desk.quarantined() == [(line, *found) for line, (_, found) in enumerate(TRADES, 1) if found]


EXECUTION: dict[str, Any] = {
    "execution_id": "X000000001", "version": 1, "action": "new", "order_id": "O000000001",
    "transaction_reference": "TIEO1", "executing_entity_lei": "DEMO00TIEOUTBANK0106",
    "executed_at": f"{DAY}T10:15:07.000Z", "trade_date": DAY, "activity": "other", "capacity": "AOTC", "side": "buy",
    "counterparty_code": "XETR", "is_transmitted": False, "quantity": 100, "quantity_type": "units", "price": 12.5,
    "price_type": "monetary", "price_currency": "EUR", "venue_mic": "XETR", "product_type": "equity_option",
    "cfi_code": "OCASPS", "is_sft": False, "liquidity": "aggressive",
}  # fmt: skip
EXECUTIONS: dict[str, tuple[Any, str | None]] = {
    "transaction_reference": ("tieo/1", None),
    "executing_entity_lei": ("nobody", None),
    "executed_at": ("quarter past ten", None),
    "counterparty_code": ("xe", None),
    "quantity": (-100, None),
    "price": (-12.5, None),
    "price_currency": ("eur", None),
    "net_amount": (-1, None),
    "venue_mic": ("xetr", None),
    "isin": ("US037833100", None),
    "cfi_code": ("OCASP", None),
    "short_selling": ("LONG", None),
    "waivers": ("SIZE,RFPT", None),
    # No reporting rule judges the form of these.
    "venue_transaction_id": ("a-1", "pattern"),
    "membership_country": ("Germany", "pattern"),
    "notional_currency": ("usd", "pattern"),
}


def test_a_reported_value_is_landed_right_or_wrong_where_a_reporting_rule_judges_it(desk: Desk) -> None:
    desk.query("insert into raw.orders (order_id) values ('O000000001')")
    rows = [
        EXECUTION | {"execution_id": f"X{number:09d}", column: value}
        for number, (column, (value, _)) in enumerate(EXECUTIONS.items(), 1)
    ]
    desk.deliver("executions", jsonl_text([*rows, EXECUTION | {"execution_id": "X999999999", "venue_mic": ""}]))
    expected = [(line, column, rule) for line, (column, (_, rule)) in enumerate(EXECUTIONS.items(), 1) if rule]
    assert desk.quarantined() == [*expected, (len(rows) + 1, "venue_mic", "required")]


def test_all_faults_of_a_row_are_named_the_first_by_column(desk: Desk) -> None:
    desk.pay(payment(1, amount="-1.005", currency="euro", payment_id="1"))
    assert desk.quarantined("field, rule, reason") == [
        (
            "payment_id",
            "pattern",
            "payment_id is not of the form ^P[0-9]{12}$; amount has more than 2 decimals; amount is below 0.01; "
            "currency is not of the form ^[A-Z]{3}$",
        )
    ]


def test_a_reference_counts_from_the_moment_it_is_landed(desk: Desk) -> None:
    desk.put(
        "accounts",
        csv_text([ACCOUNT | {"account_id": "A000000002", "account_number": account_number(50)}]),
        "accounts_2.csv",
    )
    desk.put("payments", csv_text([payment(1, account_number=account_number(50))], "amount"))
    assert [result.rows_loaded for result in desk.land()] == [1, 1]


def test_a_quarantined_account_is_no_account(desk: Desk) -> None:
    bad = ACCOUNT | {"account_id": "A000000002", "account_number": account_number(50), "currency": "pounds"}
    desk.deliver("accounts", csv_text([bad]), "accounts_2.csv")
    desk.pay(payment(1, account_number=account_number(50)))
    assert desk.quarantined("field, rule") == [("currency", "pattern"), ("account_number", "exists_in")]


def test_a_broken_line_has_no_other_faults(desk: Desk) -> None:
    content = csv_text([MERCHANT]).replace("TRAILER,1", "one,two\nTRAILER,2")
    desk.deliver("merchants", content)
    assert desk.quarantined("line, field, rule, reason, row_masked") == [
        (
            3,
            None,
            "malformed",
            "the line has not the 4 fields of the header, or its quotes or characters are broken",
            None,
        )
    ]
