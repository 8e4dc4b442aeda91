"""Every page in every state a reader can meet, run by Streamlit's own test harness on a published build."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pandas as pd
import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from governance.access import open_reader
from governance.builds import current_build
from streamlit_app.components.formats import amount, signed
from tests.unit.app.published_build import LAST_DATE, withhold_next_build

PAGES = [
    "app_pages/positions_and_pnl.py",
    "app_pages/pnl_explain.py",
    "app_pages/exposure_and_concentration.py",
    "app_pages/market_risk.py",
    "app_pages/backtesting.py",
    "app_pages/stress.py",
    "app_pages/limits_and_breaches.py",
    "app_pages/transaction_risk.py",
    "app_pages/build_and_deliveries.py",
]
EXPLAIN, EXPOSURE, MARKET_RISK, BACKTESTING, STRESS, LIMITS, TRADES, DELIVERIES = PAGES[1:]


def run(app: AppTest, page: str = PAGES[0], **parameters: str) -> AppTest:
    """Open a page at an address, as a link would."""
    app.run()
    for name, value in parameters.items():
        app.query_params[name] = value
    if page != PAGES[0]:
        app.switch_page(page)
    app.run()
    assert not app.exception
    return app


def query(sql: str) -> pd.DataFrame:
    with open_reader("analyst") as reader:
        return reader.query(sql)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def markdown(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def plain(app: AppTest) -> str:
    return "\n".join(element.value for element in app.text)


def table(app: AppTest, column: str) -> pd.DataFrame:
    """Return the first table that has a column."""
    return next(element.value for element in app.dataframe if column in element.value.columns)


@pytest.mark.usefixtures("empty_home")
def test_before_the_first_build_the_app_says_what_to_run(app: AppTest) -> None:
    run(app)
    assert [info.value for info in app.info] == ["No build has been published yet: run `make run`."]
    assert not app.metric
    assert not app.dataframe


@pytest.mark.usefixtures("empty_home")
def test_a_first_build_that_was_withheld_gives_the_reasons_and_no_figure(app: AppTest) -> None:
    withhold_next_build()
    run(app)
    assert "No build has been published yet: the one for Thursday 29 December 2022 is withheld" in app.warning[0].value
    assert "desks_sum_to_firm" in plain(app)
    assert not app.metric


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("page", PAGES)
def test_the_banner_says_build_date_gate_time_and_role(app: AppTest, page: str) -> None:
    run(app, page)
    manifest = current_build()
    assert manifest is not None
    assert "Business date Wednesday 28 December 2022" in plain(app)
    assert f"Build {manifest.build_id}, published " in plain(app)
    assert "UTC" in plain(app)
    assert "Gate green" in markdown(app)
    assert "Role analyst" in markdown(app)
    assert not app.warning


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("page", PAGES)
def test_a_withheld_build_is_announced_and_the_older_one_still_serves(app: AppTest, page: str) -> None:
    withhold_next_build()
    run(app, page)
    assert app.warning[0].value.startswith("The build for Thursday 29 December 2022 is withheld")
    assert "they stand at Wednesday 28 December 2022" in app.warning[0].value
    assert "Newer build withheld" in markdown(app)
    assert "Gate green" not in markdown(app)
    assert app.metric
    # What a test says may quote data: it is shown as text, never as markup.
    assert "<b>desk FX</b>" in plain(app)
    assert "<b>" not in markdown(app)


@pytest.mark.usefixtures("home")
def test_headline_figures_are_those_of_the_mart(app: AppTest) -> None:
    run(app)
    firm = query("select * from fct_pnl_summary_daily where scope_type = 'firm' order by business_date desc")
    value = query(f"select sum(market_value_usd) as usd from fct_positions_daily where business_date = '{LAST_DATE}'")
    december = firm[firm["business_date"] >= "2022-12-01"]["total_pnl_usd"].sum()
    assert metrics(app) == {
        "Market value, USD": amount(value["usd"][0]),
        "Day P&L, USD": signed(firm["total_pnl_usd"][0]),
        "Month to date, USD": signed(december),
        "Year to date, USD": signed(firm[firm["business_date"] >= "2022-01-01"]["total_pnl_usd"].sum()),
        "Realised on the day, USD": signed(firm["realised_pnl_usd"][0]),
        "Change in unrealised, USD": signed(firm["unrealised_pnl_usd"][0]),
        "Income on the day, USD": "0.00",
        "Since start, USD": signed(firm["total_pnl_usd"].sum()),
    }
    assert markdown(app).count(": yes, difference 0.00") == 3


@pytest.mark.usefixtures("home")
def test_positions_sum_to_the_headlines_and_show_what_was_sold(app: AppTest) -> None:
    run(app, desk="EQUITIES")
    positions = table(app, "flags")
    assert amount(positions["market_value_usd"].sum()) == metrics(app)["Market value, USD"]
    assert signed(positions["day_pnl_usd"].sum()) == metrics(app)["Day P&L, USD"]
    assert set(positions["portfolio_id"]) == {"EQ-TECH", "EQ-VALUE"}
    flags = positions.set_index(["portfolio_id", "instrument_id"])["flags"]
    assert flags["EQ-TECH", "MSFT"] == "stale"
    assert flags["EQ-VALUE", "US912810TM09"] == "proxied"
    assert flags["EQ-VALUE", "MSFT"] == "closed today"


@pytest.mark.usefixtures("home")
def test_a_broken_tie_is_shown_as_broken(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "streamlit_app.repositories.positions.tie_differences",
        lambda *_: pd.DataFrame(
            {"instruments_less_scope": [0.01], "desks_less_firm": [None], "firm_value_less_cumulative": [0.0]}
        ),
    )
    run(app)
    assert "NO, difference +0.01" in markdown(app)
    assert "cannot be told, difference missing" in markdown(app)
    assert markdown(app).count(": yes, difference 0.00") == 1


@pytest.mark.usefixtures("home")
def test_a_link_opens_what_it_names(app: AppTest) -> None:
    run(app, date="2022-11-30", desk="FX", portfolio="FX-G10", instrument="FX:USDJPY")
    assert not app.warning
    assert [box.value for box in app.selectbox] == ["2022-11-30", "FX", "FX-G10", "FX:USDJPY"]
    day = query("select * from fct_pnl_summary_daily where scope_id = 'FX-G10' and business_date = '2022-11-30'")
    assert metrics(app)["Day P&L, USD"] == signed(day["total_pnl_usd"][0])
    history = table(app, "total_pnl_local")
    assert history["business_date"].max() == pd.Timestamp("2022-11-30")
    assert table(app, "trade_id")["side"].to_list() == ["sell"]


@pytest.mark.usefixtures("home")
def test_choices_go_into_the_address_and_a_new_desk_drops_the_portfolio(app: AppTest) -> None:
    run(app)
    app.selectbox(key="widget:desk").set_value("EQUITIES").run()
    app.selectbox(key="widget:portfolio").set_value("EQ-TECH").run()
    assert app.query_params == {"desk": "EQUITIES", "portfolio": "EQ-TECH"}
    app.selectbox(key="widget:desk").set_value("FX").run()
    assert app.query_params == {"desk": "FX"}
    assert app.selectbox(key="widget:portfolio").value == "all"
    app.selectbox(key="widget:desk").set_value("all").run()
    assert app.query_params == {}
    assert not app.warning
    assert not app.exception


@pytest.mark.usefixtures("home")
def test_the_desk_looked_at_is_still_chosen_on_the_next_page(app: AppTest) -> None:
    run(app)
    app.selectbox(key="widget:desk").set_value("FX").run()
    app.query_params.clear()
    app.switch_page("app_pages/market_risk.py").run()
    assert app.selectbox(key="widget:desk").value == "FX"
    assert app.query_params == {"desk": "FX"}


HOSTILE = {
    "date": ["2022-12-25", "9999-99-99", "<script>alert(1)</script>"],
    "desk": ["FX' or '1'='1", "[x](javascript:alert(1))", "../../keys/keyring.json", ""],
    "portfolio": ["EQ-TECH'; drop table fct_trades; --", "![x](http://example.com/x.png)"],
}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("page", "name", "value"),
    [
        (page, name, value)
        for page in PAGES
        if page not in {TRADES, DELIVERIES}
        for name, values in HOSTILE.items()
        for value in (values if page in {PAGES[0], MARKET_RISK} else values[:1])
    ],
)
def test_a_hostile_address_gets_the_default_and_a_note(app: AppTest, page: str, name: str, value: str) -> None:
    run(app, page, **{name: value})
    assert [warning.value for warning in app.warning] == [
        f"The address asks for a {'business date' if name == 'date' else name} that is not available here; "
        "showing the default instead."
    ]
    assert [app.selectbox(key=f"widget:{other}").value for other in HOSTILE] == [LAST_DATE.isoformat(), "all", "all"]
    if value:
        assert value not in markdown(app) + plain(app)


@pytest.mark.usefixtures("home")
def test_a_portfolio_of_another_desk_is_refused(app: AppTest) -> None:
    run(app, desk="FX", portfolio="EQ-TECH")
    assert len(app.warning) == 1
    assert app.selectbox(key="widget:portfolio").value == "all"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("rule", ["order_statistic", "linear"])
def test_var_figures_are_those_of_the_mart(app: AppTest, rule: str) -> None:
    run(app, MARKET_RISK, desk="EQUITIES", rule=rule)
    mart = query(
        "select * from fct_portfolio_var_daily where scope_id = 'EQUITIES' "
        f"and business_date = '{LAST_DATE}' and quantile_rule = '{rule}' and horizon_days = 1 "
        "and method = 'historical_delta_gamma' and confidence_level <> 0.975 order by confidence_level"
    )
    shown = metrics(app)
    assert shown["VaR 95%, 1 day, USD"] == amount(mart["var_usd"][0])
    assert shown["VaR 99%, 1 day, USD"] == amount(mart["var_usd"][1])
    assert shown["ES 95%, 1 day, USD"] == amount(mart["es_usd"][0])
    assert shown["ES 99%, 1 day, USD"] == amount(mart["es_usd"][1])
    assert shown["On stale factors"] == "3.4% of VaR"
    assert f"Quantile rule: {rule}." in plain(app)
    assert "Contributions sum to VaR: yes, difference 0.00" in markdown(app)
    assert amount(table(app, "contribution_usd")["contribution_usd"].sum()) == shown["VaR 99%, 1 day, USD"]


@pytest.mark.usefixtures("home")
def test_exceptions_are_counted_over_the_last_250_days(app: AppTest) -> None:
    run(app, MARKET_RISK)
    counts = query(
        """
        with firm as (
            select *, row_number() over (partition by confidence_level order by business_date desc) as age
            from fct_var_exceptions_daily
            where scope_type = 'firm'
        )

        select
            confidence_level,
            count(*) filter (where is_actual_exception) as actual,
            count(*) filter (where is_hypothetical_exception) as hypothetical
        from firm
        where age <= 250
        group by confidence_level
        order by confidence_level
        """
    ).set_index("confidence_level")
    assert counts["actual"].sum() > 0
    shown = metrics(app)
    assert shown["Exceptions 95%, 250 days"] == f"{counts['actual'][0.95]} actual, {counts['hypothetical'][0.95]} hyp."
    assert shown["Exceptions 99%, 250 days"] == f"{counts['actual'][0.99]} actual, {counts['hypothetical'][0.99]} hyp."
    assert len(table(app, "beyond_var_usd")) == counts[["actual", "hypothetical"]].max(axis=1).sum()


@pytest.mark.usefixtures("home")
def test_a_date_without_scenarios_says_so_instead_of_drawing_nothing(app: AppTest) -> None:
    run(app, MARKET_RISK, date="2022-12-27")
    assert "The build holds no scenario P&L for this scope and date." in [info.value for info in app.info]


@pytest.mark.usefixtures("home")
def test_deliveries_reconcile_and_refused_ones_come_first(app: AppTest) -> None:
    run(app, DELIVERIES)
    assert metrics(app)["Rows read"] == "1,020"
    assert metrics(app)["Rows not accounted for"] == "0"
    assert metrics(app)["Files refused"] == "1"
    assert metrics(app)["Checks passed"] == "2 of 3"
    assert table(app, "failed_rule")["quarantined_rows"].to_list() == [5, 1]
    assert table(app, "refusal_reason")["refusal_reason"][0] != ""
    assert table(app, "severity")["status"].to_list() == ["warn", "pass", "pass"]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("address", [str(IPv4Address(0)), None, "192.0.2.7", "::", "example.com"])
def test_the_app_refuses_to_serve_other_machines(app: AppTest, address: str | None) -> None:
    config.set_option("server.address", address)
    run(app)
    assert app.error[0].value.startswith("The app does not start here, because other machines could reach it")
    assert not app.metric
    assert not app.text


def test_a_tampered_manifest_shows_no_figure(home: Path, app: AppTest) -> None:
    manifest = next((home / "published").glob("*/manifest.json"))
    manifest.chmod(0o644)
    manifest.write_text(manifest.read_text().replace("2022-12-28", "2022-12-29", 1))
    run(app)
    assert app.error[0].value == "This page cannot be shown. What the read gate says:"
    assert "is not what was signed" in plain(app)
    assert not app.metric


def test_a_tampered_role_file_shows_no_figure(home: Path, app: AppTest) -> None:
    file = next((home / "published").glob("*/analyst.duckdb"))
    file.chmod(0o644)
    with file.open("r+b") as handle:
        handle.seek(20_000)
        handle.write(b"\x00" * 64)
    run(app)
    assert "is not the file that was published" in plain(app)
    assert not app.metric


@pytest.mark.usefixtures("home")
def test_a_build_without_a_table_names_it_instead_of_showing_nothing(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "streamlit_app.repositories.positions.pnl_history", lambda reader, *_: reader.query("select * from not_there")
    )
    run(app)
    assert app.error
    assert "not_there" in plain(app)
