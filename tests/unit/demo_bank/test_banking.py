"""Customers behave: wages and rent come monthly, people spend by day and week, and everything refers to what exists."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from orchestration.demo_bank.banking import _mixed, _Pool
from tests.unit.demo_bank.conftest import MadeBank


@pytest.fixture(scope="module")
def database(bank: MadeBank) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for feed in ("customers", "accounts", "cards", "merchants", "payments", "card_transactions"):
        connection.register("made", bank.clean_rows(feed).to_arrow_table())
        connection.execute(f"create table {feed} as select * from made")
        connection.unregister("made")
    return connection


def one(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    return connection.execute(query).fetchall()[0][0]


def test_movements_are_on_open_current_accounts_after_they_were_opened(database: duckdb.DuckDBPyConnection) -> None:
    for feed, at in (("payments", "booked_at"), ("card_transactions", "transacted_at")):
        good = f"""
            select count(*) from {feed} as moved join accounts using (account_number)
            where account_type = 'current' and account_status = 'open' and opened_on::date <= moved.{at}::date
            and accounts.currency = moved.currency
        """
        assert one(database, good) == one(database, f"select count(*) from {feed}")


def test_cards_are_used_after_issue_on_their_own_account_at_known_merchants(
    database: duckdb.DuckDBPyConnection,
) -> None:
    good = """
        select count(*) from card_transactions as used
        join cards using (card_number) join accounts using (account_id) join merchants using (merchant_id)
        where accounts.account_number = used.account_number
        and used.transacted_at::date between issued_on::date and expires_on::date
    """
    assert one(database, good) == one(database, "select count(*) from card_transactions")


def test_a_beneficiary_has_one_name(database: duckdb.DuckDBPyConnection) -> None:
    several = """
        select count(*) from (
            select 1 from payments group by beneficiary_account_number having count(distinct beneficiary_name) > 1
        )
    """
    assert one(database, several) == 0


def test_rent_is_the_same_every_month_at_its_beginning(database: duckdb.DuckDBPyConnection) -> None:
    rents = database.execute(
        """
        select account_number, count(*), count(distinct amount), max(day(booked_at::timestamp))
        from payments where payment_type = 'standing_order' group by 1 order by 2 desc
        """
    ).fetchall()
    assert rents[0][1] == 42
    assert {amounts for _, _, amounts, _ in rents} == {1}
    assert max(day for *_, day in rents) <= 8


def test_wages_are_paid_to_customers_near_the_end_of_the_month(database: duckdb.DuckDBPyConnection) -> None:
    wages = database.execute(
        """
        select customer_type, min(day(booked_at::timestamp)), count(*)
        from payments
        join accounts as payee on payee.account_number = beneficiary_account_number
        join accounts as payer on payer.account_number = payments.account_number
        join customers on customers.customer_id = payer.customer_id
        group by 1
        """
    ).fetchall()
    assert len(wages) == 1
    kind, first_day, payments = wages[0]
    assert (kind, payments > 100) == ("corporate", True)
    assert first_day in (1, 2, 25)  # a payday on a weekend moves to Monday, into the next month at most


def test_people_spend_more_on_saturdays_than_on_tuesdays_and_little_at_night(
    database: duckdb.DuckDBPyConnection,
) -> None:
    by_day = dict(
        database.execute(
            "select isodow(transacted_at::timestamp), count(*) from card_transactions group by 1"
        ).fetchall()
    )
    assert by_day[6] > 1.2 * by_day[2]
    night = one(database, "select avg((hour(transacted_at::timestamp) < 6)::int) from card_transactions")
    assert 0 < float(str(night)) < 0.06


def test_cash_comes_in_tens_from_machines_only(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(
        """
        select merchant_category_code = '6011', entry_mode = 'atm', bool_and(amount::decimal(18,2) % 10 = 0)
        from card_transactions join merchants using (merchant_id) group by 1, 2 order by 1
        """
    ).fetchall()
    assert [(machine, mode) for machine, mode, _ in found] == [(False, False), (True, True)]
    assert found[1][2] is True


def test_amounts_keep_the_limits_of_the_contract(database: duckdb.DuckDBPyConnection) -> None:
    for feed in ("payments", "card_transactions"):
        low, high = database.execute(
            f"select min(amount::decimal(18,2)), max(amount::decimal(18,2)) from {feed}"
        ).fetchone() or (0, 0)
        assert low > 0
        assert high < 10_000_000


def test_numbers_of_movements_run_on_from_file_to_file(database: duckdb.DuckDBPyConnection) -> None:
    for feed, key in (("payments", "payment_id"), ("card_transactions", "card_transaction_id")):
        first, last, count = database.execute(
            f"select min({key}[2:]::bigint), max({key}[2:]::bigint), count(distinct {key}) from {feed}"
        ).fetchone() or (0, 0, 0)
        assert (first, last) == (1, count)


def test_a_pool_draws_only_what_is_known_by_the_day() -> None:
    rng = np.random.default_rng(5)
    known_from = np.array(["2020-01-01", "2020-01-02", "2020-01-04"], dtype="datetime64[D]")
    pool = _Pool(rng, np.array([10, 20, 30]), known_from)
    drawn = {
        str(day): set(pool.draw(rng, np.full(2_000, day)).tolist())
        for day in np.arange("2020-01-01", "2020-01-05", dtype="datetime64[D]")
    }
    assert drawn == {
        "2020-01-01": {10},
        "2020-01-02": {10, 20},
        "2020-01-03": {10, 20},
        "2020-01-04": {10, 20, 30},
    }


def test_mixed_keys_spread_evenly_and_always_alike() -> None:
    keys = np.arange(100_000)
    mixed = _mixed(keys, 10)
    assert (mixed == _mixed(keys, 10)).all()
    assert np.bincount(mixed, minlength=10) == pytest.approx(np.full(10, 10_000), rel=0.05)
