"""Orders, executions and those named in reports fit together, without faults but the planted ones."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pytest
from stdnum import lei
from stdnum.be import nn
from stdnum.es import nif
from stdnum.pl import pesel

from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.conduct import Conduct
from orchestration.demo_bank.faults import Plan
from orchestration.demo_bank.fills import rounded_quotes, split, turns
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.parties import EXECUTING_LEI, _lead
from orchestration.demo_bank.reference import Reference
from orchestration.demo_bank.trading import Trading
from orchestration.demo_bank.venues import EEA_VENUES, VENUES
from tests.unit.demo_bank.conftest import MadeBank

FEEDS = (
    "orders", "executions", "transaction_parties", "trading_algorithms", "lei_register", "instrument_admissions",
    "trades", "commodity_positions", "transaction_report_feedback", "instruments",
)  # fmt: skip


@pytest.fixture(scope="module")
def database(bank: MadeBank) -> duckdb.DuckDBPyConnection:
    """The feeds as delivered; `clean` are the executions that nobody planted, `latest` their last versions."""
    connection = duckdb.connect()
    for feed in FEEDS:
        names = [str(bank.inbox / path) for path in bank.delivered(feed)]
        if names[0].endswith(".csv"):
            source = f"read_csv({names}, all_varchar = true, header = true, filename = true, null_padding = true)"
            kept = "where #1 <> 'TRAILER'"
        else:
            source = f"read_json({names}, format = 'newline_delimited', ignore_errors = true, filename = true)"
            kept = ""
        connection.execute(
            f"""
            create table {feed} as
            select * exclude (filename), regexp_extract(filename, '/([0-9-]+)/[^/]+$', 1)::date as folder
            from {source} {kept.replace("#1", _first_column(names[0]))}
            """
        )
    connection.execute(
        """
        create table clean as select * from executions where execution_id not like 'X9%';
        create table latest as
        select * from clean qualify row_number() over (partition by execution_id order by version desc) = 1
        """
    )
    return connection


def _first_column(name: str) -> str:
    with open(name, encoding="utf-8") as file:  # noqa: PTH123 - the name comes from a list of texts
        return file.readline().split(",")[0].strip()


def one(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    return connection.execute(query).fetchall()[0][0]


class TestOwnTrades:
    def test_the_executions_that_stand_sum_to_the_trade_as_it_stands(self, database: duckdb.DuckDBPyConnection) -> None:
        trades, different = database.execute(
            """
            with stands as (
                select trade_id, case when action = 'cancel' then 0 else quantity end as quantity
                from trades where trade_date >= date '2022-11-30' and trade_id not like 'T9%'
                qualify row_number() over (partition by trade_id order by version desc) = 1
            ),
            executed as (
                select trade_id, sum(case when action = 'cancel' then 0 else quantity end) as quantity
                from latest where trade_id is not null group by trade_id
            )
            select count(*), count(*) filter (executed.quantity is distinct from stands.quantity)
            from stands left join executed using (trade_id)
            """
        ).fetchone() or (0, 0)
        assert trades >= 20
        assert different == 0

    def test_every_version_of_a_trade_reaches_its_executions(self, database: duckdb.DuckDBPyConnection) -> None:
        differing = one(
            database,
            """
            select count(*) from (
                select trade_id, version, any_value(quantity) as quantity from trades
                where trade_date >= date '2022-11-30' and trade_id not like 'T9%' group by all
            ) as traded
            full join (
                select trade_id, version, sum(quantity) as quantity from clean
                where trade_id not like 'T9%' group by all
            ) as executed using (trade_id, version)
            where traded.quantity is distinct from executed.quantity
            """,
        )
        assert differing == 0

    def test_two_planted_trades_are_not_executed_as_traded(
        self, bank: MadeBank, database: duckdb.DuckDBPyConnection
    ) -> None:
        loaded = {
            json.loads((bank.inbox / fault["file"]).read_text().splitlines()[fault["line"] - 1])["trade_id"]
            for fault in bank.answers["faults"]
            if fault.get("feed") == "trades" and fault["outcome"] in ("loaded", "late") and "_2022-12-" in fault["file"]
        }
        executed = dict(
            database.execute(
                "select trade_id, sum(quantity) from executions where trade_id like 'T9%' group by 1"
            ).fetchall()
        )
        named = {
            fault["trade_id"]: fault["executed_quantity"] or None
            for fault in bank.answers["faults"]
            if fault["kind"] == "trade whose executions do not sum to it"
        }
        assert sorted(named.values(), key=str) == [60, None]
        assert len(loaded) > 5
        assert {trade: executed.get(trade) for trade in loaded if executed.get(trade) != 100} == named

    def test_own_account_is_dealt_and_decided_by_somebody(self, database: duckdb.DuckDBPyConnection) -> None:
        own = one(database, "select count(*) from clean where trade_id is not null")
        assert own == one(database, "select count(*) from clean where capacity = 'DEAL'")
        assert own == one(
            database,
            "select count(*) from clean where capacity = 'DEAL' and client_party_id is null "
            "and investment_decision_code is not null and execution_decision_code is not null",
        )


class TestOrders:
    def test_an_execution_is_of_its_order(self, database: duckdb.DuckDBPyConnection) -> None:
        wrong = one(
            database,
            """
            select count(*) from clean left join orders using (order_id)
            where orders.instrument_id is distinct from clean.instrument_id or orders.side <> clean.side
                or orders.client_party_id is distinct from clean.client_party_id or orders.folder > clean.folder
                or clean.executed_at::timestamp < orders.received_at::timestamp - interval 1 second
            """,
        )
        assert wrong == 0

    def test_what_is_executed_and_cancelled_is_what_was_ordered(self, database: duckdb.DuckDBPyConnection) -> None:
        orders, partial, wrong = database.execute(
            """
            with executed as (
                select order_id, sum(quantity) as quantity from clean
                where client_party_id is not null and version = 1 group by order_id
            )
            select count(*), count(*) filter (cancelled_quantity > 0),
                count(*) filter (orders.quantity <> executed.quantity + cancelled_quantity)
            from executed join orders using (order_id)
            """
        ).fetchone() or (0, 0, 0)
        assert orders > 400
        assert partial > 10
        assert wrong == 0

    def test_limits_are_kept(self, database: duckdb.DuckDBPyConnection) -> None:
        limited, broken = database.execute(
            """
            select count(*), count(*) filter (
                case side when 'buy' then latest.price > limit_price else latest.price < limit_price end
            )
            from latest join orders using (order_id, side) where limit_price is not null
            """
        ).fetchone() or (0, 0)
        assert limited > 100
        assert broken == 0

    def test_directed_orders_are_executed_where_the_client_said(self, database: duckdb.DuckDBPyConnection) -> None:
        venues = database.execute(
            """
            select count(distinct venue_mic), max(execution_decision_type) from latest
            join orders using (order_id) where is_directed group by order_id
            """
        ).fetchall()
        assert len(venues) >= 10
        assert set(venues) == {(1, "client")}

    def test_quotes_are_missing_for_some_and_crossed_for_none(self, database: duckdb.DuckDBPyConnection) -> None:
        without, crossed = database.execute(
            "select count(*) filter (arrival_bid is null), count(*) filter (arrival_bid >= arrival_ask) from orders"
        ).fetchone() or (0, 0)
        assert without > 5
        assert crossed == 0


class TestExecutions:
    def test_every_day_has_at_least_forty(self, database: duckdb.DuckDBPyConnection) -> None:
        counts = database.execute("select trade_date, count(distinct execution_id) from clean group by all").fetchall()
        assert len(counts) == 20
        assert min(count for _, count in counts) >= 40

    def test_last_prices_lie_within_the_quotes(self, database: duckdb.DuckDBPyConnection) -> None:
        quoted, outside = database.execute(
            """
            select count(*), count(*) filter (price < bid or price > ask) from latest
            where bid is not null and client_party_id is not null
            """
        ).fetchone() or (0, 0)
        assert quoted > 500
        assert outside == 0

    def test_times_are_as_fine_as_the_activity_wants_and_on_the_trade_date(
        self, database: duckdb.DuckDBPyConnection
    ) -> None:
        found = database.execute(
            """
            select activity, length(regexp_extract(executed_at, '\\.([0-9]+)Z$', 1)) as digits,
                bool_and(executed_at::timestamp::date = trade_date) from clean group by all
            """
        ).fetchall()
        digits = {
            "high_frequency": 6,
            "algorithmic": 3,
            "voice": 0,
            "request_for_quote": 0,
            "negotiated": 0,
            "other": 3,
        }
        assert {activity: number for activity, number, _ in found} == digits
        assert all(on_date for *_, on_date in found)

    def test_venues_have_codes_and_members(self, database: duckdb.DuckDBPyConnection) -> None:
        for mic, code, member in database.execute(
            """
            select venue_mic,
                bool_and(venue_transaction_id is not null)::int + bool_or(venue_transaction_id is not null)::int,
                bool_and(membership_country is not null)::int + bool_or(membership_country is not null)::int
            from clean group by venue_mic
            """
        ).fetchall():
            assert mic in VENUES
            assert code == (2 if mic in EEA_VENUES else 0), mic
            assert member == (0 if mic in ("XOFF", "XXXX") else 2), mic

    def test_sales_of_shares_and_bonds_say_whether_they_are_short(self, database: duckdb.DuckDBPyConnection) -> None:
        wrong = one(
            database,
            """
            select count(*) from clean where (short_selling is not null)
                <> (side = 'sell' and product_type in ('equity', 'government_bond'))
            """,
        )
        assert wrong == 0

    def test_codes_are_registered_in_time(self, database: duckdb.DuckDBPyConnection) -> None:
        codes = {
            code
            for (code,) in database.execute(
                """
                select counterparty_code from clean union select executing_entity_lei from clean
                union select transmitting_firm_lei from clean union select decision_maker_code from clean
                """
            ).fetchall()
            if code is not None
        }
        leis = {code for code in codes if len(code) == 20}
        assert all(map(lei.is_valid, leis))
        assert EXECUTING_LEI in leis
        assert {code for code in codes if len(code) == 4} <= {*VENUES, "INTC"}
        late = one(
            database,
            """
            select count(*) from clean where length(counterparty_code) = 20 and not exists (
                select 1 from lei_register where lei_register.lei = counterparty_code and status = 'ISSUED'
                    and lei_register.folder <= clean.folder
            )
            """,
        )
        assert late == 0

    def test_parties_and_algorithms_are_known_in_time(self, database: duckdb.DuckDBPyConnection) -> None:
        for code in ("client_party_id", "decision_maker_code", "investment_decision_code", "execution_decision_code"):
            late = one(
                database,
                f"""
                select count(*) from clean where regexp_matches({code}, '^(P|TR)[0-9]+$') and not exists (
                    select 1 from transaction_parties where party_id = {code}
                        and transaction_parties.folder <= clean.folder
                )
                """,
            )
            assert late == 0, code
        for decision, purpose in (("investment", "investment_decision"), ("execution", "execution")):
            used, wrong = database.execute(
                f"""
                select count(*), count(*) filter (not exists (
                    select 1 from trading_algorithms where algorithm_id = {decision}_decision_code
                        and purpose in ('{purpose}', 'both') and trading_algorithms.folder <= clean.folder
                        and valid_from::date <= trade_date and coalesce(valid_to::date > trade_date, true)
                ))
                from clean where {decision}_decision_type = 'algorithm'
                """
            ).fetchone() or (0, 0)
            assert used > 0
            assert wrong == 0

    def test_both_legs_of_a_combination_are_there(self, database: duckdb.DuckDBPyConnection) -> None:
        legs = database.execute(
            "select count(*), count(distinct option_type) from clean where complex_trade_id is not null "
            "group by complex_trade_id"
        ).fetchall()
        assert len(legs) > 3
        assert set(legs) == {(2, 2)}


class TestParties:
    def test_national_identifiers_have_the_form_of_their_country(self, database: duckdb.DuckDBPyConnection) -> None:
        people = database.execute(
            "select nationality, identifier_type, national_id, first_name, surname, birth_date "
            "from transaction_parties where party_type = 'natural_person' and party_id not like 'P9%'"
        ).fetchall()
        assert len(people) > 80
        rules = {"ES": nif.is_valid, "BE": nn.is_valid, "PL": pesel.is_valid}
        checked = 0
        for country, kind, identifier, first, last, birth in people:
            assert identifier[:2] == country
            if kind == "CONCAT":
                assert identifier[2:] == f"{birth.replace('-', '')}{_lead(first)}{_lead(last)}"
            elif kind == "NIDN":
                assert rules[country](identifier[2:]), identifier
                checked += 1
        assert checked >= 5

    @pytest.mark.parametrize(
        ("name", "lead"),
        [("Ada", "ADA##"), ("Müller", "MULLE"), ("D'Angelo", "ANGEL"), ("O'Shea", "SHEA#"), ("de Boer", "BOER#")],
    )
    def test_a_concat_code_leaves_out_prefixes_and_marks(self, name: str, lead: str) -> None:
        assert _lead(name) == lead


class TestCommodities:
    def test_one_position_is_above_its_limit_on_three_days(
        self, bank: MadeBank, database: duckdb.DuckDBPyConnection
    ) -> None:
        above = database.execute(
            """
            select business_date, contract_code, maturity_month from commodity_positions
            where contract_code = 'ECO' and is_spot_month::boolean
                and abs(long_lots::double - short_lots::double + option_delta_lots::double) > 7200
            order by 1
            """
        ).fetchall()
        fault = next(f for f in bank.answers["faults"] if f["kind"] == "commodity position above its limit")
        assert above == [(day, fault["contract_code"], fault["maturity_month"]) for day in fault["dates"]]
        assert len(above) == 3


@pytest.fixture(scope="module", params=[3, 4])
def conduct(request: pytest.FixtureRequest) -> Conduct:
    """Two banks at full size, without their files."""
    market = MarketData(request.param)
    reference = Reference(market, request.param)
    planted = Plan(market, reference, Banking(market.calendar, 0.02, request.param)).rows()
    trading = Trading(market, reference, 1.0, request.param)
    return Conduct(market, reference, trading, list(planted), 1.0, request.param)


class TestAtFullSize:
    def test_about_a_thousand_executions_a_day(self, conduct: Conduct) -> None:
        counts = [day["executions"] for day in conduct.totals()["by_trade_date"].values()]
        assert len(counts) == 20
        assert 850 < min(counts) <= max(counts) < 1_250

    def test_nothing_of_the_rejected_file_changes_on_the_day_it_is_sent_again(self, conduct: Conduct) -> None:
        execution = conduct.systems[0]
        ids = execution.executions["execution_id"].to_numpy(zero_copy_only=False)
        delivered = execution.outcomes["delivered"].to_numpy()
        days = MarketData(3).calendar.book_days[-20:]
        rejected, resent = np.searchsorted(days, np.array(["2022-12-09", "2022-12-12"], dtype="datetime64[D]"))
        assert resent == rejected + 1
        assert set(ids[delivered == rejected]).isdisjoint(ids[delivered == resent])
        corrected = np.isin(ids[delivered > resent], ids[delivered == rejected])
        assert corrected.sum() > 3

    def test_another_seed_has_the_same_faults(self, conduct: Conduct, bank: MadeBank) -> None:
        found = {(kind, facts.get("rule"), str(facts.get("reports"))) for kind, _, facts in conduct.found}
        named = [f for f in bank.answers["faults"] if f["outcome"] == "found" and "control_id" not in f]
        assert found == {(fault["kind"], fault.get("rule"), str(fault.get("reports"))) for fault in named}

    def test_the_answers_name_everything_that_is_first_delivered_after_its_trade_date(self, conduct: Conduct) -> None:
        execution = conduct.systems[0]
        days = MarketData(3).calendar.book_days[-20:]
        events = zip(
            execution.executions["execution_id"].to_pylist(),
            execution.executions["version"].to_pylist(),
            days[execution.outcomes["delivered"].to_numpy()] > execution.executions["trade_date"].to_numpy(),
            strict=True,
        )
        late = {execution_id for execution_id, version, is_after in events if version == 1 and is_after}
        named = {
            facts["execution_id"] for _, _, facts in conduct.found if facts.get("is_late") and facts["version"] == 1
        }
        assert len(late) >= 3
        assert late == named


class TestParts:
    def test_a_split_has_whole_lots_and_sums_to_the_quantity(self) -> None:
        quantity, lots, fills = np.array([1_050, 300, 7]), np.array([100, 100, 100]), np.array([3, 2, 1])
        parent, turn = np.repeat(np.arange(3), fills), turns(fills)
        assert turn.tolist() == [0, 1, 2, 0, 1, 0]
        parts = split(quantity, lots, fills, parent, turn)
        assert parts.tolist() == [300, 300, 450, 100, 200, 7]

    def test_quotes_are_a_tick_apart_at_least_and_missing_where_nothing_is_quoted(self) -> None:
        share = 0
        bid, ask = rounded_quotes(np.array([10.0, 0.001]), np.array([0.0, np.nan]), np.array([share, share]))
        assert ask[0] - bid[0] == pytest.approx(0.001)
        assert np.isnan([bid[1], ask[1]]).all()
