"""Pages of conduct show what the tables hold: what is open and who must act, costs, limits, and no personal datum."""

from __future__ import annotations

import json
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from governance.builds import current_build
from streamlit_app.components.formats import signed
from streamlit_app.repositories import best_execution, position_limits, transaction_reporting
from streamlit_app.services import transaction_reporting as service
from tests.unit.app.published_build import LAST_DATE, withhold_next_build
from tests.unit.app.published_conduct import HOSTILE, UNKNOWN_INSTRUMENT, execution, file_of, reference
from tests.unit.app.test_pages import markdown, metrics, plain, query, run, table

pytestmark = pytest.mark.usefixtures("home")
REPORTING, EXECUTION, LIMITS = PAGES = (
    "app_pages/transaction_reporting.py",
    "app_pages/best_execution.py",
    "app_pages/position_limits.py",
)
DATES = {
    REPORTING: (transaction_reporting, "trade_dates"),
    EXECUTION: (best_execution, "order_dates"),
    LIMITS: (position_limits, "business_dates"),
}


def notes(app: AppTest) -> list[str]:
    return [info.value for info in app.info]


def warnings(app: AppTest) -> str:
    return "\n".join(warning.value for warning in app.warning)


@pytest.mark.parametrize("page", PAGES)
def test_the_banner_says_build_and_date(app: AppTest, page: str) -> None:
    run(app, page)
    manifest = current_build()
    assert manifest is not None
    assert f"Build {manifest.build_id}, published " in plain(app)
    assert app.selectbox(key="widget:date").value == LAST_DATE.isoformat()
    assert not app.warning
    assert "<b>" not in markdown(app)
    assert "[malformed]" not in markdown(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_withheld_build_is_announced_and_the_older_one_still_serves(app: AppTest, page: str) -> None:
    withhold_next_build()
    run(app, page)
    assert app.warning[0].value.startswith("The build for Thursday 29 December 2022 is withheld")
    assert app.metric


@pytest.mark.parametrize("page", PAGES)
def test_an_earlier_date_of_the_address_is_shown_and_a_hostile_one_refused(app: AppTest, page: str) -> None:
    run(app, page, date="2022-12-27")
    assert app.selectbox(key="widget:date").value == "2022-12-27"
    assert not app.warning
    run(app, page, date="<script>alert(1)</script>")
    assert "is not available here; showing the default instead" in warnings(app)
    assert "<script>" not in markdown(app) + plain(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_build_without_dates_says_so(app: AppTest, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, name = DATES[page]
    held = getattr(repository, name)
    monkeypatch.setattr(repository, name, lambda reader: held(reader)[:0])
    run(app, page)
    assert any(note.startswith("This build holds no ") for note in notes(app))
    assert not app.metric


@pytest.mark.parametrize("page", PAGES)
def test_dates_older_than_the_build_are_announced(app: AppTest, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, name = DATES[page]
    held = getattr(repository, name)
    monkeypatch.setattr(repository, name, lambda reader: held(reader)[1:])
    run(app, page)
    assert "of this build ends on Tuesday 27 December 2022" in warnings(app)


def test_a_trade_date_is_counted_and_ties_out(app: AppTest) -> None:
    run(app, REPORTING, date="2022-12-23")
    assert metrics(app) == {
        "Executions": "7",
        "Reported": "3 of 5",
        "Held": "1",
        "Rejected, pending": "0, 1",
        "Deadline": "Tue 27 Dec",
        "Late": "1 open, 1 sent",
        "Over-reported": "0",
        "Open on all trade dates": "5, 1 overdue",
    }
    assert "Executions = reported + exempt + pending + cancelled: yes, difference 0" in markdown(app)
    assert "Reports sent = reports the authority counted: yes, difference 0" in markdown(app)
    assert table(app, "reported_share")["difference"].to_list() == [0, 0, 0]
    assert table(app, "reason_code")["exempt"].to_list() == [1]


def test_an_execution_that_is_lost_breaks_the_tie(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    held = transaction_reporting.tie_out
    monkeypatch.setattr(transaction_reporting, "tie_out", lambda reader: held(reader).assign(exempt=0, difference=1))
    run(app, REPORTING, date="2022-12-27")
    assert "Executions = reported + exempt + pending + cancelled: NO, difference +1" in markdown(app)


def test_what_is_open_says_why_who_acts_and_when_it_is_due(app: AppTest) -> None:
    run(app, REPORTING)
    rows = table(app, "why").set_index(["transaction_reference", "broken"])
    in_time = "○ reported in time, now open"
    assert rows["due"].to_list() == ["■ overdue", in_time, *["▲ due today"] * 4]
    held = rows.loc[(reference(2), "R07-6")]
    assert (held["state"], held["acts"], held["value"], held["why"]) == ("■ held", "Client Data", "DE***", HOSTILE)
    assert rows.loc[(reference(10), "R28-2"), "acts"] == "Trading Technology"
    assert rows.loc[(reference(10), "R46-1"), "acts"] == "Instrument Data"
    assert (reference(10), "R40-1") not in rows.index
    rejected = rows.loc[(reference(7), "CON-412")]
    assert (rejected["acts"], rejected["why"]) == ("Transaction Reporting", "Wrong price currency.")
    waiting = table(app, "why").set_index("transaction_reference").loc[reference(6)]
    assert (waiting["state"], waiting["acts"]) == ("◆ pending", "Instrument Data")
    unknown = table(app, "why").set_index("transaction_reference").loc[reference(UNKNOWN_INSTRUMENT)]
    assert (unknown["state"], unknown["acts"]) == ("■ held", "Instrument Data")
    assert unknown["why"] == "Neither the instrument nor an ISIN is known."
    teams = table(app, "first_deadline").set_index("acts")
    assert teams["overdue"].to_dict() == {
        "Client Data": 1,
        "Instrument Data": 0,
        "Trading Technology": 0,
        "Transaction Reporting": 0,
    }
    assert teams.loc["Instrument Data", "due_today"] == 2
    assert "Deadlines as of the close of Wednesday 28 December 2022." in markdown(app)
    run(app, REPORTING, open="date", date="2022-12-27")
    assert set(table(app, "why")["transaction_reference"]) == {
        reference(number) for number in (7, 10, UNKNOWN_INSTRUMENT)
    }
    run(app, REPORTING, open="date", date=LAST_DATE.isoformat())
    assert "Every reportable execution of Wednesday 28 December 2022 is reported." in notes(app)


def test_teams_are_counted_over_all_rows_and_not_those_listed(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ROWS_SHOWN", 1)
    run(app, REPORTING)
    assert len(table(app, "why")) == 1
    assert "1 of 6 rows, first due first." in markdown(app)
    assert table(app, "first_deadline")["executions"].sum() == 6


def test_files_tie_by_what_was_counted_in_all_of_them(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ROWS_SHOWN", 1)
    run(app, REPORTING)
    assert len(table(app, "report_count")) == 1
    assert "Reports sent = reports the authority counted: yes, difference 0" in markdown(app)
    assert "The authority has counted the reports of 5 of 8 files; 3 without a count." in markdown(app)
    assert "Reports too many in one file and too few in another add up." in markdown(app)


@pytest.mark.parametrize(
    ("differences", "verdict", "uncounted"),
    [((0, 0, None), "yes", 1), ((1, -1, 0), "NO", 0), ((None, None, None), "cannot be told", 3)],
)
def test_a_file_that_nobody_counted_is_no_difference_of_zero(
    differences: tuple[int | None, ...], verdict: str, uncounted: int
) -> None:
    connection = duckdb.connect()
    frame = pd.DataFrame({"received_difference": pd.Series(differences, dtype="Int64")})
    connection.register("fct_mifid_submissions", frame)
    counted = service.files_counted(SimpleNamespace(query=lambda sql: connection.execute(sql).df()))  # type: ignore[arg-type]
    assert (service.files_tie(counted).verdict, counted["uncounted"]) == (verdict, uncounted)


def test_late_reports_unknown_references_trades_and_files_are_listed(app: AppTest) -> None:
    run(app, REPORTING)
    assert table(app, "days_late")["transaction_reference"].to_list() == [reference(8)]
    assert table(app, "what")["what"].to_list() == ["We never sent this reference"]
    assert table(app, "trade_id")["quantity_difference"].astype(float).to_list() == [300.0]
    files = table(app, "report_count").set_index("submission_id")
    again = files.loc[file_of(LAST_DATE, 2)]
    assert (again["status"], again["resubmission_of"]) == ("○ no answer yet", "TRN-20221227-002")
    refused = files.loc["TRN-20221227-002"]
    assert (refused["status"], refused["answer"]) == ("▲ rejected", "FIL-105 Not valid against the schema.")
    assert pd.isna(again["reports_received"])
    rules = table(app, "held_now").set_index("rule_id")
    assert rules["held_now"].to_dict() == {"R07-6": 1, "R28-2": 1, "R46-1": 1, "R07-3": 0, "R40-1": 0}


@pytest.mark.parametrize(
    ("number", "events"),
    [
        (1, ["New report sent", "Accepted with its file"]),
        (2, ["Held"]),
        (3, ["New report sent", "Rejected", "New report sent", "Accepted with its file"]),
        (5, ["New report sent", "Accepted with its file", "Cancellation sent", "Cancellation: accepted with its file"]),
        (6, ["New report sent", "Pending"]),
        (8, ["New report sent late"]),
        (11, ["New report sent", "Rejected with its whole file", "New report sent again"]),
        (14, ["New report sent", "Rejected with its whole file", "New report sent again"]),
        (15, ["New report sent", "Accepted"]),
        (16, ["Held"]),
        (99, ["Accepted, though no such report was sent"]),
    ],
)
def test_a_transaction_is_searched_and_its_life_told_in_order(app: AppTest, number: int, events: list[str]) -> None:
    run(app, REPORTING, reference=reference(number))
    life = table(app, "event")
    assert life["event"].to_list() == events
    assert life["event_date"].is_monotonic_increasing


def test_a_life_says_what_held_it_and_what_a_cancellation_takes_back(app: AppTest) -> None:
    run(app, REPORTING, reference=execution(10))
    assert table(app, "event")["details"].to_list() == [
        "R28-2 Trading date time: Too coarse for the activity.; "
        "R46-1 Price multiplier: Missing or not above zero. (Instrument Data, Trading Technology)"
    ]
    run(app, REPORTING, reference=execution(UNKNOWN_INSTRUMENT))
    assert table(app, "event")["details"].to_list() == [
        "Neither the instrument nor an ISIN is known. (Instrument Data)"
    ]
    run(app, REPORTING, reference=reference(5))
    assert table(app, "event").set_index("event").loc["Cancellation sent", "details"] == "Takes back version 1"


def test_the_fields_of_a_report_are_shown_and_personal_data_masked(app: AppTest) -> None:
    run(app, REPORTING, reference=reference(3))
    fields = table(app, "is_masked").set_index("field_number")
    assert fields.loc[7, "value"] == "DE***"
    assert fields["is_masked"][fields["is_masked"]].index.to_list() == [7, 9, 10, 11]
    assert fields.loc[33, "value"] == "101.25000000"
    assert fields.loc[16, "value"] == "XETR"
    assert 12 not in fields.index
    everything = json.dumps([element.value.astype(str).to_dict() for element in app.dataframe])
    assert "tok_" not in everything + markdown(app) + plain(app)
    assert "Last report with details: execution X000000003, version 2, accepted since Wednesday 28 December" in plain(
        app
    )


@pytest.mark.parametrize("value", ["<img src=x onerror=alert(1)>", "TRX1' or 1=1 --", "../../keys"])
def test_what_is_no_reference_is_refused_and_not_repeated(app: AppTest, value: str) -> None:
    run(app, REPORTING, reference=value)
    assert "What was asked for is not the form of a transaction." in warnings(app)
    assert value not in markdown(app) + plain(app)


def test_an_exempt_execution_says_why_it_needs_no_report(app: AppTest) -> None:
    run(app, REPORTING, reference=execution(4))
    life = table(app, "event").set_index("event")
    assert life.index.to_list() == ["Needs no report"]
    assert life.loc["Needs no report", "details"] == "A spot currency contract is not a financial instrument."


def test_an_unknown_reference_says_so(app: AppTest) -> None:
    run(app, REPORTING, reference="TRX4711")
    assert "No execution, report or answer of this build has that reference or execution." in notes(app)


def test_costs_of_a_period_are_ratios_of_sums(app: AppTest) -> None:
    run(app, EXECUTION)
    sums = query(
        "select 1e4 * sum(slippage_usd) / sum(arrival_value_usd) as slippage, "
        "1e4 * sum(effective_spread_usd) / sum(mid_value_usd) as spread from fct_best_execution"
    ).iloc[0]
    shown = metrics(app)
    assert shown["Slippage, bps"] == signed(sums["slippage"]) == "0.00"
    assert shown["Effective spread, bps"] == f"{sums['spread']:.2f}" == "2.50"
    assert shown["Orders"] == "14"
    assert shown["Not measurable"] == "3, 2 of 13"
    run(app, EXECUTION, period="1")
    assert metrics(app)["Slippage, bps"] == "+3.00"
    assert metrics(app)["Orders"] == "11"


def test_a_venue_without_quotes_has_no_cost_and_what_nobody_executed_has_no_venue(app: AppTest) -> None:
    run(app, EXECUTION)
    venues = table(app, "slippage_usd").set_index("venue")
    assert venues.index.to_list() == [
        "<b>Stuttgart</b>",
        "Xetra",
        "Off venue, in an instrument traded on one",
        "Not executed",
    ]
    assert venues["orders_without_arrival"].to_list() == [0, 1, 2, 0]
    assert venues["orders_without_quotes"].to_list() == [0, 0, 2, 0]
    assert pd.isna(venues.iloc[2]["slippage_bps"])
    assert pd.isna(venues.iloc[3]["effective_spread_bps"])
    assert venues.iloc[0]["slippage_bps"] == pytest.approx(-1.0)
    assert venues.iloc[3]["fill_rate"] == 0


def test_a_choice_without_orders_says_so(app: AppTest) -> None:
    run(app, EXECUTION, asset_class="debt", client_category="retail")
    assert any(note.startswith("No order fits this choice") for note in notes(app))
    run(app, EXECUTION, asset_class="debt' or 1=1")
    assert "The address asks for a class of instruments that is not available here" in warnings(app)


def test_costliest_orders_clocks_and_top_venues_are_shown(app: AppTest) -> None:
    run(app, EXECUTION)
    orders = table(app, "order_id")
    assert dict(zip(orders["order_id"].str[-1], orders["not_measurable"], strict=True)) == {
        "2": "",
        "1": "at execution: no quote",
        "3": "no quote",
        "4": "at arrival: no quote",
        "5": "the price is a rate",
        "6": "at arrival: no exchange rate; at execution: several reasons",
        "7": "",
    }
    assert orders["order_id"].str[-1].to_list() == ["2", "1", "3", "4", "5", "6", "7"]
    clocks = table(app, "lead_seconds")
    assert clocks["state"].to_list() == ["■ breach", "● within"]
    assert clocks["required_seconds"].to_list() == [1e-6, 1.0]
    top = table(app, "volume_pct").iloc[0]
    assert (top["venue_id"], top["volume_pct"], top["directed_pct"]) == ("XETR", 1.0, 0.125)
    spans = "Friday 23 December 2022 to Wednesday 28 December 2022 and Wednesday 1 December 2021 to"
    assert f"orders of {spans}" in markdown(app)
    assert "Internal analytics: the public report is no longer expected." in markdown(app)


def test_positions_are_held_against_their_limits(app: AppTest) -> None:
    run(app, LIMITS)
    assert metrics(app) == {
        "Above the limit": "1 of 3",
        "Warnings": "0",
        "Without a limit": "1",
        "Highest use": "102.5%",
    }
    rows = table(app, "net_lots").set_index("contract_code")
    assert rows["status"].to_dict() == {"NEW": "? missing", "EBM": "■ breach", "DEB": "● within"}
    assert rows.loc["EBM", "basis_words"] == "25% of deliverable supply"
    assert pd.isna(rows.loc["NEW", "utilisation_pct"])
    run(app, LIMITS, date="2022-12-27")
    assert metrics(app)["Warnings"] == "1"
    assert metrics(app)["Above the limit"] == "0 of 3"
    assert "No position was above its limit up to this date." in notes(app)


def test_a_breach_stays_listed_on_the_dates_after_it(app: AppTest) -> None:
    run(app, LIMITS)
    breaches = table(app, "days_above")
    assert breaches["name"].to_list() == ["Milling <wheat>"]
    assert breaches["days_above"].to_list() == [1]
    assert breaches["last_date"].to_list() == [pd.Timestamp(LAST_DATE)]
    assert breaches["peak_utilisation_pct"].to_list() == [pytest.approx(102.5)]


def test_a_position_opens_to_its_maturities(app: AppTest) -> None:
    run(app, LIMITS, position="EBM:spot_month")
    assert table(app, "maturity_month")["net_lots"].astype(float).sum() == -41_000
    assert "Maturities net to the position: yes, difference 0.0000" in markdown(app)
    run(app, LIMITS, position="EBM:<script>")
    assert "The address asks for a position that is not available here" in warnings(app)
