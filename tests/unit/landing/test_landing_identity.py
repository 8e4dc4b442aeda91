"""Nothing is counted twice, nothing is lost: duplicates, overlaps, corrections, late rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.landing.deliveries import ACCOUNT, CUSTOMER, Desk, csv_text, payment


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.open_account()
    return desk


def totals(desk: Desk) -> tuple[int, Decimal]:
    return desk.query("select count(*), sum(amount) from raw.payments")[0]


def test_a_row_keeps_its_place_and_both_times(desk: Desk) -> None:
    result = desk.pay(payment(1), payment(2, booked_at="2022-12-27 08:00:00"))
    assert desk.query(
        "select _delivery_id, _business_date::varchar, _line, _loaded_at::varchar, _load_sequence, booked_at::varchar "
        "from raw.payments order by _line"
    ) == [
        (result.delivery_id, "2022-12-28", 2, "2022-12-30 09:00:00", 3, "2022-12-28 10:00:00"),
        (result.delivery_id, "2022-12-28", 3, "2022-12-30 09:00:00", 3, "2022-12-27 08:00:00"),
    ]


@pytest.mark.parametrize(
    ("name", "day"), [(None, "2022-12-28"), ("payments_x.csv", "2022-12-28"), (None, "2022-12-29")]
)
def test_the_same_bytes_again_are_a_duplicate_whatever_they_are_called(desk: Desk, name: str | None, day: str) -> None:
    first = desk.pay(payment(1), payment(2, amount="-1.00"), name="payments_first.csv")
    again = desk.pay(payment(1), payment(2, amount="-1.00"), name=name, day=day)
    assert (first.status, again.status) == ("loaded", "duplicate")
    assert (again.rows_read, again.rows_loaded, again.rows_quarantined, again.rows_duplicate) == (2, 0, 0, 2)
    assert (again.sum_read, again.sum_duplicate) == (Decimal("11.5"), Decimal("11.5"))
    assert totals(desk) == (1, Decimal("12.50"))
    assert len(desk.quarantined()) == 1
    assert desk.query("select status, rows_duplicate from raw.deliveries where feed = 'payments'") == [
        ("loaded", 0),
        ("duplicate", 2),
    ]


def test_rows_that_overlap_an_earlier_file_are_duplicates(desk: Desk) -> None:
    desk.pay(payment(1), payment(2, amount="20.00"))
    result = desk.pay(payment(2, amount="20.00"), payment(3, amount="30.00"), name="payments_2.csv")
    assert (result.rows_loaded, result.rows_duplicate) == (1, 1)
    assert (result.sum_loaded, result.sum_duplicate) == (Decimal(30), Decimal(20))
    assert totals(desk) == (3, Decimal("62.50"))


def test_a_row_twice_in_one_file_is_loaded_once(desk: Desk) -> None:
    result = desk.pay(payment(1), payment(2), payment(1), payment(1))
    assert (result.rows_loaded, result.rows_duplicate, result.sum_duplicate) == (2, 2, Decimal(25))
    assert desk.query("select _line from raw.payments order by 1") == [(2,), (3,)]


def test_spellings_of_one_value_are_one_value(desk: Desk) -> None:
    desk.pay(payment(1, amount="12.5"))
    result = desk.pay(
        payment(1, amount="12.500", booked_at="2022-12-28T10:00:00Z", account_number=ACCOUNT["account_number"].lower()),
        name="payments_2.csv",
    )
    assert (result.rows_loaded, result.rows_duplicate) == (0, 1)


def test_a_corrected_row_is_kept_beside_the_first(desk: Desk) -> None:
    desk.pay(payment(1, amount="12.50"))
    result = desk.pay(payment(1, amount="21.50"), name="payments_2.csv", day="2022-12-29")
    assert (result.rows_loaded, result.rows_duplicate) == (1, 0)
    found = desk.query(
        "select amount, _business_date::varchar, _load_sequence from raw.payments order by _load_sequence"
    )
    assert found == [(Decimal("12.50"), "2022-12-28", 3), (Decimal("21.50"), "2022-12-29", 4)]


def test_master_data_may_return_to_what_it_was(desk: Desk) -> None:
    """Open, dormant, open: the last word is open, though the third file has the bytes of the first."""
    statuses = []
    for day, status in {
        "2022-12-27": "open",
        "2022-12-28": "dormant",
        "2022-12-29": "open",
        "2022-12-30": "open",
    }.items():
        row = ACCOUNT | {"account_id": "A000000002", "account_status": status}
        statuses.append(desk.deliver("accounts", csv_text([row]), day=day).status)
    assert statuses == ["loaded", "loaded", "loaded", "duplicate"]
    assert desk.query(
        "select account_status, _business_date::varchar from raw.accounts where account_id = 'A000000002' "
        "order by _load_sequence"
    ) == [("open", "2022-12-27"), ("dormant", "2022-12-28"), ("open", "2022-12-29")]


def test_master_data_sent_again_for_the_same_day_is_a_duplicate(desk: Desk) -> None:
    row = ACCOUNT | {"account_id": "A000000002"}
    desk.deliver("accounts", csv_text([row]), "accounts_a.csv")
    desk.deliver("accounts", csv_text([row | {"account_status": "dormant"}]), "accounts_b.csv")
    assert desk.deliver("accounts", csv_text([row]), "accounts_c.csv").status == "duplicate"


def test_a_payments_file_sent_again_later_does_not_undo_a_correction(desk: Desk) -> None:
    desk.pay(payment(1, amount="12.50"), day="2022-12-27")
    desk.pay(payment(1, amount="21.50"), day="2022-12-28")
    assert desk.pay(payment(1, amount="12.50"), day="2022-12-29").status == "duplicate"


def test_a_row_that_is_corrected_back_is_not_a_duplicate(desk: Desk) -> None:
    desk.pay(payment(1, amount="12.50"), name="payments_1.csv")
    desk.pay(payment(1, amount="21.50"), name="payments_2.csv")
    result = desk.pay(payment(1, amount="12.50"), payment(2), name="payments_3.csv")
    assert (result.rows_loaded, result.rows_duplicate) == (2, 0)


def test_a_value_that_returns_within_one_file_is_not_a_duplicate_either(desk: Desk) -> None:
    rows = [ACCOUNT | {"account_status": status} for status in ("open", "dormant", "dormant", "open")]
    result = desk.deliver("accounts", csv_text(rows), "accounts_2.csv")
    assert (result.rows_loaded, result.rows_duplicate) == (2, 2)
    found = desk.query("select account_status, _line from raw.accounts order by _load_sequence, _line")
    assert found == [("open", 2), ("dormant", 3), ("open", 5)]


def test_a_quarantined_row_that_comes_corrected_is_loaded(desk: Desk) -> None:
    desk.pay(payment(1), payment(2, amount="0.00"))
    result = desk.pay(payment(1), payment(2, amount="5.00"), name="payments_2.csv")
    assert (result.rows_loaded, result.rows_duplicate) == (1, 1)
    assert totals(desk) == (2, Decimal("17.50"))


def test_a_bad_row_sent_again_is_quarantined_again(desk: Desk) -> None:
    desk.pay(payment(1, amount="0.00"))
    result = desk.pay(payment(1, amount="0.00"), payment(2), name="payments_2.csv")
    assert (result.rows_loaded, result.rows_quarantined, result.rows_duplicate) == (1, 1, 0)


def test_the_sums_tie_and_what_is_no_number_adds_nothing(desk: Desk) -> None:
    result = desk.pay(
        payment(1, amount="10.00"),
        payment(1, amount="10.00"),
        payment(2, amount="-3.005"),
        payment(3, amount="abc"),
        payment(4, amount="20000000"),
    )
    assert (result.rows_read, result.rows_loaded, result.rows_quarantined, result.rows_duplicate) == (5, 1, 3, 1)
    assert (result.sum_read, result.sum_loaded) == (Decimal("20000016.995"), Decimal(10))
    assert (result.sum_quarantined, result.sum_duplicate) == (Decimal("19999996.995"), Decimal(10))
    assert desk.quarantined("line, control_amount") == [(4, Decimal("-3.005")), (5, None), (6, Decimal(20000000))]
    assert dict(result.faults) == {"amount: scale": 1, "amount: type": 1, "amount: max": 1}


def test_a_feed_without_a_control_sum_has_no_sums(desk: Desk) -> None:
    result = desk.deliver("customers", csv_text([CUSTOMER | {"customer_id": "C00000002"}]), "customers_2.csv")
    assert (result.sum_read, result.sum_loaded, result.sum_quarantined, result.sum_duplicate) == (None,) * 4


def test_late_rows_fall_in_a_period_that_was_delivered_already(desk: Desk) -> None:
    first = desk.pay(
        payment(1, booked_at="2022-12-27 09:00:00"), payment(2, booked_at="2022-12-26 09:00:00"), day="2022-12-27"
    )
    assert (first.late_rows, str(first.min_event_date), str(first.max_event_date)) == (0, "2022-12-26", "2022-12-27")
    second = desk.pay(
        payment(3, booked_at="2022-12-27 23:59:59"), payment(4, booked_at="2022-12-28 00:00:00"), day="2022-12-28"
    )
    assert (second.rows_loaded, second.late_rows) == (2, 1)
    supplement = desk.pay(payment(5, booked_at="2022-12-28 00:00:00"), name="payments_5.csv", day="2022-12-28")
    assert supplement.late_rows == 0
    assert desk.query("select count(*) from raw.payments where booked_at::date < _business_date") == [(2,)]
