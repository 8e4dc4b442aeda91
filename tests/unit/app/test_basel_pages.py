"""Pages of capital and liquidity show what the tables hold: figures, what is missing and why, and every cell opened."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from governance.builds import current_build
from streamlit_app.components.formats import millions, percent
from streamlit_app.repositories import (
    capital,
    credit_risk,
    large_exposures,
    liquidity,
    regulatory,
    risk_data,
)
from tests.unit.app.published_build import LAST_DATE, withhold_next_build
from tests.unit.app.test_pages import markdown, metrics, plain, query, run, table

pytestmark = pytest.mark.usefixtures("home")
CAPITAL, CREDIT, LIQUIDITY, LARGE, TEMPLATES, RISK_DATA = PAGES = (
    "app_pages/capital.py",
    "app_pages/credit_risk.py",
    "app_pages/liquidity.py",
    "app_pages/large_exposures.py",
    "app_pages/regulatory_templates.py",
    "app_pages/risk_data.py",
)
REPOSITORIES = dict(zip(PAGES, (capital, credit_risk, liquidity, large_exposures, regulatory, risk_data), strict=True))
ON_LAST_DATE = f"reporting_date = '{LAST_DATE}'"


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
    assert "Gate green" in markdown(app)
    assert app.selectbox(key="widget:date").value == LAST_DATE.isoformat()


@pytest.mark.parametrize("page", PAGES)
def test_a_withheld_build_is_announced_and_the_older_one_still_serves(app: AppTest, page: str) -> None:
    withhold_next_build()
    run(app, page)
    assert app.warning[0].value.startswith("The build for Thursday 29 December 2022 is withheld")
    assert app.metric


@pytest.mark.parametrize("page", PAGES)
def test_an_earlier_date_of_the_address_is_shown_and_a_hostile_one_refused(app: AppTest, page: str) -> None:
    run(app, page, date="2022-10-31")
    assert app.selectbox(key="widget:date").value == "2022-10-31"
    assert not app.error
    run(app, page, date="<script>alert(1)</script>")
    assert "The address asks for a reporting date that is not available here" in warnings(app)
    assert "<script>" not in markdown(app) + plain(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_build_without_reporting_dates_says_so(app: AppTest, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dates = REPOSITORIES[page].reporting_dates
    monkeypatch.setattr(REPOSITORIES[page], "reporting_dates", lambda reader: dates(reader)[:0])
    run(app, page)
    assert any(note.startswith("This build holds no ") for note in notes(app))
    assert not app.metric


@pytest.mark.parametrize("page", PAGES)
def test_dates_older_than_the_build_are_announced(app: AppTest, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dates = REPOSITORIES[page].reporting_dates
    monkeypatch.setattr(REPOSITORIES[page], "reporting_dates", lambda reader: dates(reader)[1:])
    run(app, page)
    assert "of this build ends on Wednesday 30 November 2022" in warnings(app)


def test_capital_ratios_are_those_of_the_mart_and_of_the_template(app: AppTest) -> None:
    run(app, CAPITAL)
    mart = query(f"select tier, ratio from fct_capital_ratios where {ON_LAST_DATE}").set_index("tier")["ratio"]
    cells = query(
        "select row_number, amount from fct_basel_cells "
        f"where template_id = 'KM1' and column_id = 'T' and {ON_LAST_DATE}"
    ).set_index("row_number")["amount"]
    shown = metrics(app)
    assert shown["CET1 ratio"] == percent(float(mart["cet1"])) == percent(float(cells["5"]) / 100)
    assert shown["Tier 1 ratio"] == percent(float(cells["6"]) / 100)
    assert shown["Total capital ratio"] == percent(float(cells["7"]) / 100)
    assert shown["Leverage ratio"] == percent(float(cells["14"]) / 100)
    assert shown["Maximum distributable, USD"] == "not restricted"
    assert "Types of risk sum to total RWA: yes, difference 0.00" in markdown(app)


def test_an_approach_without_a_component_has_no_total(app: AppTest) -> None:
    run(app, CAPITAL)
    approaches = next(
        element.value
        for element in app.dataframe
        if list(element.value.columns)[:2] == ["name", "is_headline"]
        and "capital_usd" in element.value.columns
        and "approach" not in element.value.columns
        and "loss_multiplier" not in element.value.columns
    ).set_index("name")
    assert float(approaches.loc["Sensitivities-based method", "capital_usd"]) == 32e6
    assert pd.isna(approaches.loc["Internal model", "capital_usd"])


def test_credit_risk_ties_to_the_template_and_names_fallbacks(app: AppTest) -> None:
    run(app, CREDIT)
    assert "RWA of the exposures = OV1 rows 1 and 6: yes, difference 0.00" in markdown(app)
    assert metrics(app)["With a fallback"] == "3 of 9"
    run(app, CREDIT, exposures="fallback")
    rows = table(app, "fallback")
    assert rows.set_index("exposure_id")["fallback"].to_dict() == {
        "L-002": "rating",
        "L-004": "loan-to-value",
        "L-006": "class",
    }
    run(app, CREDIT, **{"class": "retail"}, exposures="fallback")
    assert "No exposure fits this choice." in notes(app)


def test_delivered_names_are_shown_as_text(app: AppTest) -> None:
    for page in (CREDIT, LARGE):
        run(app, page)
        assert "<b>" not in markdown(app)


def test_liquidity_figures_are_those_of_the_mart(app: AppTest) -> None:
    run(app, LIQUIDITY)
    mart = query(f"select * from fct_lcr where {ON_LAST_DATE}").iloc[0]
    assert metrics(app)["LCR"] == f"{mart['lcr_ratio']:.1%}"
    assert metrics(app)["HQLA, USD"] == millions(mart["hqla_usd"])
    assert "Level 2 assets are above their cap" in warnings(app)
    levels = table(app, "level_name")
    assert levels["weighted_usd"].astype(float).iloc[:-1].sum() == pytest.approx(float(mart["hqla_usd"]), abs=0.01)
    assert table(app, "reason")["reason"].to_list() == ["Encumbered", "Not a liquid asset"]
    ladder = table(app, "bucket_name")
    assert ladder["gap_usd"].astype(float).sum() == pytest.approx(-500e6)
    assert pd.isna(ladder["cumulative_gap_usd"].iloc[-1])
    run(app, LIQUIDITY, currency="EUR")
    assert table(app, "bucket_name")["gap_usd"].astype(float).sum() == pytest.approx(-250e6)


def test_a_date_without_stable_funding_says_so(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    held = liquidity.stable_funding
    monkeypatch.setattr(liquidity, "stable_funding", lambda *arguments: held(*arguments)[:0])
    run(app, LIQUIDITY)
    assert "NSFR" not in metrics(app)
    assert "There is no net stable funding ratio for Wednesday 28 December 2022." in notes(app)


def test_groups_open_to_their_members(app: AppTest) -> None:
    run(app, LARGE)
    assert metrics(app)["Above the limit"] == "1"
    assert metrics(app)["Large exposures"] == "3"
    assert table(app, "state")["state"].to_list() == ["■ above the limit", "▲ large", "◆ exempt"]
    assert set(table(app, "counterparty_name")["counterparty_id"]) == {"PARENT", "CHILD"}
    assert "Members sum to the group: yes, difference 0.00" in markdown(app)
    run(app, LARGE, group="TREASURY")
    assert set(table(app, "counterparty_name")["counterparty_id"]) == {"TREASURY"}


def test_a_template_is_printed_and_a_missing_cell_says_why(app: AppTest) -> None:
    run(app, TEMPLATES)
    printed = table(app, "written_1").set_index("row_number")
    assert printed.loc["1", "written_1"] == "750.0"
    assert printed.loc["5", "written_1"] == "26.83%"
    assert printed.loc["15", "written_2"] == "missing"
    assert printed.loc["15", "note"] == "There is no contribution to hqla on this date."
    assert printed.loc["1", "note"] == ""
    assert "2 cells have no figure; the note says why." in warnings(app)
    assert "T-2, T-3, T-4: this build has no reporting date in that quarter." in markdown(app)
    run(app, TEMPLATES, template="OV1")
    assert table(app, "written_1").set_index("row_number").loc["3", "written_1"] == "n/a"


def test_a_cell_opens_to_its_rows_rules_and_query(app: AppTest) -> None:
    run(app, TEMPLATES, template="KM1", row="1", column="T")
    rows = table(app, "source_row_id")
    assert set(rows["source_row_id"]) == {"common_shares", "retained_earnings", "goodwill"}
    assert rows["amount"].astype(float).sum() == pytest.approx(750e6)
    assert "Contributions add up to the cell: yes, difference 0.00" in markdown(app)
    assert table(app, "named_by")["rule_id"].to_list() == ["RBC20.minimum.total"]
    # The query on the page, run as it stands, gives the rows on the page.
    assert len(query(app.code[0].value)) == len(rows)


def test_an_average_opens_to_every_date_of_the_quarter(app: AppTest) -> None:
    run(app, TEMPLATES, template="LIQ1", row="21", column="weighted")
    assert "Average of 3 reporting dates of the quarter." in plain(app)
    assert table(app, "source_row_id")["as_of_date"].nunique() == 3
    assert "Contributions add up to the cell: yes, difference 0.00" in markdown(app)


def test_a_ratio_opens_to_both_of_its_sides(app: AppTest) -> None:
    run(app, TEMPLATES, template="KM1", row="5", column="T-1")
    assert set(table(app, "source_row_id")["part"]) == {"numerator", "denominator"}
    assert "Contributions add up to the cell" not in markdown(app)


def test_a_cell_without_a_figure_says_why(app: AppTest) -> None:
    run(app, TEMPLATES, template="KM1", row="1", column="T-3")
    assert "There is no reporting date in that quarter." in plain(app)
    assert "No row falls into this cell." in notes(app)


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [("template", "KM1' or 1=1 --", "template"), ("row", "99", "row"), ("column", "T-9", "column")],
)
def test_a_hostile_address_gets_the_default_and_a_note(app: AppTest, name: str, value: str, label: str) -> None:
    run(app, TEMPLATES, **{name: value})
    assert f"The address asks for a {label} that is not available here" in warnings(app)
    assert value not in app.code[0].value


def test_accounts_to_look_into_come_first_and_metrics_say_whether_they_are_met(app: AppTest) -> None:
    run(app, RISK_DATA)
    assert table(app, "account_code")["account_code"].to_list() == ["1200", "1100", "1300", "1000"]
    assert metrics(app)["To look into"] == "2"
    assert metrics(app)["Targets met"] == "1 of 2"
    evidence = table(app, "metric_name").set_index("metric_name")
    assert evidence["state"].to_list() == ["■ missed", "● met", "? missing"]
    assert evidence.loc["Longest hours to landing", "value_words"] == "missing"
    assert evidence.loc["Longest hours to landing", "target_words"] == "at most 6.0 hours"
